"""Lines of reStructuredText, and what a line on its own, or with the next two, begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.formats.rst.tables import is_table

TAB = 8
ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*\s*$")
SHORTEST_ADORNMENT = 4
BULLET = re.compile(r"[*+•‣⁃-](?:\s+|$)")
ENUMERATOR = re.compile(r"(\(?(?:\d{1,4}|[A-Za-z]|[ivxlcdm]{1,9}|[IVXLCDM]{1,9}|#)[.)])(?:\s+|$)")
EXPLICIT = re.compile(r"\.\.(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its indentation: its number from 1, the columns before it, its text."""

    number: int
    indent: int
    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """A heading: its line, the sign that marks it, and whether a line above it does too."""

    line: Line
    sign: str
    over: bool


def lines_of(text: str) -> list[Line]:
    """The lines of a file, tabs expanded."""
    found = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.expandtabs(TAB).rstrip()
        bare = line.lstrip()
        found.append(Line(number, len(line) - len(bare), bare))
    return found


def end_of_indented(lines: list[Line], at: int, margin: int) -> int:
    """The end of the lines indented beyond the margin; blank ones among them count."""
    end = at
    while end < len(lines) and (not lines[end].text or lines[end].indent > margin):
        end += 1
    return end


def end_of_table(lines: list[Line], at: int) -> int:
    """The end of a drawn table: at a blank line, or for columns at the border before one."""
    columns = lines[at].text.startswith("=")
    for end in range(at + 1, len(lines)):
        if not lines[end].text and (not columns or is_table(lines[end - 1].text)):
            return end
    return len(lines)


def is_rule(line: Line) -> bool:
    """True for a line of one repeated punctuation sign."""
    return len(line.text) >= SHORTEST_ADORNMENT and ADORNMENT.match(line.text) is not None


def title_at(lines: list[Line], at: int) -> Title | None:
    """The heading that begins at a line."""
    texts = [line.text for line in lines[at : at + 3]] + ["", ""]
    over, under = ADORNMENT.match(texts[0]), ADORNMENT.match(texts[1])
    if over is not None:
        framed = texts[1] and texts[2] == texts[0] and len(texts[0]) >= len(texts[1])
        return Title(lines[at + 1], over[1], True) if framed else None
    if under is None or lines[at + 1].indent > lines[at].indent:
        return None
    # Docutils asks for the title's full width; hand-made ones are often a little short.
    long_enough = len(texts[1]) >= min(len(texts[0]), SHORTEST_ADORNMENT)
    return Title(lines[at], under[1], False) if long_enough else None


def item_mark(lines: list[Line], at: int) -> re.Match[str] | None:
    """A list mark, if its item is laid out as one: what follows is indented, blank, or an item.

    A paragraph whose first line begins with a number goes on at the margin. Brackets around the
    number leave no doubt.
    """
    mark = BULLET.match(lines[at].text) or ENUMERATOR.match(lines[at].text)
    if mark is None or at + 1 == len(lines) or mark[0].startswith("("):
        return mark
    after = lines[at + 1]
    if not after.text or after.indent > lines[at].indent:
        return mark
    return mark if BULLET.match(after.text) or ENUMERATOR.match(after.text) else None


def is_item_text(lines: list[Line], at: int, indent: int) -> bool:
    """True for a further line of the first paragraph of an item whose mark is at `indent`."""
    line = lines[at]
    if not line.text or EXPLICIT.match(line.text):
        return False
    marked = BULLET.match(line.text) or ENUMERATOR.match(line.text)
    return not marked or (line.indent <= indent and item_mark(lines, at) is None)
