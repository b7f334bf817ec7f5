"""Token vectors of sentences, for late interaction (Khattab and Zaharia 2020).

    tokens.bin            a row a token: its id in the vocabulary (uint16), then a value of its
                          vector in each half byte
    token_table.npy       for each sentence, its first row, and a CRC-32 of its rows
    token_counts.npy      for each id, in how many sentences it stands

The encoder's token vectors come turned so that no value is larger than another on average
(`search_api/training`): one step fits all, and four bits a value cost nothing that was measured.
Tokens that carry nothing, punctuation and articles, are left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import TokenRows
from indexer.store.mapped import MappedArray, load_array
from indexer.store.tables import Column

ROWS, TABLE, COUNTS = "tokens.bin", "token_table.npy", "token_counts.npy"
ID_BYTES = 2
LEVELS = 16
# The best uniform step for sixteen levels of a normal variable (Max 1960), in its deviations.
STEP = 0.335
VOCABULARY = 1 << 16
CHUNK = 2_048

StoredTokens = NDArray[np.uint8]
Ids = NDArray[np.uint16]
Codes = NDArray[np.float32]
Fresh = Callable[[int, int], Sequence[StoredTokens]]


class SentenceTokens(NamedTuple):
    """Tokens of sentences in a row: ids, codes, and where each sentence's begin.

    `codes` are whole numbers from -15 to 15, odd ones, shape (n, dim); times `step_of(dim)` they
    are the vectors. Sums of their products with whole numbers are exact in float32.
    """

    ids: Ids
    codes: Codes
    starts: NDArray[np.int64]


class _Table(NamedTuple):
    start: Column
    checksum: Column


def token_width(dim: int) -> int:
    """Bytes of a token of so many values; of an encoder without token vectors 0."""
    return ID_BYTES + dim // 2 if dim else 0


def step_of(dim: int) -> float:
    """Half the distance of two levels, in the units of a unit vector's values."""
    return STEP / 2 / float(np.sqrt(dim))


def no_tokens(dim: int) -> StoredTokens:
    """The tokens of a text of which none are kept."""
    return np.empty((0, token_width(dim)), np.uint8)


def stored_tokens(tokens: TokenRows) -> StoredTokens:
    """A sentence's tokens as they are stored, those that carry something."""
    kept = tokens.content
    ids, vectors = tokens.ids[kept], tokens.vectors[kept]
    dim = tokens.vectors.shape[1]
    levels = np.floor(vectors / (2 * step_of(dim))).astype(np.int64) + LEVELS // 2
    levels = np.clip(levels, 0, LEVELS - 1).astype(np.uint8)
    found = np.empty((len(ids), token_width(dim)), np.uint8)
    found[:, :ID_BYTES] = ids.astype("<u2").view(np.uint8).reshape(-1, ID_BYTES)
    found[:, ID_BYTES:] = levels[:, 0::2] | levels[:, 1::2] << 4
    return found


class TokenVectors:
    """The tokens of a store's sentences, read on demand."""

    def __init__(
        self, folder: Path, about: dict[str, Any], damaged: Callable[[str], Exception]
    ) -> None:
        """Open what `write_tokens` wrote.

        Args:
            folder: where it was written.
            about: what it returned.
            damaged: makes the error for rows that have changed.
        """
        shape = (about["rows"], token_width(about["dim"]))
        self.rows = MappedArray(folder / ROWS, np.dtype(np.uint8), shape, 0)
        self.table = _Table(*np.asarray(load_array(folder / TABLE, "r")))
        # Of these nothing is checked later: in memory, nothing changes them.
        self.counts: NDArray[np.int64] = load_array(folder / COUNTS)
        self._damaged = damaged

    def __len__(self) -> int:
        return len(self.table.start) - 1

    @property
    def dim(self) -> int:
        """Values of a vector."""
        return 2 * (int(self.rows.array.shape[1]) - ID_BYTES)

    def take(self, first: int, last: int) -> SentenceTokens:
        """The tokens of sentences first..last-1.

        Raises:
            StoreError: they are not what was written.
        """
        stored, starts = self.stored(first, last)
        codes = np.empty((len(stored), self.dim), np.float32)
        codes[:, 0::2] = stored[:, ID_BYTES:] & 15
        codes[:, 1::2] = stored[:, ID_BYTES:] >> 4
        codes *= 2
        codes -= LEVELS - 1
        return SentenceTokens(_ids(stored), codes, starts)

    def count(self, first: int, last: int) -> NDArray[np.int64]:
        """For each id, in how many of the sentences first..last-1 it stands."""
        counts = np.zeros(VOCABULARY, np.int64)
        for at in range(first, last, CHUNK):
            stored, starts = self.stored(at, min(at + CHUNK, last))
            _count(counts, _ids(stored), np.diff(starts))
        return counts

    def stored(self, first: int, last: int) -> tuple[StoredTokens, NDArray[np.int64]]:
        """The rows of sentences first..last-1, checked, and where each sentence's begin."""
        starts = np.array(self.table.start[first : last + 1])
        stored = self.rows.take(slice(int(starts[0]), int(starts[-1])))
        starts -= starts[0]
        sums = self.table.checksum[first:last].tolist()
        for sentence, wanted in enumerate(sums):
            if _checksum(stored[starts[sentence] : starts[sentence + 1]]) != wanted:
                raise self._damaged(f"{ROWS} has changed")
        return stored, starts


