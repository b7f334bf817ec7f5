"""What is done with a PDF's page apart from the rest: it is drawn, and words on it are marked."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from indexer.errors import ReportError
from indexer.facsimile.png import png
from indexer.facsimile.words import marked
from indexer.formats.pdf.source import MOST_PAGE_CHARS, open_pdf

# Pixels: wide enough to be read on a screen with two to a point, and no poster.
WIDTH, TALLEST = 1_200, 2_400
# Pages that a passage may run over; pages of one picture.
MOST_PAGES, MOST_SHOWN = 12, 3
# As a highlighter: what is printed stays, what is white turns yellow.
MARKER = np.array([255, 226, 92], np.uint16)


def picture_of(path: str, page: int, text: str, start: int, end: int) -> bytes:
    """The page that `text[start:end]` stands on, of a passage that begins on `page`, as PNG.

    Raises:
        ReportError: the file cannot be read, or has no such page.
    """
    document = open_pdf(Path(path))
    if not 1 <= page <= len(document):
        raise ReportError(f"{Path(path).name} has no page {page}")
    last = min(len(document), page - 1 + MOST_PAGES)
    try:
        runs = marked(text, start, end, (_text(document, at) for at in range(page - 1, last)))
        shown = sorted(runs)[:MOST_SHOWN] or [0]
        drawn = [_draw(document[page - 1 + at], runs.get(at, [])) for at in shown]
    except pypdfium2.PdfiumError:
        raise ReportError(f"{Path(path).name} is damaged on page {page}") from None
    return png(_stacked(drawn))


def _text(document: pypdfium2.PdfDocument, at: int) -> str:
    """The characters of a page, as many as PDFium counts."""
    textpage = document[at].get_textpage()
    count = min(textpage.count_chars(), MOST_PAGE_CHARS)
    codes = [pdfium.FPDFText_GetUnicode(textpage.raw, index) for index in range(count)]
    textpage.close()
    return "".join(chr(code) for code in codes)


def _draw(page: pypdfium2.PdfPage, runs: list[tuple[int, int]]) -> NDArray[np.uint8]:
    """A page's pixels with runs of its characters marked."""
    width, height = page.get_size()
    scale = min(WIDTH / max(width, 1), TALLEST / max(height, 1))
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    pixels: NDArray[np.uint8] = bitmap.to_numpy()[:, :, :3].copy()
    mask = np.zeros(pixels.shape[:2], bool)
    textpage = page.get_textpage()
    for start, end in runs:
        # Line by line: a gap between words is marked, one between lines is not.
        before: tuple[int, int, int, int] | None = None
        for index in range(start, end):
            box = _box(page, textpage, index, mask.shape)
            if box is None:
                continue
            left, top, right, bottom = box
            if before and before[0] <= left and abs(before[3] - bottom) < bottom - top:
                left = min(left, before[2])
            mask[top:bottom, left:right] = True
            before = box
    textpage.close()
    pixels[mask] = (pixels[mask] * MARKER // 255).astype(np.uint8)
    return pixels


def _box(
    page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, index: int, size: tuple[int, ...]
) -> tuple[int, int, int, int] | None:
    """A character's left, top, right and bottom in pixels; None where it has no extent."""
    found = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, found):
        return None
    height, width = size
    corners = []
    for x, y in ((found.left, found.top), (found.right, found.bottom)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (a, b), (c, d) = corners
    left, right = max(0, min(a, c)), min(width, max(a, c))
    top, bottom = max(0, min(b, d)), min(height, max(b, d))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _stacked(pages: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Pages below one another, with a line between."""
    width = max(page.shape[1] for page in pages)
    rows: list[NDArray[np.uint8]] = []
    for page in pages:
        if rows:
            rows.append(np.full((4, width, 3), 128, np.uint8))
        white = np.full((page.shape[0], width - page.shape[1], 3), 255, np.uint8)
        rows.append(np.concatenate([page, white], axis=1))
    return np.concatenate(rows)
