"""The two clients of a Pilcrow server: one that blocks, and one to await.

What they can do is said once, in `routes.py`; both are made from it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from functools import wraps
from itertools import count, islice
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import anyio
import httpx

from indexer.errors import PilcrowError
from search_api import __version__
from search_api.client.protocol import Library
from search_api.client.retry import Call, Flow, Server
from search_api.client.routes import Routes
from search_api.types.answers import Answer

URL = "http://127.0.0.1:8000"
# Questions in one request: their answers take a second or so, well within the timeout.
AT_ONCE = 32

T = TypeVar("T")
P = ParamSpec("P")


def _blocking(
    route: Callable[Concatenate[Routes, P], Flow[T]],
) -> Callable[Concatenate[PilcrowClient, P], T]:
    """A route as a method of the client that blocks, documented as the Library's."""

    @wraps(getattr(Library, route.__name__))
    def method(client: PilcrowClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return client._run(route(client._routes, *args, **kwargs))

    return method


def _awaited(
    route: Callable[Concatenate[Routes, P], Flow[T]],
) -> Callable[Concatenate[AsyncPilcrowClient, P], Coroutine[Any, Any, T]]:
    """A route as a method of the client that is awaited, documented as the Library's."""

    @wraps(getattr(Library, route.__name__))
    async def method(client: AsyncPilcrowClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await client._run(route(client._routes, *args, **kwargs))

    return method


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

    search = _blocking(Routes.search)
    ask = _blocking(Routes.ask)
    table = _blocking(Routes.table)
    reports = _blocking(Routes.reports)
    report = _blocking(Routes.report)
    paragraph = _blocking(Routes.paragraph)
    paragraphs = _blocking(Routes.paragraphs)
    cite = _blocking(Routes.cite)
    verify = _blocking(Routes.verify)
    export = _blocking(Routes.export)
    add_report = _blocking(Routes.add_report)
    remove_report = _blocking(Routes.remove_report)

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

    search = _awaited(Routes.search)
    ask = _awaited(Routes.ask)
    table = _awaited(Routes.table)
    reports = _awaited(Routes.reports)
    report = _awaited(Routes.report)
    paragraph = _awaited(Routes.paragraph)
    paragraphs = _awaited(Routes.paragraphs)
    cite = _awaited(Routes.cite)
    verify = _awaited(Routes.verify)
    export = _awaited(Routes.export)
    add_report = _awaited(Routes.add_report)
    remove_report = _awaited(Routes.remove_report)

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
