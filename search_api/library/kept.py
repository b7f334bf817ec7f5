"""Results kept while they are in use: of a whole report, and of questions asked before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Generic, TypeVar

from indexer.report import Report

T = TypeVar("T")
MOST_REPORTS = 64


def kept_per_report(function: Callable[[Report], T]) -> Callable[[Report], T]:
    """The function with its results kept for the reports last asked about.

    The report itself is not kept: it would keep the store open that it was read from.
    """
    known: Recent[tuple[T]] = Recent(MOST_REPORTS)

    @wraps(function)
    def kept(report: Report) -> T:
        # Told from others by its file, not by all that it holds, which is slow to compare.
        key = (report.id, report.sha256, len(report.text))
        found = known.get(key)
        if found is None:
            found = (function(report),)
            known.keep(key, found)
        return found[0]

    return kept


class Recent(Generic[T]):
    """The values last asked for, by key; the least used go first. For several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """The value kept under a key; None without one."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value, and let the least used go."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
