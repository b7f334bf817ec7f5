"""Format readers, one small module a file format: a path to a list of blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.akn import read_akn
from indexer.formats.docx import read_docx
from indexer.formats.html import read_html
from indexer.formats.markdown import read_markdown
from indexer.formats.pdf import read_pdf
from indexer.formats.rst import read_rst
from indexer.formats.txt import read_text
from indexer.text import plain

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


# What files of other kinds begin with, and the extension they should have.
SIGNATURES = (
    (b"%PDF-", "PDF", ".pdf"),
    (b"PK\x03\x04", "Word or zip", ".docx"),
    (b"\xd0\xcf\x11\xe0", "old Word", "a .docx saved from Word"),
    (b"{\\rtf", "RTF", "a .docx saved from Word"),
    (b"\x89PNG", "picture", "a report with text"),
    (b"<!doctype html", "HTML", ".html"),
    (b"<html", "HTML", ".html"),
)
WEB = (".html", ".htm", ".xml", ".akn", ".md", ".markdown")
# Fifty thousand paragraphs; the longest inquiry report there is has a tenth of that.
LARGEST_TEXT = 32_000_000


def _check_kind(path: Path) -> None:
    """Refuse a file whose first bytes tell that it is of another kind than its name says.

    Raises:
        ReportError: it is, or it is too large to be a report.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, kind, wanted in SIGNATURES:
        right = suffix == wanted or (kind == "HTML" and suffix in WEB)
        # An encrypted Word file is an old Word container, which the reader explains better.
        if head.startswith(start.lower()) and not right and (kind, suffix) != ("old Word", ".docx"):
            raise ReportError(f"{path.name} is a {kind} file; give it as {wanted}")
    if suffix not in (".pdf", ".docx") and path.stat().st_size > LARGEST_TEXT:
        raise ReportError(f"{path.name} is larger than {LARGEST_TEXT // 1_000_000} MB; split it")


def read_blocks(path: Path) -> list[Block]:
    """Read a report file into blocks, by its extension.

    Raises:
        ReportError: the file is missing, unreadable, empty, or of no known format.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReportError(f"{path.name}: no reader for '{path.suffix}' files; use one of {known}")
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ReportError(f"{path} is no file but a pipe or a device; save it to a file first")
    try:
        _check_kind(path)
        blocks = [_shown(block) for block in reader(path)]
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; check the path") from None
    except IsADirectoryError:
        raise ReportError(f"{path} is a folder; name the report files in it") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportError(f"{path} cannot be read ({reason}); check its permissions") from error
    return [block for block in blocks if (block.text.strip("_ ") or block.label)]


def _shown(block: Block) -> Block:
    """The block without characters that are not shown."""
    texts = (block.text, block.label, block.page_label, block.part)
    if all(text is None or plain(text) is text for text in texts):
        return block
    text, label, page_label, part = (text and plain(text).strip() for text in texts)
    return replace(block, text=text or "", label=label, page_label=page_label, part=part)
