"""Settings fitted to a user's gold questions, cross-validated, and kept where they are better.

The ranking weights are searched around the shipped ones, and the confidence is refitted towards
the shipped one: the fewer the questions, the nearer both stay. Where both together make something
worse, one of them alone is taken if that does not. What is reported of the new settings is
cross-validated: every figure is of questions that the weights were not chosen on; only which of
the three ways is taken is chosen on them.

A user's cross-encoder, if one is named, reads what was found, and what its judgement counts is
fitted with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder
from indexer.encoders.remembering import RememberingEncoder
from indexer.errors import PilcrowError
from indexer.store.index import Engine
from search_api.ask.question.pointers import pointed_at
from search_api.ask.reading.cross_encoder import identify
from search_api.ask.tuned import Confidence, Settings, Weights, save_settings, shipped
from search_api.evaluation.bench import Bench, ask, values
from search_api.evaluation.calibrate import Flags, Floats, fit, logistic, threshold_for
from search_api.evaluation.gold import GoldQuestion
from search_api.evaluation.measures import auroc, calibration_error
from search_api.evaluation.run import check_all_gold, report_asked

FEWEST_ANSWERABLE, FEWEST_OTHERS = 30, 10
FOLDS, REPEATS = 5, 20
# New settings are taken when one of these is better and none is worse by more than this.
DECIDING, TOLERANCE = ("nDCG@10", "quote_hit", "AUROC"), 0.005

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Tuning:
    """The result of tuning: figures of the shipped settings and, cross-validated, of the new."""

    before: Figures
    after: Figures
    settings: Settings
    changed: bool
    reason: str


def tune(
    store: Engine,
    encoder: Encoder,
    questions: Sequence[GoldQuestion],
    report: str | None = None,
    cross_encoder: str | None = None,
) -> Tuning:
    """Fit a store's settings to gold questions, and keep them in the store if they are better.

    The comparison is with the shipped settings: settings of the store's own may have been fitted
    to the same questions. What is kept replaces them, a cross-encoder of theirs included.

    Args:
        store: the store to fit.
        encoder: the encoder it was built with.
        questions: with known answers.
        report: the report they are about, those that name none; the only one unless given.
        cross_encoder: name or folder of one that is to judge passages and sentences.

    Raises:
        PilcrowError: there are too few questions, or they do not fit the report.
        ModelError: the cross-encoder cannot be used.
        StoreError: the store cannot be written.
    """
    check_all_gold(store, questions, report)
    # A question that points at a paragraph's number is answered without any weights.
    asking = [
        gold
        for gold in questions
        if pointed_at(report_asked(store, gold.report or report), gold.question) is None
    ]
    _check_number(asking)
    named = identify(cross_encoder) if cross_encoder is not None else None
    start = shipped(store.model)
    remembering = RememberingEncoder(encoder)
    asked = [ask(store, remembering, gold, report, start.ranking) for gold in asking]
    bench, held_to = Bench(store, remembering, asked, start.ranking), start.confidence
    before = _figures_before(bench, start.confidence)
    if named is not None:
        asked = [ask(store, remembering, gold, report, start.ranking, named) for gold in asking]
        bench = Bench(store, remembering, asked, start.ranking, cross_encoder=True)
        held_to = replace(held_to, weights=(*held_to.weights, 0.0))
    tried = [(fitted, *_cross_validated(bench, held_to, fitted)) for fitted in WAYS]
    fitted, after, sure = max(tried, key=lambda each: _preference(before, each[1]))
    everything = np.ones(len(asked), np.bool_)
    place, weights, bias = fitted.to(bench, everything, held_to)
    threshold = threshold_for(sure[:, bench.answerable].ravel())
    settings = Settings(
        Weights(*(round(value, 6) for value in values(bench.grid[place]).tolist())),
        Confidence(tuple(round(w, 4) for w in weights.tolist()), round(bias, 4), threshold),
        named,
    )
    changed, reason = _decide(before, after)
    if changed:
        save_settings(store, settings)
    return Tuning(before, after, settings, changed, reason)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is fitted to the questions; the rest stays as it is shipped."""

    ranking: bool = True
    confidence: bool = True

    def to(self, bench: Bench, among: Flags, start: Confidence) -> tuple[int, Floats, float]:
        """The ranking's place in the grid, and the weights and the bias of the confidence."""
        place = bench.choose(among) if self.ranking else 0
        if not self.confidence:
            return place, np.array(start.weights), start.bias
        signals, right = bench.judged(place)
        return place, *fit(signals[among], right[among], start)


# Few questions may do for one and not for the other.
WAYS = (Fitted(), Fitted(ranking=False), Fitted(confidence=False))


