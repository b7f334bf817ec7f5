"""A place in a list that is paged through, which holds while the list changes.

A cursor names the item that came last. The next page begins after that item, wherever it stands by
then; where it is gone, after as many items as there were up to it.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from indexer.errors import QuestionError

LONGEST = 2_000
MARK = 8


def make_cursor(listed: object, last: list[str], place: int) -> str:
    """The cursor after the item named `last`, the first `place` items of what was `listed`."""
    text = json.dumps([_mark(listed), place, *last], ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def begin_after(cursor: str, listed: object, find: Callable[[list[str]], int | None]) -> int:
    """How many items the page leaves out; `find` tells the place of the item that came last.

    Raises:
        QuestionError: the cursor is none, or of another list.
    """
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor) % 4)
        mark, place, *last = json.loads(urlsafe_b64decode(padded.encode("ascii")))
        if not (isinstance(place, int) and place >= 0 and all(isinstance(n, str) for n in last)):
            raise ValueError(cursor)
    except (ValueError, TypeError) as error:
        raise QuestionError(
            "the cursor is none that was given; begin without one, and take `next` of each page"
        ) from error
    if mark != _mark(listed):
        raise QuestionError(
            "the cursor is of another search; ask as for the page that it came with, or without it"
        )
    found = find(last)
    return place if found is None else found + 1


def _mark(listed: object) -> str:
    return hashlib.sha256(repr(listed).encode()).hexdigest()[:MARK]
