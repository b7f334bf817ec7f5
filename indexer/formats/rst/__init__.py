"""reStructuredText to blocks. Nothing is included or executed, and typed numbers stay."""

from __future__ import annotations

from pathlib import Path

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.encoding import decode
from indexer.formats.rst.body import Place, read_body
from indexer.formats.rst.found import Found
from indexer.formats.rst.lines import lines_of


def read_rst(path: Path) -> list[Block]:
    """Read a reStructuredText file; files it would include are left out.

    Raises:
        ReportError: the file is empty, binary, or has no text.
    """
    blocks = blocks_of_rst(decode(path.read_bytes(), path.name))
    if not blocks:
        raise ReportError(f"{path.name} has no text; give a report file with numbered paragraphs")
    return blocks


def blocks_of_rst(text: str) -> list[Block]:
    """Split decoded reStructuredText into blocks; `line` is the line of the source."""
    found = Found()
    read_body(lines_of(text), Place(), found)
    return found.finish()