def write_tokens(
    folder: Path, dim: int, taken: NDArray[np.int64], before: TokenVectors | None, fresh: Fresh
) -> dict[str, Any]:
    """Write the tokens of sentences.

    Args:
        folder: where to.
        dim: values of a vector.
        taken: for each sentence, the one of `before` it is taken over from; -1 for a fresh one.
        before: where tokens are taken over from.
        fresh: fresh(i, j) are the tokens of the i-th to the (j-1)-th fresh sentence.

    Returns:
        what the manifest says of them.
    """
    starts, sums = [np.zeros(1, np.int64)], [np.zeros(0, np.int64)]
    counts = np.zeros(VOCABULARY, np.int64)
    width = token_width(dim)

    def chunks() -> Iterator[StoredTokens]:
        done = total = 0
        for at in range(0, max(len(taken), 1), CHUNK):
            part = taken[at : at + CHUNK]
            new = int((part < 0).sum())
            each = _chunk(part, before, fresh(done, done + new))
            done += new
            sizes = np.array([len(rows) for rows in each], np.int64)
            starts.append(total + np.cumsum(sizes))
            sums.append(np.array([_checksum(rows) for rows in each], np.int64))
            total += int(sizes.sum())
            rows = np.concatenate([np.empty((0, width), np.uint8), *each])
            _count(counts, _ids(rows), sizes)
            yield rows

    with (folder / ROWS).open("wb") as file:
        for rows in chunks():
            file.write(np.ascontiguousarray(rows).data)
    ends = np.concatenate(starts)
    np.save(folder / TABLE, np.stack([ends, np.append(np.concatenate(sums), 0)]))
    np.save(folder / COUNTS, counts)
    return {"rows": int(ends[-1]), "dim": dim}


def _chunk(
    taken: NDArray[np.int64], before: TokenVectors | None, fresh: Sequence[StoredTokens]
) -> list[StoredTokens]:
    """The tokens of sentences in order, each fresh or taken over."""
    coming = iter(fresh)
    found: list[StoredTokens] = []
    at = 0
    values = taken.tolist()
    while at < len(values):
        if values[at] < 0 or before is None:
            found.append(next(coming))
            at += 1
            continue
        end = at + 1
        while end < len(values) and values[end] == values[end - 1] + 1:
            end += 1
        stored, starts = before.stored(values[at], values[end - 1] + 1)
        found += [stored[starts[i] : starts[i + 1]] for i in range(end - at)]
        at = end
    return found


def _count(counts: NDArray[np.int64], ids: Ids, sizes: NDArray[np.int64]) -> None:
    """Add to each id the number of sentences that have it."""
    sentence = np.repeat(np.arange(len(sizes)), sizes)
    once = np.unique(sentence * VOCABULARY + ids) % VOCABULARY
    counts += np.bincount(once, minlength=VOCABULARY)


def _ids(stored: StoredTokens) -> Ids:
    return np.ascontiguousarray(stored[:, :ID_BYTES]).view("<u2").ravel()


def _checksum(stored: StoredTokens) -> int:
    return zlib.crc32(np.ascontiguousarray(stored).data)
