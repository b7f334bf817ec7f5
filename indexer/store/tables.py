"""The numbers beside the lines: where each report, passage and section stands, and its checksum.

Every column but those of `Names` has one entry more than there are rows: the end of the last. All
are in memory, where nothing changes them; their files are hashed when the store is opened. A store
of format 4 has no checksums.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.store.mapped import load_array

Column = NDArray[np.int64]


class ReportTable(NamedTuple):
    """For each report: offsets of its lines, its first passage row and its first section."""

    line: Column
    outline: Column
    abbreviation: Column
    row: Column
    section: Column
    line_sum: Column | None = None
    outline_sum: Column | None = None
    abbreviation_sum: Column | None = None


class RowTable(NamedTuple):
    """For each passage row: offset of its line, first sentence row, report, section, hashed names.

    `number` is 0 for a passage without one.
    """

    line: Column
    sentence: Column
    report: Column
    section: Column
    key: Column
    number: Column
    line_sum: Column | None = None


class SectionTable(NamedTuple):
    """For each run of passages under one heading path: offset of its line, first passage row."""

    line: Column
    row: Column
    line_sum: Column | None = None


class Names(NamedTuple):
    """Hashed keys and numbers in ascending order, each with a passage row that has it."""

    name: Column
    row: Column

    def find(self, name: str) -> Column:
        """The rows of passages that have this key or number, and perhaps, seldom, of another."""
        wanted = hash_name(name)
        first = int(np.searchsorted(self.name, wanted, "left"))
        last = int(np.searchsorted(self.name, wanted, "right"))
        return np.sort(self.row[first:last])


def names_of(table: RowTable) -> Names:
    """The names of a row table."""
    rows = np.arange(len(table.key) - 1)
    keys, numbers = table.key[:-1], table.number[:-1]
    # Most keys are the number itself.
    other = (numbers != 0) & (numbers != keys)
    name = np.concatenate([keys, numbers[other]])
    row = np.concatenate([rows, rows[other]])
    order = np.lexsort((row, name))
    return Names(name[order], row[order])


def hash_name(name: str) -> int:
    """64 bits of a name's hash, the same in every process and never 0."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1


def save_columns(path: Path, table: tuple[Column | None, ...]) -> None:
    """Write the columns of a table."""
    np.save(path, np.stack([column for column in table if column is not None]))


def load_columns(path: Path) -> NDArray[np.int64]:
    """Read the columns of a table, one a row.

    Raises:
        ValueError: it is not a table.
    """
    found = np.asarray(load_array(path))
    if found.dtype != np.int64 or found.ndim != 2:
        raise ValueError(f"{path.name} is not a table")
    return found
