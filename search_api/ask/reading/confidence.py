"""Ranked passages to the probability that the first quote answers, from the evidence alone.

A logistic function of signals that can be read off the passages: how well the best one matches,
how well it covers the words of the question, how well the word that it covers least, among those
that count, and how surely the encoder, which reads the question beside the sentence that would be
quoted, finds it answered there. Nothing of how the question is put goes in. It is fitted on twins,
questions of one form of which a report answers one, and on questions asked with and without the
paragraphs that answer them (`python -m search_api.training.choose_settings`), or on a user's own
(`pilcrow tune`). A user's cross-encoder adds the probability that the best passage answers.
"""

from __future__ import annotations

import math

import numpy as np

from search_api.ask.late_interaction import QuestionTokens
from search_api.ask.ranking import Ranked, Ranking
from search_api.ask.tuned import Confidence

SIGNALS = ("score", "covered", "least", "answers")
# Log-odds of the reader that are about as much as a similarity.
ODDS = 10


def signals(ranking: Ranking, answers: float, counts: float | None = None) -> list[float]:
    """What the confidence is judged by, in the order of SIGNALS, each about 0..1.

    Args:
        ranking: with one passage at least.
        answers: the log-odds that the reader gives it.
        counts: what a cross-encoder's judgement counts in the scores; it is then taken out of the
            first signal and added as the last. None without a cross-encoder.
    """
    best = ranking.passages[0]
    evidence = [best.score, *covered(ranking.question, best), answers / ODDS]
    if counts is None:
        return evidence
    return [best.score - counts * best.cross_encoder, *evidence[1:], best.cross_encoder]


def covered(question: QuestionTokens | None, passage: Ranked) -> tuple[float, float]:
    """How well a passage covers a question's tokens, and the least of those that count.

    Nought where the tokens were not read.
    """
    if question is None or passage.coverage is None:
        return 0.0, 0.0
    tokens = passage.coverage.tokens
    counting = question.weights >= np.median(question.weights)
    return float(np.einsum("i,i->", tokens, question.weights)), float(tokens[counting].min())


def confidence(fitted: Confidence, values: list[float]) -> float:
    """The probability (0..1) that the first quote answers the question, by its signals."""
    logit = fitted.bias + sum(w * v for w, v in zip(fitted.weights, values, strict=True))
    return 1 / (1 + math.exp(-logit))
