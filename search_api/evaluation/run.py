"""Gold questions asked of a store, and what each ranking signal brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from indexer.encoders.base import Encoder
from indexer.encoders.remembering import RememberingEncoder
from indexer.errors import PilcrowError
from indexer.report import Report
from indexer.store.index import Engine
from search_api.ask.answer import answer
from search_api.ask.tuned import Settings, Weights, settings_of
from search_api.evaluation.gold import GoldQuestion, check_gold, overlaps_gold
from search_api.library.places import passage_of
from search_api.types.answers import Answer, Quote

DEPTH = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """A gold question and what came back for it."""

    gold: GoldQuestion
    answer: Answer
    quote_hit: bool
    # The same question asked of the report without the paragraphs that have a grade.
    without: Answer | None = None

    @property
    def quote(self) -> Quote | None:
        """The first quote, or for not_found the one held back."""
        found = self.answer
        return found.quotes[0] if found.quotes else found.hits[0].quote if found.hits else None


def run(
    store: Engine,
    encoder: Encoder,
    questions: Sequence[GoldQuestion],
    report: str | None = None,
    settings: Settings | None = None,
    *,
    without_answers: bool = False,
) -> list[Outcome]:
    """Ask every question, of its report; with the store's settings unless others are given.

    With `without_answers` each answerable one is asked again, its graded paragraphs left out.

    Raises:
        PilcrowError: the store has several reports and none is named, or a question does not fit
            the report.
    """
    check_all_gold(store, questions, report)
    outcomes = []
    for gold in questions:
        asked = gold.report or report
        found = answer(store, encoder, gold.question, report=asked, limit=DEPTH, settings=settings)
        outcome = Outcome(gold, found, quote_hit=False)
        without = None
        if without_answers and gold.answerable:
            graded = frozenset(gold.relevant)
            without = answer(
                store, encoder, gold.question, asked, settings=settings, leaving_out=graded
            )
        hit = _hits(store, gold, outcome.quote)
        outcomes.append(replace(outcome, quote_hit=hit, without=without))
    return outcomes


def check_all_gold(
    store: Engine, questions: Sequence[GoldQuestion], report: str | None = None
) -> None:
    """Make sure that each question is of the report it names, or else of the one given.

    Raises:
        PilcrowError: see check_gold; or it is not said of which report a question is.
    """
    named: dict[str | None, list[GoldQuestion]] = {}
    for gold in questions:
        named.setdefault(gold.report or report, []).append(gold)
    for name, asked in named.items():
        check_gold(report_asked(store, name), asked)


def report_asked(store: Engine, report: str | None) -> Report:
    """The report that questions are about: the one named, or the only one.

    Raises:
        NotFoundError: no such report.
        PilcrowError: the store has several reports and none is named.
    """
    if report is None and len(store.reports) > 1:
        known = ", ".join(owner.id for owner in store.reports)
        raise PilcrowError(f"the store has several reports; name one with --report: {known}")
    return store.report(report) if report is not None else store.reports[0]


def ablate(
    store: Engine,
    encoder: Encoder,
    questions: Sequence[GoldQuestion],
    report: str | None = None,
) -> dict[str, list[Outcome]]:
    """The outcomes with all ranking signals, then with each one's weight at zero.

    Raises:
        PilcrowError: as `run`.
    """
    settings = settings_of(store)
    remembering = RememberingEncoder(encoder)
    variants = {"all signals": settings} | {
        f"without {field.name}": replace(
            settings, ranking=replace(settings.ranking, **{field.name: 0.0})
        )
        for field in fields(Weights)
        if getattr(settings.ranking, field.name)
    }
    return {
        name: run(store, remembering, questions, report, variant)
        for name, variant in variants.items()
    }


def _hits(store: Engine, gold: GoldQuestion, quote: Quote | None) -> bool:
    """True when a quote overlaps a gold quote of its paragraph."""
    if quote is None:
        return False
    passage = passage_of(store.report(quote.report), quote.key)
    return overlaps_gold(gold, quote.key, passage.text, quote.start, quote.end)
