"""How long each step of the work took, for whoever asks to be told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_taken: ContextVar[dict[str, float] | None] = ContextVar("taken", default=None)


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
