"""The lines that a document opens with, as large as they are set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.blocks import Block
from indexer.text import one_line

MOST_LINES, MOST_CHARS, LONGEST_LINE = 60, 6_000, 600
# In place of points, where a format has none: a title, headings by their level above the text.
TITLE, HEADING, TEXT = 40.0, 20.0, 10.0
# The body begins with its first numbered paragraph.
NUMBERED = re.compile(r"\[?1(?:\.1)?[.\])]?\s+[A-Z]")
TITLE_STYLES = re.compile(r"title|cover ?title|report ?title|document ?title", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontLine:
    """A line or paragraph of the first pages; `size` is comparable within one document."""

    text: str
    size: float = TEXT
    page: int = 1


def front_lines(path: Path, blocks: Sequence[Block]) -> list[FrontLine]:
    """The opening lines of a document, up to its first numbered paragraph."""
    if path.suffix.lower() == ".pdf":
        from indexer.formats.pdf.front import read_front

        return _cut([FrontLine(*each) for each in read_front(path)])
    lines = []
    for block in blocks:
        if block.kind == "contents" or block.kind == "footnote":
            continue
        if block.kind == "text" and (block.label or NUMBERED.match(block.text)):
            break
        lines += [FrontLine(part, _rank(block)) for part in block.text.split("\t")]
    return _cut(lines)


def _rank(block: Block) -> float:
    if TITLE_STYLES.fullmatch(block.style):
        return TITLE
    return TEXT + HEADING / max(block.level or 1, 1) if block.kind == "heading" else TEXT


def _cut(lines: Sequence[FrontLine]) -> list[FrontLine]:
    """As much as a first page holds."""
    kept, total = [], 0
    for line in lines[:MOST_LINES]:
        text = one_line(line.text[:LONGEST_LINE])
        total += len(text)
        if total > MOST_CHARS:
            break
        if text:
            kept.append(FrontLine(text, line.size, line.page))
    return kept
