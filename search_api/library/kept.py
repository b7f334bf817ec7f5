"""What is worked out from a whole report, kept while it is in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TypeVar

from indexer.report import Report

T = TypeVar("T")
MOST_REPORTS = 64


@dataclass(frozen=True, slots=True)
class _Known:
    """A report told from others by its file, not by all that it holds, which is slow to compare."""

    id: str
    sha256: str
    length: int
    report: Report = field(compare=False)


def kept_per_report(function: Callable[[Report], T]) -> Callable[[Report], T]:
    """The function with its results kept for the reports last asked about."""

    @lru_cache(maxsize=MOST_REPORTS)
    def known(report: _Known) -> T:
        return function(report.report)

    @wraps(function)
    def kept(report: Report) -> T:
        return known(_Known(report.id, report.sha256, len(report.text), report))

    return kept
