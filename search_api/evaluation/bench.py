"""Gold questions under many rankings at once, to choose among them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder
from indexer.store.index import Engine
from search_api.ask.forms.exact import Lift, lift_of
from search_api.ask.late_interaction import QuestionTokens
from search_api.ask.question.query import make_query
from search_api.ask.ranking import Ranked, Ranking, rank, weighed
from search_api.ask.reading.confidence import signals as signals_of
from search_api.ask.reading.cross_encoder import judge
from search_api.ask.reading.quotes import choose_quotes
from search_api.ask.reading.reader import read_best
from search_api.ask.tuned import CrossEncoderId, Weights
from search_api.evaluation.calibrate import Flags, Floats
from search_api.evaluation.gold import GoldQuestion, answers, overlaps_gold
from search_api.evaluation.measures import ndcg

# Each weight is tried at these multiples of the shipped one, at most two weights at a time.
FACTORS = (0.5, 0.75, 1.5, 2.0)
# What a cross-encoder may count, of which nothing is shipped; the others add up to about one.
COUNTS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
# A gain must exceed this many standard errors (95%, one-sided), so that one question moves nothing.
CAUTION = 1.64


@dataclass(frozen=True, slots=True)
class Asked:
    """A gold question with its tokens, its candidates, and what each weight is multiplied with."""

    gold: GoldQuestion
    question: QuestionTokens | None
    candidates: list[Ranked]
    lift: Lift
    signals: Floats


class Bench:
    """The questions under every ranking that is tried; the first is the shipped one.

    With a cross-encoder, what it counts is tried too; that it counts nothing in the ranking does
    not keep it from choosing the quotes and bearing on the confidence.
    """

    def __init__(
        self,
        store: Engine,
        encoder: Encoder,
        asked: Sequence[Asked],
        weights: Weights,
        cross_encoder: bool = False,
    ) -> None:
        self.store, self.encoder = store, encoder
        self.asked, self.cross_encoder = asked, cross_encoder
        self.grid = list(_around(weights, cross_encoder))
        self.answerable: Flags = np.array([item.gold.answerable for item in asked])
        self.quoted = self.answerable & np.array([bool(item.gold.quotes) for item in asked])
        searched = [self._searched(item) for item in asked]
        # A row a ranking, a column a question.
        self.ndcg: Floats = np.array([found for found, _ in searched]).T
        self.recall: Floats = np.array([found for _, found in searched]).T
        self._judged: dict[int, tuple[Floats, Flags]] = {}

    def _searched(self, item: Asked) -> tuple[list[float], list[float]]:
        relevant, rows = item.gold.relevant, self.store.rows
        ideal = list(relevant.values())
        grades = {f.row: relevant.get(rows[f.row][1].key, 0) for f in item.candidates}
        tops = [
            [grades[found.row] for found in item.lift.of(_ranked(item, weights))[:10]]
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
        counts = weights.cross_encoder if self.cross_encoder else None
        odds = read_best(self.store, self.encoder, item.gold.question, ranked[0])
        signals = signals_of(Ranking(item.question, ranked), odds, counts)
        spans = choose_quotes(self.store, item.gold.question, ranked)
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
    store: Engine,
    encoder: Encoder,
    gold: GoldQuestion,
    report: str | None,
    weights: Weights,
    cross_encoder: CrossEncoderId | None = None,
) -> Asked:
    """Rank for a question, with what each weight is multiplied with."""
    query = make_query(store, gold.question, gold.report or report)
    ranking = rank(store, encoder, query, weights)
    passages = ranking.passages
    if cross_encoder is not None:
        counts = weights.cross_encoder
        passages = judge(store, query, passages, cross_encoder, counts)
    signals = np.array([weighed(item) for item in passages])
    return Asked(gold, ranking.question, passages, lift_of(store, query, passages), signals)


def _around(weights: Weights, cross_encoder: bool) -> Iterator[Weights]:
    """The weights, then others near them."""
    yield weights
    tried = {
        name: tuple(value * factor for factor in FACTORS)
        for name, value in asdict(weights).items()
        if value
    }
    if cross_encoder:
        tried["cross_encoder"] = COUNTS
    for names in (*itertools.combinations(tried, 1), *itertools.combinations(tried, 2)):
        for given in itertools.product(*(tried[name] for name in names)):
            yield replace(weights, **dict(zip(names, given, strict=True)))


def values(weights: Weights) -> Floats:
    """Weights as a row, in the order of their fields."""
    return np.array([getattr(weights, field.name) for field in fields(Weights)], np.float64)


def _ranked(item: Asked, weights: Weights) -> list[Ranked]:
    """The candidates, best first."""
    return [item.candidates[place] for place in _order(item, weights)]


def _order(item: Asked, weights: Weights) -> NDArray[np.int64]:
    """The candidates' places, best first; equal scores keep document order."""
    rows = np.array([found.row for found in item.candidates])
    return np.lexsort((rows, -(item.signals @ values(weights))))
