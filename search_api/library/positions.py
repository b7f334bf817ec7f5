"""Where the passages of a report stand, by key and number, and which refer to which: made once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.report import Passage, Report
from search_api.library.kept import kept_per_report


@dataclass(frozen=True, slots=True)
class Positions:
    """The passages of a report by key, and by name: key, or number where only one has it.

    Names are there in small letters as well.

    Reference i, made in passage `place[i]`, is to the passages first[i] to last[i].
    """

    by_key: dict[str, int]
    by_name: dict[str, int]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    place: NDArray[np.int64]

    def referring(self, index: int) -> list[int]:
        """The passages that refer to this one, by name or within a range, in order."""
        meant = (self.first <= index) & (index <= self.last) & (self.place != index)
        found: list[int] = np.unique(self.place[meant]).tolist()
        return found


@kept_per_report
def positions_of(report: Report) -> Positions:
    """The positions of a report's passages; worked out once while the report is in use."""
    passages = tuple(report.passages)
    by_key = {passage.key: index for index, passage in enumerate(passages)}
    numbers = Counter(passage.number for passage in passages)
    by_number = {
        passage.number: index
        for index, passage in enumerate(passages)
        if passage.number is not None and numbers[passage.number] == 1
    }
    made = [reach for index, p in enumerate(passages) for reach in _reaches(index, p, by_key)]
    first, last, place = np.array(made, np.int64).reshape(-1, 3).T
    names = by_number | by_key
    by_name = {name.lower(): index for name, index in names.items()} | names
    return Positions(by_key, by_name, first, last, place)


def _reaches(index: int, passage: Passage, by_key: dict[str, int]) -> list[tuple[int, int, int]]:
    """What each reference of a passage is to: first, last, and the passage itself."""
    found, previous = [], -1
    for reference in passage.references:
        target = by_key[reference.key]
        first = previous + 1 if reference.through and previous >= 0 else target
        found.append((first, target, index))
        previous = target
    return found
