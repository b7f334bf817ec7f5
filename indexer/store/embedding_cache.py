"""Vectors of texts on their way into a store, on disk as soon as they are made.

    STORE/embedded    one line of JSON (model, dimension), then a record a text:
                      hash of the text (16 bytes), vector (float32), CRC-32 of both

An indexing run that was cut short finds here what it had done. The file is only added to, so a
kill may leave half a record at its end: that one is dropped. It goes when the store is published.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder, Rows
from indexer.store.mapped import MappedArray

BATCH = 256
# Records read at once, and the most that the first line may take.
CHUNK = 4_096
HEAD = 512

Keys = NDArray[np.bytes_]
Progress = Callable[[int, int], None]


def text_key(text: str) -> bytes:
    """The hash by which a text's vector is kept."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def as_keys(keys: Sequence[bytes]) -> Keys:
    """Hashes as an array that can be sorted."""
    return np.frombuffer(b"".join(keys), "S16")


class Embedded:
    """Vectors by the hash of their text. What other weights made is dropped."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self._path = path
        self._encoder = encoder
        self._keys = as_keys([])
        self._order = np.zeros(0, np.int64)
        self._records: MappedArray | None = None

    def embed(
        self,
        keys: Keys,
        lengths: NDArray[np.int64],
        text_of: Callable[[int], str],
        progress: Progress,
    ) -> None:
        """Have a vector for each key; short texts first, so that little is wasted on padding.

        Args:
            keys: hashes, each once.
            lengths: the texts' lengths.
            text_of: the text of keys[i].
            progress: called with (texts embedded, texts to embed) of this run.
        """
        empty = self._recover()
        missing = np.flatnonzero(~np.isin(keys, self._keys))
        missing = missing[np.argsort(lengths[missing], kind="stable")]
        with self._path.open("ab") as file:
            for start in range(0, len(missing), BATCH):
                batch = missing[start : start + BATCH]
                rows = self._encoder.encode([text_of(int(i)) for i in batch])
                if empty:
                    self._write_head(file, rows)
                    empty = False
                file.write(_sealed(keys[batch], rows).tobytes())
                file.flush()
                progress(min(start + BATCH, len(missing)), len(missing))
        if len(missing):
            self._recover()

    def keep(self, keys: Keys, rows: Rows) -> None:
        """Add vectors that are known."""
        empty = self._read_head() == (0, 0)
        with self._path.open("wb" if empty else "ab") as file:
            if empty and len(rows):
                self._write_head(file, rows)
            file.write(_sealed(keys, rows).tobytes())

    def rows(self, keys: Keys) -> Rows:
        """The vectors of keys that were embedded, shape (len(keys), dim)."""
        assert self._records is not None
        places = self._order[np.searchsorted(self._keys, keys, sorter=self._order)]
        found: Rows = self._records.take(places)["vector"]
        return found

    @property
    def dim(self) -> int:
        """The vectors' dimension; 0 when none was ever made."""
        return 0 if self._records is None else int(self._records.array.dtype["vector"].shape[0])

    def _recover(self) -> bool:
        """Read what is there and cut off what is not whole; True when nothing is left."""
        start, dim = self._read_head()
        if not dim:
            self._path.write_bytes(b"")
            return True
        record = _record(dim)
        most = (self._path.stat().st_size - start) // record.itemsize
        keys: list[Keys] = [as_keys([])]
        whole = 0
        with self._path.open("rb") as file:
            file.seek(start)
            while whole < most:
                count = min(CHUNK, most - whole)
                records = np.frombuffer(file.read(count * record.itemsize), record)
                good = records["crc"] == _checksums(records)
                bad = int(good.argmin()) if not good.all() else count
                keys.append(records["key"][:bad].copy())
                whole += bad
                if bad < count:
                    break
        with self._path.open("r+b") as file:
            file.truncate(start + whole * record.itemsize)
        self._keys = np.concatenate(keys)
        self._order = np.argsort(self._keys, kind="stable")
        self._records = MappedArray(self._path, record, (whole,), start)
        return False

    def _write_head(self, file: BinaryIO, rows: Rows) -> None:
        head = {"model": self._encoder.fingerprint, "dim": rows.shape[1]}
        file.write(json.dumps(head).encode() + b"\n")

    def _read_head(self) -> tuple[int, int]:
        """Where the records begin, and their dimension; (0, 0) for a file of no use."""
        try:
            with self._path.open("rb") as file:
                head = file.readline(HEAD)
            found = json.loads(head)
            fits = head.endswith(b"\n") and found["model"] == self._encoder.fingerprint
            return (len(head), int(found["dim"])) if fits else (0, 0)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return 0, 0


def _record(dim: int) -> np.dtype[Any]:
    return np.dtype([("key", "S16"), ("vector", "<f4", (dim,)), ("crc", "<u4")])


def _sealed(keys: Keys, rows: Rows) -> NDArray[np.void]:
    records = np.empty(len(keys), _record(rows.shape[1]))
    records["key"], records["vector"] = keys, rows
    records["crc"] = _checksums(records)
    return records


def _checksums(records: NDArray[np.void]) -> NDArray[np.uint32]:
    width = records.dtype.itemsize - 4
    data = memoryview(records.tobytes())
    size = records.dtype.itemsize
    return np.array(
        [zlib.crc32(data[at : at + width]) for at in range(0, len(data), size)], np.uint32
    )
