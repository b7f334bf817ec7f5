"""Reports, paragraphs, citations and checks as Jupyter shows them: a table, one or many alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from search_api.client.display.html import template
from search_api.types.base import Displayed
from search_api.types.checks import Check
from search_api.types.citations import Citation
from search_api.types.reports import Paragraph, ReportSummary

T = TypeVar("T", bound=Displayed)
VERDICTS = {
    "found": "found",
    "wrong_paragraph": "in another paragraph",
    "altered": "altered",
    "distorted": "distorted",
    "other_source": "of another source",
    "not_found": "not in the report",
}


class Cell(NamedTuple):
    """What stands in a cell, and where it leads; `quoted` for words of a report."""

    text: str
    url: str = ""
    quoted: bool = False


class Listed(list[T]):
    """A list that Jupyter shows as a table."""

    def _repr_html_(self) -> str:
        """What Jupyter shows."""
        return table_html(self)


def table_html(items: Sequence[Displayed]) -> str:
    """A row an item; all are of one kind. Columns in which nothing stands are left out."""
    every = [row for item in items for row in _rows(item)]
    filled = {name for row in every for name, cell in row.items() if cell.text}
    rows = [{name: cell for name, cell in row.items() if name in filled} for row in every]
    return template("table.html.jinja").render(rows=rows)


def _rows(item: Displayed) -> list[dict[str, Cell]]:
    if isinstance(item, ReportSummary):
        return [_report(item)]
    if isinstance(item, Paragraph):
        return [_paragraph(item)]
    if isinstance(item, Check):
        return [_check(item)]
    assert isinstance(item, Citation)
    return _citation(item)


def _report(report: ReportSummary) -> dict[str, Cell]:
    return {
        "id": Cell(report.id),
        "title": Cell(report.title, report.url),
        "publisher": Cell(report.publisher or report.court),
        "published": Cell(report.published or ""),
        "paragraphs": Cell(f"{report.paragraphs:,}"),
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Cell]:
    return {
        "paragraph": Cell(paragraph.citation, paragraph.url),
        "section": Cell(" › ".join(paragraph.section)),
        "text": Cell(paragraph.text, quoted=True),
        "footnotes": Cell("; ".join(f"{note.mark} {note.text}" for note in paragraph.footnotes)),
    }


def _check(check: Check) -> dict[str, Cell]:
    where = f"para {check.paragraph}" if check.paragraph else ""
    return {
        "verdict": Cell(VERDICTS[check.verdict]),
        "the draft": Cell(check.quotation or "", quoted=check.quotation is not None),
        "says": Cell(f"para {check.claimed}" if check.claimed else ""),
        "the report": Cell(check.actual or "", quoted=check.actual is not None),
        "where": Cell(where, check.url or ""),
        "difference": Cell(check.difference or ""),
    }


def _citation(citation: Citation) -> list[dict[str, Cell]]:
    link = citation.text_fragment_link or ""
    lines = {
        "in the text": Cell(citation.in_text, citation.permalink),
        "bibliography": Cell(citation.bibliography or ""),
        "publisher's page": Cell(link, link),
    }
    return [{citation.style: Cell(name), "": cell} for name, cell in lines.items() if cell.text]
