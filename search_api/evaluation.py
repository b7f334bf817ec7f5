"""Gold questions to measures: search, quotes and abstention.

Search measures follow trec_eval's definitions (nDCG with gain 2^grade - 1, Burges et al. 2005);
AUROC is the Mann-Whitney statistic; AURC is the area under the risk-coverage curve (Geifman and
El-Yaniv 2017); the calibration error has ten equal-width bins (Naeini et al. 2015).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indexer.encoder import Encoder
from indexer.errors import PilcrowError
from indexer.report import Report
from indexer.store import Store
from search_api.answer import answer
from search_api.reader import threshold
from search_api.types import Answer, Quote

DEPTH = 100
BINS = 10


class GoldQuestion(BaseModel):
    """A question with graded paragraphs: grade 2 answers alone, grade 1 supports."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    question: str
    type: str = ""
    answerable: bool
    relevant: dict[str, Annotated[int, Field(ge=1, le=2)]] = {}
    quotes: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A gold question and what came back for it."""

    gold: GoldQuestion
    answer: Answer
    quote_hit: bool


def load_gold(path: Path) -> list[GoldQuestion]:
    """Read gold questions, a JSON object a line.

    Raises:
        PilcrowError: the file cannot be read or a line is not a gold question.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PilcrowError(f"{path} cannot be read ({error}); give a JSON lines file") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(GoldQuestion.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "line"
            raise PilcrowError(
                f"{path.name} line {number}: {where}: {first['msg']}; each line is a JSON object "
                "with id, question, answerable, relevant, quotes"
            ) from error
    if not questions:
        raise PilcrowError(f"{path.name} holds no questions")
    return questions


def run(
    store: Store, encoder: Encoder, questions: Sequence[GoldQuestion], report: str | None = None
) -> list[Outcome]:
    """Ask every question, of one report.

    Raises:
        PilcrowError: the store has several reports and none is named, or a question names a
            paragraph or a quote that the report does not have.
    """
    if report is None and len(store.reports) > 1:
        known = ", ".join(owner.id for owner in store.reports)
        raise PilcrowError(f"the store has several reports; name one with --report: {known}")
    asked = store.report(report) if report is not None else store.reports[0]
    _check_gold(asked, questions)
    outcomes = []
    for gold in questions:
        found = answer(store, encoder, gold.question, report=report, limit=DEPTH)
        outcomes.append(Outcome(gold, found, _first_quote_hits(store, gold, found)))
    return outcomes


def _check_gold(report: Report, questions: Sequence[GoldQuestion]) -> None:
    texts = {passage.key: " ".join(passage.text.split()) for passage in report.passages}
    for gold in questions:
        for key in (*gold.relevant, *gold.quotes):
            if key not in texts:
                raise PilcrowError(
                    f"{gold.id}: {report.id} has no paragraph '{key}'; mend the file"
                )
        for key, quotes in gold.quotes.items():
            for quote in quotes:
                if " ".join(quote.split()) not in texts[key]:
                    raise PilcrowError(f"{gold.id}: para {key} does not hold '{quote[:60]}...'")


def measure(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The contract's measures over the outcomes; None where there is nothing to measure."""
    answerable = [outcome for outcome in outcomes if outcome.gold.answerable]
    other = [outcome for outcome in outcomes if not outcome.gold.answerable]
    answered = [outcome for outcome in outcomes if outcome.answer.status == "answered"]
    # An answered question is right when its first quote stands in a paragraph with a grade.
    right = [outcome for outcome in answered if _grade(outcome.gold, outcome.answer.quotes[0])]
    quotes = [(outcome.gold, quote) for outcome in answerable for quote in outcome.answer.quotes]
    return {
        "questions": len(outcomes),
        "answerable": len(answerable),
        "R@1": _mean([recall(_grades(outcome), 1) for outcome in answerable]),
        "R@5": _mean([recall(_grades(outcome), 5) for outcome in answerable]),
        "MRR": _mean([reciprocal_rank(_grades(outcome)) for outcome in answerable]),
        "nDCG@10": _mean(
            [ndcg(_grades(o), list(o.gold.relevant.values()), 10) for o in answerable]
        ),
        "quote_hit": _mean([float(outcome.quote_hit) for outcome in answerable]),
        "citation_precision": _mean([float(_grade(gold, quote) > 0) for gold, quote in quotes]),
        "AUROC": auroc(
            [outcome.answer.confidence for outcome in answerable],
            [outcome.answer.confidence for outcome in other],
        ),
        "threshold": threshold(),
        "coverage": _mean([float(o.answer.status == "answered") for o in answerable]),
        "refused": _mean([float(o.answer.status == "not_found") for o in other]),
        "precision": len(right) / len(answered) if answered else None,
        "AURC": aurc([(o.answer.confidence, _top_is_right(o)) for o in outcomes]),
        "ECE": calibration_error([(o.answer.confidence, _top_is_right(o)) for o in outcomes]),
        "took_ms_p50": sorted(o.answer.took_ms for o in outcomes)[len(outcomes) // 2],
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
    above = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return above / (len(positive) * len(negative))


def aurc(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Area under the risk-coverage curve: mean error rate over all coverages, surest first."""
    ordered = sorted(judged, key=lambda item: -item[0])
    wrong, risks = 0, []
    for count, (_, right) in enumerate(ordered, start=1):
        wrong += not right
        risks.append(wrong / count)
    return _mean(risks)


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error: |confidence - share right|, weighted over equal-width bins."""
    if not judged:
        return None
    error = 0.0
    for number in range(BINS):
        inside = [j for j in judged if min(int(j[0] * BINS), BINS - 1) == number]
        if inside:
            sure = sum(confidence for confidence, _ in inside) / len(inside)
            right = sum(right for _, right in inside) / len(inside)
            error += abs(sure - right) * len(inside) / len(judged)
    return error


def _grades(outcome: Outcome) -> list[int]:
    return [outcome.gold.relevant.get(hit.key, 0) for hit in outcome.answer.hits]


def _grade(gold: GoldQuestion, quote: Quote) -> int:
    return gold.relevant.get(quote.key, 0)


def _top_is_right(outcome: Outcome) -> bool:
    """Whether confidence should have been high: the first quote, shown or held back, answers."""
    return outcome.gold.answerable and outcome.quote_hit


def _first_quote_hits(store: Store, gold: GoldQuestion, found: Answer) -> bool:
    """True when the first quote, or for not_found the one held back, overlaps a gold quote."""
    quote = found.quotes[0] if found.quotes else found.hits[0].quote if found.hits else None
    if quote is None:
        return False
    passage = next(p for r, p in store.rows if (r.id, p.key) == (quote.report, quote.key))
    spans = [find_folded(passage.text, text) for text in gold.quotes.get(quote.key, [])]
    return any(start < quote.end and quote.start < end for start, end in spans)


def find_folded(text: str, wanted: str) -> tuple[int, int]:
    """Where a text stands in another, white space aside; (0, 0) where it does not."""
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    match = re.search(pattern, text)
    return match.span() if match else (0, 0)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
