"""Tables that were kept: read from a file, and held against the store."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from indexer.errors import NotFoundError, PilcrowError
from indexer.outside import bytes_of
from indexer.report import Report
from indexer.store.index import Engine
from search_api.library.places import passage_of
from search_api.table.cells import column_of, quote_of
from search_api.timing import go_on
from search_api.types.tables import Cell, SavedTable, TableQuote


class StaleTableError(PilcrowError):
    """The store has other words where a table quotes it."""


def load_table(path: Path) -> SavedTable:
    """A table from the JSON that the page and `pilcrow table` write.

    Raises:
        PilcrowError: it cannot be read, or is no table.
    """
    try:
        return SavedTable.model_validate_json(bytes_of(path))
    except OSError as error:
        raise PilcrowError(
            f"{path} cannot be read ({error.strerror}); give a table's JSON file"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "file"
        raise PilcrowError(
            f"{path.name} is no table ({where}: {first['msg']}); give the JSON that the page or "
            "pilcrow table wrote"
        ) from error


def as_stored(store: Engine, saved: SavedTable) -> SavedTable:
    """The table with the store's words, numbers and links, whatever was sent along.

    Raises:
        StaleTableError: a report or a quote is not there, or with other words.
    """
    try:
        reports = [column_of(store.report(report.id)) for report in saved.reports]
        cells = [_cell(store.report(cell.report), cell) for cell in saved.cells]
    except NotFoundError as error:
        raise StaleTableError(f"{error}; fill the table again") from error
    return saved.model_copy(update={"reports": reports, "cells": cells})


def _cell(report: Report, cell: Cell) -> Cell:
    go_on()
    quotes, closest = (
        [_quote(report, quote) for quote in each] for each in (cell.quotes, cell.closest)
    )
    return cell.model_copy(update={"quotes": quotes, "closest": closest})


def _quote(report: Report, quote: TableQuote) -> TableQuote:
    passage = passage_of(report, quote.key)
    if not quote.text or passage.text[quote.start : quote.end] != quote.text:
        raise StaleTableError(
            f"{report.id} does not have the words quoted at {quote.label[:100]}; fill the table "
            "again"
        )
    return quote_of(report, quote.key, quote.start, quote.end)
