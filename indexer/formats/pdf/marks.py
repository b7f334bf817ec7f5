"""The number, letter or bullet at the head of a line, and lines of a contents list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.formats.pdf.model import BULLET, LETTER, NUMBER, Line

# A gap after a mark that is wider than this, in ems, sets the mark in its own column.
HANGING_GAP = 0.45
MARKED = re.compile(rf"(?P<mark>{NUMBER}|{LETTER}|{BULLET})(?P<glue>\s+|(?<=[.)])(?=[A-Z]))")
LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}|_{4,}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A number, letter or bullet at the head of a line.

    `text_x` is where the words after it begin, `hangs` true when a column's gap parts them.
    """

    text: str
    x0: float
    text_x: float
    hangs: bool
    is_bullet: bool
    is_number: bool


def mark_of(line: Line) -> Mark | None:
    """The mark at the head of a line, if it has one."""
    match = MARKED.match(line.text)
    if match is None:
        return None
    text = match["mark"]
    length, rest = 0, line.runs
    for index, run in enumerate(line.runs):
        length += len(run.text.strip())
        if length >= len(text):
            rest = line.runs[index + 1 :] if length == len(text) else ()
            break
    end = next((run.x1 for run in reversed(line.runs) if rest and run.x1 <= rest[0].x0 + 1), 0.0)
    if rest:
        text_x = rest[0].x0
        hangs = text_x - end > HANGING_GAP * line.size or not match["glue"]
    else:
        head = line.runs[0]
        share = match.end() / max(len(head.text.strip()), 1)
        text_x, hangs = head.x0 + share * (head.x1 - head.x0), False
    is_bullet = re.fullmatch(BULLET, text) is not None
    return Mark(
        text, line.x0, text_x, hangs, is_bullet, not is_bullet and text.strip("([")[0].isdigit()
    )


def is_contents(line: Line) -> bool:
    """True for a line the file declares as contents, or with dots that lead to a page number."""
    return line.main.tag.contents or (
        LEADER.search(line.text) is not None and line.text[-1:].isalnum()
    )
