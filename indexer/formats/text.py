"""Plain text to blocks: encodings, bullets, table rows, hard-wrapped lines, form feeds."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from indexer.errors import ReportError
from indexer.formats.block import Block, Kind
from indexer.labels import parse_label

BULLET = re.compile(r"\s*(?:[-*•▪◦‣–—]|o(?=\s{2,}))\s+(?=\S)")
SUB_ITEM = re.compile(r"^\s*\((?:[a-z]{1,2}|[ivxl]{1,6})\)\s")
RULE = re.compile(r"[\s\-=_*|+]+")
# Fewer run-on lines than this say nothing about how a file is wrapped.
WRAP_SAMPLE = 4
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
        wraps = width is not None and not gap and _runs_on(before, line.strip(), width)
        blocks.append(Block(line.strip(), number, _kind(raw), gap, wraps, page=page))
        gap, before = False, line
    return blocks


def wrap_width(lines: list[str]) -> int | None:
    """The column at which the file's lines are wrapped, or None when its paragraphs are whole.

    Only a wrapped file has many lines that begin in small letters right under another line.
    """
    under = [(a, b) for a, b in pairwise(lines) if a.strip() and b.strip() and not BULLET.match(b)]
    running = sorted(len(a) for a, b in under if b.lstrip()[0].islower())
    if len(running) < max(WRAP_SAMPLE, len(under) * 0.15):
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
    body = line.lstrip()[label.end if label else 0 :]
    # A tab at the end still parts cells: the second one is empty.
    if "\t" in SUB_ITEM.sub("", body, count=1) or RULE.fullmatch(line):
        return "row"
    return "text"
