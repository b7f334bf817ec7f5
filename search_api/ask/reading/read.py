"""A query to what is quoted for it, and how likely the first quote answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from indexer.encoders.base import Encoder
from indexer.report import Report
from indexer.store.index import Engine
from search_api.ask.forms.exact import lifted
from search_api.ask.forms.grades import find_grades
from search_api.ask.forms.lists import MOST_ITEMS, Listed, find_list
from search_api.ask.question.content import content_stems, stems_of
from search_api.ask.question.keywords import is_keywords
from search_api.ask.question.query import Query
from search_api.ask.ranking import Ranked, Ranking, rank
from search_api.ask.reading.confidence import confidence, signals
from search_api.ask.reading.cross_encoder import judge
from search_api.ask.reading.quotes import Span, choose_quotes
from search_api.ask.reading.reader import read_best
from search_api.ask.tuned import Settings
from search_api.timing import step

# An answer is "possible" in this first part of the way from the threshold to certainty.
JUST_OVER = 1 / 3
Certainty = Literal["likely", "possible", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The ranked passages, the quotes (none when the reports do not say), and how sure they are.

    `total` counts the items of a list. `certainty` is "none" for quotes that claim nothing.
    """

    ranked: list[Ranked] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    sure: float = 0.0
    certainty: Certainty = "none"
    total: int | None = None


def read(store: Engine, encoder: Encoder, query: Query, settings: Settings) -> Reading:
    """Rank the passages for a query, and read the answer in them: a list, grades, sentences."""
    ranking = ranked_by(store, encoder, query, settings)
    ranked = ranking.passages
    if not ranked:
        return Reading()
    counts = settings.ranking.cross_encoder if settings.cross_encoder else None
    answers = read_best(store, encoder, query.text, ranked[0])
    evidence = signals(ranking, answers, counts)
    sure = query.weight * confidence(settings.confidence, evidence)
    threshold = settings.confidence.threshold
    first, listed = lifted(store, query, ranked), _listed(store, query, ranked)
    if listed is not None and query.weight * listed.sure >= threshold:
        sure = max(sure, query.weight * listed.sure)
        certainty = certainty_of(sure, threshold)
        return Reading(first, listed.spans, sure, certainty, listed.total)
    found = Reading(first, sure=sure)
    searched = is_keywords(query.text)
    if sure >= threshold or (searched and _holds(store, query, first[0])):
        spans = choose_quotes(store, query.text, first if searched else ranked)
        certainty = "none" if searched or not spans else certainty_of(sure, threshold)
        found = replace(found, spans=spans, certainty=certainty)
    return found


def joined(whole: Reading, parts: list[Reading]) -> Reading:
    """The reading of a question that asks several things: what answers it whole, then its parts."""
    first = whole if whole.spans else next((part for part in parts if part.spans), None)
    if first is None:
        return replace(whole, sure=max(whole.sure, *(part.sure for part in parts)))
    spans = list(first.spans[:1])
    for span in (span for part in parts for span in part.spans[: part.total or 1]):
        if not any(_overlap(span, other) for other in spans):
            spans.append(span)
    return Reading(whole.ranked, spans, first.sure, first.certainty)


def _overlap(one: Span, other: Span) -> bool:
    same = (one.row, one.heading) == (other.row, other.heading)
    return same and one.start < other.end and other.start < one.end


def ranked_by(store: Engine, encoder: Encoder, query: Query, settings: Settings) -> Ranking:
    """The ranking by all that the settings name."""
    weights, cross_encoder = settings.ranking, settings.cross_encoder
    found = rank(store, encoder, query, weights)
    if cross_encoder is None:
        return found
    with step("judge"):
        judged = judge(store, query, found.passages, cross_encoder, weights.cross_encoder)
    return Ranking(found.question, judged)


def certainty_of(sure: float, threshold: float) -> Certainty:
    """How sure an answer is in a word: its confidence is well over the threshold, or just over."""
    return "likely" if sure >= threshold + (1 - threshold) * JUST_OVER else "possible"


@dataclass(frozen=True, slots=True)
class _ListedSpans:
    spans: list[Span]
    sure: float
    total: int | None


def _listed(store: Engine, query: Query, ranked: list[Ranked]) -> _ListedSpans | None:
    """The list or the grades that a question asks for, of the report that it is about."""
    if query.scope.section is not None:
        return None
    report = store.rows[ranked[0].row][0]
    graded = find_grades(report, query.text)
    listed = graded[0] if graded is not None else find_list(report, query.text)
    if listed is None or any(
        report.passages[item.place].key in query.leaving_out for item in listed.items
    ):
        return None
    whole = graded is None or graded[1]
    return _spans(store, report, listed, len(listed.items) if whole else None)


def _spans(store: Engine, report: Report, found: Listed, total: int | None) -> _ListedSpans:
    first = store.first_row(store.place(report.id))
    spans = [
        Span(first + item.place, item.start, item.end, found.sure, heading=item.heading)
        for item in found.items[:MOST_ITEMS]
    ]
    return _ListedSpans(spans, found.sure, total)


def _holds(store: Engine, query: Query, best: Ranked) -> bool:
    """Whether a passage has every content word of a query."""
    return content_stems(query.text) <= stems_of(store.rows[best.row][1].text)
