"""Plain text to blocks: encodings, bullets, table rows, hard-wrapped lines, form feeds."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from indexer.errors import ReportError
from indexer.formats.block import Block, Kind

BULLET = re.compile(r"\s*(?:[-*•▪◦‣–—]|o(?=\s{2,}))\s+(?=\S)")
RULE = re.compile(r"[\s\-=_*|+]+")
# Fewer lines than this say nothing about how a file is wrapped.
WRAP_SAMPLE = 8
WIDEST_WRAP = 130


def read_text(path: Path) -> list[Block]:
    """Read a plain text file.

    Raises:
        ReportError: the file is empty, binary or in no encoding text files come in.
    """
    return blocks_of(decode(path.read_bytes(), path.name))


def decode(data: bytes, name: str) -> str:
    """Decode by byte order mark, then UTF-8, then Windows-1252 (what older office files hold)."""
    if not data.strip():
        raise ReportError(f"{name} is empty; give a report file with numbered paragraphs")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise ReportError(f"{name} is a binary file, not text; save the report as plain text")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise ReportError(f"{name} is a binary file or in an unknown encoding; save it as UTF-8 text")


def _is_text(text: str) -> bool:
    controls = sum(1 for char in text[:100_000] if ord(char) < 32 and char not in "\t\n\r\f\v")
    return controls <= len(text[:100_000]) // 1000


def blocks_of(text: str) -> list[Block]:
    """Split decoded text into blocks, a line each."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    width = wrap_width([line.rstrip() for line in lines])
    blocks: list[Block] = []
    page = 1 if "\f" in text else None
    gap = True
    before = ""
    for number, raw in enumerate(lines, start=1):
        if page is not None:
            page += raw.count("\f")
        line = raw.replace("\f", "").rstrip()
        if not line.strip():
            gap, before = True, ""
            continue
        wraps = width is not None and not gap and _was_full(before, line.strip(), width)
        blocks.append(Block(line.strip(), number, _kind(raw), gap, wraps, page=page))
        gap, before = False, line
    return blocks


def wrap_width(lines: list[str]) -> int | None:
    """The column at which the file's lines are wrapped, or None when its paragraphs are whole.

    In a wrapped file most lines that go on to a next one stop just before the width.
    """
    running = [a for a, b in pairwise(lines) if a.strip() and b.strip() and not BULLET.match(b)]
    if len(running) < WRAP_SAMPLE:
        return None
    lengths = sorted(len(line) for line in running)
    width = lengths[int(len(lengths) * 0.95)]
    near = sum(1 for length in lengths if length >= width - 16)
    return width if width <= WIDEST_WRAP and near >= len(lengths) * 0.5 else None


def _was_full(before: str, line: str, width: int) -> bool:
    """True when the line's first word would not have fitted on the line before."""
    first_word = line.split(maxsplit=1)[0]
    return len(before) + 1 + len(first_word) > width - 2


def _kind(line: str) -> Kind:
    # A tab at the end still parts cells: the second one is empty.
    if "\t" in line.lstrip() or RULE.fullmatch(line):
        return "row"
    return "item" if BULLET.match(line) else "text"
