"""The Library: the methods of programs, over a server or over a folder on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from search_api.types.answers import Answer, Quote, SearchResult
from search_api.types.checks import Check
from search_api.types.citations import Citation
from search_api.types.reports import Paragraph, ReportDetail, ReportSummary
from search_api.types.tables import SavedTable

if TYPE_CHECKING:
    from search_api.ask.listing import Facet, Sort
    from search_api.citation.notebook.items import ExportItem, Format


class Library(Protocol):
    """Reports that can be asked; `PilcrowClient` and `Pilcrow` are ones.

    All methods raise PilcrowError with the fix in its message, NotFoundError where there is no
    such report or paragraph.
    """

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
        """Rank the passages for a query.

        Args:
            query: what to look for, in plain words.
            report: only in this report (its id).
            section: only under headings with this text.
            limit: most hits, 1 to 100.
            offset: hits to leave out at the top.
            kind: only in reports of this kind, such as `legal_case`.
            publisher: only in reports of this publisher.
            published_from: only in reports published on this day or later.
            published_to: only in reports published on this day or before.
            sort: `document` lists the best thirty in the order they are printed in.
            facets: count the hits by `report`, `kind`, `publisher`, `year` or `section`.
            cursor: `next` of the page before, in place of an offset.

        Raises:
            QuestionError: the query is empty or too long, the limit out of range, or the cursor
                none.
        """
        ...

    def ask(
        self,
        question: str,
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
        after: Sequence[str] = (),
    ) -> Answer:
        """Answer in verbatim quotes with paragraph numbers, or say that it is not there.

        Args:
            question: in plain words.
            report: only in this report (its id).
            section: only under headings with this text.
            limit: most hits beside the quotes, 1 to 100.
            after: the questions before it, oldest first; a follow-up is read with them.

        Raises:
            QuestionError: the question is empty or too long, or the limit out of range.
        """
        ...

    def ask_many(
        self,
        questions: Iterable[str],
        report: str | None = None,
        section: str | None = None,
        limit: int = 10,
    ) -> Iterator[Answer]:
        """Answer many questions, in order, as `ask` does; each when it is reached.

        Raises:
            QuestionError: a question cannot be asked as it is; which one is said.
        """
        ...

    def table(self, questions: Iterable[str], reports: Iterable[str] | None = None) -> SavedTable:
        """Ask each report each question, by itself: a cell for each, a question after another.

        Args:
            questions: in plain words, each counted once.
            reports: ids, in the table's order; all unless given.

        Raises:
            QuestionError: a question cannot be asked as it is, or the table has too many cells.
        """
        ...

    def reports(self) -> list[ReportSummary]:
        """The reports, by id."""
        ...

    def report(self, report: str) -> ReportDetail:
        """A report with its outline, numbering audit and glossary."""
        ...

    def paragraph(self, report: str, key: str | int) -> Paragraph:
        """A paragraph by its key or number; `29(b)` points at a sub-item."""
        ...

    def paragraphs(self, report: str, numbers: str | None = None) -> list[Paragraph]:
        """The paragraphs `29`, `30-35` or `29, 31`; without numbers, every passage in order."""
        ...

    def cite(self, report: str, key: str | int, style: str = "oscola") -> Citation:
        """A paragraph, a range or a list, cited in a style and for other programs.

        Args:
            report: id of the report.
            key: `29`, `30-35` or `29, 31-33`.
            style: oscola, harvard, apa, chicago-notes, chicago-author-date, bluebook, mla, or any
                CSL style by name.
        """
        ...

    def verify(self, text: str, report: str | None = None) -> list[Check]:
        """Check the quotations and paragraph references in a draft.

        Args:
            text: plain text, Markdown or HTML.
            report: the report it is about; else each citation says, or all are searched.
        """
        ...

    def export(
        self,
        items: Iterable[Quote | ExportItem],
        format: Format,  # noqa: A002
        style: str = "short",
        title: str = "",
    ) -> bytes:
        """Quotes as a document or for a reference manager.

        Args:
            items: quotes of answers, or items with notes; 1 to 500.
            format: ris (Zotero, EndNote), bibtex, markdown, html or docx.
            style: short, or a style as in `cite`; not used by ris and bibtex.
            title: of the document.

        Returns:
            the file, text as UTF-8.

        Raises:
            ItemsError: some quotes are not there, or not with these words.
        """
        ...

    def add_report(self, path: Path | str, allow_unnumbered: bool = False) -> ReportDetail:
        """Add a report file, with the sidecar NAME.toml beside it; one of that id is replaced.

        Returns when it can be asked.

        Args:
            path: the report file; its id is the name without the extension.
            allow_unnumbered: count the paragraphs of a report that prints no numbers.

        Raises:
            ReportError: the file cannot be read or has no numbered paragraphs.
        """
        ...

    def remove_report(self, report: str) -> None:
        """Take a report out; the last one stays."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
