"""Questions and reports to cells, one at a time: each report is asked by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.encoders.base import Encoder
from indexer.encoders.remembering import RememberingEncoder
from indexer.errors import QuestionError
from indexer.report import Report
from indexer.store.index import Engine
from search_api import __version__
from search_api.ask.answer import answer
from search_api.ask.question.query import check_question
from search_api.ask.tuned import Settings, reader_name, settings_of
from search_api.library.links.short_citation import pinpoint, quote_url, report_url
from search_api.library.places import passage_of
from search_api.timing import go_on
from search_api.types.tables import (
    MOST_CELLS,
    MOST_CLOSEST,
    MOST_QUESTIONS,
    MOST_QUOTES,
    MOST_REPORTS,
    Cell,
    TableQuote,
    TableReport,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of what, with which settings; `mark` tells tables of one store from others."""

    questions: tuple[str, ...]
    reports: tuple[TableReport, ...]
    settings: Settings
    mark: str


def make_plan(
    store: Engine,
    questions: Sequence[str],
    reports: Sequence[str] | None = None,
    by_date: bool = False,
) -> Plan:
    """The plan of a table over some reports, or all; each question and report once.

    With `by_date` the oldest report comes first, and those without a date last.

    Raises:
        QuestionError: there is nothing to ask, too much, or a question that cannot be asked.
        NotFoundError: no such report.
    """
    asked = tuple(dict.fromkeys(" ".join(question.split()) for question in questions))
    named = tuple(dict.fromkeys(reports)) if reports else None
    count = len(store.reports) if named is None else len(named)
    _check_size(len(asked), count)
    for place, question in enumerate(asked, start=1):
        try:
            check_question(question)
        except QuestionError as error:
            raise QuestionError(f"question {place}: {error}") from error
    found = list(store.reports) if named is None else [store.report(name) for name in named]
    if by_date:
        found.sort(key=lambda report: (report.metadata.published or date.max, report.id))
    settings = settings_of(store)
    reader = reader_name(store, settings)
    mark = f"{store.fingerprint} {reader} {__version__}"
    return Plan(asked, tuple(column_of(report) for report in found), settings, mark)


def cell_of(store: Engine, encoder: Encoder, plan: Plan, question: str, report: str) -> Cell:
    """What a report says to a question.

    Raises:
        OverdueError: the turn is over.
    """
    go_on()
    found = answer(
        store, encoder, question, report=report, limit=MOST_QUOTES, settings=plan.settings
    )
    near = [] if found.quotes else [hit.quote for hit in found.hits if hit.quote is not None]
    owner = store.report(report)
    return Cell(
        question=question,
        report=report,
        status=found.status,
        certainty=found.certainty,
        confidence=found.confidence,
        quotes=[quote_of(owner, q.key, q.start, q.end) for q in found.quotes[:MOST_QUOTES]],
        closest=[quote_of(owner, q.key, q.start, q.end) for q in near[:MOST_CLOSEST]],
        total=found.total,
        uncovered=found.uncovered,
        read_as=found.read_as,
    )


def fill(store: Engine, encoder: Encoder, plan: Plan) -> Iterator[Cell]:
    """The cells, a question after another, each when it is reached."""
    encoder = RememberingEncoder(encoder)
    for question in plan.questions:
        for report in plan.reports:
            yield cell_of(store, encoder, plan, question, report.id)


def _check_size(questions: int, reports: int) -> None:
    if not questions or not reports:
        raise QuestionError("a table needs a question and a report; give at least one of each")
    for count, most, what in (
        (questions, MOST_QUESTIONS, "questions"),
        (reports, MOST_REPORTS, "reports"),
        (questions * reports, MOST_CELLS, "cells"),
    ):
        if count > most:
            raise QuestionError(
                f"the table would have {count:,} {what}; it may have {most:,}: ask fewer questions "
                "at once, or name fewer reports"
            )


def column_of(report: Report) -> TableReport:
    """A report as a table names it."""
    about = report.metadata
    return TableReport(
        id=report.id,
        name=about.short_title or about.title or report.id,
        published=about.published.isoformat() if about.published else None,
        url=report_url(report),
    )


def quote_of(report: Report, key: str, start: int, end: int) -> TableQuote:
    """A slice of a report's passage or heading.

    Raises:
        NotFoundError: the report has none of this key.
    """
    passage = passage_of(report, key)
    return TableQuote(
        text=passage.text[start:end],
        label=pinpoint(passage),
        number=passage.number,
        key=key,
        start=start,
        end=end,
        url=quote_url(report, passage, start, end),
    )
