"""A page of a whole list: where it begins and ends, and what leads to the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from fastapi import Request

from indexer.errors import QuestionError
from search_api.http.messages.address import page_links
from search_api.library.cursor import begin_after, make_cursor


@dataclass(frozen=True)
class Page:
    """Some of `count` items, from an offset or a cursor on; all without a limit.

    `listed` tells this list from others; `name` tells the name of the item at a place, `find` the
    place of the item with a name.
    """

    count: int
    listed: object
    name: Callable[[int], str]
    find: Callable[[str], int | None]
    limit: int | None
    offset: int
    cursor: str | None

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
        return begin_after(self.cursor, self.listed, lambda last: self.find("".join(last)))

    @property
    def end(self) -> int:
        """The place after the last item."""
        return self.start + (self.limit or self.count)

    @property
    def next(self) -> str | None:
        """The cursor of the next page; None at the end."""
        if not 0 < self.end < self.count:
            return None
        return make_cursor(self.listed, [self.name(self.end - 1)], self.end)

    def links(self, request: Request) -> dict[str, str] | None:
        """The header Link to the pages before and after."""
        if not self.limit or self.cursor:
            return None
        return page_links(request, self.limit, self.offset, self.end < self.count)
