"""How much the engine is asked at once: what does not fit is told to come back, at once.

A queue that may grow makes everybody wait, and a server that is late for all is as good as down.
So few requests run, half as many wait (for a while more), and the others are answered 429. A
body is read before the turn begins and an answer sent after it has ended: a slow line holds nobody
up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.http.guard.config import Guard
from search_api.http.guard.request_queue import FullError, Lane, Lanes

LARGEST_BODY = 8_000_000
# Of all bodies that have come and wait.
MOST_HELD = 200_000_000
# Seconds for a body to come, for a turn, for an answer to begin; for all of a long one.
BODY, PATIENCE, ANSWER, LONG_ANSWER = 30.0, 10.0, 30.0, 600.0
# What needs no engine, or has a queue of its own.
LIGHT = ("/static/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/api/v1/jobs")
REPORTS = "/api/v1/reports"
# Many questions, or a language model's pace: these wait among themselves.
LONG = ("/api/v1/ask/batch", "/api/v1/prose")
MOST_LONG = 4


def lanes_of(guard: Guard) -> Lanes:
    """The lanes of one application."""
    return Lanes(Lane(guard.running, guard.waiting, guard.burst), Lane(MOST_LONG, 0))


class Workload:
    """Bounds the size of a request, how many are at work, and for how long."""

    def __init__(self, app: ASGIApp, lanes: Lanes) -> None:
        self._app, self._lanes = app, lanes
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or _is_light(scope):
            await self._app(scope, receive, send)
            return
        body = bytearray()
        try:
            if not await self._read(scope, receive, body):
                return
            long = scope["path"] in LONG
            lane = self._lanes.long if long else self._lanes.short
            try:
                await lane.enter(PATIENCE)
            except FullError:
                raise _busy() from None
            await self._answer(scope, _again(bytes(body), receive), send, lane, long)
        finally:
            self._held -= len(body)

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> bool:
        """Read the request's body; False when the client went away.

        Raises:
            HTTPException: 413, it is too large; 408, it does not come; 429, too many have come.
        """
        too_large = HTTPException(
            413, f"a request may have {LARGEST_BODY // 1_000_000} MB", {"Connection": "close"}
        )
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > LARGEST_BODY:
            raise too_large
        try:
            async with asyncio.timeout(BODY):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return False
                    piece = message.get("body", b"")
                    body += piece
                    self._held += len(piece)
                    if len(body) > LARGEST_BODY:
                        raise too_large
                    if self._held > MOST_HELD:
                        raise _busy()
                    more = message.get("more_body", False)
        except TimeoutError:
            raise HTTPException(
                408, f"the request did not come in {BODY:.0f} seconds", {"Connection": "close"}
            ) from None
        return True

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, lane: Lane, long: bool
    ) -> None:
        """Run the application; its turn ends with the work, or when a short answer begins."""
        begun = asyncio.Event()
        late = False

        async def sending(message: Message) -> None:
            if late:
                return
            if not begun.is_set():
                begun.set()
                if not long:
                    leave()
            await send(message)

        leave = _once(lane.leave)
        task = asyncio.ensure_future(self._app(scope, receive, sending))
        task.add_done_callback(lambda _: leave())
        limit = LONG_ANSWER if long else ANSWER
        beginning = asyncio.ensure_future(begun.wait())
        awaited = {task} if long else {task, beginning}
        try:
            await asyncio.wait(awaited, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if task.done() or (begun.is_set() and not long):
                await task
                return
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            beginning.cancel()
        # A thread cannot be stopped: a turn ends when it does, and the asker is told now. Of a long
        # answer it is at one question among many.
        late = True
        if long:
            task.cancel()
        task.add_done_callback(_swallow)
        if not begun.is_set():
            raise HTTPException(
                503,
                f"no answer within {limit:.0f} seconds; ask for less, or again later",
                {"Retry-After": "10"},
            )


def _is_light(scope: Scope) -> bool:
    uploads = scope["method"] in ("POST", "DELETE") and scope["path"].startswith(REPORTS)
    return bool(uploads or scope["path"].startswith(LIGHT))


def _busy() -> HTTPException:
    return HTTPException(429, "the server is busy; ask again in a second", {"Retry-After": "1"})


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then what comes after it."""
    read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return read.pop() if read else await receive()

    return receiving


def _once(act: Callable[[], None]) -> Callable[[], None]:
    left = [act]

    def acting() -> None:
        if left:
            left.pop()()

    return acting


def _swallow(task: asyncio.Future[Any]) -> None:
    # Whoever asked has gone; an error that nobody fetches would be reported as lost.
    if not task.cancelled():
        task.exception()
