"""The lines of a PDF's first pages with the size of their type, and what the file says of itself.

It runs in the sandbox: see `indexer.formats.pdf.front`.
"""

from __future__ import annotations

import json
from pathlib import Path

from indexer.formats.pdf.lines import Row, page_lines
from indexer.formats.pdf.model import Line
from indexer.formats.pdf.source import first_pages

PAGES = 3
# What stands out by its weight counts as a little larger.
BOLD = 0.25


def front_of(path: str) -> bytes:
    """What `indexer.formats.pdf.front` gives, as JSON.

    Raises:
        ReportError: the file is not a PDF that can be read.
    """
    pages, info = first_pages(Path(path), PAGES)
    lines = [part for page in pages for item in page_lines(page) for part in _parts(item)]
    return json.dumps({"lines": lines, "info": info}).encode()


def _parts(item: Line | Row) -> list[tuple[str, float, int]]:
    """A line as one, or as the cells that stand far apart in it."""
    if isinstance(item, Row):
        return [(cell, 0.0, item.page) for cell in item.cells]
    heavier = BOLD if item.bold else 0.0
    return [
        ("".join(run.text for run in cell), max(run.size for run in cell) + heavier, item.page)
        for cell in item.cells
    ]
