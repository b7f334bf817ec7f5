"""Question and store to ranked passages.

The score of a passage is a weighted sum of three signals that can be read off: how near its text
is to the question, how near its best sentence is, and which words they share. The weights were
chosen by cross-validation (search_api/training/choose_settings.py). A user's cross-encoder may add
a signal (search_api/ask/cross_encoder.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder, Rows
from indexer.store.index import Engine, Signals
from search_api.ask.query import Query
from search_api.ask.tuned import Weights, settings_of

# Passages fetched by each signal before the exact scores are taken.
CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranked passage row with the signals behind its score.

    `passage` and `sentence` are cosine similarities, `bm25` the BM25 score of the passage;
    `sentences` holds the similarity of each of its sentences, in order, and `judged`, where a
    cross-encoder read the passage, the probability that each answers, -1 for one it did not read.
    """

    row: int
    score: float
    passage: float
    sentence: float
    bm25: float
    numbered: bool
    sentences: Rows
    judged: Rows | None = None

    @property
    def cross_encoder(self) -> float:
        """The best probability that a sentence of it answers; 0 where none was read."""
        return 0.0 if self.judged is None else float(self.judged.max())


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question's vector, shape (dim,), and the passages ranked for it, best first."""

    question: Rows
    passages: list[Ranked]


def rank(store: Engine, encoder: Encoder, query: Query, weights: Weights | None = None) -> Ranking:
    """Rank passages for a question; equal scores keep document order.

    Raises:
        NotFoundError: no such report.
    """
    weights = weights or settings_of(store).ranking
    vector = encoder.encode([query.text])[0]
    found = store.candidates(vector, query.words, CANDIDATES, query.scope)
    return Ranking(vector, _ranked(store.signals(vector, query.words, found), weights))


def weighed(item: Ranked) -> tuple[float, ...]:
    """What each weight is multiplied with in the item's score, in the order of Weights' fields."""
    return item.passage, item.sentence, item.bm25, float(item.numbered) - 1, item.cross_encoder


def _ranked(signals: Signals, weights: Weights) -> list[Ranked]:
    """The candidates by their weighted sums; numbers are added in double precision.

    No cross-encoder has read them yet.
    """
    best = signals.passage.copy()
    first, last = signals.starts[:-1], signals.starts[1:]
    # A passage without a sentence is judged by its whole text.
    some = last > first
    if some.any():
        best[some] = np.maximum.reduceat(signals.sentences, first[some])
    parts: tuple[tuple[float, NDArray[Any]], ...] = (
        (weights.passage, signals.passage),
        (weights.sentence, best),
        (weights.bm25, signals.bm25),
        (-weights.unnumbered, ~signals.numbered),
    )
    scores = np.zeros(len(signals.rows))
    for weight, part in parts:
        scores += weight * part.astype(np.float64)
    order = np.lexsort((signals.rows, -scores))
    found = (signals.rows, scores, signals.passage, best, signals.bm25, signals.numbered)
    columns = (*found, first, last)
    return [
        Ranked(row, score, passage, sentence, bm25, numbered, signals.sentences[start:stop])
        for row, score, passage, sentence, bm25, numbered, start, stop in zip(
            *(column[order].tolist() for column in columns), strict=True
        )
    ]
