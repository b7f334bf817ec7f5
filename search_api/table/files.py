"""A table written to a file, in the format asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import BinaryIO, Literal

from jinja2 import Environment, Template

from search_api.table import grid
from search_api.types.tables import Table

Format = Literal["xlsx", "csv", "docx", "html", "json"]
FORMATS: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
# What a spreadsheet takes for the beginning of a formula, also behind white space.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_table(table: Table, form: Format, file: BinaryIO) -> None:
    """Write a table; of XLSX, CSV, HTML and JSON no more than a row is in memory at once."""
    _WRITERS[form](table, file)


def _xlsx(table: Table, file: BinaryIO) -> None:
    from search_api.table.spreadsheet import write_xlsx

    write_xlsx(table, file)


def _docx(table: Table, file: BinaryIO) -> None:
    from search_api.table.word_document import write_docx

    write_docx(table, file)


def _csv(table: Table, file: BinaryIO) -> None:
    # Without the mark at its head Excel reads it in the code page of the machine.
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text)
    heads = [grid.corner(table), *(head.text for head in grid.columns(table))]
    writer.writerow(map(inert, heads))
    for head, cells in grid.rows(table):
        writer.writerow(
            map(inert, [head.text, *(grid.plain_text(cell, table.base) for cell in cells)])
        )
    text.flush()
    text.detach()


def inert(text: str) -> str:
    """The text such that no spreadsheet reads a formula in it."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def _html(table: Table, file: BinaryIO) -> None:
    stream = _template().generate(
        table=table,
        corner=grid.corner(table),
        columns=grid.columns(table),
        rows=grid.rows(table),
        quotes_of=grid.quotes_of,
        verdict_line=grid.verdict_line,
        mark_line=grid.mark_line,
    )
    for piece in stream:
        file.write(piece.encode())


@cache
def _template() -> Template:
    source = (files("search_api.table") / "table.html.jinja").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True).from_string(source)


def _json(table: Table, file: BinaryIO) -> None:
    """As SavedTable has it, a cell a line."""
    reports = [report.model_dump() for report in table.reports]
    marks = [mark.model_dump() for mark in table.marks.values()]
    file.write(b'{"questions": ' + _dumped(list(table.questions)))
    file.write(b',\n"reports": ' + _dumped(reports) + b',\n"cells": [')
    before = b"\n"
    for question in table.questions:
        for report in table.reports:
            cell = table.cell(question, report.id)
            if cell is not None:
                file.write(before + _dumped(cell.model_dump()))
                before = b",\n"
    file.write(b'\n],\n"marks": ' + _dumped(marks) + b"}\n")


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


_WRITERS: dict[Format, Callable[[Table, BinaryIO], None]] = {
    "xlsx": _xlsx,
    "csv": _csv,
    "docx": _docx,
    "html": _html,
    "json": _json,
}
