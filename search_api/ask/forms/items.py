"""Lists as reports print them: lead-ins and the items under them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.labels import BULLET
from indexer.report import Passage, Report
from search_api.library.kept import kept_per_report

# An item's mark inside a passage: "(a)", "(iv)", "(2)", "a)", "iv."
MARK = re.compile(r"\s*(?:\((?:[a-z]{1,4}|\d{1,2})\)|[a-z]\)|[ivx]{1,4}\.|\d{1,2}[.)])\s+(?=\S)")
INSIDE = re.compile(r"(?<=[\s:;,])\((?:[a-z]{1,4}|\d{1,2})\)(?=\s)")
ROMAN = re.compile(r"[ivxl]+")
FIRST_MARKS = ("(a)", "(i)", "(1)")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“‘\"(])")


@dataclass(frozen=True, slots=True)
class Items:
    """A list in a passage: its lead-ins, outermost first, where they begin, and its items.

    `items` are offsets into the passage's text.
    """

    leads: tuple[str, ...]
    start: int
    items: tuple[tuple[int, int], ...]


@kept_per_report
def lists_of(report: Report) -> tuple[tuple[int, Items], ...]:
    """The lists of a report in order, each with the place of the passage it stands in."""
    return tuple(
        (place, found)
        for place, passage in enumerate(report.passages)
        for found in lists_in(passage)
    )


def lists_in(passage: Passage) -> list[Items]:
    """The lists of a passage, in order; an item alone, without a lead-in, is no list."""
    reading = _Reading()
    for start, line in _lines(passage.text):
        reading.take(start, line)
    reading.close()
    return reading.found


class _Reading:
    """A passage read line by line: the lead-ins and items of the list that is open."""

    def __init__(self) -> None:
        self.found: list[Items] = []
        self._outer: tuple[int, str] | None = None
        self._inner: tuple[int, str] | None = None
        self._items: list[tuple[int, int]] = []
        self._sort = ""

    def take(self, start: int, line: str) -> None:
        """Read a line: an item, what goes on with one, or a lead-in."""
        bullet = BULLET.match(line)
        mark = bullet or MARK.match(line)
        end = start + len(line.rstrip())
        if mark is not None and (not self._items or _continues(self._sort, mark[0])):
            self._sort = self._sort if self._items else _sort_of(mark[0])
            begin = bullet.end() if bullet else len(line) - len(line.lstrip())
            self._items.append((start + begin, end))
        elif self._items and (mark is not None or line.lstrip()[:1].islower()):
            # More of the item, or a list inside it.
            self._items[-1] = (self._items[-1][0], end)
        else:
            self.close()
            self._lead_in(start, line)

    def close(self) -> None:
        """End the open list."""
        leads = [lead for lead in (self._outer, self._inner) if lead is not None]
        if len(self._items) > 1 or (self._items and self._inner is not None):
            start = leads[-1][0] if leads else self._items[0][0]
            self.found.append(Items(tuple(text for _, text in leads), start, tuple(self._items)))
        self._items = []

    def _lead_in(self, start: int, line: str) -> None:
        inside = _inside(start, line)
        if inside:
            lead = line[: inside[0][0] - start].strip()
            self.found.append(Items((lead,), start, inside))
            self._outer = self._inner = None
        elif line.rstrip().endswith(":"):
            self._inner = _last_sentence(start, line)
        else:
            self._outer, self._inner = _last_sentence(start, line), None


def _sort_of(mark: str) -> str:
    """What an item is counted by: figures, roman numerals, letters, or a bullet."""
    inner = mark.strip(" \t().")
    if inner.isdigit():
        return "figure"
    if not inner.isalpha() or mark.strip() == inner:
        return "bullet"
    return "roman" if ROMAN.fullmatch(inner) and inner not in ("l", "x", "v") else "letter"


def _continues(sort: str, mark: str) -> bool:
    """Whether a mark may be the next of this sort: (i) and (v) are letters as well."""
    return sort == _sort_of(mark) or (sort == "letter" and len(mark.strip(" \t().")) == 1)


def _inside(start: int, line: str) -> tuple[tuple[int, int], ...]:
    """The items of a list that runs on in one line: "should: (a) ...; and (b) ...."."""
    marks = list(INSIDE.finditer(line))
    if len(marks) < 2 or marks[0][0] not in FIRST_MARKS:
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    return tuple(
        (start + mark.start(), start + len(line[:end].rstrip()))
        for mark, end in zip(marks, ends, strict=True)
    )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their offsets."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def _last_sentence(start: int, line: str) -> tuple[int, str]:
    begin = 0
    for match in SENTENCE.finditer(line):
        begin = match.end()
    return start + begin, line[begin:].strip()
