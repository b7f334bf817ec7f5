"""Vectors of texts on their way into a store, on disk as soon as they are made.

    STORE/embedded    one line of JSON (model, dimensions), then a record a text:
                      hash of the text (16 bytes), number of tokens (uint32), vector (float32),
                      tokens (see `indexer.store.token_vectors`), CRC-32 of all before

An indexing run that was cut short finds here what it had done. The file is only added to, so a
kill may leave half a record at its end: that one is dropped. It goes when the store is published.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder, Rows, token_encoder
from indexer.store.mapped import OpenFile
from indexer.store.token_vectors import StoredTokens, no_tokens, stored_tokens, token_width

BATCH = 256
# Bytes read at once, and the most that the first line may take.
CHUNK = 1 << 24
HEAD = 512
KEY_BYTES, COUNT_BYTES, CRC_BYTES = 16, 4, 4

Keys = NDArray[np.bytes_]
Progress = Callable[[int, int], None]


def text_key(text: str) -> bytes:
    """The hash by which a text's vector is kept."""
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()


def as_keys(keys: Sequence[bytes]) -> Keys:
    """Hashes as an array that can be sorted."""
    return np.frombuffer(b"".join(keys), f"S{KEY_BYTES}")


class Embedded:
    """Vectors by the hash of their text. What other weights made is dropped."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self._path = path
        self._encoder = encoder
        self._keys = as_keys([])
        self._places: NDArray[np.int64] = np.zeros(0, np.int64)
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._file: OpenFile | None = None
        self.dim = 0

    @property
    def token_dim(self) -> int:
        """Values of a token's vector; 0 for an encoder that gives none."""
        reader = token_encoder(self._encoder)
        return reader.token_dim if reader else 0

    def embed(
        self,
        keys: Keys,
        lengths: NDArray[np.int64],
        sentences: NDArray[np.bool_],
        text_of: Callable[[int], str],
        progress: Progress,
    ) -> None:
        """Have a vector for each key; short texts first, so that little is wasted on padding.

        Args:
            keys: hashes, each once.
            lengths: the texts' lengths.
            sentences: which texts are sentences, whose tokens are kept too.
            text_of: the text of keys[i].
            progress: called with (texts embedded, texts to embed) of this run.
        """
        empty = self._recover()
        known = np.isin(keys, self._keys)
        if self.token_dim:
            # A sentence that was kept without its tokens is encoded again.
            known &= ~sentences | np.isin(keys, self._keys[self._counts > 0])
        missing = np.flatnonzero(~known)
        missing = missing[np.lexsort((lengths[missing], sentences[missing]))]
        with self._path.open("ab") as file:
            for start in range(0, len(missing), BATCH):
                batch = missing[start : start + BATCH]
                rows, tokens = self._encoded([text_of(int(i)) for i in batch], sentences[batch])
                if empty:
                    self._write_head(file, rows)
                    empty = False
                file.write(_sealed(keys[batch], rows, tokens))
                file.flush()
                progress(min(start + BATCH, len(missing)), len(missing))
        if len(missing):
            self._recover()

    def keep(self, keys: Keys, rows: Rows) -> None:
        """Add vectors that are known; a sentence's tokens are made again."""
        empty = self._read_head() == (0, 0)
        with self._path.open("wb" if empty else "ab") as file:
            if empty and len(rows):
                self._write_head(file, rows)
            nothing = no_tokens(self.token_dim)
            file.write(_sealed(keys, rows, [nothing] * len(keys)))

    def rows(self, keys: Keys) -> Rows:
        """The vectors of keys that were embedded, shape (len(keys), dim)."""
        found = np.empty((len(keys), self.dim), np.float32)
        for row, place in enumerate(self._places[self._found(keys)].tolist()):
            start = place + KEY_BYTES + COUNT_BYTES
            found[row] = np.frombuffer(self._read(start, start + 4 * self.dim), "<f4")
        return found

    def tokens(self, keys: Keys) -> list[StoredTokens]:
        """The tokens of sentences that were embedded."""
        found, width = [], token_width(self.token_dim)
        for at in self._found(keys).tolist():
            start = int(self._places[at]) + KEY_BYTES + COUNT_BYTES + 4 * self.dim
            data = self._read(start, start + width * int(self._counts[at]))
            found.append(np.frombuffer(data, np.uint8).reshape(-1, width))
        return found

    def _encoded(
        self, texts: list[str], sentences: NDArray[np.bool_]
    ) -> tuple[Rows, list[StoredTokens]]:
        """The vectors of texts, and the tokens of those that are sentences."""
        reader = token_encoder(self._encoder)
        nothing = no_tokens(self.token_dim)
        if reader is None or not sentences.any():
            return self._encoder.encode(texts), [nothing] * len(texts)
        chosen, others = np.flatnonzero(sentences).tolist(), np.flatnonzero(~sentences).tolist()
        rows, tokens = reader.encode_tokens([texts[i] for i in chosen])
        found = np.empty((len(texts), rows.shape[1]), np.float32)
        found[chosen] = rows
        if others:
            found[others] = self._encoder.encode([texts[i] for i in others])
        kept = dict(zip(chosen, map(stored_tokens, tokens), strict=True))
        return found, [kept.get(i, nothing) for i in range(len(texts))]

    def _found(self, keys: Keys) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.searchsorted(self._keys, keys)
        return found

    def _read(self, first: int, last: int) -> bytes:
        assert self._file is not None
        return self._file.read(first, last)

    def _recover(self) -> bool:
        """Read what is there and cut off what is not whole; True when nothing is left."""
        start, self.dim = self._read_head()
        if not self.dim:
            self._path.write_bytes(b"")
            return True
        keys, places, counts, end = _scan(self._path, start, self.dim, token_width(self.token_dim))
        with self._path.open("r+b") as file:
            file.truncate(end)
        # Of records with the same key the last holds.
        self._keys, last = np.unique(as_keys(keys[::-1]), return_index=True)
        chosen = len(keys) - 1 - last
        self._places = np.array(places, np.int64)[chosen]
        self._counts = np.array(counts, np.int64)[chosen]
        self._file = OpenFile(self._path)
        return False

    def _write_head(self, file: BinaryIO, rows: Rows) -> None:
        head = {
            "model": self._encoder.fingerprint,
            "dim": rows.shape[1],
            "token_dim": self.token_dim,
        }
        file.write(json.dumps(head).encode() + b"\n")

    def _read_head(self) -> tuple[int, int]:
        """The offset of the records, and their dimension; (0, 0) for a file of no use."""
        try:
            with self._path.open("rb") as file:
                head = file.readline(HEAD)
            found = json.loads(head)
            fits = head.endswith(b"\n") and found["model"] == self._encoder.fingerprint
            fits = fits and found["token_dim"] == self.token_dim
            return (len(head), int(found["dim"])) if fits else (0, 0)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return 0, 0


