"""Rows of vectors in a file, as they are or rounded to eight bits.

Exact similarities come from these rows. Rounded, a row is its scale (float32) and a signed byte a
value: a quarter of float32 and half of float16, which numpy also turns back four times slower. A
cosine is then off by .00025 on average and .0015 at most, and 99.6% of the ten nearest stay so
(questions of tests/gold against 1,941 real sentences).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.store.mapped import MappedArray
from indexer.store.sums import Sums, changed, check, sums_of

SCALE_BYTES = 4
LARGEST = 127
# Rows that are all compared are kept in memory up to this size.
KEPT_BYTES = 64 << 20


class StoredRows:
    """Vectors by row number, read only, checked when they are read. Shape (n, dim).

    `sums` are the rows' checksums; without them nothing is checked, as in an older store.
    """

    def __init__(self, path: Path, sums: Sums | None = None) -> None:
        self._path, self._sums = path, sums
        self._mapped = MappedArray.npy(path)
        if self._mapped.array.ndim != 2 or self.dtype not in (np.float32, np.uint8):
            raise ValueError(f"{path.name} holds no rows")

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32, or uint8 for rounded rows."""
        return self._mapped.array.dtype

    @property
    def rounded(self) -> bool:
        """True when values are kept in eight bits."""
        return self.dtype == np.uint8

    @property
    def dim(self) -> int:
        """Values of a row."""
        return int(self._mapped.array.shape[1]) - (SCALE_BYTES if self.rounded else 0)

    def __len__(self) -> int:
        return len(self._mapped.array)

    def take(self, rows: NDArray[np.int64] | slice) -> Rows:
        """The vectors of these rows, float32."""
        return decoded(self.stored(rows))

    def stored(self, rows: NDArray[np.int64] | slice) -> NDArray[Any]:
        """These rows as they are stored.

        Raises:
            StoreError: they are not what was written.
        """
        try:
            found = self._mapped.take(rows)
        except OSError as error:
            raise changed(self._path) from error
        if self._sums is not None:
            check(self._path, found, self._sums[rows])
        return found

    @cached_property
    def exact(self) -> Rows:
        """All rows of a store that does not round them.

        A few are kept in memory, where nothing changes them. Of more, what a search finds among
        them as they lie on disk is scored from rows that are checked.
        """
        found: Rows = self._mapped.array
        return self.take(slice(0, len(self))) if found.nbytes <= KEPT_BYTES else found


def write_rows(path: Path, count: int, chunks: Iterable[NDArray[Any]]) -> Sums:
    """Write `count` stored rows, chunk by chunk; gives their checksums."""
    sums = np.zeros(count, np.uint32)
    done = 0
    with path.open("wb") as file:
        first = True
        for chunk in chunks:
            if first:
                head = {
                    "descr": npy.dtype_to_descr(chunk.dtype),
                    "fortran_order": False,
                    "shape": (count, chunk.shape[1]),
                }
                npy.write_array_header_1_0(file, head)
                first = False
            rows = np.ascontiguousarray(chunk)
            file.write(rows.data)
            sums[done : done + len(rows)] = sums_of(rows)
            done += len(rows)
    return sums


def encoded(rows: Rows, rounded: bool) -> NDArray[Any]:
    """Vectors as they are stored."""
    if not rounded:
        return rows
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.float32(1e-30)) / LARGEST
    found = np.empty((len(rows), SCALE_BYTES + rows.shape[1]), np.uint8)
    found[:, :SCALE_BYTES] = scale.astype("<f4").view(np.uint8)
    found[:, SCALE_BYTES:] = np.rint(rows / scale).astype(np.int8).view(np.uint8)
    return found


def decoded(stored: NDArray[Any]) -> Rows:
    """Stored rows as vectors."""
    if stored.dtype != np.uint8:
        rows: Rows = stored
        return rows
    scale = np.ascontiguousarray(stored[:, :SCALE_BYTES]).view("<f4")
    found: Rows = stored[:, SCALE_BYTES:].view(np.int8).astype(np.float32)
    found *= scale
    return found


def products(rows: Rows, query: Rows) -> Rows:
    """The inner product of each row with a query.

    One row at a time, so that it is the same to the last bit whatever rows stand beside it and
    however many threads there are, which a matrix product does not promise.
    """
    found: Rows = np.einsum("ij,j->i", rows, query)
    return found
