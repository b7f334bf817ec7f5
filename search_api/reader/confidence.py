"""Ranked passages to the probability that the first quote answers.

A logistic function of signals of the best passages, fitted on questions of reports that the
encoder was not trained on (`python -m search_api.reader.fit`).
"""

from __future__ import annotations

import math

import numpy as np

from indexer.store import Store
from search_api.reader.kinds import KINDS, kind_signals
from search_api.reader.quotes import best_sentence
from search_api.retriever import Ranked
from search_api.settings import Confidence

NEAREST = 10
SIGNALS = (
    "score",
    "sentences",
    "lead",
    "words",
    *(f"{kind.name} {flag}" for kind in KINDS for flag in ("given", "missing")),
)


def signals(store: Store, question: str, ranked: list[Ranked]) -> list[float]:
    """What the confidence is judged by, in the order of SIGNALS, each about 0..1.

    The best passage's score; the mean similarity of the ten best sentences; how far the best
    passage stands out from the tenth; the share of the question's words it holds; and for each
    kind of answer (a number, a time, a name, a reason) whether it is asked for and given, or
    asked for and missing, in the sentence that would be quoted.
    """
    best = ranked[0]
    passage = store.rows[best.row][1]
    span = best_sentence(store, best)
    quote = passage.text[span.start : span.end] if span else passage.text
    sentences = np.concatenate([item.sentences for item in ranked[: 5 * NEAREST]])
    nearest = np.sort(sentences)[::-1][:NEAREST]
    asked = set(store.terms.terms(question))
    held = set(store.terms.terms(" ".join((*passage.section, passage.text))))
    covered = len(asked & held) / len(asked) if asked else 0.0
    tenth = ranked[min(NEAREST, len(ranked)) - 1]
    return [
        best.score,
        float(nearest.mean()) if len(nearest) else 0.0,
        best.score - tenth.score,
        covered,
        *kind_signals(question, quote),
    ]


def confidence(fitted: Confidence, values: list[float]) -> float:
    """The probability (0..1) that the first quote answers the question, by its signals."""
    logit = fitted.bias + sum(w * v for w, v in zip(fitted.weights, values, strict=True))
    return 1 / (1 + math.exp(-logit))
