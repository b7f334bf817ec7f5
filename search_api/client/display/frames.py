"""Answers and hits as pandas data frames, their columns the same whatever was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import PilcrowError

if TYPE_CHECKING:
    from pandas import DataFrame

    from search_api.types.answers import Answer, Hit, Quote, SearchResult

# Types that have a null, so that frames with and without quotes can be put one below the other.
QUOTE_COLUMNS = {
    "report": "string",
    "number": "string",
    "key": "string",
    "section": "string",
    "quote": "string",
    "start": "Int64",
    "end": "Int64",
    "citation": "string",
    "url": "string",
    "score": "Float64",
}
ANSWER_COLUMNS = {"question": "string", "status": "string", "confidence": "Float64"}
HIT_COLUMNS = {"text": "string"}


def answer_frame(answer: Answer) -> DataFrame:
    """A row a quote; an answer that was not found has one row, without a quote.

    Raises:
        PilcrowError: pandas is not installed.
    """
    about = {
        "question": answer.question,
        "status": answer.status,
        "confidence": answer.confidence,
    }
    rows = [about | _quote_row(quote) for quote in answer.quotes] or [about]
    return _frame(rows, ANSWER_COLUMNS | QUOTE_COLUMNS)


def hits_frame(result: SearchResult) -> DataFrame:
    """A row a hit, best first; `start` and `end` are the quote's offsets into `text`.

    Raises:
        PilcrowError: pandas is not installed.
    """
    return _frame([_hit_row(hit) for hit in result.hits], QUOTE_COLUMNS | HIT_COLUMNS)


def _quote_row(quote: Quote) -> dict[str, Any]:
    return {
        "report": quote.report,
        "number": quote.paragraph,
        "key": quote.key,
        "section": " > ".join(quote.section),
        "quote": quote.text,
        "start": quote.start,
        "end": quote.end,
        "citation": quote.citation,
        "url": quote.url,
        "score": quote.score,
    }


def _hit_row(hit: Hit) -> dict[str, Any]:
    quoted = _quote_row(hit.quote) if hit.quote else {}
    return quoted | {
        "report": hit.report,
        "number": hit.paragraph,
        "key": hit.key,
        "section": " > ".join(hit.section),
        "url": hit.url,
        "score": hit.score,
        "text": hit.text,
    }


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> DataFrame:
    try:
        import pandas
    except ImportError as error:
        raise PilcrowError(
            "a data frame needs pandas; install it: pip install 'pilcrow[frame]'"
        ) from error
    return pandas.DataFrame(rows, columns=list(columns)).astype(columns)
