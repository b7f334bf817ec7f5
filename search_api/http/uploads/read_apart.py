"""An uploaded file to a report, in the sandbox: whoever uploads may be anybody with a key.

The report comes back as JSON: nothing is unpickled.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from indexer.errors import ReportError
from indexer.load import load_report
from indexer.report import Report
from indexer.sandbox import Limits, RefusedError, SpentError, run_apart

SECONDS = 180
MEMORY = 4_000_000_000
REPORT = TypeAdapter(Report)


def load_apart(path: Path, allow_unnumbered: bool) -> Report:
    """See `indexer.load.load_report`, which does the work.

    Raises:
        ReportError: the file cannot be read, has no numbering, or takes too much to read.
    """
    limits = Limits(SECONDS, MEMORY)
    try:
        read = run_apart(report_of, [str(path.absolute()), allow_unnumbered], limits, [path.parent])
    except RefusedError as refused:
        raise ReportError(str(refused)) from None
    except SpentError:
        raise ReportError(
            f"{path.name} takes too long or too much memory to read; it may be damaged: save it "
            "anew, or split it"
        ) from None
    return REPORT.validate_json(read)


def report_of(path: str, allow_unnumbered: bool) -> bytes:
    """A report file's report as JSON.

    Raises:
        ReportError: it cannot be read.
    """
    return REPORT.dump_json(load_report(Path(path), allow_unnumbered))
