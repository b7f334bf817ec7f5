"""Shared parts of the retrievers: whom they ask, and what they say of a passage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from indexer.errors import PilcrowError
from search_api import Pilcrow, PilcrowClient
from search_api.client import Library
from search_api.types.answers import Hit


class Source:
    """A library, or the store's folder or server's address that is opened when first asked."""

    def __init__(self, source: Library | str) -> None:
        self._source = source
        self._own: Pilcrow | PilcrowClient | None = None

    def __reduce__(self) -> tuple[type[Source], tuple[Library | str]]:
        # What is open stays with this process.
        return Source, (self._source,)

    def open(self) -> Library:
        """The library, opened unless it is.

        Raises:
            StoreError: the folder is no store.
        """
        if not isinstance(self._source, str):
            return self._source
        if self._own is None:
            remote = self._source.startswith(("http://", "https://"))
            self._own = PilcrowClient(self._source) if remote else Pilcrow.open(self._source)
        return self._own

    def close(self) -> None:
        """Close what was opened here."""
        if isinstance(self._own, PilcrowClient):
            self._own.close()
        self._own = None

    def find(
        self, query: str, *, report: str | None, section: str | None, limit: int, answered: bool
    ) -> tuple[list[Hit], float]:
        """The passages nearest to a query, best first, and the probability that it is answered.

        With `answered` there are none unless it is.

        Raises:
            QuestionError: the query is empty or too long, or the limit out of range.
            NotFoundError: no such report.
        """
        found = self.open().ask(query, report=report, section=section, limit=limit)
        wanted = found.status == "answered" or not answered
        return found.hits if wanted else [], found.confidence


def identity(hit: Hit) -> str:
    """A passage's name among all reports: "northumberland-2012/99"."""
    return f"{hit.report}/{hit.key}"


def metadata(hit: Hit, confidence: float) -> dict[str, Any]:
    """What is known of a passage: strings, numbers and None, as vector stores want it.

    `quote` is the sentence that matches best, the slice of the passage's text from `start` to
    `end`, in code points; `confidence` the probability that the question is answered. A passage
    without a sentence has None for its quote and for `citation`.
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
