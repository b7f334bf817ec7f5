"""The store that answers now, and its successor: for the server, and for agents."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from indexer.backends import mark_of, open_engine
from indexer.encoders.base import Encoder
from indexer.errors import PilcrowError
from indexer.store.encoder import encoder_of
from indexer.store.index import Engine
from search_api.verify import PassageIndex

log = logging.getLogger("pilcrow")


@dataclass(frozen=True)
class Generation:
    """An opened store and what is made of it when first needed."""

    store: Engine

    @cached_property
    def index(self) -> PassageIndex:
        """What drafts are checked against."""
        return PassageIndex(self.store.reports)


class Live:
    """The store that answers now. Take it once a request: the next one may have another.

    Another process may write the store meanwhile, as `pilcrow index` does. Each request looks at
    what is in use on disk; what is new is opened beside the questions, which are answered from the
    store before until then, and answers from then on.
    """

    def __init__(self, store: Engine) -> None:
        self._folder = store.folder
        self._opening = threading.Lock()
        self.replace(store)

    def replace(self, store: Engine) -> None:
        """Let this store answer from now on; questions under way keep the one they took.

        Hold `writing(store.folder)` since it was opened, or be the only one that knows it.
        """
        self._mark = mark_of(self._folder)
        self._now = Generation(store)

    @property
    def store(self) -> Engine:
        """The newest store."""
        return self._newest().store

    @property
    def index(self) -> PassageIndex:
        """The newest store's passages, for drafts."""
        return self._newest().index

    def _newest(self) -> Generation:
        if mark_of(self._folder) != self._mark and self._opening.acquire(blocking=False):
            threading.Thread(target=self._follow, name="opening", daemon=True).start()
        return self._now

    def _follow(self) -> None:
        """Open what is in use on disk; if that cannot be, the store before goes on answering."""
        mark = mark_of(self._folder)
        try:
            store = open_engine(self._folder)
            if store.manifest["model"] == self._now.store.manifest["model"]:
                self._now = Generation(store)
            else:
                log.warning("%s was built with another model; restart the server", self._folder)
        except PilcrowError as error:
            log.warning("answering from the store as it was: %s", error)
        finally:
            self._mark = mark
            self._opening.release()
        # What an opened store has read refers to it: its files are closed when that is found.
        gc.collect()


@dataclass(frozen=True)
class Opened:
    """A store, the encoder it was built with, and what is made of it when first needed."""

    store: Engine
    encoder: Encoder

    @cached_property
    def index(self) -> PassageIndex:
        """What drafts are checked against."""
        return PassageIndex(self.store.reports)


class Newest:
    """A store folder; opened at once, and again whenever another generation is in use there."""

    def __init__(self, folder: Path, encoders: Callable[[Engine], Encoder] = encoder_of) -> None:
        """Open the store; the encoder loads its weights on first use.

        Raises:
            StoreError: there is no store, or it cannot be used.
            ModelError: its encoder cannot be loaded.
        """
        self._folder = folder
        self._encoders = encoders
        self._opening = threading.Lock()
        self._mark = mark_of(self._folder)
        self._opened = self._open()

    def take(self) -> Opened:
        """What is in use now. Take it once a request: the next one may have another.

        Raises:
            StoreError: the store is gone or damaged.
            ModelError: it was built anew with an encoder that cannot be loaded.
        """
        with self._opening:
            mark = mark_of(self._folder)
            if mark != self._mark:
                self._opened = self._open()
                self._mark = mark
            return self._opened

    def _open(self) -> Opened:
        store = open_engine(self._folder)
        return Opened(store, self._encoders(store))
