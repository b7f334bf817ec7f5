"""Rows of vectors searched by cosine similarity, higher is better.

Up to `FLAT_LIMIT` rows every one is compared (FAISS, exact). Beyond, an inverted file finds
candidates (see `indexer.store.ivf`), the stored rows are rounded to eight bits, and the candidates
are scored from them. The choice is made by size alone and told in the manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.store import ivf
from indexer.store.generation import LAYOUT
from indexer.store.mapped import load_array
from indexer.store.stored_rows import StoredRows, decoded, encoded, products, write_rows
from indexer.store.sums import changed

FLAT_LIMIT = 200_000
# Rows that are all compared when a search is kept to them.
FEW = 20_000
# An index is trained anew when the rows are this many times as many, or as few, as they were.
OUTGROWN = 1.5
CHUNK = 8_192
ROWS, INDEX = ".npy", ".faiss"

Fresh = Callable[[int, int], Rows]


class VectorIndex:
    """Unit rows on disk; row i is the i-th that was written."""

    def __init__(self, folder: Path, name: str, about: dict[str, Any]) -> None:
        """Open what `write_vectors` wrote; `about` is what it returned."""
        self.about = about
        self.folder = folder
        sums = folder / LAYOUT.vector_sums.format(name)
        self.stored = StoredRows(
            folder / f"{name}{ROWS}", load_array(sums) if sums.exists() else None
        )
        self._name = f"{name}{INDEX}"
        self._index = None if about["index"] == "flat" else ivf.load(folder / self._name)

    def __len__(self) -> int:
        return len(self.stored)

    def rows(self, start: int, stop: int) -> Rows:
        """The stored vectors of rows start..stop-1, shape (stop - start, dim)."""
        return self.stored.take(slice(start, stop))

    def take(self, rows: NDArray[np.int64]) -> Rows:
        """The stored vectors of these rows, shape (len(rows), dim)."""
        return self.stored.take(rows)

    def search(
        self, query: Rows, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Rows]:
        """The k rows nearest to one query row, among `within` if given.

        Returns:
            row numbers and cosine similarities in -1..1, best first, equal ones by row number;
            fewer than k if there are.
        """
        if within is not None and (self._index is None or len(within) <= FEW):
            return self._best(query, within, k)
        if self._index is None:
            k = min(k, len(self))
            _, found = faiss.knn(
                query.reshape(1, -1), self.stored.exact, k, metric=faiss.METRIC_INNER_PRODUCT
            )
            return self._best(query, found[0], k)
        probes = self.about["probes"]
        if within is not None:
            # As many rows in scope are looked at as rows are without one.
            probes = min(self.about["lists"], probes * len(self) // len(within))
        try:
            ids = ivf.find(self._index, query, k, probes, within)
        except RuntimeError as error:
            raise changed(self.folder / self._name) from error
        if len(ids) and ids.max() >= len(self):
            raise changed(self.folder / self._name)
        return self._best(query, ids, k)

    def _best(self, query: Rows, rows: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], Rows]:
        """The k of these rows nearest to a query."""
        parts = [
            products(self.take(rows[at : at + CHUNK]), query) for at in range(0, len(rows), CHUNK)
        ]
        scores = np.concatenate([np.empty(0, np.float32), *parts])
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]


def write_vectors(
    folder: Path,
    name: str,
    taken: NDArray[np.int64],
    before: VectorIndex | None,
    fresh: Fresh,
) -> dict[str, Any]:
    """Write rows and what is needed to search them.

    Args:
        folder: where to.
        name: of the files.
        taken: for each row, the row of `before` it is taken over from; -1 for a fresh one.
        before: where rows are taken over from.
        fresh: fresh(i, j) is the vectors of the i-th to the (j-1)-th fresh row.

    Returns:
        what was chosen and measured, for the manifest.
    """
    many = len(taken) > FLAT_LIMIT
    path = folder / f"{name}{ROWS}"
    sums = write_rows(path, len(taken), _stored_chunks(taken, before, fresh, many))
    np.save(folder / LAYOUT.vector_sums.format(name), sums)
    if not many:
        return {"rows": len(taken), "index": "flat"}
    rows = StoredRows(path, sums)
    old = before.about if before is not None and before.about["index"] == "ivf" else None
    if before is not None and old and 1 / OUTGROWN < len(rows) / old["trained_on"] < OUTGROWN:
        index = ivf.load(before.folder / f"{name}{INDEX}")
        now = np.full(len(before), -1, np.int64)
        kept = np.flatnonzero(taken >= 0)
        now[taken[kept]] = kept
        ivf.renumber(index, now)
        ivf.add(index, rows, np.flatnonzero(taken < 0))
        about = {**old, "rows": len(taken)}
    else:
        index = ivf.train(rows)
        ivf.add(index, rows, np.arange(len(rows)))
        about = {"rows": len(taken), "index": "ivf", **asdict(ivf.measure(index, rows))}
    ivf.save(index, folder / f"{name}{INDEX}")
    return about


def _stored_chunks(
    taken: NDArray[np.int64], before: VectorIndex | None, fresh: Fresh, rounded: bool
) -> Iterator[NDArray[Any]]:
    done = 0
    # Without any row there is still a chunk, which tells the dimension.
    for start in range(0, max(len(taken), 1), CHUNK):
        part = taken[start : start + CHUNK]
        old = part >= 0
        new = int((~old).sum())
        nothing = before is None and not len(part)
        chunk = encoded(fresh(done, done + new), rounded) if new or nothing else None
        done += new
        if before is not None and (chunk is None or old.any()):
            stored = before.stored.stored(part[old])
            if before.stored.rounded != rounded:
                stored = encoded(decoded(stored), rounded)
            if chunk is None:
                chunk = stored
            else:
                both = np.empty((len(part), stored.shape[1]), stored.dtype)
                both[old], both[~old] = stored, chunk
                chunk = both
        assert chunk is not None
        yield chunk
