"""The marks on a page: runs of type, lines, rules. Points; y grows downwards from the top."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

# A gap this wide, in ems, is no word space: the line's text stands in columns.
COLUMN_GAP = 1.2
# A narrower gap than this, in ems, parts no words.
WORD_GAP = 0.18
SPACES = re.compile(r"\s+")
NUMBER = r"[\[(]?\d{1,4}(?:\.\d{1,3}){0,4}[A-Z]?[\])]?\.?"
LETTER = r"[\[(]?(?:[a-z]{1,2}|[A-Z]|[ivxl]{1,6}|[IVXL]{1,6})(?:[.)\]]|\)\.)"
BULLET = r"[•▪◦‣➢✓●○■□–—*-]|o(?=\s)"
MARK_ONLY = re.compile(rf"\s*(?:{NUMBER}|{LETTER}|{BULLET})\s*")
LONGEST_MARK = 20


@dataclass(frozen=True, slots=True)
class Tag:
    """A text's place in the file's own structure: the contents, a heading, a table's cell.

    `level` is a heading's level; `cell` the page's number of the table, the row and the cell;
    `part` that of the paragraph in the cell.
    """

    contents: bool = False
    level: int | None = None
    cell: tuple[int, int, int] | None = None
    part: int = 0


NO_TAG = Tag()


@dataclass(frozen=True, slots=True)
class Run:
    """Type of one look, on one baseline, without a wide gap. `text` may begin or end in a space."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    weight: int
    italic: bool
    tag: Tag = NO_TAG
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line drawn on the page."""

    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the file as drawn. `label` is the file's own page label, "" without one."""

    number: int
    label: str
    width: float
    height: float
    runs: tuple[Run, ...]
    aside: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Line:
    """Runs that stand on one baseline, from left to right."""

    page: int
    runs: tuple[Run, ...]
    column: int = 0
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", join_runs(self.runs))

    @cached_property
    def x0(self) -> float:
        """The left edge."""
        return self.runs[0].x0

    @cached_property
    def x1(self) -> float:
        """The right edge."""
        return max(run.x1 for run in self.runs)

    @cached_property
    def main(self) -> Run:
        """The run that sets the line's look: the longest one."""
        return max(self.runs, key=lambda run: len(run.text.strip()))

    @property
    def y(self) -> float:
        """The baseline, from the top of the page."""
        return self.main.y

    @property
    def size(self) -> float:
        """The type size most of the line is set in."""
        return self.main.size

    @cached_property
    def bold(self) -> bool:
        """True when all words are bold."""
        worded = [run.bold for run in self.runs if _has_words(run.text)]
        return bool(worded) and all(worded)

    @cached_property
    def italic(self) -> bool:
        """True when all words are italic."""
        worded = [run.italic for run in self.runs if _has_words(run.text)]
        return bool(worded) and all(worded)

    @cached_property
    def cells(self) -> tuple[tuple[Run, ...], ...]:
        """The runs, parted at gaps too wide for a word space."""
        parts: list[list[Run]] = [[self.runs[0]]]
        for run in self.runs[1:]:
            if run.x0 - parts[-1][-1].x1 > COLUMN_GAP * self.size:
                parts.append([])
            parts[-1].append(run)
        return tuple(tuple(part) for part in parts)


def _has_words(text: str) -> bool:
    return any(char.isalpha() for char in text)


def join_runs(runs: tuple[Run, ...]) -> str:
    """The text of runs side by side, with single spaces where words part."""
    pieces: list[str] = []
    end = None
    for run in runs:
        if end is not None and run.x0 - end > WORD_GAP * run.size:
            pieces.append(" ")
        pieces.append(run.text)
        end = run.x1
    return SPACES.sub(" ", "".join(pieces)).strip()
