"""The two things every face calls: `search` and `answer`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from indexer.encoders.base import Encoder
from indexer.errors import QuestionError
from indexer.history import hash_text
from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api import __version__
from search_api.ask.forms.exact import lifted
from search_api.ask.highlights import matched_spans, matched_words
from search_api.ask.listing import Listing
from search_api.ask.named_report import within_named_report
from search_api.ask.question.parts import split_question
from search_api.ask.question.pointers import names_first, pointed_at, read_pointing
from search_api.ask.question.query import Query, make_query
from search_api.ask.ranking import Ranked
from search_api.ask.reading.coverage import uncovered
from search_api.ask.reading.quotes import Span, best_sentence
from search_api.ask.reading.read import Reading, joined, ranked_by, read
from search_api.ask.tuned import Settings, reader_name, settings_of
from search_api.ask.turns import read_in_turn
from search_api.library.kept import Recent
from search_api.library.links.short_citation import passage_url, quote_url, short_citation
from search_api.library.places import find_item, owners_of
from search_api.timing import step
from search_api.types.answers import Answer, Hit, Match, Part, Quote, Receipt, SearchResult

MOST_HITS = 100
# Passages that a refusal shows, and whose words it is held against.
NEAREST = 3
# Answers kept of each store, for questions that are asked again.
MOST_KEPT = 128
# How far down the ranking one may page.
MOST_RANKED = 1_000
EVERY = Listing()


def search(
    store: Engine,
    encoder: Encoder,
    query: str,
    report: str | None = None,
    section: str | None = None,
    limit: int = 10,
    offset: int = 0,
    listing: Listing = EVERY,
) -> SearchResult:
    """Rank passages for a query; the hits are those after the first `offset`.

    Raises:
        QuestionError: the query is empty or too long, the limit or offset out of range, or the
            cursor none.
        NotFoundError: no such report.
    """
    _check_limit(limit)
    if offset < 0 or offset + limit > MOST_RANKED:
        raise QuestionError(
            f"offset is {offset} and limit {limit}; together they may be {MOST_RANKED:,} at most"
        )
    places = listing.filters.places(store)
    if report is not None and places is not None:
        places = tuple(set(places) & {store.place(report)})
    asked = make_query(store, query, report, section, places=places)
    every = listing.ordered(_found(store, encoder, asked)) if places != () else []
    rows, same = [item.row for item in every], (query, report, section)
    start = listing.start(store, rows, same, offset)
    page = every[start : start + limit]
    with step("show"):
        return SearchResult(
            query=query,
            hits=[
                _whole(store, item) if isinstance(item, Span) else _hit(store, item, asked)
                for item in page
            ],
            total=len(rows),
            facets=listing.counts(store, rows),
            next=listing.next(store, rows, same, start + len(page)),
        )


def _found(store: Engine, encoder: Encoder, query: Query) -> list[Span] | list[Ranked]:
    """The paragraphs that a query points at, or all that can be paged to, best first."""
    spans = _pointed_at(store, query)
    if spans is not None:
        return spans
    found = ranked_by(store, encoder, query, settings_of(store)).passages
    return lifted(store, query, found)[:MOST_RANKED] if found else found


def answer(
    store: Engine,
    encoder: Encoder,
    question: str,
    report: str | None = None,
    section: str | None = None,
    limit: int = 10,
    settings: Settings | None = None,
    leaving_out: frozenset[str] = frozenset(),
    after: Sequence[str] = (),
) -> Answer:
    """Answer a question in verbatim quotes, or say that the reports do not.

    `settings` are the store's unless given; see Query for `leaving_out`; `after` are the questions
    before it, oldest first.

    Raises:
        QuestionError: the question is empty or too long, or the limit out of range.
        NotFoundError: no such report.
    """
    began = time.perf_counter()
    _check_limit(limit)
    settings = settings or settings_of(store)
    kept = _kept(store)
    asked = (question, *after, report, section, limit, leaving_out)
    key = (store.fingerprint, settings, len(after), asked, id(encoder))
    found = kept.get(key)
    # An encoder that is gone may have left its place in memory to this one.
    if found is None or found[0] is not encoder:
        query = make_query(store, question, report, section, leaving_out)
        query = read_in_turn(store, encoder, query, after)
        query = within_named_report(store, encoder, query)
        made = _answer(store, encoder, query, limit, settings)
        receipt = made.receipt.model_copy(update={"after": list(after)})
        found = encoder, made.model_copy(update={"receipt": receipt})
        kept.keep(key, found)
    took = round((time.perf_counter() - began) * 1000, 1)
    return found[1].model_copy(update={"took_ms": took})


_kept_by_store: WeakKeyDictionary[Engine, Recent[tuple[Encoder, Answer]]] = WeakKeyDictionary()


def _kept(store: Engine) -> Recent[tuple[Encoder, Answer]]:
    """The answers lately given from a store as it is opened now."""
    return _kept_by_store.setdefault(store, Recent(MOST_KEPT))


def _answer(
    store: Engine,
    encoder: Encoder,
    query: Query,
    limit: int,
    settings: Settings,
) -> Answer:
    spans = _pointed_at(store, query)
    pointed = spans is not None
    parts: list[Part] = []
    if spans is not None:
        # A question that points at a number the report does not have is not answered.
        sure = float(bool(spans))
        found = Reading(spans=spans, sure=sure, certainty="likely" if spans else "none")
        hits = [_whole(store, span) for span in spans[:limit]]
        pointing = read_pointing(query.text)
        missing = [] if hits or pointing is None else [pointing.text]
    else:
        found = read(store, encoder, query, settings)
        asked = _parts(store, query)
        if asked:
            readings = [read(store, encoder, part, settings) for part in asked]
            found = joined(found, readings)
            parts = [_part(store, *each) for each in zip(asked, readings, strict=True)]
        hits = [_hit(store, item, query) for item in found.ranked[:limit]]
        missing = uncovered(query, _evidence(store, found, hits))
    return Answer(
        question=query.asked,
        status="answered" if found.spans else "not_found",
        confidence=round(found.sure, 4),
        quotes=[_quote(store, span) for span in found.spans],
        hits=hits,
        took_ms=0,
        certainty=found.certainty,
        uncovered=missing,
        parts=parts,
        total=found.total,
        read_as=query.read_as,
        looked_up=pointed,
        receipt=Receipt(
            store=store.fingerprint,
            model=f"{store.model}@{store.manifest['model']['fingerprint'][:12]}",
            reader=reader_name(store, settings),
            version=__version__,
            report=query.scope.report,
            section=query.scope.section,
            limit=limit,
            paragraphs={f"{hit.report}/{hit.key}": hash_text(hit.text) for hit in hits},
        ),
    )


def _evidence(store: Engine, found: Reading, hits: list[Hit]) -> Iterator[str]:
    """What stands near a question: the nearest passages and what is quoted, with headings."""
    for hit in hits[:NEAREST]:
        yield " ".join([*hit.section, hit.text])
    for span in found.spans:
        passage = span.heading or store.rows[span.row][1]
        yield " ".join([*passage.section, passage.text])


def _parts(store: Engine, query: Query) -> list[Query]:
    """The several questions that a question asks, each as a query; none where it asks one."""
    if query.context:
        return []
    parts = split_question(query.text)
    if len(parts) == 1:
        return []
    scope = query.scope
    return [
        replace(
            make_query(store, part.read_as, scope.report, scope.section, query.leaving_out),
            asked=part.text,
        )
        for part in parts
    ]


def _part(store: Engine, query: Query, found: Reading) -> Part:
    return Part(
        question=query.asked,
        status="answered" if found.spans else "not_found",
        confidence=round(found.sure, 4),
        quotes=[_quote(store, span) for span in found.spans],
    )


def _pointed_at(store: Engine, query: Query) -> list[Span] | None:
    """The paragraphs a question only points at, whole; None when it asks about something."""
    question, report = query.text, query.scope.report
    number = names_first(question)
    if number is None:
        return None
    owners = [store.place(report)] if report is not None else owners_of(store, number)
    within = query.scope.places
    owners = [place for place in owners if within is None or place in within]
    spans: list[Span] = []
    # Without an owner any report can tell whether the question still points.
    pointing = bool(owners) or pointed_at(store.reports[0], question) is not None
    for at in owners:
        owner, row = store.reports[at], store.first_row(at)
        places = pointed_at(owner, question)
        pointing = pointing and places is not None
        for place, label in places or ():
            passage = owner.passages[place]
            item = find_item(passage, label) if label else None
            start, end = (item.start, item.end) if item else (0, len(passage.text))
            spans.append(Span(row + place, start, end, 1.0))
        if len(spans) >= MOST_HITS:
            break
    return spans if pointing else None


def _whole(store: Engine, span: Span) -> Hit:
    """A passage that was asked for by its number, with what was asked for as its quote."""
    report, passage = store.rows[span.row]
    return _as_hit(report, passage, 1.0, _quote(store, span))


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_HITS:
        raise QuestionError(f"limit is {limit}; give a number from 1 to {MOST_HITS}")


def _hit(store: Engine, item: Ranked, query: Query) -> Hit:
    report, passage = store.rows[item.row]
    span = best_sentence(store, item)
    quote = _quote(store, span) if span else None
    return _as_hit(report, passage, item.score, quote, query.stems)


def _as_hit(
    report: Report,
    passage: Passage,
    score: float,
    quote: Quote | None,
    stems: frozenset[str] = frozenset(),
) -> Hit:
    return Hit(
        report=report.id,
        paragraph=passage.number,
        key=passage.key,
        section=list(passage.section),
        note=passage.note,
        text=passage.text,
        score=round(score, 6),
        quote=quote,
        terms=matched_words(stems, passage.text),
        matches=[Match(start=start, end=end) for start, end in matched_spans(stems, passage.text)],
        url=passage_url(report, passage),
    )


def _quote(store: Engine, span: Span) -> Quote:
    report, passage = store.rows[span.row]
    passage = span.heading or passage
    return Quote(
        text=passage.text[span.start : span.end],
        report=report.id,
        paragraph=passage.number,
        key=passage.key,
        section=list(passage.section),
        start=span.start,
        end=span.end,
        page=passage.page,
        score=round(span.score, 6),
        citation=short_citation(report, passage),
        url=quote_url(report, passage, span.start, span.end),
    )
