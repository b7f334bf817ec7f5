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
ROMAN = [
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
]
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
        self._mark = ""

    def take(self, start: int, line: str) -> None:
        """Read a line: an item, what goes on with one, or a lead-in."""
        bullet = BULLET.match(line)
        mark = bullet or MARK.match(line)
        end = start + len(line.rstrip())
        if mark is not None and (not self._items or _follows(self._mark, mark[0])):
            self._mark = mark[0]
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


def _values(mark: str) -> dict[str, int]:
    """The place that a mark gives its item, by each way of counting it may belong to."""
    inner = mark.strip(" \t().")
    if inner.isdigit():
        return {"figure": int(inner)}
    if not inner.isalpha() or mark.strip() == inner:
        return {"bullet": 0}
    values = {"roman": ROMAN.index(inner)} if inner in ROMAN else {}
    return values | ({"letter": ord(inner)} if len(inner) == 1 else {})


def _follows(before: str, mark: str) -> bool:
    """Whether a mark is the next of its list; another begins a list inside the item."""
    last = _values(before)
    step = {name: 0 if name == "bullet" else 1 for name in last}
    return any(last.get(name, -2) + step.get(name, 0) == at for name, at in _values(mark).items())


def _inside(start: int, line: str) -> tuple[tuple[int, int], ...]:
    """The items of a list that runs on in one line: "should: (a) ...; and (b) ...."."""
    marks: list[re.Match[str]] = []
    for mark in INSIDE.finditer(line):
        if _follows(marks[-1][0], mark[0]) if marks else mark[0] in FIRST_MARKS:
            marks.append(mark)
    if len(marks) < 2:
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
