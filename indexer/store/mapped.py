"""Files and arrays that stay on disk: what is read of them does not stay in the process."""

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


class OpenFile:
    """A file that any thread may read anywhere; closed when nothing refers to it any more.

    What is read this way, unlike the pages of a mapping, does not add up in the process with every
    question; the system keeps what it has room for.
    """

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self.number)
        self._turn = Lock()

    def read(self, first: int, last: int) -> bytes:
        """The bytes from offset `first` to before `last`."""
        found = bytearray(last - first)
        self.read_into(memoryview(found), first)
        return bytes(found)

    def read_into(self, memory: memoryview, place: int) -> None:
        """Fill memory, a view of bytes, with what stands at an offset.

        Raises:
            OSError: the file cannot be read, or ends before.
        """
        while memory:
            count = self._some(memory, place)
            if not count:
                raise OSError(errno.EIO, "the file is shorter than it was")
            memory, place = memory[count:], place + count

    def _some(self, memory: memoryview, place: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self.number, [memory], place)
        with self._turn:  # Windows
            os.lseek(self.number, place, os.SEEK_SET)
            found = os.read(self.number, len(memory))
        memory[: len(found)] = found
        return len(found)


class MappedArray:
    """An array in a file, read only.

    `array` is mapped as it lies there, for whoever searches all of it; `take` reads.
    """

    def __init__(
        self, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...], offset: int
    ) -> None:
        self._file, self._offset = OpenFile(path), offset
        buffer: Any = b""
        if np.prod(shape):
            buffer = mmap.mmap(self._file.number, 0, access=mmap.ACCESS_READ)
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
        """A copy of these rows; those that stand together are read at once."""
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(len(self.array)))
        found = np.empty((len(rows), *self.array.shape[1:]), self.array.dtype)
        if not len(rows):
            return found
        memory, width = found.reshape(-1).view(np.uint8).data, self.array.strides[0]
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        starts = [0, *breaks.tolist()]
        stops = [*starts[1:], len(rows)]
        places = (rows[starts] * width + self._offset).tolist()
        for start, stop, place in zip(starts, stops, places, strict=True):
            self._file.read_into(memory[start * width : stop * width], place)
        return found
