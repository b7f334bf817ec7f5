"""Checksums beside what a store holds, compared whenever it is read.

A disk, a cable or another program may change bytes under an open store. CRC-32 finds every change
of one bit, and all but one in four thousand million of any other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import StoreError
from indexer.store.generation import damaged

Sums = NDArray[np.uint32]


def sums_of(pieces: Iterable[Any]) -> Sums:
    """The checksum of each piece: of lines, or of the rows of an array."""
    return np.array([zlib.crc32(piece) for piece in pieces], np.uint32)


def check(path: Path, pieces: Iterable[Any], expected: Sums) -> None:
    """Compare what was read from a file with its checksums.

    Args:
        path: the file, for the message; it lies in a generation of a store.
        pieces: what was read, lines or rows.
        expected: the checksum of each piece.

    Raises:
        StoreError: a piece is not what was written.
    """
    if not np.array_equal(sums_of(pieces), expected):
        raise changed(path)


def changed(path: Path) -> StoreError:
    """The error for a file of a generation whose bytes have changed since it was opened."""
    return damaged(path.parent.parent, f"{path.parent.name}/{path.name} has changed")
