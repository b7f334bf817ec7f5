"""The paragraphs of an answer: what a model is given, and what its sentences are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api.library.places import passage_of
from search_api.types.answers import Answer

MOST_SOURCES = 8
# Characters of a paragraph that a model is given; of a longer one, what stands around the quote.
LONGEST_EXCERPT = 6_000


@dataclass(frozen=True, slots=True)
class Source:
    """A paragraph that an answer quotes, the key a model knows it by, and what it is given."""

    key: str
    report: Report
    passage: Passage
    excerpt: str


def sources_of(store: Engine, answer: Answer) -> list[Source]:
    """The paragraphs of an answer's quotes, each once, best first."""
    several = len({quote.report for quote in answer.quotes}) > 1
    sources: dict[tuple[str, str], Source] = {}
    for quote in answer.quotes:
        report = store.report(quote.report)
        passage = passage_of(report, quote.key)
        key = f"{report.id}/{passage.key}" if several else passage.key
        middle = (quote.start + quote.end) // 2
        start = max(0, min(middle - LONGEST_EXCERPT // 2, len(passage.text) - LONGEST_EXCERPT))
        excerpt = passage.text[start : start + LONGEST_EXCERPT]
        sources.setdefault((report.id, passage.key), Source(key, report, passage, excerpt))
    return list(sources.values())[:MOST_SOURCES]


def find_source(sources: Sequence[Source], key: str) -> Source | None:
    """The source that a key names: `29`, or `report/29`."""
    for source in sources:
        if key in (source.key, f"{source.report.id}/{source.passage.key}"):
            return source
    return None
