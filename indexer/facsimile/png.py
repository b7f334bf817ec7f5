"""A picture as a PNG file."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Eight bits a channel, red, green and blue.
DEPTH, COLOURS = 8, 2
SQUEEZE = 6


def png(pixels: NDArray[np.uint8]) -> bytes:
    """The file of rows of red, green and blue pixels."""
    height, width, _ = pixels.shape
    # Before each row, how it was filtered: not at all.
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    head = struct.pack(">IIBBBBB", width, height, DEPTH, COLOURS, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), SQUEEZE)
    return b"".join([SIGNATURE, _chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
