"""A bounded number of requests at work, and a bounded number that wait for their turn."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass

from search_api.http.guard.rate_limit import Rates

# So many may find a place in the longer queue before the load counts as one that stays, some ten
# seconds' worth; and so many places come back in a second.
CROWD, REFILL = 1_000, 0.5


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where requests for the engine wait, each kind among itself.

    `short` are questions and lookups; `long` is many questions, or a language model's pace;
    `drafts` and `heavy` are drafts to check, files to make and whole reports, small and large.
    """

    short: Lane
    long: Lane
    drafts: Lane
    heavy: Lane


class FullError(Exception):
    """As many run and wait as may."""


class Lane:
    """Turns, first come first served. Any event loop may ask: a test client brings its own.

    As many more as `burst` may wait for a while, so that a handful who come at once are all
    answered; under a load that stays, the queue is short.
    """

    def __init__(self, running: int, waiting: int, burst: int = 0) -> None:
        self._free, self._most = running, waiting
        self._burst, self._crowd = burst, Rates(REFILL, most=CROWD)
        self._queue: deque[Future[None]] = deque()
        self._desk = threading.Lock()
        self.running = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def enter(self, patience: float) -> None:
        """Wait for a turn, at most `patience` seconds; then `leave` must be called once.

        Raises:
            FullError: too many wait, or it took too long.
        """
        with self._desk:
            if self._free:
                self._free -= 1
                self.running += 1
                return
            if len(self._queue) >= self._most and not self._is_burst():
                raise FullError
            turn: Future[None] = Future()
            self._queue.append(turn)
        try:
            await asyncio.wait_for(asyncio.wrap_future(turn), patience)
        except BaseException as error:
            if self._was_given(turn):
                self.leave()
            if isinstance(error, TimeoutError):
                raise FullError from None
            raise

    def _is_burst(self) -> bool:
        """Whether one more may wait although the usual places are taken."""
        return len(self._queue) < self._most + self._burst and not self._crowd.take("")

    def leave(self) -> None:
        """Give the turn to the next who still waits."""
        with self._desk:
            while self._queue:
                turn = self._queue.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self._free += 1
            self.running -= 1

    def _was_given(self, turn: Future[None]) -> bool:
        """Whether a turn that is no longer wanted had come; if not, it never will."""
        with self._desk:
            if turn in self._queue:
                self._queue.remove(turn)
                return False
            return not turn.cancelled()