def _sealed(keys: Keys, rows: Rows, tokens: Sequence[StoredTokens]) -> bytes:
    out = bytearray()
    for key, row, each in zip(keys.tolist(), rows, tokens, strict=True):
        record = key.ljust(KEY_BYTES, b"\0") + len(each).to_bytes(COUNT_BYTES, "little")
        record += row.astype("<f4").tobytes() + each.tobytes()
        out += record + zlib.crc32(record).to_bytes(CRC_BYTES, "little")
    return bytes(out)


def _scan(
    path: Path, start: int, dim: int, width: int
) -> tuple[list[bytes], list[int], list[int], int]:
    """Keys, places and numbers of tokens of the whole records, and where the last one ends."""
    keys: list[bytes] = []
    places: list[int] = []
    counts: list[int] = []
    fixed = KEY_BYTES + COUNT_BYTES + 4 * dim + CRC_BYTES
    at, data = start, b""
    with path.open("rb") as file:
        file.seek(start)
        used = 0
        while True:
            head = data[used + KEY_BYTES : used + KEY_BYTES + COUNT_BYTES]
            count = int.from_bytes(head, "little")
            size = fixed + count * width
            if len(head) < COUNT_BYTES or used + size > len(data):
                more = file.read(CHUNK)
                data, used = data[used:] + more, 0
                if more:
                    continue
                return keys, places, counts, at
            record = memoryview(data)[used : used + size]
            if zlib.crc32(record[:-CRC_BYTES]).to_bytes(CRC_BYTES, "little") != record[-CRC_BYTES:]:
                return keys, places, counts, at
            keys.append(bytes(record[:KEY_BYTES]))
            places.append(at)
            counts.append(count)
            at, used = at + size, used + size
