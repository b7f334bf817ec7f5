"""The map from rows of an opened store to rows on the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from indexer.errors import NotFoundError
from indexer.milvus.issues import Issue
from indexer.milvus.schema import issue_and_place, passage_id
from indexer.store.index import PassageRows


class Places:
    """The issues in use, by report id. Rows count over their passages, in order."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = issues
        self._by_report = {issue.report: i for i, issue in enumerate(issues)}
        self._by_number = {issue.number: i for i, issue in enumerate(issues)}
        # The report at place i has the rows starts[i] to starts[i + 1] - 1.
        sizes = [issue.entry["passages"] for issue in issues]
        self.starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)

    def find(self, report_id: str) -> int | None:
        """The place of a report; None without it."""
        return self._by_report.get(report_id)

    def place(self, report_id: str) -> int:
        """The place of a report.

        Raises:
            NotFoundError: no such report.
        """
        found = self.find(report_id)
        if found is None:
            known = ", ".join(list(self._by_report)[:5]) or "none"
            raise NotFoundError(f"no report '{report_id}' in the store; it has: {known}")
        return found

    def known(self, issue: int) -> bool:
        """True for the number of an issue in use."""
        return issue in self._by_number

    def of(self, issues: Iterable[int]) -> list[int]:
        """The places of the reports whose issues in use have these numbers, in order."""
        return sorted({self._by_number[issue] for issue in issues if self.known(issue)})

    def rows(self, ids: Iterable[int]) -> PassageRows:
        """The rows of passages by their numbers on the server, each once, in order."""
        parted = (issue_and_place(number) for number in ids)
        rows = {int(self.starts[self._by_number[issue]]) + place for issue, place in parted}
        return np.array(sorted(rows), np.int64)

    def ids(self, rows: PassageRows | Sequence[int]) -> list[int]:
        """The numbers on the server of passages by their rows."""
        return [
            passage_id(self.issues[place].number, row - int(self.starts[place]))
            for row, place in zip(np.array(rows, np.int64).tolist(), self.owners(rows), strict=True)
        ]

    def owners(self, rows: PassageRows | Sequence[int]) -> list[int]:
        """The places of the reports that passages by their rows are of."""
        found: list[int] = (np.searchsorted(self.starts, rows, side="right") - 1).tolist()
        return found
