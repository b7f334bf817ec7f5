"""Reads one report: `python -m search_api.guard.worker PATH BYTES SECONDS printed|counted`.

Writes the report as JSON to standard output. Exits with 3 and the reason on standard error for a
file that is refused; limits on memory and processor time end it otherwise.
"""

from __future__ import annotations

import sys
from pathlib import Path

from indexer.errors import ReportError
from indexer.load import load_report
from search_api.guard.reading import REFUSED, REPORT


def main() -> None:
    """Read the file that the first argument names."""
    path, memory, seconds, numbers = sys.argv[1:]
    _limit(int(memory), int(seconds))
    try:
        report = load_report(Path(path), numbers == "counted")
    except ReportError as error:
        sys.stderr.write(str(error))
        raise SystemExit(REFUSED) from None
    sys.stdout.buffer.write(REPORT.dump_json(report))


def _limit(memory: int, seconds: int) -> None:
    """Bound memory and processor time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main()
