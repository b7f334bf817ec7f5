"""Ranked passages to quotes and a confidence.

A quote is a whole sentence of a passage. The confidence is a logistic function of four signals
of the best passage, fitted on the development questions (tests/benchmarks/choose_weights.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from indexer.store import Store
from search_api.retriever import Ranked, load_settings

NAME = "similarity-1"
MOST_QUOTES = 3
# A further quote must come this near to the best one, and stand among the first passages.
NEAR_BEST = 0.9
FIRST_PASSAGES = 5
# A sentence of fewer words ("Being healthy Good") says too little to stand as an answer.
FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence chosen as a quote: its passage row, offsets into the passage, its score."""

    row: int
    start: int
    end: int
    score: float


def best_sentence(store: Store, ranked: Ranked) -> Span | None:
    """The sentence of a passage nearest to the question; None for a passage without one."""
    _, passage = store.rows[ranked.row]
    if not passage.sentences:
        return None
    texts = [passage.text[s.start : s.end] for s in passage.sentences]
    short = np.array([len(text.split()) < FEWEST_WORDS for text in texts])
    scores = np.where(short & ~short.all(), ranked.sentences - 1, ranked.sentences)
    best = int(scores.argmax())
    sentence = passage.sentences[best]
    return Span(ranked.row, sentence.start, sentence.end, float(ranked.sentences[best]))


def choose_quotes(store: Store, ranked: list[Ranked]) -> list[Span]:
    """One to three quotes, each from another passage, in the order of the passages."""
    spans: list[Span] = []
    for item in ranked[:FIRST_PASSAGES]:
        span = best_sentence(store, item)
        if span is not None and (not spans or item.score >= NEAR_BEST * ranked[0].score):
            spans.append(span)
    return spans[:MOST_QUOTES]


def signals(store: Store, question: str, ranked: list[Ranked]) -> list[float]:
    """What the confidence is judged by, each about 0..1.

    The best passage's score, its best sentence's similarity, the share of the question's words
    the passage holds, and how far the best passage stands out from the tenth.
    """
    best = ranked[0]
    report_text = store.rows[best.row][1]
    asked = set(store.terms.terms(question))
    held = set(store.terms.terms(" ".join((*report_text.section, report_text.text))))
    covered = len(asked & held) / len(asked) if asked else 0.0
    tenth = ranked[min(9, len(ranked) - 1)]
    return [best.score, best.sentence, covered, best.score - tenth.score]


def confidence(store: Store, question: str, ranked: list[Ranked]) -> float:
    """The probability (0..1) that the first quote answers the question."""
    if not ranked:
        return 0.0
    fitted = load_settings()["confidence"]
    weights: list[float] = fitted["weights"]  # type: ignore[assignment]
    values = signals(store, question, ranked)
    logit = fitted["bias"] + sum(w * v for w, v in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-logit))


def threshold() -> float:
    """The confidence below which the answer is "not in the report"."""
    return load_settings()["confidence"]["threshold"]
