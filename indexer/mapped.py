"""Arrays that stay on disk: what is read of them does not stay in the process."""

from __future__ import annotations

import mmap
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
    """An array in a file, read only, mapped as it lies there."""

    def __init__(
        self, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...], offset: int
    ) -> None:
        self._map: mmap.mmap | None = None
        buffer: Any = b""
        if np.prod(shape):
            with path.open("rb") as file:
                buffer = self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
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

        Their pages are given back, so that they do not add up in the process with every question;
        the system keeps them as long as there is room.
        """
        found = np.array(self.array[rows])
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)
        return found
