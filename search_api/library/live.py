"""The store that answers now, and its successor: for the server, for programs and for agents."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from indexer.backends import mark_of, open_engine
from indexer.encoders.base import Encoder
from indexer.errors import PilcrowError
from indexer.store.encoder import encoder_of
from indexer.store.index import Engine

log = logging.getLogger("pilcrow")
Made = TypeVar("Made")


class Generation:
    """An opened store, and its encoder and whatever else is made of it when first needed."""

    def __init__(self, store: Engine, encoders: Callable[[Engine], Encoder]) -> None:
        self.store, self._encoders = store, encoders
        self._made: dict[Callable[[Engine], Any], Any] = {}
        self._making = threading.Lock()

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the store was built with."""
        return self._encoders(self.store)

    def made(self, make: Callable[[Engine], Made]) -> Made:
        """The result of `make(store)`, made once."""
        with self._making:
            if make not in self._made:
                self._made[make] = make(self.store)
            found: Made = self._made[make]
        return found


class Live:
    """The store that answers now. Take it once a request: the next one may have another.

    Another process may write the store meanwhile, as `pilcrow index` does. Each request looks at
    what is in use on disk; what is new is opened beside the questions, which are answered from the
    store before until then, and answers from then on. What cannot be opened is passed over, with a
    warning in the log.

    Args:
        store: an opened store.
        encoders: finds the encoder of a store; it raises a PilcrowError for one it has none for.
    """

    def __init__(self, store: Engine, encoders: Callable[[Engine], Encoder] = encoder_of) -> None:
        self._folder, self._encoders = store.folder, encoders
        self._opening = threading.Lock()
        self.replace(store)

    def replace(self, store: Engine) -> None:
        """Let this store answer from now on; questions under way keep the one they took.

        Hold `writing(store.folder)` since it was opened, or be the only one that knows it.
        """
        self._mark = mark_of(self._folder)
        self._now = Generation(store, self._encoders)
        _close_unused()

    @property
    def store(self) -> Engine:
        """The newest store."""
        return self.take().store

    def take(self) -> Generation:
        """The newest store with its encoder."""
        if mark_of(self._folder) != self._mark and self._opening.acquire(blocking=False):
            threading.Thread(target=self._follow, name="opening", daemon=True).start()
        return self._now

    def _follow(self) -> None:
        """Open what is in use on disk; if that cannot be, the store before goes on answering."""
        mark = mark_of(self._folder)
        try:
            fresh = Generation(open_engine(self._folder), self._encoders)
            if fresh.store.manifest["model"] != self._now.store.manifest["model"]:
                # It answers only if its encoder can be had.
                fresh.encoder  # noqa: B018
            self._now = fresh
        except PilcrowError as error:
            log.warning("answering from the store as it was: %s", error)
        finally:
            self._mark = mark
            self._opening.release()
        _close_unused()


def _close_unused() -> None:
    """Close the files of stores that no question needs: what was read of a store refers to it."""
    gc.collect()


def built_with(encoder: Encoder) -> Callable[[Engine], Encoder]:
    """An `encoders` for Live that takes only stores built with this encoder."""

    def only(store: Engine) -> Encoder:
        store.check_encoder(encoder)
        return encoder

    return only
