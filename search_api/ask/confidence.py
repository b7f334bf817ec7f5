"""Ranked passages to the probability that the first quote answers.

A logistic function of two signals, calibrated on the development questions, which the encoder was
not trained on (`search_api.training.choose_settings`), or a user's own (`pilcrow tune`): how well
the best passage matches, and whether reports answer questions of this sort at all. A report says
why and what more often than how many, who by name or at what cost, and its readers ask for those
all the same; the match alone cannot tell, because the paragraph about the matter is there. The
second signal is a linear probe on the question's vector (Alain and Bengio 2016), learned from the
questions over reports that the encoder asked was not trained on. A user's cross-encoder adds a
third: the probability that the best passage answers.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from pathlib import Path

from indexer.encoders import DEFAULT_MODEL
from indexer.encoders.base import Rows
from indexer.store.mapped import load_array
from search_api.ask.ranking import Ranked
from search_api.ask.tuned import Confidence

SIGNALS = ("score", "asked")
PROBE = Path(str(files("search_api.ask"))) / "probe.npy"


def signals(
    ranked: list[Ranked], model: str, question: Rows, counts: float | None = None
) -> list[float]:
    """What the confidence is judged by, in the order of SIGNALS, each about 0..1.

    Args:
        ranked: the passages, best first; one at least.
        model: name of the encoder.
        question: the question's vector by it, shape (dim,).
        counts: what a cross-encoder's judgement counts in the scores; it is then taken out of the
            first signal and added as the last. None without a cross-encoder.
    """
    best, sort = ranked[0], asked(model, question)
    if counts is None:
        return [best.score, sort]
    return [best.score - counts * best.cross_encoder, sort, best.cross_encoder]


def asked(model: str, question: Rows) -> float:
    """The share (0..1) of questions of this sort that reports answer.

    It was learned for the shipped encoder; by any other, every question is as likely.
    """
    if model != DEFAULT_MODEL:
        return 0.5
    weights = _probe()
    return _logistic(float(question @ weights[:-1] + weights[-1]))


@cache
def _probe() -> Rows:
    """A weight for each dimension of the question's vector, and the bias."""
    return load_array(PROBE)


def confidence(fitted: Confidence, values: list[float]) -> float:
    """The probability (0..1) that the first quote answers the question, by its signals."""
    return _logistic(fitted.bias + sum(w * v for w, v in zip(fitted.weights, values, strict=True)))


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
