"""Shared parts of the retrievers: whom they ask, and what they say of a passage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from indexer.errors import PilcrowError
from search_api.client import Library
from search_api.types import Hit


def find(
    source: Library,
    query: str,
    *,
    report: str | None,
    section: str | None,
    limit: int,
    only_answered: bool,
) -> tuple[list[Hit], float | None]:
    """The passages nearest to a query, best first; with `only_answered` none unless they answer it.

    With them, where that was asked, the probability that the question is answered.

    Raises:
        QuestionError: the query is empty or too long, or the limit out of range.
        NotFoundError: no such report.
    """
    if not only_answered:
        return source.search(query, report=report, section=section, limit=limit).hits, None
    answer = source.ask(query, report=report, section=section, limit=limit)
    return answer.hits if answer.status == "answered" else [], answer.confidence


def identity(hit: Hit) -> str:
    """A passage's name among all reports: "northumberland-2012/99"."""
    return f"{hit.report}/{hit.key}"


def metadata(hit: Hit, confidence: float | None = None) -> dict[str, Any]:
    """What is known of a passage: strings, numbers and None, as vector stores want it.

    `quote` is the sentence that matches best, the slice of the passage's text from `start` to
    `end`, in code points; `confidence`, with `only_answered`, the probability that the question is
    answered. A passage without a sentence has None for these and for `citation`.
    """
    quote = hit.quote.model_dump() if hit.quote else {}
    return {
        "report": hit.report,
        "number": hit.paragraph,
        "key": hit.key,
        "section": " > ".join(hit.section),
        "note": hit.note,
        "quote": quote.get("text"),
        "start": quote.get("start"),
        "end": quote.get("end"),
        "citation": quote.get("citation"),
        "url": hit.url,
        "score": hit.score,
        "confidence": confidence,
    }


@contextmanager
def installed(package: str, extra: str) -> Iterator[None]:
    """Around the imports of a package that only an extra brings.

    Raises:
        PilcrowError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise PilcrowError(
            f"{package} is not installed; install it: pip install 'pilcrow[{extra}]'"
        ) from error
