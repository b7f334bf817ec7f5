"""The two clients of a Pilcrow server: one that blocks, and one to await."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio
import httpx

from indexer.errors import PilcrowError
from search_api import __version__
from search_api.client.protocol import Library
from search_api.client.retry import Call, Flow, Server
from search_api.client.routes import Routes
from search_api.types import (
    Answer,
    Check,
    Citation,
    Paragraph,
    Quote,
    ReportDetail,
    ReportSummary,
    SearchResult,
)

if TYPE_CHECKING:
    from search_api.citation.notebook import ExportItem, Format

URL = "http://127.0.0.1:8000"
# Questions in one request: their answers take a second or so, well within the timeout.
AT_ONCE = 32

T = TypeVar("T")


class PilcrowClient(Library):
    """Reports on a server. Connections are kept open; close it, or use it in a `with`.

    Links in what it returns lead to that server.

    Args:
        url: the server's address, as in a browser.
        key: the server's PILCROW_API_KEY, to add and remove reports.
        timeout: seconds to wait for a connection, and for an answer.
        retries: how often what changes nothing is tried again when the connection fails or the
            server is busy; waits double from a quarter of a second, or are as it asks.
        transport: httpx's way to send, for tests or special networks; it is not closed.

    Raises:
        PilcrowError: the address is none.
    """

    def __init__(
        self,
        url: str = URL,
        key: str | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._routes = _routes(url, timeout, retries)
        self._http = httpx.Client(**_options(url, key, timeout), transport=transport)
        self._owned = transport is None

    def search(
        self,
        query: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        offset: int = 0,
    ) -> SearchResult:
        """Rank the passages for a query; see Library.search."""
        return self._run(self._routes.search(query, report, section, limit, offset))

    def ask(
        self,
        question: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        after: Sequence[str] = (),
    ) -> Answer:
        """Answer in verbatim quotes, or say that it is not there; see Library.ask."""
        return self._run(self._routes.ask(question, report, section, limit, after))

    def ask_many(
        self,
        questions: Iterable[str],
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
    ) -> Iterator[Answer]:
        """Answer many questions, in order; see Library.ask_many."""
        for before, batch in _batches(questions):
            yield from self._run(self._routes.ask_batch(batch, before, report, section, limit))

    def reports(self) -> list[ReportSummary]:
        """The reports, by id."""
        return self._run(self._routes.reports())

    def report(self, report: str) -> ReportDetail:
        """A report with its outline, numbering audit and glossary."""
        return self._run(self._routes.report(report))

    def paragraph(self, report: str, key: str | int) -> Paragraph:
        """A paragraph by its key or number; see Library.paragraph."""
        return self._run(self._routes.paragraph(report, str(key)))

    def paragraphs(self, report: str, numbers: str | None = None) -> list[Paragraph]:
        """Some paragraphs, or every passage; see Library.paragraphs."""
        return self._run(self._routes.paragraphs(report, numbers))

    def cite(self, report: str, key: str | int, style: str = "oscola") -> Citation:
        """A paragraph, a range or a list, cited; see Library.cite."""
        return self._run(self._routes.cite(report, str(key), style))

    def verify(self, text: str, report: str | None = None) -> list[Check]:
        """Check the quotations and paragraph references in a draft; see Library.verify."""
        return self._run(self._routes.verify(text, report))

    def export(
        self,
        items: Iterable[Quote | ExportItem],
        format: Format,  # noqa: A002
        style: str = "short",
        title: str = "",
    ) -> bytes:
        """Quotes as a document or for a reference manager; see Library.export."""
        return self._run(self._routes.export(items, format, style, title))

    def add_report(self, path: Path | str, allow_unnumbered: bool = False) -> ReportDetail:
        """Upload a report and wait until it can be asked; see Library.add_report."""
        return self._run(self._routes.add_report(Path(path), allow_unnumbered))

    def remove_report(self, report: str) -> None:
        """Take a report out; the last one stays."""
        self._run(self._routes.remove_report(report))

    def close(self) -> None:
        """Close the connections."""
        if self._owned:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self, flow: Flow[T]) -> T:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Call):
                    _check_open(self._http)
                    try:
                        response = self._http.request(**_request(step))
                    except httpx.RequestError as error:
                        step = flow.throw(error)
                    else:
                        step = flow.send(response)
                else:
                    time.sleep(step)
                    step = next(flow)
        except StopIteration as done:
            result: T = done.value
            return result


class AsyncPilcrowClient:
    """Reports on a server, to await; its arguments and methods are PilcrowClient's."""

    def __init__(
        self,
        url: str = URL,
        key: str | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._routes = _routes(url, timeout, retries)
        self._http = httpx.AsyncClient(**_options(url, key, timeout), transport=transport)
        self._owned = transport is None

    async def search(
        self,
        query: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        offset: int = 0,
    ) -> SearchResult:
        """Rank the passages for a query; see Library.search."""
        return await self._run(self._routes.search(query, report, section, limit, offset))

    async def ask(
        self,
        question: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        after: Sequence[str] = (),
    ) -> Answer:
        """Answer in verbatim quotes, or say that it is not there; see Library.ask."""
        return await self._run(self._routes.ask(question, report, section, limit, after))

    async def ask_many(
        self,
        questions: Iterable[str],
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
    ) -> AsyncIterator[Answer]:
        """Answer many questions, in order; see Library.ask_many."""
        for before, batch in _batches(questions):
            flow = self._routes.ask_batch(batch, before, report, section, limit)
            for answer in await self._run(flow):
                yield answer

    async def reports(self) -> list[ReportSummary]:
        """The reports, by id."""
        return await self._run(self._routes.reports())

    async def report(self, report: str) -> ReportDetail:
        """A report with its outline, numbering audit and glossary."""
        return await self._run(self._routes.report(report))

    async def paragraph(self, report: str, key: str | int) -> Paragraph:
        """A paragraph by its key or number; see Library.paragraph."""
        return await self._run(self._routes.paragraph(report, str(key)))

    async def paragraphs(self, report: str, numbers: str | None = None) -> list[Paragraph]:
        """Some paragraphs, or every passage; see Library.paragraphs."""
        return await self._run(self._routes.paragraphs(report, numbers))

    async def cite(self, report: str, key: str | int, style: str = "oscola") -> Citation:
        """A paragraph, a range or a list, cited; see Library.cite."""
        return await self._run(self._routes.cite(report, str(key), style))

    async def verify(self, text: str, report: str | None = None) -> list[Check]:
        """Check the quotations and paragraph references in a draft; see Library.verify."""
        return await self._run(self._routes.verify(text, report))

    async def export(
        self,
        items: Iterable[Quote | ExportItem],
        format: Format,  # noqa: A002
        style: str = "short",
        title: str = "",
    ) -> bytes:
        """Quotes as a document or for a reference manager; see Library.export."""
        return await self._run(self._routes.export(items, format, style, title))

    async def add_report(self, path: Path | str, allow_unnumbered: bool = False) -> ReportDetail:
        """Upload a report and wait until it can be asked; see Library.add_report."""
        return await self._run(self._routes.add_report(Path(path), allow_unnumbered))

    async def remove_report(self, report: str) -> None:
        """Take a report out; the last one stays."""
        await self._run(self._routes.remove_report(report))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._owned:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _run(self, flow: Flow[T]) -> T:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Call):
                    _check_open(self._http)
                    try:
                        response = await self._http.request(**_request(step))
                    except httpx.RequestError as error:
                        step = flow.throw(error)
                    else:
                        step = flow.send(response)
                else:
                    await anyio.sleep(step)
                    step = next(flow)
        except StopIteration as done:
            result: T = done.value
            return result


def _check_open(http: httpx.Client | httpx.AsyncClient) -> None:
    if http.is_closed:
        raise PilcrowError("the client is closed; make another, or ask before you close it")


def _routes(url: str, timeout: float, retries: int) -> Routes:
    return Routes(Server(url.rstrip("/"), timeout, retries))


def _options(url: str, key: str | None, timeout: float) -> dict[str, Any]:
    """The options that either httpx client is made with.

    Raises:
        PilcrowError: the address is none.
    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise PilcrowError(f"'{url}' is no server's address; give one such as {URL}")
    headers = {"User-Agent": f"pilcrow/{__version__}"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return {"base_url": address, "headers": headers, "timeout": timeout}


def _request(call: Call) -> dict[str, Any]:
    return {
        "method": call.method,
        "url": call.path,
        "params": call.params,
        "json": call.json,
        "data": call.data,
        "files": call.files,
    }


def _batches(questions: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The questions as they go out together, each batch with the number of those before it."""
    remaining = iter(questions)
    for before in count(step=AT_ONCE):
        batch = list(islice(remaining, AT_ONCE))
        if not batch:
            return
        yield before, batch
