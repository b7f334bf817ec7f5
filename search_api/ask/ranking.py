"""Question and store to ranked passages.

The score of a passage is a weighted sum of signals that can be read off: how near its text is to
the question, how near its best sentence is, which words they share, and, of the passages that are
best by these, how well a sentence covers the question token by token. The weights were
chosen by cross-validation (search_api/training/choose_settings.py). A user's cross-encoder may add
a signal (search_api/ask/reading/cross_encoder.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder, Rows, token_encoder
from indexer.store.index import Engine, Signals
from search_api.ask.late_interaction import Coverage, QuestionTokens, cover, question_tokens
from search_api.ask.question.query import Query
from search_api.ask.tuned import Weights, settings_of
from search_api.library.report_words import report_words
from search_api.timing import step

# Passages fetched by each signal before the exact scores are taken; those whose tokens are read.
CANDIDATES, READ = 200, 40


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranked passage row with the signals behind its score.

    `passage` and `sentence` are cosine similarities, `bm25` the BM25 score of the passage;
    `sentences` holds the similarity of each of its sentences, in order, `sentence_scores` what the
    one to quote is chosen by. `coverage` is what covers
    the question's tokens, where the passage's own were read, and `late` how well its sentence that
    covers most does, of one not read as little as the least of those read. `judged`, where a
    cross-encoder read the passage, is the probability that each sentence answers, -1 for one it
    did not read.
    """

    row: int
    score: float
    passage: float
    sentence: float
    bm25: float
    numbered: bool
    sentences: Rows
    sentence_scores: Rows
    late: float = 0.0
    coverage: Coverage | None = None
    judged: Rows | None = None

    @property
    def cross_encoder(self) -> float:
        """The best probability that a sentence of it answers; 0 where none was read."""
        return 0.0 if self.judged is None else float(self.judged.max())


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question's tokens, where they could be read, and the passages for it, best first."""

    question: QuestionTokens | None
    passages: list[Ranked]


def rank(store: Engine, encoder: Encoder, query: Query, weights: Weights | None = None) -> Ranking:
    """Rank passages for a question; equal scores keep document order.

    Raises:
        NotFoundError: no such report.
    """
    weights = weights or settings_of(store).ranking
    with step("encode"):
        vector, tokens = _encoded(store, encoder, query)
    with step("find"):
        ranked = _found(store, query, vector, weights)
    if tokens is None or not weights.late:
        return Ranking(tokens, ranked)
    with step("read"):
        return Ranking(tokens, _read(store, tokens, ranked, weights))


def _found(store: Engine, query: Query, vector: Rows, weights: Weights) -> list[Ranked]:
    """The candidates for a question, by what needs no token of theirs."""
    found = store.candidates(vector, query.words, CANDIDATES, query.scope)
    if query.leaving_out:
        kept = [store.rows[row][1].key not in query.leaving_out for row in found.tolist()]
        found = found[np.array(kept, np.bool_)]
    signals = _within(store, query, store.signals(vector, query.words, found))
    return _ranked(signals, weights)


def _encoded(store: Engine, encoder: Encoder, query: Query) -> tuple[Rows, QuestionTokens | None]:
    """A question's vector, and its tokens where the store has those of sentences."""
    reader = token_encoder(encoder) if store.token_dim else None
    if reader is None:
        return encoder.encode([query.text])[0], None
    rows, tokens = reader.encode_tokens([query.text])
    return rows[0], question_tokens(store, tokens[0], query.scope.report)


def _read(
    store: Engine, question: QuestionTokens, ranked: list[Ranked], weights: Weights
) -> list[Ranked]:
    """The passages ranked again after the tokens of the best of them were read."""
    read = []
    for item in ranked[:READ]:
        tokens = store.tokens_of(item.row)
        if tokens is None or not len(item.sentences):
            read.append(item)
            continue
        covered = cover(question, tokens)
        both = weights.sentence * item.sentences + weights.late * covered.sentences
        both /= weights.sentence + weights.late
        read.append(replace(item, coverage=covered, late=covered.most, sentence_scores=both))
    least = min((item.late for item in read if item.coverage), default=0.0)
    every = [
        item if item.coverage else replace(item, late=least) for item in (*read, *ranked[READ:])
    ]
    scored = [replace(item, score=item.score + weights.late * item.late) for item in every]
    return sorted(scored, key=lambda item: (-item.score, item.row))


def _within(store: Engine, query: Query, signals: Signals) -> Signals:
    """The signals, with words weighed by how rare they are in the report asked, if one is."""
    if query.scope.report is None:
        return signals
    place = store.place(query.scope.report)
    scores = report_words(store.reports[place]).bm25(store.stems(query.words))
    return replace(signals, bm25=scores[signals.rows - store.first_row(place)])


def weighed(item: Ranked) -> tuple[float, ...]:
    """What each weight is multiplied with in the item's score, in the order of Weights' fields."""
    unnumbered = float(item.numbered) - 1
    return item.passage, item.sentence, item.bm25, unnumbered, item.late, item.cross_encoder


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
        Ranked(row, score, passage, sentence, bm25, numbered, *2 * (signals.sentences[start:stop],))
        for row, score, passage, sentence, bm25, numbered, start, stop in zip(
            *(column[order].tolist() for column in columns), strict=True
        )
    ]
