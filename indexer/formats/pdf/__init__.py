"""PDF files to blocks.

PDFium is C: a few kilobytes of PDF can make it hang or fill the memory where Python cannot stop
it. So a file is read in a process of its own, with limits, and the blocks come back as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from indexer.blocks import Block
from indexer.errors import ReportError

# A report of a thousand pages takes half a minute on a slow machine.
SECONDS = 120
REFUSED = 3


def read_pdf(path: Path) -> list[Block]:
    """Read a PDF file.

    Raises:
        ReportError: the file is not a PDF, encrypted, truncated, damaged, too large or too costly
            to read, or has no text that can be read.
        OSError: the file cannot be opened.
    """
    with path.open("rb"):
        pass
    command = [sys.executable, "-m", "indexer.formats.pdf.worker", str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _too_costly(path) from None
    if done.returncode == REFUSED:
        raise ReportError(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode != 0:
        raise _too_costly(path)
    return [_block(fields) for fields in json.loads(done.stdout)]


def _too_costly(path: Path) -> ReportError:
    return ReportError(
        f"{path.name} takes too long or too much memory to read; it may be damaged: print it to a "
        "new PDF, or split it"
    )


def _block(fields: dict[str, object]) -> Block:
    calls = fields.pop("calls")
    assert isinstance(calls, list)
    return Block(**fields, calls=tuple(calls))  # type: ignore[arg-type]
