"""Rows of vectors in a FAISS index: cosine similarity, higher is better."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoder import Rows


class VectorIndex:
    """An exact inner-product index over unit rows; row i is the i-th row that was added."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, rows: Rows) -> VectorIndex:
        """Index float32 rows of unit length, shape (n, dim)."""
        index = faiss.IndexFlatIP(rows.shape[1])
        index.add(rows)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read an index that `save` wrote."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, start: int, stop: int) -> Rows:
        """The stored vectors of rows start..stop-1, shape (stop - start, dim)."""
        found: Rows = self._index.reconstruct_n(start, stop - start)
        return found

    def search(
        self, query: Rows, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Rows]:
        """The k rows nearest to one query row, among `within` if given.

        Returns:
            row numbers and cosine similarities in -1..1, best first; fewer than k if there are.
        """
        k = min(k, len(self) if within is None else len(within))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        params = None
        if within is not None:
            params = faiss.SearchParameters(sel=faiss.IDSelectorBatch(within))  # type: ignore[call-arg]
        similarities, found = self._index.search(query.reshape(1, -1), k, params=params)
        return found[0], similarities[0]
