"""Finished cells in a file, a JSON line each: what a killed run has done is not done again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from indexer.errors import PilcrowError
from search_api.types.tables import Cell

# Of one cell: ten quotes, each a whole paragraph, are less.
LONGEST_LINE = 50_000_000


class Finished:
    """Cells on disk, found by question and report; in memory is only where each stands.

    A cell counts for the store, the reader and the settings it was made with, which `mark` names.
    What cannot be read, as a line that was cut off, is left out.

    Raises:
        PilcrowError: the file cannot be read or written.
    """

    def __init__(self, path: Path, mark: str) -> None:
        self.path, self._mark = path, mark
        self._places: dict[str, int] = {}
        try:
            self._file = path.open("a+b")
            self._scan()
        except OSError as error:
            raise _failed(path, error) from error

    def __contains__(self, cell: tuple[str, str]) -> bool:
        return self._key(*cell) in self._places

    def add(self, cell: Cell) -> None:
        """Keep a cell.

        Raises:
            PilcrowError: it cannot be written.
        """
        key = self._key(cell.question, cell.report)
        line = json.dumps({"key": key, "cell": cell.model_dump()}, ensure_ascii=False)
        try:
            place = self._file.seek(0, 2)
            self._file.write(line.encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise _failed(self.path, error) from error
        self._places[key] = place

    def get(self, question: str, report: str) -> Cell | None:
        """A cell; None for one that is not finished.

        Raises:
            PilcrowError: the file has changed meanwhile.
        """
        key = self._key(question, report)
        if key not in self._places:
            return None
        self._file.seek(self._places[key])
        found = _read(self._file.readline(LONGEST_LINE))
        if found is None or found[0] != key:
            raise PilcrowError(f"{self.path} was changed while it was in use; run it again")
        return found[1]

    def delete(self) -> None:
        """Remove the file: the table is written."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _scan(self) -> None:
        """Note where each whole line begins, and cut off what a killed run left of one."""
        self._file.seek(0)
        place = 0
        while line := self._file.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                self._file.truncate(place)
                break
            found = _read(line)
            if found is not None:
                self._places[found[0]] = place
            place += len(line)

    def _key(self, question: str, report: str) -> str:
        named = "\0".join((self._mark, question, report))
        return hashlib.sha256(named.encode()).hexdigest()[:32]


def _read(line: bytes) -> tuple[str, Cell] | None:
    try:
        found = json.loads(line)
        return str(found["key"]), Cell.model_validate(found["cell"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


def _failed(path: Path, error: OSError) -> PilcrowError:
    return PilcrowError(
        f"{path} cannot be read and written ({error.strerror}); check permissions and free space"
    )
