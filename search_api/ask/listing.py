"""What a search is to give besides the best hits: their order, counts of them, the next page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from indexer.errors import QuestionError
from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api.ask.ranking import Ranked
from search_api.ask.reading.quotes import Span
from search_api.library.cursor import begin_after, make_cursor
from search_api.library.filters import Filters
from search_api.library.positions import positions_of
from search_api.narrowing import MOST_SORTED, SORTS
from search_api.types.answers import FacetValue

Sort = Literal["relevance", "document"]
Facet = Literal["report", "kind", "publisher", "year", "section"]
# Values of a facet that are told, those with most hits.
MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """How hits are chosen, ordered and counted; `cursor` is `next` of the page before."""

    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"
    facets: tuple[Facet, ...] = ()
    cursor: str = ""

    def __post_init__(self) -> None:
        if self.sort not in SORTS:
            raise QuestionError(f"sort is '{self.sort}'; give {' or '.join(SORTS)}")
        unknown = [name for name in self.facets if name not in FACETS]
        if unknown:
            raise QuestionError(f"no facet '{unknown[0]}'; there are: {', '.join(FACETS)}")

    def ordered(self, ranked: list[Span] | list[Ranked]) -> Sequence[Span | Ranked]:
        """What was found, best first, in the order it is listed in."""
        if self.sort == "relevance":
            return ranked
        return sorted(ranked[:MOST_SORTED], key=lambda item: item.row)

    def counts(self, store: Engine, rows: Sequence[int]) -> dict[str, list[FacetValue]]:
        """How many of these passages there are of each value of a facet, most first."""
        if not self.facets:
            return {}
        every = [store.rows[row] for row in rows]
        return {
            name: _counted(value for each in every if (value := FACETS[name](*each)))
            for name in self.facets
        }

    def start(self, store: Engine, rows: Sequence[int], asked: object, offset: int) -> int:
        """How many of the rows come before the page.

        Raises:
            QuestionError: the cursor is none, of another search, or given with an offset.
        """
        if not self.cursor:
            return offset
        if offset:
            raise QuestionError("give a cursor or an offset, not both")

        def find(last: list[str]) -> int | None:
            if len(last) != len(("report", "key")):
                return None
            report, key = last
            at = store.find(report)
            place = None if at is None else positions_of(store.reports[at]).by_key.get(key)
            row = -1 if at is None or place is None else store.first_row(at) + place
            return rows.index(row) if row in rows else None

        return begin_after(self.cursor, self._named(asked), find)

    def next(self, store: Engine, rows: Sequence[int], asked: object, end: int) -> str | None:
        """The cursor of the page that begins at `end`; None where there is none."""
        if not 0 < end < len(rows):
            return None
        report, passage = store.rows[rows[end - 1]]
        return make_cursor(self._named(asked), [report.id, passage.key], end)

    def _named(self, asked: object) -> object:
        return asked, self.filters, self.sort


FACETS: Mapping[Facet, Callable[[Report, Passage], str]] = {
    "report": lambda report, _: report.id,
    "kind": lambda report, _: report.metadata.kind,
    "publisher": lambda report, _: report.metadata.publisher,
    "year": lambda report, _: (
        str(report.metadata.published.year) if report.metadata.published else ""
    ),
    "section": lambda _, passage: " > ".join(passage.section),
}


def _counted(values: Iterable[str]) -> list[FacetValue]:
    most = sorted(Counter(values).items(), key=lambda each: (-each[1], each[0]))
    return [FacetValue(value=value, count=count) for value, count in most[:MOST_VALUES]]
