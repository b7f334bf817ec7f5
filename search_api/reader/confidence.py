"""Ranked passages to the probability that the first quote answers.

A logistic function of signals of the best passages, fitted on questions of reports that the
encoder was not trained on.
"""

from __future__ import annotations

import math

from indexer.store import Store
from search_api.retriever import Ranked
from search_api.settings import Confidence


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


def confidence(fitted: Confidence, values: list[float]) -> float:
    """The probability (0..1) that the first quote answers the question, by its signals."""
    logit = fitted.bias + sum(w * v for w, v in zip(fitted.weights, values, strict=True))
    return 1 / (1 + math.exp(-logit))
