"""Format readers, one small module a file format: a path to a list of blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.errors import ReportError
from indexer.formats.akn import read_akn
from indexer.formats.block import Block
from indexer.formats.docx import read_docx
from indexer.formats.html import read_html
from indexer.formats.markdown import read_markdown
from indexer.formats.pdf import read_pdf
from indexer.formats.rst import read_rst
from indexer.formats.text import read_text

READERS: dict[str, Callable[[Path], list[Block]]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".rst": read_rst,
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_docx,
    ".pdf": read_pdf,
    ".xml": read_akn,
    ".akn": read_akn,
}


def read_blocks(path: Path) -> list[Block]:
    """Read a report file into blocks, by its extension.

    Raises:
        ReportError: the file is missing, unreadable, empty, or of no known format.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReportError(f"{path.name}: no reader for '{path.suffix}' files; use one of {known}")
    try:
        return reader(path)
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; check the path") from None
    except IsADirectoryError:
        raise ReportError(f"{path} is a folder; name the report files in it") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportError(f"{path} cannot be read ({reason}); check its permissions") from error
