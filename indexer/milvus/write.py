"""Reports to rows.

A row goes to the server as soon as its vector is made, in batches. A run that was cut short, here
or there, finds under the issue it began what the server has, and embeds and writes only the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexer.encoders.base import Encoder, Rows
from indexer.errors import StoreError
from indexer.milvus.connection import Database
from indexer.milvus.earlier import Earlier
from indexer.milvus.engine import MilvusStore, open_milvus
from indexer.milvus.issues import (
    Issue,
    claim,
    delete,
    in_use,
    prepare,
    publish,
    read_issues,
    retire,
)
from indexer.milvus.rows import about_of, entry_of, passage_row, sentence_row
from indexer.milvus.schema import PASSAGES, SENTENCES, passage_id, sentence_id
from indexer.report import Report
from indexer.sentences import with_sentences
from indexer.store import Progress, embedded_text, sentence_texts

# Texts embedded at once; rows and bytes of text sent at once (a server takes 64 MB).
BATCH = 256
MOST_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that the server does not have: its number, the text to embed, what makes it."""

    id: int
    text: str
    make: Callable[[Rows], dict[str, Any]]


def update_milvus(
    folder: Path,
    uri: str,
    fresh: Iterable[Report],
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    gone: Collection[str] = (),
) -> MilvusStore:
    """Add reports, put them in the place of those with the same ids, or take some out.

    Of a report, only the texts that it did not have before are embedded. Several processes may do
    this at once, each with reports of its own, once the first has made the collections.

    Args:
        folder: the store folder, for what is kept beside an engine.
        uri: the database, which may be empty; see `Database`.
        fresh: the reports to add or replace.
        encoder: makes the vectors; the store's own model, if it has one.
        progress: called with (texts embedded, texts to embed); the latter grows from report to
            report, which are read one by one.
        gone: ids of reports to take out.

    Raises:
        StoreError: the server does not answer, or the store is of another model or version. What
            was acknowledged stays; do the same again.
    """
    database = Database(uri)
    prepare(database, encoder)
    issues: dict[str, list[Issue]] = defaultdict(list)
    for issue in read_issues(database):
        # Kept until now for readers that had opened the store before the last run.
        if issue.state == "leaving":
            delete(database, issue)
        else:
            issues[issue.report].append(issue)
    numbers = {issue.number for own in issues.values() for issue in own}
    before = upto = 0

    def count(done: int, total: int) -> None:
        nonlocal upto
        upto = before + done
        progress(upto, before + total)

    for report in map(with_sentences, fresh):
        own, entry, about = issues[report.id], entry_of(report), about_of(report)
        used = next(iter(in_use(own)), None)
        if used is None or used.entry["digest"] != entry["digest"]:
            issue = claim(database, own, numbers, entry, about)
            _write(database, issue, report, Earlier(database, used), encoder, count)
            used, before = issue, upto
        if used.state == "writing" or used.entry != entry:
            # Where only the front page changed, the same rows under another one.
            used = publish(database, replace(used, entry=entry), about)
        # What a killed run began and this one did not go on with leaves, too.
        for other in own:
            if other.number != used.number:
                retire(database, other)
    for report_id in gone:
        for issue in issues[report_id]:
            retire(database, issue)
    return open_milvus(folder, uri)


def _write(
    database: Database,
    issue: Issue,
    report: Report,
    earlier: Earlier,
    encoder: Encoder,
    progress: Progress,
) -> None:
    """Have all rows of an issue on the server, and seen by its readers."""
    missing = (
        (PASSAGES, _missing(database, PASSAGES, issue, _passage_rows(issue.number, report))),
        (SENTENCES, _missing(database, SENTENCES, issue, _sentence_rows(issue.number, report))),
    )
    total = sum(row.text not in earlier for _, rows in missing for row in rows)
    done = 0
    for collection, rows in missing:
        for batch in _batches(rows):
            vectors = earlier.vectors(row.text for row in batch)
            fresh = list(dict.fromkeys(row.text for row in batch if row.text not in vectors))
            if fresh:
                vectors |= zip(fresh, encoder.encode(fresh), strict=True)
            database.call("upsert", collection, [row.make(vectors[row.text]) for row in batch])
            done += sum(row.text not in earlier for row in batch)
            if fresh:
                progress(done, total)
    for collection, name in ((PASSAGES, "passages"), (SENTENCES, "sentences")):
        found, expected = len(_written(database, collection, issue)), issue.entry[name]
        if found != expected:
            raise StoreError(
                f"the Milvus server at {database.uri} has {found:,} of {expected:,} {name} of "
                f"{report.id}; index it again"
            )


def _passage_rows(issue: int, report: Report) -> Iterator[_Row]:
    for place, passage in enumerate(report.passages):

        def make(vector: Rows, place: int = place) -> dict[str, Any]:
            return passage_row(issue, place, report.passages[place], vector)

        yield _Row(passage_id(issue, place), embedded_text(passage), make)


def _sentence_rows(issue: int, report: Report) -> Iterator[_Row]:
    for place, passage in enumerate(report.passages):
        for sentence, text in enumerate(sentence_texts(passage)):

            def make(vector: Rows, place: int = place, sentence: int = sentence) -> dict[str, Any]:
                return sentence_row(issue, place, sentence, report.passages[place], vector)

            yield _Row(sentence_id(passage_id(issue, place), sentence), text, make)


def _missing(database: Database, collection: str, issue: Issue, rows: Iterable[_Row]) -> list[_Row]:
    """Those the server does not have, short texts first, so that little is wasted on padding."""
    written = _written(database, collection, issue)
    return sorted((row for row in rows if row.id not in written), key=lambda row: len(row.text))


def _written(database: Database, collection: str, issue: Issue) -> set[int]:
    return {row["id"] for row in database.every(collection, f"issue == {issue.number}", ["id"])}


def _batches(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    size = 0
    for row in rows:
        if batch and (len(batch) == BATCH or size + len(row.text) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row.text)
    if batch:
        yield batch
