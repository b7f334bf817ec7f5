"""Gold questions under many rankings at once, to choose among them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import Encoder, Rows
from indexer.engine import Engine
from search_api import reader
from search_api.evaluation.gold import GoldQuestion, answers, overlaps_gold
from search_api.evaluation.measures import ndcg
from search_api.retriever import Ranked, rank, weighed
from search_api.settings import Weights
from search_api.tuning.fit import Flags, Floats

# Each weight is tried at these multiples of the shipped one, at most two weights at a time.
FACTORS = (0.5, 0.75, 1.5, 2.0)
# A gain must exceed this many standard errors (95%, one-sided), so that one question moves nothing.
CAUTION = 1.64


@dataclass(frozen=True, slots=True)
class Asked:
    """A gold question with its vector, its candidates, and what each weight is multiplied with."""

    gold: GoldQuestion
    question: Rows
    candidates: list[Ranked]
    signals: Floats


class Bench:
    """The questions under every ranking that is tried; the first is the shipped one."""

    def __init__(self, store: Engine, asked: Sequence[Asked], weights: Weights) -> None:
        self.store, self.asked = store, asked
        self.grid = list(_around(weights))
        self.answerable: Flags = np.array([item.gold.answerable for item in asked])
        searched = [self._searched(item) for item in asked]
        # A row a ranking, a column a question.
        self.ndcg: Floats = np.array([found for found, _ in searched]).T
        self.recall: Floats = np.array([found for _, found in searched]).T
        self._judged: dict[int, tuple[Floats, Flags]] = {}

    def _searched(self, item: Asked) -> tuple[list[float], list[float]]:
        relevant, rows = item.gold.relevant, self.store.rows
        ideal = list(relevant.values())
        grades = [relevant.get(rows[found.row][1].key, 0) for found in item.candidates]
        tops = [
            [grades[place] for place in _order(item, weights)[:10].tolist()]
            for weights in self.grid
        ]
        return [ndcg(top, ideal, 10) for top in tops], [float(top[:1] == [2]) for top in tops]

    def judged(self, place: int) -> tuple[Floats, Flags]:
        """The reader's signals under a ranking, and whether the first quote answers."""
        if place not in self._judged:
            found = [self._read(item, self.grid[place]) for item in self.asked]
            self._judged[place] = (
                np.array([signals for signals, _ in found]),
                np.array([right for _, right in found]),
            )
        return self._judged[place]

    def _read(self, item: Asked, weights: Weights) -> tuple[list[float], bool]:
        scores = item.signals @ values(weights)
        ranked = [
            replace(item.candidates[place], score=float(scores[place]))
            for place in _order(item, weights)
        ]
        signals = reader.signals(ranked, self.store.model, item.question)
        spans = reader.choose_quotes(self.store, item.gold.question, ranked)
        if not spans:
            return signals, False
        passage = self.store.rows[spans[0].row][1]
        hit = overlaps_gold(item.gold, passage.key, passage.text, spans[0].start, spans[0].end)
        return signals, answers(item.gold, passage.key, hit)

    def choose(self, among: Flags) -> int:
        """The ranking with the best nDCG@10 on these questions, by more than chance may give.

        Few questions leave the weights as they are shipped.
        """
        chosen = self.answerable & among
        gains = self.ndcg[:, chosen] - self.ndcg[0, chosen]
        chance = gains.std(1) / math.sqrt(chosen.sum())
        return int((gains.mean(1) - CAUTION * chance).argmax())


def ask(
    store: Engine, encoder: Encoder, gold: GoldQuestion, report: str | None, weights: Weights
) -> Asked:
    """Rank for a question, with what each weight is multiplied with."""
    ranking = rank(store, encoder, gold.question, report, weights=weights)
    signals = np.array([weighed(store, item) for item in ranking.passages])
    return Asked(gold, ranking.question, ranking.passages, signals)


def _around(weights: Weights) -> Iterator[Weights]:
    """The weights, then others near them."""
    yield weights
    names = [field.name for field in fields(Weights) if getattr(weights, field.name)]
    for one in names:
        for factor in FACTORS:
            yield replace(weights, **{one: getattr(weights, one) * factor})
    for one, two in itertools.combinations(names, 2):
        for first, second in itertools.product(FACTORS, FACTORS):
            changes = {
                one: getattr(weights, one) * first,
                two: getattr(weights, two) * second,
            }
            yield replace(weights, **changes)


def values(weights: Weights) -> Floats:
    """Weights as a row, in the order of their fields."""
    return np.array([getattr(weights, field.name) for field in fields(Weights)], np.float64)


def _order(item: Asked, weights: Weights) -> NDArray[np.int64]:
    """The candidates' places, best first; equal scores keep document order."""
    rows = np.array([found.row for found in item.candidates])
    return np.lexsort((rows, -(item.signals @ values(weights))))
