"""Marks to gold questions, which `pilcrow evaluate` and `pilcrow tune` read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.errors import NotFoundError, PilcrowError
from indexer.report import Report
from indexer.store.index import Engine
from search_api.library.places import places_of
from search_api.library.positions import positions_of
from search_api.types.tables import Cell, Mark, SavedTable

ANSWERS, SUPPORTS = 2, 1


def gold_lines(store: Engine, saved: SavedTable) -> tuple[list[dict[str, Any]], list[str]]:
    """A gold question for each mark that says enough, and for each other one why it does not."""
    cells = {(cell.question, cell.report): cell for cell in saved.cells}
    lines: list[dict[str, Any]] = []
    left_out = []
    for mark in saved.marks:
        if mark.verdict is None:
            continue
        try:
            graded = _graded(store.report(mark.report), cells, mark)
        except (NotFoundError, _UnclearError) as error:
            left_out.append(f"{mark.report}, '{mark.question[:80]}': {error}")
            continue
        lines.append(
            {
                "id": f"table-{len(lines) + 1}",
                "report": mark.report,
                "question": mark.question,
                "type": "table",
                "answerable": bool(graded["relevant"]),
                **graded,
                "note": mark.note or None,
            }
        )
    return lines, left_out


class _UnclearError(PilcrowError):
    """A mark from which it cannot be told whether and where the report answers."""


def _graded(
    report: Report, cells: Mapping[tuple[str, str], Cell], mark: Mark
) -> dict[str, dict[str, Any]]:
    """The paragraphs that answer, by what the mark says; none where the report does not say."""
    if mark.verdict == "elsewhere":
        if not mark.paragraph.strip():
            raise _UnclearError("marked as said elsewhere, without the paragraph; add its number")
        keys = [report.passages[place].key for place, _ in places_of(report, mark.paragraph)]
        return {"relevant": dict.fromkeys(keys, ANSWERS), "quotes": {}}
    cell = cells.get((mark.question, mark.report))
    if cell is None:
        raise _UnclearError("the cell is not in the table; fill it first")
    if mark.verdict == "wrong" and not cell.quotes:
        raise _UnclearError("marked wrong, and nothing was quoted; say in which paragraph it is")
    if mark.verdict == "wrong" or not cell.quotes:
        return {"relevant": {}, "quotes": {}}
    first = cell.quotes[0]
    known = positions_of(report).by_key
    if first.key not in known:
        raise _UnclearError("the first quote is a heading or was renumbered; name a paragraph")
    grades = {quote.key: SUPPORTS for quote in cell.quotes if quote.key in known}
    return {"relevant": grades | {first.key: ANSWERS}, "quotes": {first.key: [first.text]}}