def _check_number(asking: Sequence[GoldQuestion]) -> None:
    different = {(gold.answerable, gold.report, _folded(gold)) for gold in asking}
    answerable = sum(flag for flag, *_ in different)
    others = len(different) - answerable
    if answerable < FEWEST_ANSWERABLE or others < FEWEST_OTHERS:
        raise PilcrowError(
            f"{answerable} answerable and {others} unanswerable questions are too few to tune on; "
            f"give at least {FEWEST_ANSWERABLE} and {FEWEST_OTHERS}, all different (those that "
            "only name a paragraph do not count)"
        )


def _figures_before(bench: Bench, confidence: Confidence) -> Figures:
    signals, right = bench.judged(0)
    sure = logistic(signals @ np.array(confidence.weights) + confidence.bias)
    at = np.zeros(len(sure), np.int64)
    return _figures(bench, at, sure, sure, right, sure >= confidence.threshold)


def _cross_validated(bench: Bench, start: Confidence, fitted: Fitted) -> tuple[Figures, Floats]:
    """The mean figures over the repeats, and each repeat's out-of-fold confidences."""
    rng = np.random.default_rng(0)
    figures, sures = [], []
    for _ in range(REPEATS):
        folds = _folds(bench, rng)
        at = np.zeros(len(folds), np.int64)
        sure, order = np.zeros((2, len(folds)))
        right = np.zeros(len(folds), np.bool_)
        for fold in range(FOLDS):
            test = folds == fold
            place, weights, bias = fitted.to(bench, ~test, start)
            signals, all_right = bench.judged(place)
            at[test], right[test] = place, all_right[test]
            # A bias moves all questions alike, and each fold has another.
            order[test] = signals[test] @ weights
            sure[test] = logistic(order[test] + bias)
        limits = np.array(
            [threshold_for(sure[bench.answerable & (folds != f)]) for f in range(FOLDS)]
        )
        figures.append(_figures(bench, at, order, sure, right, sure >= limits[folds]))
        sures.append(sure)
    names = figures[0]
    return {name: float(np.mean([f[name] for f in figures])) for name in names}, np.array(sures)


def _folds(bench: Bench, rng: np.random.Generator) -> NDArray[np.int64]:
    """A fold for each question; like shares of answerable ones, equal questions together."""
    words = [_folded(item.gold) for item in bench.asked]
    groups = list(dict.fromkeys(words))
    answerable = dict(zip(words, bench.answerable.tolist(), strict=True))
    shuffled = [groups[place] for place in rng.permutation(len(groups))]
    dealt = sorted(shuffled, key=lambda group: answerable[group])
    fold_of = {group: place % FOLDS for place, group in enumerate(dealt)}
    return np.array([fold_of[group] for group in words])


def _folded(gold: GoldQuestion) -> str:
    return " ".join(gold.question.casefold().split())


def _figures(
    bench: Bench,
    at: NDArray[np.int64],
    order: Floats,
    sure: Floats,
    right: Flags,
    answered: Flags,
) -> Figures:
    """The figures of questions each ranked by its own place in the grid, and `order` among all."""
    asked = bench.answerable
    columns = np.arange(len(at))
    above = auroc(order[asked].tolist(), order[~asked].tolist())
    error = calibration_error(list(zip(sure.tolist(), right.tolist(), strict=True)))
    assert above is not None
    assert error is not None
    # Gold questions need not hold quotes; among others that do, their paragraphs decide.
    hit = {"quote_hit": float(right[asked].mean())} if bench.quoted.any() else {}
    return {
        "R@1": float(bench.recall[at, columns][asked].mean()),
        "nDCG@10": float(bench.ndcg[at, columns][asked].mean()),
        **hit,
        "AUROC": above,
        "ECE": error,
        "coverage": float(answered[asked].mean()),
        "refused": float((~answered[~asked]).mean()),
    }


def _gains(before: Figures, after: Figures) -> dict[str, float]:
    return {name: after[name] - before[name] for name in DECIDING if name in after}


def _preference(before: Figures, after: Figures) -> tuple[bool, float]:
    """Orders what was tried: that nothing is worse comes first, then how much is better."""
    gains = _gains(before, after).values()
    return min(gains) >= -TOLERANCE, sum(gains)


def _decide(before: Figures, after: Figures) -> tuple[bool, str]:
    """The decision for or against the new settings, with the reason."""
    gains = _gains(before, after)
    said = ", ".join(f"{name} {round(gain, 3) + 0.0:+.3f}" for name, gain in gains.items())
    if min(gains.values()) < -TOLERANCE:
        return False, f"on questions not chosen on, one would be worse: {said}"
    if max(gains.values()) <= 1e-9:
        return False, f"on questions not chosen on, none would be better: {said}"
    return True, f"on questions not chosen on: {said}"
