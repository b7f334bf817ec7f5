"""Words of one report counted, so that BM25 within it does not depend on what else a store holds.

The formula and its constants are those of the store's word index (tantivy), which counts over all
reports; of a report alone in its store both give the same scores.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, chain, repeat

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.report import Report
from indexer.store.origin import embedded_text
from indexer.store.terms import stems
from search_api.library.kept import kept_per_report

K1, B = 1.2, 0.75
# Lengths are known to the word up to 40, then in steps that double every eight.
STEPS = chain(repeat(1, 40), *(repeat(2**power, 8) for power in range(1, 20)))
LENGTHS = [0, *accumulate(STEPS)]


@dataclass(frozen=True, slots=True)
class ReportWords:
    """How often each stem stands in each passage of a report.

    `counts` has the places of the passages that hold a stem, and how often each does; `damping`
    is what a passage's length takes off, by place.
    """

    counts: dict[str, tuple[NDArray[np.int64], Rows]]
    damping: Rows

    def idf(self, stem: str) -> float:
        """How much a stem tells: the rarer it is in the report, the more."""
        holding = len(self.counts[stem][0]) if stem in self.counts else 0
        return math.log(1 + (len(self.damping) - holding + 0.5) / (holding + 0.5))

    def bm25(self, wanted: Iterable[str]) -> Rows:
        """The BM25 score of every passage for these stems; 0 where it has none."""
        scores = np.zeros(len(self.damping), np.float32)
        for stem in wanted:
            if stem in self.counts:
                places, often = self.counts[stem]
                share = often / (often + self.damping[places])
                scores[places] += np.float32(self.idf(stem) * (K1 + 1)) * share
        return scores


@kept_per_report
def report_words(report: Report) -> ReportWords:
    """The words of a report, as its passages are indexed."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    lengths = []
    for place, passage in enumerate(report.passages):
        words = stems(embedded_text(passage))
        lengths.append(len(words))
        for stem, often in Counter(words).items():
            places, counts = found.setdefault(stem, ([], []))
            places.append(place)
            counts.append(often)
    known = np.array([LENGTHS[bisect_right(LENGTHS, length) - 1] for length in lengths])
    average = max(sum(lengths) / max(len(lengths), 1), 1e-9)
    damping = (K1 * (1 - B + B * known / average)).astype(np.float32)
    counted = {
        stem: (np.array(places, np.int64), np.array(often, np.float32))
        for stem, (places, often) in found.items()
    }
    return ReportWords(counted, damping)
