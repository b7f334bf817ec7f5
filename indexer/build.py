"""Report files to an updated store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.backends import find_engine, mark_of, open_engine, update_engine
from indexer.encoders.base import Encoder
from indexer.errors import OtherDocumentError, ReportError, StoreError
from indexer.formats import READERS
from indexer.history import is_version, with_history
from indexer.load import load_report, report_id
from indexer.metadata.described import describe, keep_described, with_described
from indexer.report import Report
from indexer.store import OnDemand, Progress, writing
from indexer.store.encoder import encoder_for, encoder_of
from indexer.store.index import Engine
from indexer.store.kept import drop_original, keep_original, keeps_originals


@dataclass(frozen=True, slots=True)
class Indexed:
    """The result of an indexing run.

    `reports` are those it read, `reissued` the ids of those whose text replaced another one,
    `embedded` the number of texts it had to embed.
    """

    reports: Sequence[Report]
    reissued: frozenset[str]
    store: Engine
    embedded: int


def report_files(paths: Iterable[Path]) -> list[Path]:
    """The report files that these paths name; of a folder, every file of a known format.

    Raises:
        ReportError: a folder holds no report, or two files would have the same id.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            p
            for p in path.iterdir()
            if p.suffix.lower() in READERS and p.is_file() and _stays_in(p, path)
        )
        if not inside:
            raise ReportError(f"{path} holds no report; known formats: {', '.join(READERS)}")
        found += inside
    by_id: dict[str, Path] = {}
    for path in found:
        other = by_id.setdefault(report_id(path), path)
        if other != path:
            raise ReportError(f"{other} and {path} would share an id; rename one of them")
    return found


def _stays_in(path: Path, folder: Path) -> bool:
    """True unless it is a link to somewhere outside the folder: name such a file to index it."""
    return not path.is_symlink() or path.resolve().is_relative_to(folder.resolve())


def index_reports(
    folder: Path,
    paths: Iterable[Path],
    model: str | None = None,
    progress: Progress = lambda done, total: None,
    allow_unnumbered: bool = False,
    name: str = "",
    replacing: bool = False,
    originals: bool | None = None,
) -> Indexed:
    """Add these reports to the store, or replace those of the same id, and keep the others.

    Args:
        folder: the store folder; made if missing.
        paths: report files.
        model: a sentence-transformers model; default the store's own, else the embedded one.
            Another model than the store's embeds every report again.
        progress: called with (texts embedded, texts to embed).
        allow_unnumbered: count the paragraphs of reports that print no numbers.
        name: the id that the one report is to have; by default that of its file.
        replacing: put a report in the place of another document with the same id.
        originals: keep copies of the files; by default as the environment says.

    Raises:
        ReportError: a file cannot be read, or it is another document than the one that has its
            id; the store stays as it is.
        StoreError: the store there is damaged or cannot be written.
        ModelError: the model cannot be loaded.
    """
    by_id = {name or report_id(path): path for path in paths}
    embedded = 0

    def count(done: int, total: int) -> None:
        nonlocal embedded
        embedded = done
        progress(done, total)

    with writing(folder):
        before = find_engine(folder)
        texts = (
            passage.text
            for path in by_id.values()
            for passage in load_report(path, allow_unnumbered, name).passages
        )
        encoder = encoder_for(folder, texts, model, before)
        # One after the other, so that they need not be held at once.
        fresh = (
            with_past(before, load_report(path, allow_unnumbered, name), replacing)
            for _, path in sorted(by_id.items())
        )
        store = update_engine(folder, before, fresh, encoder, count)
        keeping = keeps_originals() if originals is None else originals
        for each, path in by_id.items():
            keep_original(folder, each, path, keeping)
    places = [store.place(name) for name in by_id]
    reports = OnDemand(lambda i: store.reports[places[i]], len(places))
    reissued = (name for name in by_id if before and _issues(store, name) > _issues(before, name))
    return Indexed(reports, frozenset(reissued), store, embedded)


def with_past(before: Engine | None, report: Report, replacing: bool = False) -> Report:
    """The report; a new version of one in the store knows that one's past and what was set of it.

    Raises:
        OtherDocumentError: the report in the store with this id is another document, and that is
            not to be replaced.
        StoreError: what was set cannot be read.
    """
    if before is None:
        return report
    place = before.find(report.id)
    if place is None:
        return with_described(before.folder, report, same=False)
    old = before.reports[place]
    same = is_version(old, report)
    if not same and not replacing:
        raise OtherDocumentError(
            f"{report.source} is another document than '{report.id}' in the store "
            f"({_named(old)}), which it would replace; give it an id of its own with --as ID, or "
            "put it in that one's place with --replace"
        )
    report = with_described(before.folder, report, same)
    keep_described(before.folder, report)
    return with_history(old, report)


def _named(report: Report) -> str:
    return f"‘{report.metadata.title}’" if report.metadata.title else f"from {report.source}"


def describe_report(folder: Path, report_id: str, changes: Mapping[str, Any]) -> Report:
    """Set what a person says of a report; an empty value makes a field unknown.

    Raises:
        NotFoundError: the store has no such report.
        ReportError: a field is unknown, or a value does not fit it.
        StoreError: there is no store, or it cannot be written.
    """
    if mark_of(folder) is None:
        # Says that there is no store, and makes no folder.
        open_engine(folder)
    with writing(folder):
        before = open_engine(folder)
        store = describe_in(before, encoder_of(before), report_id, changes)
    return store.report(report_id)


def describe_in(
    before: Engine, encoder: Encoder, report_id: str, changes: Mapping[str, Any]
) -> Engine:
    """The store with what a person says of a report; see `describe_report`.

    Hold `writing(before.folder)` from opening the store before.
    """
    report = describe(before.report(report_id), changes)
    keep_described(before.folder, report)
    return update_engine(before.folder, before, [report], encoder)


def remove_report(folder: Path, report_id: str) -> Engine:
    """Take a report out of the store; the vectors of the others are kept.

    Raises:
        NotFoundError: the store has no such report.
        StoreError: there is no store, or it is damaged, or it would be left empty.
    """
    if mark_of(folder) is None:
        # Says that there is no store, and makes no folder.
        open_engine(folder)
    with writing(folder):
        before = open_engine(folder)
        before.place(report_id)
        if len(before.reports) == 1:
            raise StoreError(
                f"{report_id} is the last report in {folder}; delete the folder to be rid of it"
            )
        store = update_engine(folder, before, [], encoder_of(before), gone=[report_id])
        drop_original(folder, report_id)
        return store


def _issues(store: Engine, report_id: str) -> int:
    """The number of earlier issues known of a report; large for one that is not there."""
    place = store.find(report_id)
    return sys.maxsize if place is None else len(store.reports[place].history)
