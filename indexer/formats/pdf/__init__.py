"""PDF files to blocks.

PDFium is C: a few kilobytes of PDF can make it hang or fill the memory where Python cannot stop
it. So a file is read in the sandbox (`indexer.sandbox`), and the blocks come back as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.sandbox import Limits, RefusedError, SpentError, run_apart

# A report of a thousand pages takes half a minute on a slow machine.
SECONDS = 120
MEMORY = 3_000_000_000
WORK = "indexer.formats.pdf.worker:blocks_of"


def read_pdf(path: Path) -> list[Block]:
    """Read a PDF file.

    Raises:
        ReportError: the file is not a PDF, encrypted, truncated, damaged, too large or too costly
            to read, or has no text that can be read.
        OSError: the file cannot be opened.
    """
    with path.open("rb"):
        pass
    try:
        # By name: PDFium is loaded there alone.
        read = run_apart(WORK, [str(path.absolute())], Limits(SECONDS, MEMORY), [path])
    except RefusedError as refused:
        raise ReportError(str(refused)) from None
    except SpentError:
        raise _too_costly(path) from None
    return [_block(fields) for fields in json.loads(read)]


def _too_costly(path: Path) -> ReportError:
    return ReportError(
        f"{path.name} takes too long or too much memory to read; it may be damaged: print it to a "
        "new PDF, or split it"
    )


def _block(fields: dict[str, object]) -> Block:
    calls = fields.pop("calls")
    assert isinstance(calls, list)
    return Block(**fields, calls=tuple(calls))  # type: ignore[arg-type]
