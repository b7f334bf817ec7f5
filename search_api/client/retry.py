"""A request and its repeats, by whichever client sends it: one that blocks, or one to await."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Protocol

import httpx

from indexer.errors import PilcrowError
from search_api.client.errors import (
    ServerError,
    ServerNotFoundError,
    ServerQuestionError,
    UnreachableError,
)

PROBLEM = "application/problem+json"
BUSY = (429, 502, 503, 504)
# What may pass: the server restarts, or dropped an idle connection. A read that timed out does not:
# asking again would only make a slow server slower.
PASSING = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)
FIRST_WAIT = 0.25
LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class Call:
    """A request; `repeatable` ones change nothing and may be sent again.

    `asks` marks a question: what the server says against it is a QuestionError.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    data: Mapping[str, str] | None = None
    files: Mapping[str, Any] | None = None
    repeatable: bool = True
    asks: bool = False


class Sender(Protocol):
    """The way to a server. The client that blocks has one that never gives up control."""

    async def send(self, call: Call) -> httpx.Response:
        """The response to a call, sent once."""
        ...

    async def wait(self, seconds: float) -> None:
        """Let some time pass."""
        ...


@dataclass(frozen=True)
class Server:
    """The server that calls go to, the way to it, and how often each is tried again."""

    url: str
    timeout: float
    retries: int
    sender: Sender


async def exchange(server: Server, call: Call) -> httpx.Response:
    """The response to a call, tried again where that is safe and may help.

    Raises:
        UnreachableError: nothing answers at the address, or not in time.
        ServerError: the server refused or failed.
    """
    for attempt in count():
        last = attempt >= server.retries or not call.repeatable
        wait = backoff(attempt)
        try:
            response = await server.sender.send(call)
        except httpx.RequestError as error:
            if last or not isinstance(error, PASSING):
                raise _no_answer(server, error) from error
        else:
            if response.is_success:
                return response
            asked = _asked_wait(response)
            wait = wait if asked is None else asked
            if last or response.status_code not in BUSY or wait > LONGEST_WAIT:
                raise _refusal(server, call, response)
        await server.sender.wait(wait)
    raise AssertionError("unreachable")


def backoff(attempt: int) -> float:
    """Seconds before the next try: doubled each time, and spread so that clients do not meet."""
    return float(FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311


def _asked_wait(response: httpx.Response) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or a date; None where it is not said."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _no_answer(server: Server, error: httpx.RequestError) -> PilcrowError:
    reason = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return UnreachableError(
            f"no server answers at {server.url} ({reason}); start one with `pilcrow serve`, or "
            "check the address"
        )
    if isinstance(error, httpx.TimeoutException):
        return UnreachableError(
            f"{server.url} did not answer within {server.timeout:g} s; try again, or give a "
            "longer timeout"
        )
    return UnreachableError(f"the connection to {server.url} failed ({reason}); try again")


def _refusal(server: Server, call: Call, response: httpx.Response) -> ServerError:
    status, title, errors = response.status_code, response.reason_phrase, []
    if not response.headers.get("Content-Type", "").startswith(PROBLEM):
        return ServerError(
            f"{server.url} answered {status} {title} to {call.method} {call.path}; check that the "
            "address is a Pilcrow server's",
            status,
            title,
        )
    try:
        problem = response.json()
        title, detail = str(problem["title"]), str(problem["detail"])
        errors = [fault for fault in problem.get("errors", []) if isinstance(fault, dict)]
    except (ValueError, KeyError, TypeError):
        detail = f"{server.url} answered {status} {title}, and did not say why; see its log"
    kind = ServerNotFoundError if status == 404 else ServerError
    if call.asks and status in (400, 422):
        kind = ServerQuestionError
    return kind(detail, status, title, errors)
