"""Report files to an updated store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.encoder import DEFAULT_MODEL, load_encoder
from indexer.errors import ReportError, StoreError
from indexer.formats import READERS
from indexer.load import load_report, report_id
from indexer.report import Report
from indexer.store import Progress, Store, build_store, exists, open_store, writing
from indexer.versions import with_history


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an indexing run did.

    `reports` are those it read, `reissued` the ids of those whose text replaced another one,
    `embedded` the number of texts it had to embed.
    """

    reports: tuple[Report, ...]
    reissued: frozenset[str]
    store: Store
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
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in READERS and p.is_file())
        if not inside:
            raise ReportError(f"{path} holds no report; known formats: {', '.join(READERS)}")
        found += inside
    by_id: dict[str, Path] = {}
    for path in found:
        other = by_id.setdefault(report_id(path), path)
        if other != path:
            raise ReportError(f"{other} and {path} would share an id; rename one of them")
    return found


def index_reports(
    folder: Path,
    paths: Iterable[Path],
    model: str | None = None,
    progress: Progress = lambda done, total: None,
    allow_unnumbered: bool = False,
) -> Indexed:
    """Add these reports to the store, or replace those of the same id, and keep the others.

    Args:
        folder: the store folder; made if missing.
        paths: report files.
        model: a sentence-transformers model; default the store's own, else the embedded one.
            Another model than the store's embeds every report again.
        progress: called with (texts embedded, texts to embed).
        allow_unnumbered: count the paragraphs of reports that print no numbers.

    Raises:
        ReportError: a file cannot be read; the store stays as it is.
        StoreError: the store there is damaged or cannot be written.
        ModelError: the model cannot be loaded.
    """
    fresh = [load_report(path, allow_unnumbered) for path in paths]
    embedded = 0

    def count(done: int, total: int) -> None:
        nonlocal embedded
        embedded = done
        progress(done, total)

    with writing(folder):
        before = open_store(folder) if exists(folder) else None
        encoder = load_encoder(model or (before.model if before else DEFAULT_MODEL))
        reports = merged(before, fresh)
        store = build_store(folder, reports.values(), encoder, count, before)
    known = {report.id: report.text for report in before.reports} if before else {}
    changed = (r.id for r in fresh if known.get(r.id, r.text) != r.text)
    return Indexed(tuple(reports[r.id] for r in fresh), frozenset(changed), store, embedded)


def merged(before: Store | None, fresh: Iterable[Report]) -> dict[str, Report]:
    """A store's reports by id with these added; one that replaces another knows its past."""
    reports = {report.id: report for report in before.reports} if before else {}
    for report in fresh:
        old = reports.get(report.id)
        reports[report.id] = with_history(old, report) if old else report
    return reports


def remove_report(folder: Path, report_id: str) -> Store:
    """Take a report out of the store; the vectors of the others are kept.

    Raises:
        NotFoundError: the store has no such report.
        StoreError: there is no store, or it is damaged, or it would be left empty.
    """
    if not exists(folder):
        open_store(folder)
    with writing(folder):
        before = open_store(folder)
        gone = before.report(report_id)
        kept = [report for report in before.reports if report != gone]
        if not kept:
            raise StoreError(
                f"{report_id} is the last report in {folder}; delete the folder to be rid of it"
            )
        return build_store(folder, kept, load_encoder(before.model), before=before)
