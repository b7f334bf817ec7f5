"""A PDF file to pages of runs and rules; every way in which a file can be unreadable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.errors import ReportError
from indexer.formats.pdf.glyphs import NORMAL, PageReader
from indexer.formats.pdf.model import Page

MOST_BYTES = 300_000_000
MOST_PAGES = 5_000
MOST_CHARS = 30_000_000
# A newspaper page has 30,000.
MOST_PAGE_CHARS = 60_000
LONGEST_LABEL = 100
LONGEST_INFO = 500
# Every whole file ends with these words; what follows them is at most some padding.
TAIL = 4096
# More than this share of characters without a meaning, and the text is not worth reading.
MOST_UNKNOWN = 0.3
# Type this much heavier than most of the file's is bold.
HEAVIER = 50


def read_pages(path: Path) -> list[Page]:
    """Read every page of a PDF file.

    Raises:
        ReportError: the file is not a PDF, encrypted, truncated, damaged, too large, or has no
            text that can be read.
    """
    document = open_pdf(path)
    try:
        pages = list(_pages(document, path.name))
    finally:
        document.close()
    if not any(page.runs or page.aside for page in pages):
        raise ReportError(
            f"{path.name} has no text, only pictures of pages; run OCR on it (for instance "
            "'ocrmypdf in.pdf out.pdf') and give the result"
        )
    return _with_bold(pages)


def first_pages(path: Path, most: int) -> tuple[list[Page], dict[str, str]]:
    """The first pages of a PDF file, and what it says of itself.

    Raises:
        ReportError: see `read_pages`.
    """
    document = open_pdf(path)
    try:
        pages = list(_pages(document, path.name, most))
        info = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    return _with_bold(pages), {name: text[:LONGEST_INFO] for name, text in info.items()}


def _with_bold(pages: list[Page]) -> list[Page]:
    """Mark the runs that are bolder than most of the file's text."""
    weights: Counter[int] = Counter()
    for page in pages:
        for run in page.runs:
            weights[run.weight] += len(run.text)
    usual = max(weights, key=lambda weight: weights[weight], default=NORMAL)
    return [
        replace(
            page,
            runs=tuple(replace(run, bold=run.weight >= usual + HEAVIER) for run in page.runs),
        )
        for page in pages
    ]


def open_pdf(path: Path) -> pypdfium2.PdfDocument:
    """A PDF file, opened.

    Raises:
        ReportError: it is not a PDF, encrypted, truncated, damaged or too large.
    """
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


def _pages(document: pypdfium2.PdfDocument, name: str, most: int = MOST_PAGES) -> Iterator[Page]:
    total = unknown = 0
    labelled = True
    for index in range(min(len(document), most)):
        try:
            page = document[index]
            textpage = page.get_textpage()
        except pypdfium2.PdfiumError:
            raise ReportError(
                f"{name} is damaged on page {index + 1}; get or export it again"
            ) from None
        read = PageReader(page, textpage)
        total += read.count
        unknown += read.unknown
        if read.count > MOST_PAGE_CHARS:
            raise ReportError(
                f"{name} has over {MOST_PAGE_CHARS} characters on page {index + 1}; print it to a "
                "new PDF file"
            )
        if total > MOST_CHARS:
            raise ReportError(f"{name} has over {MOST_CHARS} characters; split it into parts")
        label = (document.get_page_label(index) or "") if labelled else ""
        labelled = len(label) <= LONGEST_LABEL
        yield read.page(index + 1, label[:LONGEST_LABEL])
        textpage.close()
        page.close()
    if unknown > MOST_UNKNOWN * max(total, 1):
        raise ReportError(
            f"{name} does not say which letters its text is made of; run OCR on it (for instance "
            "'ocrmypdf --force-ocr in.pdf out.pdf') and give the result"
        )
