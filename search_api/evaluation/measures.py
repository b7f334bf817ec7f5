"""Outcomes to measures: search, quotes and abstention, each with its interval.

Search measures follow trec_eval's definitions (nDCG with gain 2^grade - 1, Burges et al. 2005);
AUROC is the Mann-Whitney statistic; AURC is the area under the risk-coverage curve (Geifman and
El-Yaniv 2017); the calibration error has ten equal-width bins (Naeini et al. 2015). Intervals are
percentile bootstraps over questions (Efron and Tibshirani 1993).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from search_api.evaluation.gold import answers
from search_api.evaluation.run import Outcome

BINS = 10
RESAMPLES = 1_000
SEED = 1
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Judged:
    """The measures of one outcome.

    `quote_hit` is None for a question without gold quotes; `cited` says of each quote whether its
    paragraph has a grade; `right` whether the first quote, shown or held back, answers. `without`
    is the confidence, and `answered_without` the outcome, of the same question asked without the
    paragraphs that have a grade; None and False if it was not.
    """

    kind: str
    answerable: bool
    grades: tuple[int, ...]
    ndcg: float
    quote_hit: bool | None
    cited: tuple[bool, ...]
    confidence: float
    answered: bool
    right: bool
    form: str = ""
    pair: str | None = None
    without: float | None = None
    answered_without: bool = False


def judge(outcome: Outcome) -> Judged:
    """Hold an outcome against its gold question."""
    gold, found, quote = outcome.gold, outcome.answer, outcome.quote
    grades = tuple(gold.relevant.get(hit.key, 0) for hit in found.hits)
    return Judged(
        kind=gold.kind,
        answerable=gold.answerable,
        grades=grades,
        ndcg=ndcg(grades, list(gold.relevant.values()), 10),
        quote_hit=outcome.quote_hit if gold.quotes else None,
        cited=tuple(quote.key in gold.relevant for quote in found.quotes),
        confidence=found.confidence,
        answered=found.status == "answered",
        right=quote is not None and answers(gold, quote.key, outcome.quote_hit),
        form=gold.form,
        pair=gold.pair,
        without=outcome.without.confidence if outcome.without else None,
        answered_without=outcome.without is not None and outcome.without.status == "answered",
    )


def _over_answerable(
    value: Callable[[Judged], float],
) -> Callable[[Sequence[Judged]], float | None]:
    return lambda judged: _mean([value(item) for item in judged if item.answerable])


# The contract's measures; None where there is nothing to measure.
MEASURES: dict[str, Callable[[Sequence[Judged]], float | None]] = {
    "R@1": _over_answerable(lambda item: recall(item.grades, 1)),
    "R@5": _over_answerable(lambda item: recall(item.grades, 5)),
    "MRR": _over_answerable(lambda item: reciprocal_rank(item.grades)),
    "nDCG@10": _over_answerable(lambda item: item.ndcg),
    "quote_hit": lambda judged: _mean(
        [item.quote_hit for item in judged if item.answerable and item.quote_hit is not None]
    ),
    "citation_precision": lambda judged: _mean(
        [graded for item in judged if item.answerable for graded in item.cited]
    ),
    "AUROC": lambda judged: auroc(
        [item.confidence for item in judged if item.answerable],
        [item.confidence for item in judged if not item.answerable],
    ),
    "coverage": _over_answerable(lambda item: item.answered),
    "refused": lambda judged: _mean([not item.answered for item in judged if not item.answerable]),
    # An answered question is right when its first quote stands in a paragraph with a grade.
    "precision": lambda judged: _mean([item.cited[0] for item in judged if item.answered]),
    "AURC": lambda judged: aurc([(item.confidence, item.right) for item in judged]),
    "ECE": lambda judged: calibration_error([(item.confidence, item.right) for item in judged]),
}
# What is said of each type of question.
OF_ANSWERABLE = ("R@1", "nDCG@10", "quote_hit", "coverage")
OF_OTHERS = ("refused",)


def measure(outcomes: Sequence[Outcome], threshold: float) -> dict[str, Any]:
    """The contract's measures over the outcomes, their intervals, and those of each type."""
    judged = [judge(outcome) for outcome in outcomes]
    return {
        "questions": len(judged),
        "answerable": sum(item.answerable for item in judged),
        **{name: compute(judged) for name, compute in MEASURES.items()},
        "threshold": threshold,
        "took_ms_p50": sorted(o.answer.took_ms for o in outcomes)[len(outcomes) // 2],
        "intervals": intervals(judged),
        "types": _broken_down(judged, lambda item: item.kind),
        "forms": _broken_down(judged, lambda item: item.form),
        **_without_answers(judged),
        **_twins(judged),
    }


def _without_answers(judged: Sequence[Judged]) -> dict[str, Any]:
    """How the same questions fare with, and without, the paragraphs that answer them."""
    asked = [item for item in judged if item.without is not None]
    if not asked:
        return {}
    return {
        "without_answers": {
            "AUROC": auroc([i.confidence for i in asked], [i.without or 0.0 for i in asked]),
            "answered_with": _mean([item.answered for item in asked]),
            "answered_without": _mean([item.answered_without for item in asked]),
        }
    }


def _twins(judged: Sequence[Judged]) -> dict[str, Any]:
    """How pairs of like questions fare, of which the report answers one."""
    pairs: dict[str, dict[bool, Judged]] = {}
    for item in judged:
        if item.pair is not None:
            pairs.setdefault(item.pair, {})[item.answerable] = item
    both = [(pair[True], pair[False]) for pair in pairs.values() if len(pair) == len((True, False))]
    if not both:
        return {}
    return {
        "twins": {
            "pairs": len(both),
            "AUROC": auroc([a.confidence for a, _ in both], [b.confidence for _, b in both]),
            "answerable_above": _mean([a.confidence > b.confidence for a, b in both]),
            "answered": _mean([a.answered for a, _ in both]),
            "refused": _mean([not b.answered for _, b in both]),
        }
    }


def intervals(judged: Sequence[Judged]) -> dict[str, list[float] | None]:
    """The 95% interval of each measure; None where there is nothing to measure."""
    rng = np.random.default_rng(SEED)
    drawn: dict[str, list[float]] = {name: [] for name in MEASURES}
    for chosen in rng.integers(len(judged), size=(RESAMPLES, len(judged))).tolist():
        resample = [judged[place] for place in chosen]
        for name, compute in MEASURES.items():
            value = compute(resample)
            if value is not None:
                drawn[name].append(value)
    return {
        name: np.percentile(values, INTERVAL).tolist() if values else None
        for name, values in drawn.items()
    }


def _broken_down(
    judged: Sequence[Judged], kind_of: Callable[[Judged], str]
) -> dict[str, dict[str, float | None]]:
    """The measures of each kind of question, the answerable kinds first."""
    by_kind: dict[str, list[Judged]] = {}
    for item in sorted(judged, key=lambda item: (not item.answerable, kind_of(item))):
        by_kind.setdefault(kind_of(item), []).append(item)
    return {
        kind: {
            "questions": len(items),
            **{
                name: MEASURES[name](items)
                for names, asked in ((OF_ANSWERABLE, True), (OF_OTHERS, False))
                if any(item.answerable == asked for item in items)
                for name in names
            },
            **({"AUROC": MEASURES["AUROC"](items)} if MEASURES["AUROC"](items) is not None else {}),
        }
        for kind, items in by_kind.items()
    }


def recall(grades: Sequence[int], depth: int) -> float:
    """1 when a passage that answers alone (grade 2) is among the first `depth`, else 0."""
    return float(2 in grades[:depth])


def reciprocal_rank(grades: Sequence[int]) -> float:
    """1 / rank of the first passage that answers alone; 0 when there is none."""
    return 1 / (grades.index(2) + 1) if 2 in grades else 0.0


def ndcg(grades: Sequence[int], ideal: Sequence[int], depth: int) -> float:
    """Normalised discounted cumulative gain at `depth`, gain 2^grade - 1."""
    best = _dcg(sorted(ideal, reverse=True)[:depth])
    return _dcg(grades[:depth]) / best if best else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Probability that a positive scores above a negative, ties counting half."""
    if not positive or not negative:
        return None
    ordered = sorted(negative)
    above = sum(bisect_left(ordered, p) + bisect_right(ordered, p) for p in positive) / 2
    return above / (len(positive) * len(negative))


def risk_coverage(judged: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """(share answered, error rate among them) as ever less sure answers are given."""
    ordered = sorted(judged, key=lambda item: -item[0])
    wrong, curve = 0, []
    for count, (_, right) in enumerate(ordered, start=1):
        wrong += not right
        curve.append((count / len(ordered), wrong / count))
    return curve


def aurc(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Area under the risk-coverage curve: mean error rate over all coverages, surest first."""
    return _mean([risk for _, risk in risk_coverage(judged)])


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: their mean confidence and the share that is right."""

    count: int
    confidence: float
    right: float


def reliability(judged: Sequence[tuple[float, bool]]) -> list[Bin]:
    """The bins of equal width that hold an answer, the least sure first."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        place = min(int(confidence * BINS), BINS - 1)
        filled.setdefault(place, []).append((confidence, right))
    return [
        Bin(
            len(inside),
            sum(confidence for confidence, _ in inside) / len(inside),
            sum(right for _, right in inside) / len(inside),
        )
        for _, inside in sorted(filled.items())
    ]


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error: |confidence - share right|, weighted over equal-width bins."""
    if not judged:
        return None
    bins = reliability(judged)
    return sum(abs(item.confidence - item.right) * item.count for item in bins) / len(judged)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
