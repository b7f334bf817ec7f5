"""A page of a whole list: where it begins and ends, and what leads to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fastapi import Request

from indexer.errors import QuestionError
from search_api.http.address import page_links
from search_api.library.cursor import begin_after, make_cursor


@dataclass(frozen=True)
class Page:
    """Some of the items with these names, from an offset or a cursor on; all without a limit.

    `listed` tells this list from others; `find` tells the place of an item by its name.
    """

    names: Sequence[str]
    listed: object
    limit: int | None
    offset: int
    cursor: str | None
    find: Callable[[str], int | None] | None = None

    @cached_property
    def start(self) -> int:
        """The place of the first item.

        Raises:
            QuestionError: the cursor is none, of another list, or given with an offset.
        """
        if not self.cursor:
            return self.offset
        if self.offset:
            raise QuestionError("give a cursor or an offset, not both")
        find = self.find or self._place

        return begin_after(self.cursor, self.listed, lambda last: find("".join(last)))

    @property
    def end(self) -> int:
        """The place after the last item."""
        return self.start + (self.limit or len(self.names))

    @property
    def next(self) -> str | None:
        """The cursor of the next page; None at the end."""
        if not 0 < self.end < len(self.names):
            return None
        return make_cursor(self.listed, [self.names[self.end - 1]], self.end)

    def links(self, request: Request) -> dict[str, str] | None:
        """The header Link to the pages before and after."""
        if not self.limit or self.cursor:
            return None
        return page_links(request, self.limit, self.offset, self.end < len(self.names))

    def _place(self, name: str) -> int | None:
        return self.names.index(name) if name in self.names else None
