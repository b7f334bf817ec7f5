"""Reports to a new generation of the store.

What the generation before holds already is taken over as it lies on disk, report by report and row
by row. Nothing is held in memory but numbers: of the texts, the report at hand; of the vectors, a
chunk. Vectors that are made go to disk batch by batch (`indexer.store.embedding_cache`), so that a
run that was cut short goes on where it was.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

from indexer.encoders.base import Encoder
from indexer.report import Report
from indexer.sentences import with_sentences
from indexer.store.embedding_cache import Embedded, Progress
from indexer.store.generation import FORMAT, LAYOUT, drafted, publish, writing
from indexer.store.index import Engine
from indexer.store.origin import Origin, embedded_text
from indexer.store.records import Lines, passage_from
from indexer.store.store import Store, open_store
from indexer.store.terms import TermIndex
from indexer.store.token_vectors import write_tokens
from indexer.store.vectors import write_vectors
from indexer.store.writer import Draft

# A report to write, or the place of one to take over from the store before.
Source = Report | int


def build_store(
    folder: Path,
    reports: Iterable[Report],
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    before: Store | None = None,
) -> Store:
    """Write a new generation that holds exactly these reports, and open it.

    One process may build at a time: hold `writing(folder)` from opening the store before.

    Args:
        folder: the store folder; made if missing.
        reports: the reports, in any order; if they are made one at a time, which spares memory,
            in the order of their ids.
        encoder: makes the vectors.
        progress: called with (texts embedded, texts to embed).
        before: the store as it was; vectors of texts that a report has kept, made by the same
            weights, are taken over.

    Raises:
        StoreError: the folder cannot be written.
    """
    if isinstance(reports, Collection):
        reports = sorted(reports, key=lambda report: report.id)
    return write_store(folder, reports, encoder, progress, before)


def update_store(
    before: Store,
    fresh: Iterable[Report],
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    gone: Collection[str] = (),
) -> Store:
    """Write a new generation with reports added, replaced or taken out, and open it.

    What does not change is copied, not read. Hold `writing(folder)` from opening the store before.

    Args:
        before: the store as it was.
        fresh: reports to add, or to put in the place of those with the same ids; in the order of
            their ids.
        encoder: makes the vectors; if it has other weights than before, of all reports.
        progress: called with (texts embedded, texts to embed).
        gone: ids of reports to leave out.

    Raises:
        StoreError: the folder cannot be written.
    """
    return write_store(before.folder, _merged(before, fresh, gone), encoder, progress, before)


def convert_store(
    folder: Path, encoder: Encoder, progress: Progress = lambda done, total: None
) -> Store:
    """Bring a store of an earlier format, or other weights, up to date from its own texts; open it.

    Nothing is done to a store that is. Whoever has the store open goes on reading the
    generation that was in use.

    Args:
        folder: the store folder.
        encoder: makes the vectors; those of the same weights are taken over.
        progress: called with (texts embedded, texts to embed).

    Raises:
        StoreError: there is no store, it is damaged, or the folder cannot be written.
    """
    with writing(folder):
        before = open_store(folder)
        if not is_older(before, encoder):
            return before
        return write_store(folder, range(len(before.reports)), encoder, progress, before)


def is_older(store: Engine, encoder: Encoder) -> bool:
    """True for a store in files that has an earlier format, or was made with other weights."""
    if not isinstance(store, Store):
        return False
    manifest = store.manifest
    made_by = (manifest["format"], manifest["model"]["fingerprint"])
    return made_by != (FORMAT, encoder.fingerprint)


def _merged(before: Store, fresh: Iterable[Report], gone: Collection[str]) -> Iterator[Source]:
    """The reports of the next generation, by id; each is made when its turn comes."""
    kept = ((entry["id"], place) for place, entry in enumerate(before.manifest["reports"]))
    staying = ((name, place) for name, place in kept if name not in gone)
    added = ((report.id, report) for report in fresh)
    both: Iterable[tuple[str, Source]] = heapq.merge(added, staying, key=lambda pair: pair[0])
    # Of two with the same id the fresh one comes first.
    for _, same in groupby(both, key=lambda pair: pair[0]):
        yield next(same)[1]


def write_store(
    folder: Path,
    sources: Iterable[Source],
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    before: Store | None = None,
) -> Store:
    """Write a new generation of sources that come in the order of their ids; see `build_store`."""
    same_weights = (
        before is not None and before.manifest["model"]["fingerprint"] == encoder.fingerprint
    )
    embedded = Embedded(folder / LAYOUT.embedded, encoder)
    old = before if same_weights and _as_many_tokens(before, embedded) else None
    # Lines of another format are written anew, though their vectors may still be right.
    as_it_lies = before if before is not None and before.manifest["format"] == FORMAT else None
    with drafted(folder) as building:
        origin = Origin(old)
        with closing(Draft(building)) as draft:
            for source in sources:
                if isinstance(source, int) and old is not None and as_it_lies is not None:
                    draft.copy(as_it_lies, source)
                    origin.copied(source)
                else:
                    report = with_sentences(_report_of(source, before))
                    draft.add(report)
                    origin.added(report, draft.entries[-1]["digest"])
            table = draft.finish()
        lines = Lines(building / LAYOUT.passages, table.line, table.line_sum)
        origin.embed(embedded, lines, progress)
        texts = (embedded_text(passage_from(lines[row])) for row in range(len(lines)))
        TermIndex.build(texts, building / LAYOUT.terms)
        about = {
            "model": {"name": encoder.name, "fingerprint": encoder.fingerprint},
            "reports": draft.entries,
            "vectors": {
                "passages": write_vectors(
                    building,
                    LAYOUT.passage_vectors,
                    origin.passages.taken,
                    old.passage_vectors if old else None,
                    origin.passages.fresh(embedded),
                ),
                "sentences": write_vectors(
                    building,
                    LAYOUT.sentence_vectors,
                    origin.sentences.taken,
                    old.sentence_vectors if old else None,
                    origin.sentences.fresh(embedded),
                ),
            },
        }
        if embedded.token_dim:
            about["tokens"] = write_tokens(
                building,
                embedded.token_dim,
                origin.sentences.taken,
                old.tokens if old else None,
                origin.sentences.fresh_tokens(embedded),
            )
        publish(building, about)
        (folder / LAYOUT.embedded).unlink(missing_ok=True)
    return open_store(folder)


def _as_many_tokens(before: Store | None, embedded: Embedded) -> bool:
    """Whether the tokens of the store before can be taken over; True where there are none."""
    return before is not None and before.token_dim == embedded.token_dim


def _report_of(source: Source, before: Store | None) -> Report:
    if isinstance(source, Report):
        return source
    assert before is not None
    return before.reports[source]
