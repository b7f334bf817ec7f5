"""Questions to begin with: those that a report declares, else made from its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import NamedTuple

from indexer.encoders.base import Encoder
from indexer.report import Report
from indexer.store.index import Engine
from search_api.ask.answer import answer
from search_api.library import catalog

MOST = 5
# Headings tried for one report, and reports whose declared examples are shown together.
TRIED, REPORTS = 12, 20
KEPT = 500
# Headings that say where one is in a report, not what it is about.
PLAIN = re.compile(
    r"(?:introduction|background|conclusions?|summary|contents|front page|annex|appendix|part|"
    r"chapter|section|schedule|general|other|overview|foreword|preface|closing|glossary)\b.*",
    re.IGNORECASE,
)
SHORTEST, LONGEST = 2, 9


class Example(NamedTuple):
    """A question, and the report it is put to."""

    question: str
    report: str


class Examples:
    """The examples of a store's reports; what is made of a report is made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[Example]] = {}

    def of(self, store: Engine, encoder: Encoder, only: str | None = None) -> list[Example]:
        """Questions to begin with, of one report, or a few of each; at most five.

        Raises:
            NotFoundError: no such report.
        """
        if only is not None:
            report = store.report(only)
            return (_declared(report) or self._made(store, encoder, report))[:MOST]
        rows = zip_longest(*(_declared(report) for report in store.reports[:REPORTS]))
        return [example for row in rows for example in row if example is not None][:MOST]

    def _made(self, store: Engine, encoder: Encoder, report: Report) -> list[Example]:
        name = (report.id, report.sha256)
        if name not in self._known:
            if len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            self._known[name] = list(islice(_answered(store, encoder, report), MOST))
        return self._known[name]


def _declared(report: Report) -> list[Example]:
    return [Example(question, report.id) for question in report.metadata.examples]


def _answered(store: Engine, encoder: Encoder, report: Report) -> Iterator[Example]:
    """Questions about headings of the report, of those that it answers with confidence."""
    for question in _questions(report):
        if answer(store, encoder, question, report.id, limit=1).status == "answered":
            yield Example(question, report.id)


def _questions(report: Report) -> list[str]:
    headings = dict.fromkeys(" ".join(entry.heading.split()) for entry in catalog.outline(report))
    telling = [
        heading
        for heading in headings
        if SHORTEST <= len(heading.split()) <= LONGEST and not PLAIN.fullmatch(heading)
    ]
    return [_question(heading) for heading in telling[:TRIED]]


def _question(heading: str) -> str:
    """A heading that asks stands as it is; of others one asks what is said."""
    if heading.endswith("?"):
        return heading
    first, _, rest = heading.partition(" ")
    lowered = heading if first[1:] != first[1:].lower() else f"{first.lower()} {rest}"
    return f"What does the report say about {lowered.strip(' .:')}?"
