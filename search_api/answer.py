"""The two things every face calls: `search` and `answer`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from indexer.encoder import Encoder
from indexer.errors import QuestionError
from indexer.store import Store
from search_api import __version__, reader
from search_api.citation import passage_url, quote_url, short_citation
from search_api.retriever import Ranked, check_question, rank
from search_api.types import Answer, Hit, Quote, Receipt, SearchResult

if TYPE_CHECKING:
    from search_api.reader import Span

MOST_HITS = 100


def search(
    store: Store,
    encoder: Encoder,
    query: str,
    report: str | None = None,
    section: str | None = None,
    limit: int = 10,
) -> SearchResult:
    """Rank passages for a query.

    Raises:
        QuestionError: the query is empty or too long, or the limit out of range.
        NotFoundError: no such report.
    """
    _check_limit(limit)
    ranked = rank(store, encoder, query, report, section)
    return SearchResult(query=query, hits=[_hit(store, item) for item in ranked[:limit]])


def answer(
    store: Store,
    encoder: Encoder,
    question: str,
    report: str | None = None,
    section: str | None = None,
    limit: int = 10,
) -> Answer:
    """Answer a question in verbatim quotes, or say that the reports do not.

    Raises:
        QuestionError: the question is empty or too long, or the limit out of range.
        NotFoundError: no such report.
    """
    began = time.perf_counter()
    _check_limit(limit)
    ranked = rank(store, encoder, question, report, section)
    sure = reader.confidence(store, check_question(question), ranked)
    answered = sure >= reader.threshold()
    spans = reader.choose_quotes(store, ranked) if answered else []
    return Answer(
        question=question,
        status="answered" if spans else "not_found",
        confidence=round(sure, 4),
        quotes=[_quote(store, span) for span in spans],
        hits=[_hit(store, item) for item in ranked[:limit]],
        took_ms=round((time.perf_counter() - began) * 1000, 1),
        receipt=Receipt(
            store=store.fingerprint,
            model=f"{store.model}@{store.manifest['model']['fingerprint'][:12]}",
            reader=reader.NAME,
            version=__version__,
        ),
    )


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_HITS:
        raise QuestionError(f"limit is {limit}; give a number from 1 to {MOST_HITS}")


def _hit(store: Store, item: Ranked) -> Hit:
    report, passage = store.rows[item.row]
    span = reader.best_sentence(store, item)
    return Hit(
        report=report.id,
        paragraph=passage.number,
        key=passage.key,
        section=list(passage.section),
        note=passage.note,
        text=passage.text,
        score=round(item.score, 6),
        quote=_quote(store, span) if span else None,
        url=passage_url(report, passage),
    )


def _quote(store: Store, span: Span) -> Quote:
    report, passage = store.rows[span.row]
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
