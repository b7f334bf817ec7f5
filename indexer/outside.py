"""What a user names to be read, which may be a device without an end."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

# More than any list of questions, saved answer or draft has.
MOST = 200_000_000


def bytes_of(path: Path, most: int = MOST) -> bytes:
    """The bytes of a file or a pipe.

    Raises:
        OSError: it cannot be read, or has more than `most` bytes.
    """
    with path.open("rb") as file:
        return bytes_from(file, most)


def bytes_from(stream: BinaryIO, most: int = MOST) -> bytes:
    """What comes until a stream ends.

    Raises:
        OSError: it cannot be read, or more than `most` bytes come.
    """
    found = stream.read(most + 1)
    if len(found) > most:
        raise OSError(errno.EFBIG, f"it has more than {most // 1_000_000} MB")
    return found
