"""Ranked passages to the probability that the first quote answers.

A logistic function of two signals, calibrated on the development questions, which the encoder was
not trained on (`python -m search_api.reader.fit`). More was tried: whether the question asks for a
number, a date, a name or a reason, and whether the sentence holds one. That tells the near misses
that people write from their other questions well (AUROC .80 to .90), but mostly because so many of
them ask "how many": no question for a number was answered any more.
"""

from __future__ import annotations

import math

import numpy as np

from search_api.retriever import Ranked
from search_api.settings import Confidence

NEAREST = 10
SIGNALS = ("score", "sentences")


def signals(ranked: list[Ranked]) -> list[float]:
    """What the confidence is judged by, in the order of SIGNALS, each about 0..1.

    The best passage's score, and the mean similarity of the ten nearest sentences of the first
    passages: how much there is about the matter at all.
    """
    sentences = np.concatenate([item.sentences for item in ranked[: 5 * NEAREST]])
    nearest = np.sort(sentences)[::-1][:NEAREST]
    return [ranked[0].score, float(nearest.mean()) if len(nearest) else 0.0]


def confidence(fitted: Confidence, values: list[float]) -> float:
    """The probability (0..1) that the first quote answers the question, by its signals."""
    logit = fitted.bias + sum(w * v for w, v in zip(fitted.weights, values, strict=True))
    return 1 / (1 + math.exp(-logit))
