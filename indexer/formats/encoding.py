"""Bytes to text: which encoding they are in, and what of them is not text.

A byte that does not fit does not change how the others are read, and nothing is read otherwise than
it says without a word: what was doubtful is told to whoever listens (`doubts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from indexer.errors import ReportError
from indexer.report import Doubt

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# How Python writes a byte that is not UTF-8 when it is asked to keep it.
STRANGE = re.compile("[\udc80-\udcff]")
MULTIBYTE = re.compile("[^\x00-\x7f\udc80-\udcff]")
MOST_STRANGE = 10
LONGEST_LINE = 80
_told: ContextVar[list[Doubt] | None] = ContextVar("told", default=None)


@contextmanager
def doubts() -> Iterator[list[Doubt]]:
    """What is told, while this is open, of bytes that were not what they should be."""
    told: list[Doubt] = []
    before = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(before)


def decode(data: bytes, name: str) -> str:
    """Decode by byte order mark, then UTF-8, then Windows-1252 (what older office files hold).

    A few bytes that are not UTF-8 among some that are stay unread, as U+FFFD.

    Raises:
        ReportError: it is no text, or too much of it cannot be read.
    """
    if not data.strip():
        raise ReportError(f"{name} is empty; give a report file with numbered paragraphs")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(_strict(data, "utf-16"), name)
    if b"\x00" in data:
        raise ReportError(f"{name} is a binary file, not text; save the report as plain text")
    text = data.decode("utf-8-sig", "surrogateescape")
    strange = [match.start() for match in STRANGE.finditer(text)]
    if not strange:
        return _checked(text, name)
    if not MULTIBYTE.search(text):
        _tell(text, strange[0], "is not UTF-8; the file was read as Windows-1252")
        return _checked(_strict(data, "cp1252"), name)
    if len(strange) > MOST_STRANGE:
        first = _tell(text, strange[0], "")
        raise ReportError(
            f"{name} is UTF-8 text, but {len(strange)} bytes of it are not, the first on line "
            f"{first.line}; save it as UTF-8 again"
        )
    for place in strange:
        _tell(text, place, "is not UTF-8 and was not read")
    return _checked(STRANGE.sub("\ufffd", text), name)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _checked(text: str | None, name: str) -> str:
    sample = (text or "")[:100_000]
    if text is None or len(CONTROL.findall(sample)) > len(sample) // 1000:
        raise ReportError(
            f"{name} is a binary file or in an unknown encoding; save it as UTF-8 text"
        )
    return text


def _tell(text: str, place: int, reason: str) -> Doubt:
    """Note the line of a byte, and what was done about it."""
    begin = text.rfind("\n", 0, place) + 1
    shown = STRANGE.sub("\ufffd", text[max(begin, place - LONGEST_LINE // 2) :][:LONGEST_LINE])
    byte = f"byte 0x{ord(text[place]) - 0xDC00:02X}"
    doubt = Doubt(text.count("\n", 0, place) + 1, shown.partition("\n")[0], f"{byte} {reason}")
    told = _told.get()
    if told is not None:
        told.append(doubt)
    return doubt
