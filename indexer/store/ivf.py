"""Approximate search for many rows: FAISS inverted lists over shortened, rounded vectors.

Rows are turned to their `SHORT` principal axes, which hold about nine tenths of an encoder's
variance, and kept there in eight bits a value: a quarter of the work and of the memory that lists
of whole vectors take. Distances are Euclidean, which among unit vectors order as cosines do, and
which centring leaves as they are. What is found is scored from the whole rows afterwards.

How many lists a question looks into is chosen by measurement: what lies halfway between two rows of
the store is asked for, as questions too are less near to any row than rows are to each other, and
the ten nearest must be among the candidates fetched in `ENOUGH` of the cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.store.stored_rows import StoredRows

SHORT = 192
LISTS_PER_ROOT = 4
# Rows that a list's centre and the axes are trained on.
SAMPLED_PER_LIST, SAMPLED_FOR_AXES = 32, 16_384
ROUNDS = 8
CHUNK = 16_384
# As many are fetched as ranking asks for.
ASKED, NEAREST, FETCHED = 200, 10, 200
ENOUGH = 0.98
PROBES = (8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of an index: lists, those looked into, recall of the ten nearest.

    `trained_on` is how many rows there were when that was measured.
    """

    lists: int
    probes: int
    recall: float
    trained_on: int


def train(rows: StoredRows) -> Any:
    """An empty index for rows like these, trained on a sample of them."""
    lists = int(LISTS_PER_ROOT * len(rows) ** 0.5)
    chosen = np.random.default_rng(0).permutation(len(rows))[: SAMPLED_PER_LIST * lists]
    axes: Any = faiss.PCAMatrix(rows.dim, min(SHORT, rows.dim))
    axes.train(rows.take(np.sort(chosen[:SAMPLED_FOR_AXES])))
    ordered = np.sort(chosen)
    sample = np.concatenate(
        [axes.apply(rows.take(ordered[at : at + CHUNK])) for at in range(0, len(ordered), CHUNK)]
    )
    centres: Any = faiss.IndexFlatL2(axes.d_out)
    inverted: Any = faiss.IndexIVFScalarQuantizer(
        centres, axes.d_out, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_L2
    )
    inverted.cp.niter = ROUNDS
    inverted.cp.min_points_per_centroid = 1
    inverted.cp.max_points_per_centroid = SAMPLED_PER_LIST
    inverted.train(sample)
    index = faiss.IndexPreTransform(axes, inverted)
    # FAISS frees what it holds; Python must not.
    index.own_fields = inverted.own_fields = True
    for each in (axes, inverted, centres):
        each.this.disown()
    return index


def add(index: Any, rows: StoredRows, ids: NDArray[np.int64]) -> None:
    """Add these rows under their numbers."""
    for at in range(0, len(ids), CHUNK):
        index.add_with_ids(rows.take(ids[at : at + CHUNK]), ids[at : at + CHUNK])


def renumber(index: Any, now: NDArray[np.int64]) -> None:
    """Give row i of an index the number now[i]; rows whose number is -1 go."""
    inverted: Any = faiss.extract_index_ivf(index)
    old = inverted.invlists
    new: Any = faiss.ArrayInvertedLists(inverted.nlist, inverted.code_size)
    kept = 0
    for place in range(inverted.nlist):
        size = old.list_size(place)
        if not size:
            continue
        ids = now[faiss.rev_swig_ptr(old.get_ids(place), size)]
        codes = faiss.rev_swig_ptr(old.get_codes(place), size * inverted.code_size)
        codes = codes.reshape(size, -1)[ids >= 0]
        ids = np.ascontiguousarray(ids[ids >= 0])
        kept += len(ids)
        if len(ids):
            codes = np.ascontiguousarray(codes)
            new.add_entries(place, len(ids), faiss.swig_ptr(ids), faiss.swig_ptr(codes))
    inverted.replace_invlists(new, True)
    new.this.disown()
    inverted.ntotal = index.ntotal = kept


def measure(index: Any, rows: StoredRows) -> Measured:
    """Choose how many lists a question looks into, against the exact nearest rows."""
    pairs = np.random.default_rng(1).permutation(len(rows))[: 2 * ASKED]
    some, others = rows.take(pairs[::2][: len(pairs) // 2]), rows.take(pairs[1::2])
    queries = (some + others) / np.linalg.norm(some + others, axis=1, keepdims=True)
    exact = nearest(rows, queries, NEAREST)
    probes, recall = 0, 0.0
    lists = faiss.extract_index_ivf(index).nlist
    for probes in PROBES:
        found = [find(index, query, FETCHED, min(probes, lists)) for query in queries]
        shares = [np.isin(near, ids).mean() for near, ids in zip(exact, found, strict=True)]
        recall = float(np.mean(shares))
        if recall >= ENOUGH:
            break
    return Measured(lists, min(probes, lists), round(recall, 4), len(rows))


def find(
    index: Any, query: Rows, k: int, probes: int, within: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """About the k rows nearest to a query, among `within` if given; fewer when lists run dry."""
    inverted: Any = faiss.extract_index_ivf(index)
    options: dict[str, Any] = {"nprobe": probes}
    if within is not None:
        wanted = np.zeros(index.ntotal, np.bool_)
        wanted[within] = True
        selector: Any = faiss.IDSelectorBitmap
        options["sel"] = selector(np.packbits(wanted, bitorder="little"))
    params = faiss.SearchParametersIVF(**options)
    axes = faiss.downcast_VectorTransform(index.chain.at(0))
    _, found = inverted.search(axes.apply(query.reshape(1, -1)), k, params=params)
    ids: NDArray[np.int64] = found[0]
    return ids[ids >= 0]


def save(index: Any, path: Path) -> None:
    """Write an index to a file."""
    faiss.write_index(index, str(path))


def load(path: Path) -> Any:
    """Map an index; its lists stay on disk."""
    index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    # Threads that read ahead cost more than the lists of one question.
    inverted: Any = faiss.extract_index_ivf(index)
    lists = faiss.downcast_InvertedLists(inverted.invlists)
    if isinstance(lists, faiss.OnDiskInvertedLists):
        lists.prefetch_nthread = 0
    return index


def nearest(rows: StoredRows, queries: Rows, k: int) -> NDArray[np.int64]:
    """The exact k rows nearest to each query, shape (queries, k), by reading all."""
    best = np.full((len(queries), 0), 0, np.float32)
    ids = np.zeros((len(queries), 0), np.int64)
    for start, chunk in _chunks(rows):
        scores, found = faiss.knn(
            queries, chunk, min(k, len(chunk)), metric=faiss.METRIC_INNER_PRODUCT
        )
        best = np.concatenate([best, scores], axis=1)
        ids = np.concatenate([ids, found + start], axis=1)
        order = np.argsort(-best, axis=1, kind="stable")[:, :k]
        best, ids = np.take_along_axis(best, order, 1), np.take_along_axis(ids, order, 1)
    return ids


def _chunks(rows: StoredRows) -> Iterator[tuple[int, Rows]]:
    for start in range(0, len(rows), CHUNK):
        yield start, rows.take(slice(start, start + CHUNK))
