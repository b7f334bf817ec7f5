"""The newest store in a folder, while other processes write it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from indexer.encoder import Encoder
from indexer.store import LAYOUT, Store, open_store
from indexer.store_encoder import encoder_of
from search_api.verify import PassageIndex


@dataclass(frozen=True)
class Opened:
    """A store, the encoder it was built with, and what is made of it when first needed."""

    store: Store
    encoder: Encoder

    @cached_property
    def index(self) -> PassageIndex:
        """What drafts are checked against."""
        return PassageIndex(self.store.reports)


class Newest:
    """A store folder; opened at once, and again whenever another generation is in use there."""

    def __init__(self, folder: Path, encoders: Callable[[Store], Encoder] = encoder_of) -> None:
        """Open the store; the encoder loads its weights on first use.

        Raises:
            StoreError: there is no store, or it cannot be used.
            ModelError: its encoder cannot be loaded.
        """
        self._folder = folder
        self._encoders = encoders
        self._opening = threading.Lock()
        self._mark = self._marked()
        self._opened = self._open()

    def take(self) -> Opened:
        """What is in use now. Take it once a request: the next one may have another.

        Raises:
            StoreError: the store is gone or damaged.
            ModelError: it was built anew with an encoder that cannot be loaded.
        """
        with self._opening:
            mark = self._marked()
            if mark != self._mark:
                self._opened = self._open()
                self._mark = mark
            return self._opened

    def _marked(self) -> tuple[int, int] | None:
        """What changes when another generation is put in use: its name may come again."""
        try:
            status = (self._folder / LAYOUT.current).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def _open(self) -> Opened:
        store = open_store(self._folder)
        return Opened(store, self._encoders(store))
