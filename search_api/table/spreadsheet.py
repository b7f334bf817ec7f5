"""A table as XLSX: a sheet of cells, and one with a row for each quote, to sort and filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from search_api.citation.notebook.word import fit
from search_api.table import grid
from search_api.table.types import Table

# The format's own bounds: characters of a cell, links of a sheet (65,530), characters of a link.
LONGEST_CELL, MOST_LINKS, LONGEST_LINK = 32_000, 60_000, 2_000
WIDE, NARROW = 60, 16
WRAPPED = Alignment(wrap_text=True, vertical="top")
HEAD, LINK, SILENT = Font(bold=True), Font(color="1B3F8F"), Font(color="5A6068")
SHADE = PatternFill("solid", fgColor="EEF0EA")
QUOTES = {
    "Question": WIDE, "Report": 30, "Published": NARROW, "Found": NARROW, "Confidence": NARROW,
    "Paragraph": NARROW, "Words": 80, "Link": 40, "Mark": 30,
}  # fmt: skip


def write_xlsx(table: Table, file: BinaryIO) -> None:
    """Write the workbook; rows go to disk as they come."""
    book = Workbook(write_only=True)
    # As write-only sheets are, whatever the stubs call them.
    cells = cast("Worksheet", book.create_sheet("Table"))
    quotes = cast("Worksheet", book.create_sheet("Quotes"))
    heads = grid.columns(table)
    for place in range(len(heads) + 1):
        cells.column_dimensions[get_column_letter(place + 1)].width = WIDE if place else 40
    for place, width in enumerate(QUOTES.values()):
        quotes.column_dimensions[get_column_letter(place + 1)].width = width
    cells.freeze_panes, quotes.freeze_panes = "B2", "A2"
    first = [grid.Head(grid.corner(table)), *heads]
    cells.append([_text(cells, head.text, HEAD, head.url, SHADE) for head in first])
    quotes.append([_text(quotes, name, HEAD, "", SHADE) for name in QUOTES])
    for head, filled in grid.rows(table):
        row = [_text(cells, head.text, HEAD, head.url)]
        row += [_cell(cells, table, each) for each in filled]
        cells.append(row)
    for line in _quote_rows(quotes, table):
        quotes.append(line)
    quotes.auto_filter.ref = f"A1:{get_column_letter(len(QUOTES))}1"
    book.save(file)


def _cell(sheet: Worksheet, table: Table, filled: grid.Filled) -> Cell:
    cell = filled.cell
    shown = grid.quotes_of(cell) if cell is not None else []
    link = table.base + shown[0].url if shown else ""
    silent = cell is not None and cell.status == "not_found"
    text = grid.plain_text(filled, most=LONGEST_CELL)
    return _text(sheet, text, SILENT if silent else None, link)


def _quote_rows(sheet: Worksheet, table: Table) -> Iterator[list[Cell]]:
    linked = 0
    for question in table.questions:
        for report in table.reports:
            cell = table.cell(question, report.id)
            mark = table.marks.get((question, report.id))
            said = grid.mark_line(mark) if mark is not None else ""
            for quote in grid.quotes_of(cell) if cell is not None else []:
                url = table.base + quote.url
                linked += 1
                sure = WriteOnlyCell(sheet, cell.confidence if cell is not None else None)
                sure.number_format, sure.alignment = "0%", WRAPPED
                found = "quoted" if cell is not None and cell.quotes else "closest"
                before = (question, report.name, report.published or "", found)
                after = (quote.label, quote.text)
                yield [
                    *(_text(sheet, each) for each in before),
                    sure,
                    *(_text(sheet, each) for each in after),
                    _text(sheet, url, LINK, url if linked <= MOST_LINKS else ""),
                    _text(sheet, said),
                ]


def _text(
    sheet: Worksheet,
    text: str,
    font: Font | None = None,
    url: str = "",
    fill: PatternFill | None = None,
) -> Cell:
    """A cell that holds text and nothing else, whatever it begins with."""
    text = fit(text)
    if len(text) > LONGEST_CELL:
        text = f"{text[:LONGEST_CELL]} …"
    cell = WriteOnlyCell(sheet, text)
    # A text that begins with = is a formula by itself, and one again when it is edited.
    cell.data_type, cell.quotePrefix = "s", text.startswith("=")
    cell.alignment = WRAPPED
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    if url and len(url) <= LONGEST_LINK:
        cell.hyperlink = url
    return cell
