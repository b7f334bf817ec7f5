"""The newest store in a folder, while other processes write it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from indexer.encoder import Encoder
from indexer.engine import Engine
from indexer.engines import mark_of, open_engine
from indexer.store_encoder import encoder_of
from search_api.verify import PassageIndex


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
