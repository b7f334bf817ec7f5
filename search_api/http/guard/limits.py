"""Limits on the engine's work: a request beyond them is told at once to come back.

A queue that may grow makes everybody wait, and a server that is late for all is as good as down.
So few requests run, half as many wait (for a while more), and the others are answered 429. A
body is read before the turn begins and an answer sent after it has ended: a slow line holds nobody
up. What takes long waits in lanes of its own, has a time by which it stops itself
(`search_api.timing`), and who does not read what is sent to him is hung up on.
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
from search_api.timing import Turn, begin_turn, step

LARGEST_BODY = 8_000_000
# Of all bodies that have come and wait.
MOST_HELD = 200_000_000
# Seconds for a body to come, for a turn, for an answer to begin; for all of a long one; for a piece
# of an answer to be read.
BODY, PATIENCE, ANSWER, LONG_ANSWER, UNREAD = 30.0, 10.0, 30.0, 600.0, 30.0
# What needs no engine, or has a queue of its own.
LIGHT = ("/static/", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/api/v1/jobs")
REPORTS = "/api/v1/reports"
# Many questions, or a language model's pace: these wait among themselves.
LONG = ("/api/v1/ask/batch", "/api/v1/prose", "/api/v1/tables")
MOST_LONG = 4
# Drafts and files to make, which take the longer the more is sent; up to SMALL bytes they pass
# those that take minutes. A report's paragraphs, all of them unless some are asked for; a page of
# its file, which is drawn.
DRAFTS = ("/api/v1/verify", "/verify", "/api/v1/export", "/api/v1/tables/export")
WHOLE, PICTURE = "/paragraphs", ".png"
SMALL = 20_000
MOST_DRAFTS, WAITING_DRAFTS, MOST_HEAVY, WAITING_HEAVY = 2, 8, 1, 8


def lanes_of(guard: Guard) -> Lanes:
    """The lanes of one application."""
    return Lanes(
        short=Lane(guard.running, guard.waiting, guard.burst),
        long=Lane(MOST_LONG, 0),
        drafts=Lane(MOST_DRAFTS, WAITING_DRAFTS),
        heavy=Lane(MOST_HEAVY, WAITING_HEAVY),
    )


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
            lane = self._lane(scope, len(body))
            try:
                with step("wait"):
                    await lane.enter(LONG_ANSWER if lane is self._lanes.heavy else PATIENCE)
            except FullError:
                raise _busy() from None
            await self._answer(scope, bytes(body), receive, send, lane)
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

    def _lane(self, scope: Scope, size: int) -> Lane:
        path = scope["path"]
        if path in LONG:
            return self._lanes.long
        if path in DRAFTS and scope["method"] == "POST":
            return self._lanes.drafts if size <= SMALL else self._lanes.heavy
        return self._lanes.drafts if path.endswith((WHOLE, PICTURE)) else self._lanes.short

    async def _answer(
        self, scope: Scope, body: bytes, receive: Receive, send: Send, lane: Lane
    ) -> None:
        """Run the application; its turn ends with the work, or when a short answer begins."""
        begun = asyncio.Event()
        late = False
        # Of these each piece is work; of the others the work is done when the answer begins.
        long = lane is self._lanes.long
        limit = ANSWER if lane is self._lanes.short else LONG_ANSWER

        async def sending(message: Message) -> None:
            nonlocal late
            if late:
                return
            if not begun.is_set():
                begun.set()
                if not long:
                    leave()
            try:
                async with asyncio.timeout(UNREAD):
                    await send(message)
            except TimeoutError:
                # Without the end of the answer the server closes the connection.
                late = turn.over = True
                task.cancel()

        leave = _once(lane.leave)
        turn = begin_turn(limit)
        task = asyncio.ensure_future(self._app(scope, _again(body, receive), sending))
        task.add_done_callback(lambda _: leave())
        beginning = asyncio.ensure_future(begun.wait())
        awaited: set[asyncio.Future[Any]] = {task} if long else {task, beginning}
        leaving = None
        if lane in (self._lanes.drafts, self._lanes.heavy):
            # Nothing of these asks whether somebody still waits.
            leaving = asyncio.ensure_future(receive())
            leaving.add_done_callback(lambda _: _end(turn))
        try:
            await asyncio.wait(awaited, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if task.done() or (begun.is_set() and not long):
                await task
                return
        except asyncio.CancelledError:
            task.cancel()
            if not late:
                raise
            return
        finally:
            beginning.cancel()
            if leaving is not None:
                leaving.cancel()
        # A thread cannot be stopped: a turn ends when it does, and the asker is told now. Of a long
        # answer it is at one question among many.
        late = turn.over = True
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


def _end(turn: Turn) -> None:
    turn.over = True


def _swallow(task: asyncio.Future[Any]) -> None:
    # Whoever asked has gone; an error that nobody fetches would be reported as lost.
    if not task.cancelled():
        task.exception()
