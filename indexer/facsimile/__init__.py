"""The printed page that words of a report stand on, as a picture with the words marked.

PDFium draws it in the sandbox that PDF files are read in, for the same reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeGuard

from indexer.errors import ReportError
from indexer.report import Passage
from indexer.sandbox import Argument, Limits, RefusedError, SpentError, run_apart

SECONDS = 20
MEMORY = 2_000_000_000
LARGEST = 20_000_000
ENDING = ".pdf"
WORK = "indexer.facsimile.worker:picture_of"


def has_pages(file: Path | None) -> TypeGuard[Path]:
    """Whether a report's file has printed pages to show."""
    return file is not None and file.suffix.lower() == ENDING


def draw_page(file: Path, passage: Passage, start: int, end: int) -> bytes:
    """The page, or pages, that `passage.text[start:end]` stands on, with it marked, as PNG.

    Where the words are not found the passage's first page comes without marks.

    Raises:
        ReportError: the file has no such page, cannot be read, or takes too much to draw.
    """
    if passage.page is None or not has_pages(file):
        raise ReportError(f"{file.name} has no page to show of this paragraph")
    asked: list[Argument] = [str(file.absolute()), passage.page, passage.text, start, end]
    try:
        return run_apart(WORK, asked, Limits(SECONDS, MEMORY, LARGEST), [file])
    except RefusedError as refused:
        raise ReportError(str(refused)) from None
    except SpentError:
        raise ReportError(
            f"the page of {file.name} takes too long or too much memory to draw; open the file"
        ) from None
