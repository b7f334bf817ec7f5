"""What is done with a PDF apart from the rest: its blocks, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from indexer.formats.pdf.blocks import read_pages_of


def blocks_of(path: str) -> bytes:
    """The blocks of a PDF file as JSON.

    Raises:
        ReportError: it cannot be read.
    """
    return json.dumps([asdict(block) for block in read_pages_of(Path(path))]).encode()
