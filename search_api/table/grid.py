"""A table as rows and columns of words, whichever way round; every file is written from this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from search_api.library.links.short_citation import day
from search_api.types.tables import Cell, Mark, Table, TableQuote, TableReport

MARKED = {
    "right": "Marked right",
    "wrong": "Marked wrong",
    "elsewhere": "Marked: the report does say",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a row or a column; `url` is a report's page."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell with its mark; `cell` is None where it was not filled."""

    cell: Cell | None
    mark: Mark | None


def columns(table: Table) -> list[Head]:
    """The heads of the columns, without that of the heads of the rows."""
    return _reports(table) if table.by == "question" else _questions(table)


def corner(table: Table) -> str:
    """The head of the column of heads."""
    return "Question" if table.by == "question" else "Report"


def rows(table: Table) -> Iterator[tuple[Head, list[Filled]]]:
    """Each row's head and cells; a row's cells are fetched when it comes."""
    heads = _questions(table) if table.by == "question" else _reports(table)
    ids = [report.id for report in table.reports]
    for place, head in enumerate(heads):
        if table.by == "question":
            names = [(table.questions[place], each) for each in ids]
        else:
            names = [(question, ids[place]) for question in table.questions]
        yield head, [Filled(table.cell(*name), table.marks.get(name)) for name in names]


def quotes_of(cell: Cell) -> list[TableQuote]:
    """What a cell shows: its quotes, or what is closest."""
    return cell.quotes or cell.closest


def verdict_line(cell: Cell) -> str:
    """How sure a cell is, in a line."""
    sure = f"{cell.confidence:.0%}"
    if cell.status == "not_found":
        return f"Not in the report ({sure})"
    more = f"; {len(cell.quotes)} of {cell.total}" if _has_more(cell) else ""
    if cell.certainty == "none":
        return f"Where it is spoken of{more}"
    return f"{'Possibly' if cell.certainty == 'possible' else 'Confidence'} {sure}{more}"


def mark_line(mark: Mark) -> str:
    """A reader's mark and note, in words."""
    said = MARKED[mark.verdict] if mark.verdict else ""
    if mark.verdict == "elsewhere" and mark.paragraph:
        said += f": para {mark.paragraph}"
    note = f"Note: {mark.note}" if mark.note else ""
    return "\n".join(part for part in (said, note) if part)


def plain_text(filled: Filled, base: str = "", most: int = 1_000_000) -> str:
    """A cell's words, with its links where there is a `base`; a longer text than `most` is cut.

    The lines at the end, which say how sure it is and what the reader marked, are kept.
    """
    cell = filled.cell
    lines = []
    if cell is not None:
        if not cell.quotes:
            lines += [verdict_line(cell)]
            lines += ["Closest:"] if cell.closest else []
        for quote in quotes_of(cell):
            lines.append(f"“{quote.text}”")
            lines.append(f"{quote.label} {base}{quote.url}" if base else quote.label)
    end = [verdict_line(cell)] if cell is not None and cell.quotes else []
    end += [mark_line(filled.mark)] if filled.mark is not None else []
    text, last = "\n".join(lines), "\n".join(end)
    room = max(0, most - len(last) - 4)
    if len(text) > room:
        text = f"{text[:room]} …"
    return "\n".join(part for part in (text, last) if part)[:most]


def _has_more(cell: Cell) -> bool:
    return cell.total is not None and cell.total > len(cell.quotes)


def _questions(table: Table) -> list[Head]:
    return [Head(question) for question in table.questions]


def _reports(table: Table) -> list[Head]:
    return [Head(_name(report), table.base + report.url) for report in table.reports]


def _name(report: TableReport) -> str:
    return f"{report.name} ({_day(report.published)})" if report.published else report.name


def _day(iso: str) -> str:
    try:
        return day(date.fromisoformat(iso))
    except ValueError:
        return iso
