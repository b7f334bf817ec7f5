"""The two clients of a Pilcrow server: one that blocks, and one to await.

What they can do is said once, by Library; both are made from it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import count, islice
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import anyio
import httpx

from indexer.errors import PilcrowError
from search_api import __version__
from search_api.client.protocol import Library
from search_api.client.retry import Call, Sender, Server
from search_api.client.routes import Routes
from search_api.types.answers import Answer

URL = "http://127.0.0.1:8000"
# Questions in one request: their answers take a second or so, well within the timeout.
AT_ONCE = 32

T = TypeVar("T")
P = ParamSpec("P")


def _blocking(
    method: Callable[Concatenate[Library, P], T],
) -> Callable[Concatenate[PilcrowClient, P], T]:
    """A method of the Library over the client that blocks."""

    @wraps(method)
    def blocking(client: PilcrowClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return _at_once(client._routes.run(method, *args, **kwargs))

    return blocking


def _awaited(
    method: Callable[Concatenate[Library, P], T],
) -> Callable[Concatenate[AsyncPilcrowClient, P], Coroutine[Any, Any, T]]:
    """A method of the Library over the client that is awaited."""

    @wraps(method)
    async def awaited(client: AsyncPilcrowClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await client._routes.run(method, *args, **kwargs)

    return awaited


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """What comes of work that nothing interrupts, as the blocking sender's does not."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("a sender that blocks gave up control")


@dataclass(frozen=True)
class _BlockingSender:
    """The calls of a client that blocks."""

    http: httpx.Client

    async def send(self, call: Call) -> httpx.Response:
        """The response, waited for."""
        _check_open(self.http)
        return self.http.request(**_request(call))

    async def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


@dataclass(frozen=True)
class _AwaitedSender:
    """The calls of a client that is awaited."""

    http: httpx.AsyncClient

    async def send(self, call: Call) -> httpx.Response:
        """The response, awaited."""
        _check_open(self.http)
        return await self.http.request(**_request(call))

    async def wait(self, seconds: float) -> None:
        """Let others run."""
        await anyio.sleep(seconds)


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
        self._http = httpx.Client(**_options(url, key, timeout), transport=transport)
        self._routes = _routes(url, timeout, retries, _BlockingSender(self._http))
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
            answers = self._routes.ask_batch(batch, before, report, section, limit)
            yield from _at_once(answers)

    search = _blocking(Library.search)
    ask = _blocking(Library.ask)
    table = _blocking(Library.table)
    reports = _blocking(Library.reports)
    report = _blocking(Library.report)
    paragraph = _blocking(Library.paragraph)
    paragraphs = _blocking(Library.paragraphs)
    cite = _blocking(Library.cite)
    verify = _blocking(Library.verify)
    export = _blocking(Library.export)
    add_report = _blocking(Library.add_report)
    remove_report = _blocking(Library.remove_report)

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
        self._http = httpx.AsyncClient(**_options(url, key, timeout), transport=transport)
        self._routes = _routes(url, timeout, retries, _AwaitedSender(self._http))
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
            answers = self._routes.ask_batch(batch, before, report, section, limit)
            for answer in await answers:
                yield answer

    search = _awaited(Library.search)
    ask = _awaited(Library.ask)
    table = _awaited(Library.table)
    reports = _awaited(Library.reports)
    report = _awaited(Library.report)
    paragraph = _awaited(Library.paragraph)
    paragraphs = _awaited(Library.paragraphs)
    cite = _awaited(Library.cite)
    verify = _awaited(Library.verify)
    export = _awaited(Library.export)
    add_report = _awaited(Library.add_report)
    remove_report = _awaited(Library.remove_report)

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


def _check_open(http: httpx.Client | httpx.AsyncClient) -> None:
    if http.is_closed:
        raise PilcrowError("the client is closed; make another, or ask before you close it")


def _routes(url: str, timeout: float, retries: int, sender: Sender) -> Routes:
    return Routes(Server(url.rstrip("/"), timeout, retries, sender))


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
