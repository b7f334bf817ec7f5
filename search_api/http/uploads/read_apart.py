"""An uploaded file to a report, in a process of its own with limits on memory and time.

Whoever uploads may be anybody with a key, and a few kilobytes can keep a parser busy for hours. The
report comes back as JSON: nothing is unpickled.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter

from indexer.errors import ReportError
from indexer.load import load_report
from indexer.report import Report

SECONDS = 180
MEMORY = 4_000_000_000
REFUSED = 3
REPORT = TypeAdapter(Report)


def load_apart(path: Path, allow_unnumbered: bool) -> Report:
    """See `indexer.load.load_report`, which does the work.

    Raises:
        ReportError: the file cannot be read, has no numbering, or takes too much to read.
    """
    said = [str(path), str(MEMORY), str(SECONDS), "counted" if allow_unnumbered else "printed"]
    command = [sys.executable, "-m", "search_api.http.uploads.read_apart", *said]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _too_costly(path) from None
    if done.returncode == REFUSED:
        raise ReportError(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode != 0:
        raise _too_costly(path)
    return REPORT.validate_json(done.stdout)


def _too_costly(path: Path) -> ReportError:
    return ReportError(
        f"{path.name} takes too long or too much memory to read; it may be damaged: save it anew, "
        "or split it"
    )


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
