"""Tables that were kept: read from a file, and held against the store."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from indexer.errors import NotFoundError, PilcrowError
from indexer.store.index import Engine
from search_api.library.places import passage_of
from search_api.table.types import SavedTable, TableQuote
from search_api.turn import go_on

LARGEST_FILE = 200_000_000


class StaleTableError(PilcrowError):
    """The store has other words where a table quotes it."""


def load_table(path: Path) -> SavedTable:
    """A table from the JSON that the page and `pilcrow table` write.

    Raises:
        PilcrowError: it cannot be read, or is no table.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise PilcrowError(f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB")
        return SavedTable.model_validate_json(path.read_bytes())
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


def check_quotes(store: Engine, saved: SavedTable) -> None:
    """Make sure that every quote of a table is the store's.

    Raises:
        StaleTableError: one is not there, or with other words.
    """
    for cell in saved.cells:
        go_on()
        for quote in (*cell.quotes, *cell.closest):
            if not _is_there(store, cell.report, quote):
                raise StaleTableError(
                    f"{cell.report} does not have the words quoted at {quote.label} for "
                    f"'{cell.question[:100]}'; fill this cell again"
                )


def _is_there(store: Engine, report: str, quote: TableQuote) -> bool:
    try:
        passage = passage_of(store.report(report), quote.key)
    except NotFoundError:
        return False
    return bool(quote.text) and passage.text[quote.start : quote.end] == quote.text
