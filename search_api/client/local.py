"""Reports in a store on this machine, asked without a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from indexer.backends import open_engine
from indexer.build import index_reports, remove_report
from indexer.encoders.base import Encoder
from indexer.errors import PilcrowError, QuestionError
from indexer.store.encoder import encoder_of
from indexer.store.index import Engine
from search_api.ask import answer as engine
from search_api.ask.listing import Facet, Listing, Sort
from search_api.citation.exports import make_citation
from search_api.citation.notebook.documents import export_quotes
from search_api.citation.notebook.items import ExportItem, ExportRequest, Format
from search_api.client.display.listed import Listed
from search_api.client.protocol import Library
from search_api.client.routes import export_items
from search_api.library import catalog
from search_api.library.filters import Filters
from search_api.library.links.old_links import resolve
from search_api.library.live import Live, built_with
from search_api.library.places import places_of
from search_api.table.cells import fill, make_plan
from search_api.types.answers import Answer, Quote, SearchResult
from search_api.types.checks import Check
from search_api.types.citations import Citation
from search_api.types.reports import Paragraph, ReportDetail, ReportSummary
from search_api.types.tables import SavedTable
from search_api.verify.lookup.passage_index import index_store
from search_api.verify.verify import check_draft


class Pilcrow(Library):
    """Reports in an opened store.

    What another process changes in the store is seen a moment later. Nothing is left open; it can
    stand in a `with` because a client can.

    Args:
        store: an opened store.
        encoder: the encoder it was built with; loaded by the first question unless given.
    """

    def __init__(self, store: Engine, encoder: Encoder | None = None) -> None:
        self._live = Live(store, encoder_of if encoder is None else built_with(encoder))

    @classmethod
    def open(cls, folder: Path | str = ".pilcrow") -> Self:
        """Open the store in a folder.

        Raises:
            StoreError: there is none, or it is damaged.
        """
        return cls(open_engine(Path(folder)))

    def search(
        self,
        query: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        offset: int = 0,
        *,
        kind: str | None = None,
        publisher: str | None = None,
        published_from: date | None = None,
        published_to: date | None = None,
        sort: Sort = "relevance",
        facets: Sequence[Facet] = (),
        cursor: str | None = None,
    ) -> SearchResult:
        """Rank the passages for a query; see Library.search."""
        now = self._live.take()
        filters = Filters(kind or None, publisher or None, published_from, published_to)
        listing = Listing(filters, sort, tuple(facets), cursor or "")
        scope = report or None, section or None
        return engine.search(now.store, now.encoder, query, *scope, limit, offset, listing)

    def ask(
        self,
        question: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        after: Sequence[str] = (),
    ) -> Answer:
        """Answer in verbatim quotes, or say that it is not there; see Library.ask."""
        now = self._live.take()
        return engine.answer(
            now.store,
            now.encoder,
            question,
            report or None,
            section or None,
            limit,
            after=list(after),
        )

    def ask_many(
        self,
        questions: Iterable[str],
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
    ) -> Iterator[Answer]:
        """Answer many questions, in order; see Library.ask_many."""
        for place, question in enumerate(questions, start=1):
            try:
                yield self.ask(question, report, section, limit)
            except QuestionError as error:
                raise QuestionError(f"question {place}: {error}") from error

    def table(self, questions: Iterable[str], reports: Iterable[str] | None = None) -> SavedTable:
        """Ask each report each question, by itself; see Library.table."""
        now = self._live.take()
        plan = make_plan(now.store, list(questions), None if reports is None else list(reports))
        return SavedTable(
            questions=list(plan.questions),
            reports=list(plan.reports),
            cells=list(fill(now.store, now.encoder, plan)),
        )

    def reports(self) -> list[ReportSummary]:
        """The reports, by id."""
        return Listed(catalog.summaries(self._live.store))

    def report(self, report: str) -> ReportDetail:
        """A report with its outline, numbering audit and glossary."""
        return catalog.detail(self._live.store.report(report))

    def paragraph(self, report: str, key: str | int) -> Paragraph:
        """A paragraph by its key or number; see Library.paragraph."""
        found = self._live.store.report(report)
        resolved = resolve(found, str(key))
        return catalog.paragraph(found, resolved.place, resolved.notice)

    def paragraphs(self, report: str, numbers: str | None = None) -> list[Paragraph]:
        """Some paragraphs, or every passage; see Library.paragraphs."""
        found = self._live.store.report(report)
        every = [(place, "") for place in range(len(found.passages))]
        places = every if numbers is None else places_of(found, numbers)
        return Listed(catalog.paragraph(found, place) for place in places)

    def cite(self, report: str, key: str | int, style: str = "oscola") -> Citation:
        """A paragraph, a range or a list, cited; see Library.cite."""
        return make_citation(self._live.store.report(report), str(key), style)

    def verify(self, text: str, report: str | None = None) -> list[Check]:
        """Check the quotations and paragraph references in a draft; see Library.verify."""
        return Listed(check_draft(self._live.take().made(index_store), text, report or None))

    def export(
        self,
        items: Iterable[Quote | ExportItem],
        format: Format,  # noqa: A002
        style: str = "short",
        title: str = "",
    ) -> bytes:
        """Quotes as a document or for a reference manager; see Library.export."""
        fields = {"format": format, "items": export_items(items), "style": style, "title": title}
        try:
            request = ExportRequest.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise PilcrowError(f"{where}: {first['msg']}; see Library.export") from error
        return export_quotes(self._live.store, request).content

    def add_report(self, path: Path | str, allow_unnumbered: bool = False) -> ReportDetail:
        """Index a report file into the store; see Library.add_report."""
        folder = self._live.store.folder
        done = index_reports(folder, [Path(path)], allow_unnumbered=allow_unnumbered)
        self._live.replace(done.store)
        return catalog.detail(done.store.report(done.reports[0].id))

    def remove_report(self, report: str) -> None:
        """Take a report out; the last one stays."""
        self._live.replace(remove_report(self._live.store.folder, report))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass
