"""Reports kept to by what is known of them: kind, publisher, when they were published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from indexer.store.index import Engine
from search_api.library.kept import Recent
from search_api.timing import go_on


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report must be to be searched; None sets no bound, dates are inclusive."""

    kind: str | None = None
    publisher: str | None = None
    published_from: date | None = None
    published_to: date | None = None

    def places(self, store: Engine) -> tuple[int, ...] | None:
        """The places in `store.reports` of the reports that fit; None for all."""
        if self == Filters():
            return None
        return tuple(place for place, about in enumerate(_known(store)) if self._fits(about))

    def _fits(self, about: _About) -> bool:
        first, last = self.published_from or date.min, self.published_to or date.max
        dated = self.published_from is None and self.published_to is None
        return (
            _same(self.kind, about.kind)
            and _same(self.publisher, about.publisher)
            and (dated or (about.published is not None and first <= about.published <= last))
        )


class _About(NamedTuple):
    kind: str
    publisher: str
    published: date | None


def _same(wanted: str | None, said: str) -> bool:
    return wanted is None or wanted.strip().casefold() == said.casefold()


_kept: Recent[list[_About]] = Recent(4)


def _known(store: Engine) -> list[_About]:
    """What is known of each report; read once for what the store holds."""
    found = _kept.get(store.fingerprint)
    if found is None:
        found = []
        for report in store.reports:
            go_on()
            about = report.metadata
            found.append(_About(about.kind, about.publisher, about.published))
        _kept.keep(store.fingerprint, found)
    return found
