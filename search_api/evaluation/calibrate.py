"""The confidence refitted to questions, and its threshold."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from search_api.ask.tuned import Confidence

# Operating point: this share of the answerable questions is answered.
COVERAGE = 0.85
# How strongly the confidence is held to the shipped one; its bias is nearly free.
HOLD, HOLD_BIAS = 0.1, 1e-3

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def fit(signals: Floats, right: Flags, held_to: Confidence) -> tuple[Floats, float]:
    """Logistic regression by Newton's method, its weights held to given ones by a ridge."""
    columns = np.column_stack([signals, np.ones(len(signals))])
    start = np.array([*held_to.weights, held_to.bias])
    ridge = np.array([HOLD] * len(held_to.weights) + [HOLD_BIAS])

    def loss(found: Floats) -> float:
        logits = columns @ found
        wrong = np.logaddexp(0, np.where(right, -logits, logits)).sum()
        return float(wrong + (ridge * (found - start) ** 2).sum() / 2)

    found = start
    for _ in range(100):
        sure = logistic(columns @ found)
        slope = columns.T @ (sure - right) + ridge * (found - start)
        bend = columns.T @ (columns * (sure * (1 - sure))[:, None]) + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-9:
            step = step / 2
        if np.abs(step).max() <= 1e-9:
            break
        found = found - step
    return found[:-1], float(found[-1])


def logistic(logits: Floats) -> Floats:
    """Probabilities of log-odds."""
    return 1 / (1 + np.exp(-np.clip(logits, -500, 500)))


def threshold_for(sure: Floats) -> float:
    """The highest threshold at which the wanted share of these is answered, rounded down."""
    last = math.ceil(COVERAGE * len(sure)) - 1
    return math.floor(float(np.sort(sure)[::-1][last]) * 10_000) / 10_000
