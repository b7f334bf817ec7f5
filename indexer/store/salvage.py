"""Reports and vectors that can still be read from a damaged store's generations.

Each generation has its lines twice: as files, and packed. Of each report the manifest has the
hashes, so that what is whole is known report by report, wherever the damage is.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from indexer.report import Report
from indexer.store.embedding_cache import Embedded, as_keys, text_key
from indexer.store.generation import LAYOUT, digest_of
from indexer.store.origin import embedded_text, sentence_texts
from indexer.store.records import passage_from, report_from
from indexer.store.stored_rows import StoredRows


@dataclass(frozen=True, slots=True)
class Remains:
    """One copy of the lines of a generation whose manifest is whole."""

    generation: Path
    manifest: dict[str, Any]
    packed: bool

    def reports(self) -> Iterator[tuple[int, Report]]:
        """The reports that are whole, each with its place in the manifest."""
        entries = self.manifest["reports"]
        own = self._lines(LAYOUT.reports, 0)
        passages = self._lines(LAYOUT.passages, len(entries))
        for place, entry in enumerate(entries):
            line = next(own, b"")
            lines = list(islice(passages, entry["passages"]))
            if _hash(line) == entry["line"] and _hash(b"".join(lines)) == entry["digest"]:
                yield place, report_from(line, tuple(map(passage_from, lines)))

    def _lines(self, name: str, skipped: int) -> Iterator[bytes]:
        """The lines of a file as far as they can be read; packed, those after `skipped` others."""
        try:
            if self.packed:
                with gzip.open(self.generation / LAYOUT.texts) as packed:
                    yield from islice(packed, skipped, None)
            else:
                with (self.generation / name).open("rb") as file:
                    yield from file
        except (OSError, EOFError, zlib.error):
            return


def remains_of(generation: Path, manifest: dict[str, Any]) -> tuple[Remains, Remains]:
    """Both copies of a generation's lines."""
    return Remains(generation, manifest, False), Remains(generation, manifest, True)


def whole_reports(wanted: dict[str, Any], copies: list[Remains]) -> dict[str, Remains]:
    """For each report that a manifest lists, the first copy that has just this one whole."""
    missing = {_identity(entry) for entry in wanted["reports"]}
    found: dict[str, Remains] = {}
    for copy in copies:
        if not missing:
            break
        for place, report in copy.reports():
            identity = _identity(copy.manifest["reports"][place])
            if identity in missing:
                missing.remove(identity)
                found[report.id] = copy
    return found


def read_reports(chosen: dict[str, Remains]) -> Iterator[Report]:
    """The reports that `whole_reports` found, in the order of their ids, one at a time."""
    copies = {id(copy): copy for copy in chosen.values()}.values()
    each = (_reports_of(copy, chosen) for copy in copies)
    return heapq.merge(*each, key=lambda report: report.id)


def _reports_of(copy: Remains, chosen: dict[str, Remains]) -> Iterator[Report]:
    return (report for _, report in copy.reports() if chosen.get(report.id) is copy)


def save_vectors(copy: Remains, embedded: Embedded) -> None:
    """Keep the vectors of a copy's whole reports, from those of its files that are whole."""
    entries = copy.manifest["reports"]
    passages = _rows(copy, LAYOUT.passage_vectors)
    sentences = _rows(copy, LAYOUT.sentence_vectors)
    if passages is None and sentences is None:
        return
    first = _starts([entry["passages"] for entry in entries])
    start = _starts([entry["sentences"] for entry in entries])
    for place, report in copy.reports():
        for rows, begin, texts in (
            (passages, first[place], [embedded_text(p) for p in report.passages]),
            (sentences, start[place], [s for p in report.passages for s in sentence_texts(p)]),
        ):
            if rows is not None and texts:
                vectors = rows.take(slice(begin, begin + len(texts)))
                embedded.keep(as_keys([text_key(text) for text in texts]), vectors)


def _rows(copy: Remains, name: str) -> StoredRows | None:
    """Stored vectors, if the file is what the manifest says."""
    path = copy.generation / f"{name}.npy"
    try:
        whole = digest_of(path) == copy.manifest["files"][path.name]["sha256"]
    except OSError:
        return None
    return StoredRows(path) if whole else None


def _starts(sizes: list[int]) -> list[int]:
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + size)
    return starts


def _identity(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["line"], entry["digest"]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
