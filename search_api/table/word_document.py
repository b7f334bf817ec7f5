"""A table as a Word document: landscape, a few columns to a table, so that it can be read."""

from __future__ import annotations

from itertools import count
from typing import BinaryIO

from docx import Document
from docx.document import Document as Made
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from search_api.citation.notebook.word import fit
from search_api.table import grid
from search_api.types.tables import Table

# Columns beside that of the heads; more stand in a table of their own below.
AT_ONCE = 4
LONGEST_LINK = 2_000


def write_docx(table: Table, file: BinaryIO) -> None:
    """Write the document."""
    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = "Evidence table", "", "Made with Pilcrow"
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(
        1.5
    )
    document.styles["Normal"].font.size = Pt(9)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)
    document.add_heading("Evidence table", level=1)
    links = _Links(document)
    heads = grid.columns(table)
    for first in range(0, len(heads), AT_ONCE):
        _write_part(document, table, links, heads[first : first + AT_ONCE], first)
    document.save(file)


def _write_part(
    document: Made, table: Table, links: _Links, heads: list[grid.Head], first: int
) -> None:
    if first:
        document.add_paragraph()
    made = document.add_table(rows=1, cols=len(heads) + 1, style="Table Grid")
    top = made.rows[0]
    _repeat(top)
    for cell, head in zip(top.cells, [grid.Head(grid.corner(table)), *heads], strict=True):
        links.write(cell.paragraphs[0], head.text, head.url, bold=True)
    for head, filled in grid.rows(table):
        cells = made.add_row().cells
        links.write(cells[0].paragraphs[0], head.text, head.url, bold=True)
        for cell, each in zip(cells[1:], filled[first : first + AT_ONCE], strict=True):
            _write_cell(links, table, cell, each)


def _write_cell(links: _Links, table: Table, into: _Cell, filled: grid.Filled) -> None:
    line = into.paragraphs[0]
    cell = filled.cell
    if cell is not None:
        sure = grid.verdict_line(cell)
        if not cell.quotes:
            line.add_run(sure).italic = True
            line = into.add_paragraph("Closest: " if cell.closest else "")
        for quote in grid.quotes_of(cell):
            line.add_run(f"“{fit(quote.text)}” ")
            links.write(line, quote.label, table.base + quote.url)
            line = into.add_paragraph()
        if cell.quotes:
            line.add_run(sure).italic = True
            line = into.add_paragraph()
    if filled.mark is not None:
        line.add_run(fit(grid.mark_line(filled.mark))).bold = True
    if not line.runs and len(into.paragraphs) > 1:
        into._tc.remove(line._p)


class _Links:
    """Writes text that leads somewhere; python-docx has no call for it."""

    def __init__(self, document: Made) -> None:
        self._part, self._numbers = document.part, count(1)

    def write(self, paragraph: Paragraph, text: str, url: str = "", bold: bool = False) -> None:
        run = paragraph.add_run(fit(text))
        run.bold = bold or None
        if not url or len(url) > LONGEST_LINK:
            return
        run.font.underline = True
        # Not `relate_to`, which looks through all the links before.
        name = f"link{next(self._numbers)}"
        self._part.load_rel(RELATIONSHIP_TYPE.HYPERLINK, url, name, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), name)
        link.append(run._r)
        paragraph._p.append(link)  # type: ignore[arg-type]


def _repeat(row: _Row) -> None:
    """Have a row stand at the head of each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # type: ignore[arg-type]
