"""A PDF file to pages of runs and rules, by PDFium; every way in which a file can be unreadable."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.errors import ReportError
from indexer.formats.pdf.model import Page, Rule, Run, Tag
from indexer.formats.pdf.tags import page_tags

MOST_BYTES = 300_000_000
MOST_PAGES = 5_000
MOST_CHARS = 30_000_000
# Every whole file ends with these words; what follows them is at most some padding.
TAIL = 4096
# More than this share of characters without a meaning, and the text is not worth reading.
MOST_UNKNOWN = 0.3
# A gap wider than this, in ems, ends a run.
RUN_GAP = 0.8
BOLD_WEIGHT = 600
BOLD_NAMES = ("bold", "black", "heavy", "demi")
ITALIC_NAMES = ("italic", "oblique")
ITALIC_FLAG = 1 << 6
FORCE_BOLD_FLAG = 1 << 18
THICKEST_RULE = 2.5
SHORTEST_RULE = 36.0
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"}
# PDFium writes 2 for a hyphen at a line's end. Office symbol fonts keep bullets in private use.
OTHER_CODES = {
    0x02: "-",
    0xA0: " ",
    0xAD: "\u00ad",
    0xF0B7: "•",
    0xF0A7: "▪",
    0xF0D8: "➢",
    0xF0FC: "✓",
    0xF02D: "-",
}
DROPPED = {0x00, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF}
MEANING = {**LIGATURES, **OTHER_CODES}


@dataclass(frozen=True, slots=True)
class _Look:
    """What all characters of one text object share. `angle` is in quarter turns."""

    size: float
    angle: float
    bold: bool
    italic: bool
    tag: Tag


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    x: float
    right: float
    y: float
    look: _Look


def read_pages(path: Path) -> list[Page]:
    """Read every page of a PDF file.

    Raises:
        ReportError: the file is not a PDF, encrypted, truncated, damaged, too large, or has no
            text that can be read.
    """
    document = _open(path)
    try:
        pages = list(_pages(document, path.name))
    finally:
        document.close()
    if not any(page.runs or page.aside for page in pages):
        raise ReportError(
            f"{path.name} has no text, only pictures of pages; run OCR on it (for instance "
            "'ocrmypdf in.pdf out.pdf') and give the result"
        )
    return pages


def _open(path: Path) -> pypdfium2.PdfDocument:
    data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    name = path.name
    if not data:
        if path.stat().st_size:
            raise ReportError(f"{name} is over {MOST_BYTES // 10**6} MB; split it into parts")
        raise ReportError(f"{name} is empty; give a PDF file with numbered paragraphs")
    if b"%PDF-" not in data[:1024]:
        raise ReportError(f"{name} is not a PDF file; give the PDF itself or rename the file")
    if b"startxref" not in data[-TAIL:] and b"%%EOF" not in data[-TAIL:]:
        raise ReportError(f"{name} is truncated: its end is missing; get the whole file again")
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise ReportError(f"{name} is encrypted; save it without a password") from None
        raise ReportError(f"{name} is a damaged PDF file; get or export it again") from None
    if count == 0:
        document.close()
        raise ReportError(f"{name} is a damaged PDF file without pages; get or export it again")
    if count > MOST_PAGES:
        document.close()
        raise ReportError(f"{name} has over {MOST_PAGES} pages; split it into parts")
    return document


def _pages(document: pypdfium2.PdfDocument, name: str) -> Iterator[Page]:
    total = unknown = 0
    for index in range(len(document)):
        try:
            page = document[index]
            textpage = page.get_textpage()
        except pypdfium2.PdfiumError:
            raise ReportError(
                f"{name} is damaged on page {index + 1}; get or export it again"
            ) from None
        read = _PageReader(page, textpage)
        total += read.count
        unknown += read.unknown
        if total > MOST_CHARS:
            raise ReportError(f"{name} has over {MOST_CHARS} characters; split it into parts")
        yield read.page(index + 1, document.get_page_label(index) or "")
        textpage.close()
        page.close()
    if unknown > MOST_UNKNOWN * max(total, 1):
        raise ReportError(
            f"{name} does not say which letters its text is made of; run OCR on it (for instance "
            "'ocrmypdf --force-ocr in.pdf out.pdf') and give the result"
        )


class _PageReader:
    """Reads one page; counts its characters and those the file gives no meaning for."""

    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> None:
        self._page = page
        self._text = textpage.raw
        self._tags = page_tags(page.raw)
        self._looks: dict[int, _Look] = {}
        self.count = textpage.count_chars()
        self.unknown = 0

    def page(self, number: int, label: str) -> Page:
        left, bottom, right, top = self._page.get_bbox()
        chars = list(self._chars())
        turn = _turn(chars)
        width, height = right - left, top - bottom
        if turn % 2:
            width, height = height, width
        upright = [_Placed(char, turn, left, bottom, right, top) for char in chars]
        runs = tuple(_runs([c for c in upright if c.turn == turn]))
        aside = tuple(_aside([c for c in upright if c.turn != turn]))
        rules = () if turn else tuple(self._rules(left, top))
        return Page(number, label, width, height, runs, aside, rules)

    def _chars(self) -> Iterator[_Char | None]:
        """The characters in the order of the file; None where PDFium sees a line end."""
        x, y = ctypes.c_double(), ctypes.c_double()
        box = pdfium.FS_RECTF()
        look: _Look | None = None
        for index in range(self.count):
            code = pdfium.FPDFText_GetUnicode(self._text, index)
            if code in (10, 13):
                yield None
                continue
            if code in DROPPED:
                self.unknown += code == 0
                continue
            handle = pdfium.FPDFText_GetTextObject(self._text, index)
            generated = pdfium.FPDFText_IsGenerated(self._text, index) == 1
            if handle and not generated:
                look = self._look(handle, index)
            if look is None:
                continue
            self.unknown += code == 0xFFFD
            pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
            pdfium.FPDFText_GetLooseCharBox(self._text, index, box)
            text = MEANING.get(code) or (" " if code < 32 else chr(code))
            ends = (box.right, box.left, box.top, box.bottom)
            yield _Char(text, x.value, 0.0, y.value, look) if generated else _char(
                text, x.value, y.value, ends, look
            )
