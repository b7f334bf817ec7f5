"""Arrays that stay on disk: what is read of them does not stay in the process."""

from __future__ import annotations

import errno
import mmap
import os
import weakref
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

_LOADING = Lock()


def load_array(path: Path, mmap_mode: Literal["r"] | None = None) -> NDArray[Any]:
    """The array of an .npy file, in memory or mapped; any thread may ask.

    Raises:
        ValueError: it is none.
    """
    # NumPy reads the header with `ast`, which in CPython before 3.13 fails at times with
    # "AST constructor recursion depth mismatch" when two threads are in it (cpython#106905).
    with _LOADING:
        found: NDArray[Any] = np.load(path, mmap_mode=mmap_mode, allow_pickle=False)
    return found


class MappedArray:
    """An array in a file, read only.

    It is mapped as it lies there, for whoever searches all of it; `take` reads past the mapping.
    """

    def __init__(
        self, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...], offset: int
    ) -> None:
        self._file, self._offset = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), offset
        weakref.finalize(self, os.close, self._file)
        buffer: Any = b""
        if np.prod(shape):
            buffer = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ)
        else:
            offset = 0
        self.array: NDArray[Any] = np.ndarray(shape, dtype, buffer, offset)

    @classmethod
    def npy(cls, path: Path) -> MappedArray:
        """The array of an .npy file.

        Raises:
            ValueError: it is none.
        """
        found: Any = load_array(path, "r")
        return cls(path, found.dtype, found.shape, found.offset)

    def take(self, rows: NDArray[np.int64] | slice) -> NDArray[Any]:
        """A copy of these rows.

        They are read, not mapped: the pages of a mapping would add up in the process with every
        question, and giving them back takes longer than reading. The system keeps what it has room
        for.
        """
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(len(self.array)))
        if not hasattr(os, "preadv") or not len(rows):
            return np.array(self.array[rows])
        found = np.empty((len(rows), *self.array.shape[1:]), self.array.dtype)
        memory, width = found.reshape(-1).view(np.uint8).data, self.array.strides[0]
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        starts = [0, *breaks.tolist()]
        stops = [*starts[1:], len(rows)]
        places = (rows[starts] * width + self._offset).tolist()
        for start, stop, place in zip(starts, stops, places, strict=True):
            self._read(memory[start * width : stop * width], place)
        return found

    def _read(self, into: memoryview, place: int) -> None:
        while into:
            count = os.preadv(self._file, [into], place)
            if not count:
                raise OSError(errno.EIO, "the file is shorter than it was")
            into, place = into[count:], place + count
