"""Outcomes to files: two charts, the failures, the measures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from indexer.errors import PilcrowError
from search_api.evaluation.measures import Judged, judge, reliability, risk_coverage
from search_api.evaluation.printed_tables import figure
from search_api.evaluation.run import Outcome


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart, both values 0..1, with the words beside it and its size."""

    x: float
    y: float
    words: str
    size: float = 5


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the unit square. `diagonal` names the line x = y, which is left out if empty."""

    title: str
    x: str
    y: str
    line: Sequence[tuple[float, float]]
    points: Sequence[Point]
    diagonal: str = ""


def write_files(folder: Path, outcomes: Sequence[Outcome], measures: Mapping[str, Any]) -> None:
    """Write risk-coverage.svg, reliability.svg, failures.jsonl and measures.json.

    Raises:
        PilcrowError: the folder cannot be written.
    """
    judged = [judge(outcome) for outcome in outcomes]
    failed = [failure(o, j) for o, j in zip(outcomes, judged, strict=True) if wrongs(j)]
    contents = {
        "risk-coverage.svg": draw(_risk_coverage(judged, measures)),
        "reliability.svg": draw(_reliability(judged, measures)),
        "failures.jsonl": "".join(json.dumps(f, ensure_ascii=False) + "\n" for f in failed),
        "measures.json": json.dumps(measures, ensure_ascii=False, indent=2) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PilcrowError(
            f"{folder} cannot be written ({error.strerror}); name another folder"
        ) from error


def wrongs(judged: Judged) -> list[str]:
    """The faults of an outcome, a word or two each; none for a good one."""
    if not judged.answerable:
        return ["wrongly answered"] if judged.answered else []
    first_answers = judged.grades[:1] == (2,)
    wrong = [] if first_answers else ["ranking"]
    wrong += ["quote"] if first_answers and not judged.right else []
    return wrong + ([] if judged.answered else ["wrongly refused"])


def failure(outcome: Outcome, judged: Judged) -> dict[str, Any]:
    """A question that did not come out right, with what was wanted and what was given."""
    gold, quote = outcome.gold, outcome.quote
    return {
        "id": gold.id,
        "type": gold.kind,
        "question": gold.question,
        "wrong": wrongs(judged),
        "confidence": judged.confidence,
        "status": outcome.answer.status,
        "gold": {"paragraphs": gold.relevant, "quotes": gold.quotes},
        "given": {
            "paragraphs": [hit.key for hit in outcome.answer.hits[:5]],
            "rank_of_answer": judged.grades.index(2) + 1 if 2 in judged.grades else None,
            "quoted": quote.key if quote else None,
            "quote": quote.text if quote else None,
        },
    }


def draw(chart: Chart) -> str:
    """A chart as SVG, for light and dark pages."""
    templates = Environment(
        loader=PackageLoader("search_api.evaluation", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("chart.svg.jinja").render(chart=chart)


def _risk_coverage(judged: Sequence[Judged], measures: Mapping[str, Any]) -> Chart:
    curve = risk_coverage([(item.confidence, item.right) for item in judged])
    answered = sum(item.answered for item in judged)
    words = f"threshold {measures['threshold']:.2f}"
    return Chart(
        title=f"Risk and coverage (AURC {figure(measures['AURC'])})",
        x="Share of all questions answered, surest first",
        y="Share of the answers that are wrong",
        line=curve,
        points=[Point(*curve[answered - 1], words)] if answered else [],
    )


def _reliability(judged: Sequence[Judged], measures: Mapping[str, Any]) -> Chart:
    bins = reliability([(item.confidence, item.right) for item in judged])
    most = max(item.count for item in bins)
    return Chart(
        title=f"Reliability (calibration error {figure(measures['ECE'])})",
        x="Confidence (the number of questions beside each point)",
        y="Share whose first quote answers",
        line=[(item.confidence, item.right) for item in bins],
        points=[
            Point(item.confidence, item.right, str(item.count), 4 + 6 * (item.count / most) ** 0.5)
            for item in bins
        ],
        diagonal="calibrated",
    )
