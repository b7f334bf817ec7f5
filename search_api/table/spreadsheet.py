"""A table as XLSX: a sheet of cells, and one with a row for each quote, to sort and filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from search_api.citation.notebook.word import fit
from search_api.table import grid
from search_api.types.tables import Table

# The format's own bounds: characters of a cell, links of a sheet (65,530), characters of a link.
LONGEST_CELL, MOST_LINKS, LONGEST_LINK = 32_000, 60_000, 2_000
WIDE, NARROW, HEADS = 60, 16, 40
# Points of a line, and of the tallest row there may be.
LINE, TALLEST = 15, 409
WRAPPED = Alignment(wrap_text=True, vertical="top")
FACE = "Calibri"
HEAD, LINK = Font(FACE, bold=True), Font(FACE, color="1B3F8F")
SILENT = Font(FACE, color="5A6068")
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
        cells.column_dimensions[get_column_letter(place + 1)].width = WIDE if place else HEADS
    for place, width in enumerate(QUOTES.values()):
        quotes.column_dimensions[get_column_letter(place + 1)].width = width
    cells.freeze_panes, quotes.freeze_panes = "B2", "A2"
    # All that stands above the rows in a file comes before them here too.
    _print_wide(cells)
    _print_wide(quotes)
    first = [grid.Head(grid.corner(table)), *heads]
    cells.append([_text(cells, head.text, HEAD, head.url, SHADE) for head in first])
    quotes.append([_text(quotes, name, HEAD, "", SHADE) for name in QUOTES])
    for place, (head, filled) in enumerate(grid.rows(table), start=2):
        row = [_text(cells, head.text, HEAD, head.url)]
        row += [_cell(cells, table, each) for each in filled]
        _append(cells, place, row, [HEADS, *[WIDE] * len(filled)])
    for place, line in enumerate(_quote_rows(quotes, table), start=2):
        _append(quotes, place, line, list(QUOTES.values()))
    quotes.auto_filter.ref = f"A1:{get_column_letter(len(QUOTES))}1"
    book.save(file)


def _append(sheet: Worksheet, place: int, row: list[Cell], widths: list[int]) -> None:
    """Add a row as high as its words; not all programs find the height by themselves."""
    lines = [
        sum(1 + len(line) // width for line in str(cell.value).split("\n"))
        for cell, width in zip(row, widths, strict=True)
    ]
    sheet.row_dimensions[place].height = min(TALLEST, LINE * max(lines))
    sheet.append(row)


def _print_wide(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(sheet: Worksheet, table: Table, filled: grid.Filled) -> Cell:
    # Links stand as text here: LibreOffice shows a cell that is a link in one line.
    silent = filled.cell is not None and filled.cell.status == "not_found"
    text = grid.plain_text(filled, table.base, LONGEST_CELL)
    return _text(sheet, text, SILENT if silent else None)


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
                link = url if linked <= MOST_LINKS else ""
                yield [
                    *(_text(sheet, each) for each in before),
                    sure,
                    _text(sheet, quote.label, LINK, link),
                    _text(sheet, quote.text),
                    _text(sheet, url),
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
