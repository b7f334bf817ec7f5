"""Plain text to blocks: encodings, bullets, table rows, wrapped lines, page furniture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from indexer.blocks import Block, Kind
from indexer.errors import ReportError
from indexer.formats.encoding import decode
from indexer.labels import BULLET, parse_label

# Byte order marks and zero-width spaces that word processors leave at the head of lines.
INVISIBLE = re.compile("[\u200b\ufeff\u00ad]")
SUB_ITEM = re.compile(r"^\s*\((?:[a-z]{1,2}|[ivxl]{1,6})\)\s")
FIRST_ITEM = re.compile(r"^\s*\((?:[a-z]{1,2}|[ivxl]{1,6}|[0-9]{1,2})\)\s")
RULE = re.compile(r"[\s\-=_*|+]+")
UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}")
# Two cells parted by wide space, or three by narrower; a space after a full stop is none.
CELLS = re.compile(r"\S\s*[^\s.!?:;]\s{3,}\S|[^\s.!?:;]\s{2,}\S.*[^\s.!?:;]\s{2,}\S|\s\|\s.*\s\|")
PAGE_NUMBER = re.compile(
    r"(?:page\s++)?[-–]?\s*+(?P<page>\d{1,4})(?:\s*+[-–])?(?:\s++of\s++\d++)?", re.I
)
# Fewer run-on lines than this say nothing about how a file is wrapped.
WRAP_SAMPLE = 4
WIDEST_WRAP = 130
LONGEST_FURNITURE = 120
MOST_LINES = 500_000


def read_text(path: Path) -> list[Block]:
    """Read a plain text file.

    Raises:
        ReportError: the file is empty, binary, in no encoding text files come in, or has more
            lines than any report.
    """
    text = decode(path.read_bytes(), path.name)
    if text.count("\n") > MOST_LINES:
        raise ReportError(f"{path.name} has more than {MOST_LINES:,} lines; split it")
    return blocks_of(text)


def blocks_of(text: str) -> list[Block]:
    """Split decoded text into blocks, a line each, without running heads and page numbers."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    width = wrap_width([line.rstrip() for line in lines])
    blocks: list[Block] = []
    page = 1 if "\f" in text else None
    gap = True
    before = ""
    for number, raw in enumerate(lines, start=1):
        if page is not None:
            page += raw.count("\f")
        gap = gap or "\f" in raw
        line = INVISIBLE.sub("", raw.replace("\f", "")).rstrip()
        if not line.strip():
            gap, before = True, ""
            continue
        if blocks and not gap and UNDERLINE.fullmatch(line.strip()) and _may_be_title(blocks[-1]):
            level = "=-~".index(line.strip()[0]) + 1
            blocks[-1] = replace(blocks[-1], kind="heading", level=level)
            gap, before = True, ""
            continue
        wraps = width is not None and not gap and _runs_on(before, line.strip(), width)
        blocks.append(Block(line.strip(), number, _kind(raw), gap, wraps, page=page))
        gap, before = False, line
    return _without_furniture(blocks)


def _may_be_title(block: Block) -> bool:
    return block.kind == "text" and block.gap and len(block.text) < LONGEST_FURNITURE


def wrap_width(lines: list[str]) -> int | None:
    """The column at which the file's lines are wrapped, or None when its paragraphs are whole.

    A wrapped file shows in lines that begin in small letters right under another line, or in
    lines that nearly all stop short of the same column.
    """
    under = [
        (a, b)
        for a, b in pairwise(lines)
        if a.strip() and b.strip() and not BULLET.match(b) and "\t" not in a + b
    ]
    running = sorted(len(a) for a, b in under if b.lstrip()[0].islower())
    full = sorted(len(a) for a, b in under if len(a) >= 40 and parse_label(b) is None)
    if len(running) < max(WRAP_SAMPLE, len(under) * 0.15):
        near = [length for length in full if length >= 0.8 * full[-1]]
        running = near if len(near) >= max(WRAP_SAMPLE, 0.75 * len(full)) else []
    if not running:
        return None
    width = running[int(len(running) * 0.95)]
    return width if width <= WIDEST_WRAP else None


def _runs_on(before: str, line: str, width: int) -> bool:
    """True when the line may go on where the one before stopped.

    That one was so full that this line's first word did not fit, or this line begins as no
    sentence does, in small letters or with a figure.
    """
    first_word = line.split(maxsplit=1)[0]
    was_full = len(before) + 1 + len(first_word) > width
    return was_full or line[0].islower() or line[0].isdigit()


def _kind(line: str) -> Kind:
    if BULLET.match(line) or SUB_ITEM.match(line):
        return "item"
    label = parse_label(line.lstrip())
    body = FIRST_ITEM.sub("", line.lstrip()[label.end if label else 0 :], count=1)
    # A tab at the end still parts cells: the second one is empty.
    if "\t" in body or RULE.fullmatch(line):
        return "row"
    wide = "  " in body or " |" in body
    return "row" if wide and CELLS.search(body.rstrip()) else "text"


def _without_furniture(blocks: list[Block]) -> list[Block]:
    """Drop the running heads and feet of pages, and page numbers that stand between blank lines."""
    dropped = _running_lines(blocks) | _page_numbers(blocks)
    return [block for index, block in enumerate(blocks) if index not in dropped]


def _running_lines(blocks: Sequence[Block]) -> set[int]:
    """First and last lines of pages that most pages have alike, figures aside."""
    edges: list[tuple[int, str]] = []
    for index, block in enumerate(blocks):
        first = index == 0 or blocks[index - 1].page != block.page
        last = index + 1 == len(blocks) or blocks[index + 1].page != block.page
        if block.page is not None and (first or last) and len(block.text) < LONGEST_FURNITURE:
            edges.append((index, re.sub(r"\d+", "0", block.text)))
    pages = blocks[-1].page if blocks else None
    if pages is None or pages < 3:
        return set()
    alike = Counter(shape for _, shape in edges)
    return {index for index, shape in edges if alike[shape] >= max(3, pages / 2)}


def _page_numbers(blocks: Sequence[Block]) -> set[int]:
    """Lone rising figures, most of which cut a sentence in two: they number pages."""
    lone = []
    for index, block in enumerate(blocks[1:-1], start=1):
        match = PAGE_NUMBER.fullmatch(block.text)
        if match is not None and block.gap and blocks[index + 1].gap:
            lone.append((index, int(match["page"])))
    rising = all(a < b for (_, a), (_, b) in pairwise(lone))
    cutting = [
        index
        for index, _ in lone
        if blocks[index - 1].text[-1] not in ".:;!?" and blocks[index + 1].text[0].islower()
    ]
    return {index for index, _ in lone} if rising and len(cutting) * 2 >= len(lone) else set()
