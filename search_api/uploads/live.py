"""The store that answers now, and its successor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from indexer.store import Store
from search_api.verify import PassageIndex


@dataclass(frozen=True)
class Generation:
    """An opened store and what is made of it when first needed."""

    store: Store

    @cached_property
    def index(self) -> PassageIndex:
        """What drafts are checked against."""
        return PassageIndex(self.store.reports)


class Live:
    """The store that answers now. Take it once a request: the next one may have another."""

    def __init__(self, store: Store) -> None:
        self.replace(store)

    def replace(self, store: Store) -> None:
        """Let this store answer from now on; questions under way keep the one they took."""
        self._now = Generation(store)

    @property
    def store(self) -> Store:
        """The newest store."""
        return self._now.store

    @property
    def index(self) -> PassageIndex:
        """The newest store's passages, for drafts."""
        return self._now.index
