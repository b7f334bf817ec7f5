"""The time that work takes: of each step, for who asks; and its end, when the time is up.

A thread cannot be stopped from outside. So whatever may take long asks between one piece of its
work and the next whether to go on; outside a server it always may.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from indexer.errors import PilcrowError


class OverdueError(PilcrowError):
    """The work took longer than it may, or whoever asked for it has gone."""


@dataclass(slots=True)
class Turn:
    """Until when work may go on, on the monotonic clock; `over` ends it at once."""

    end: float
    over: bool = False


_taken: ContextVar[dict[str, float] | None] = ContextVar("taken", default=None)
_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def begin_turn(seconds: float) -> Turn:
    """Bound what is done from here on, in threads that it starts as well."""
    turn = Turn(time.monotonic() + seconds)
    _turn.set(turn)
    return turn


def go_on() -> None:
    """Return if there is time left.

    Raises:
        OverdueError: there is none, or nobody waits for the work any more.
    """
    turn = _turn.get()
    if turn is not None and (turn.over or time.monotonic() > turn.end):
        raise OverdueError("this takes too long; send less at once")


def begin_steps() -> dict[str, float]:
    """The seconds of each step done from here on, in threads that it starts as well."""
    taken: dict[str, float] = {}
    _taken.set(taken)
    return taken


@contextmanager
def step(name: str) -> Iterator[None]:
    """Around a step of the work."""
    taken, began = _taken.get(), time.perf_counter()
    try:
        yield
    finally:
        if taken is not None:
            taken[name] = taken.get(name, 0.0) + time.perf_counter() - began
