"""Reads one PDF in a process of its own: `python -m indexer.formats.pdf.worker PATH`.

Writes the blocks as JSON to standard output. Exits with 3 and the reason on standard error for a
file that is refused; limits on memory and processor time end it otherwise.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from indexer.errors import ReportError
from indexer.formats.pdf import REFUSED, SECONDS
from indexer.formats.pdf.blocks import read_pages_of

MEMORY = 3_000_000_000


def main() -> None:
    """Read the file that the first argument names."""
    _limit()
    try:
        blocks = read_pages_of(Path(sys.argv[1]))
    except ReportError as error:
        sys.stderr.write(str(error))
        raise SystemExit(REFUSED) from None
    json.dump([asdict(block) for block in blocks], sys.stdout)


def _limit() -> None:
    """Bound memory and processor time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    main()
