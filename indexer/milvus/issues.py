"""The issue of each report that is in use.

An issue of a report is written row by row, then published by writing its one row in ISSUES anew,
and the issue before leaves: the next run deletes its rows, so that who had opened the store can
still read them. Whoever reads takes the published issue of the highest revision, so a
report is seen as it was or as it is, whole; what a process that was killed left behind is finished
or swept by the next one that writes that report.

    (nothing) -> writing -> published -> leaving -> (nothing)

Only one process at a time may write a report.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from indexer.encoders.base import Encoder
from indexer.errors import StoreError
from indexer.milvus.connection import STRONG, Database
from indexer.milvus.schema import (
    HEAD,
    ISSUE_BITS,
    ISSUES,
    PASSAGES,
    SCHEMA,
    SENTENCES,
    create,
)

State = Literal["writing", "published", "leaving"]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of a report. `entry` is what the manifest says about it (see `Draft.entries`)."""

    number: int
    report: str
    state: State
    revision: int
    entry: dict[str, Any]


def read_model(database: Database) -> dict[str, str] | None:
    """The model that the rows were made with; None for a database without a store.

    Raises:
        StoreError: another version wrote it.
    """
    # The last one that is made.
    if not database.call("has_collection", ISSUES):
        return None
    for collection in (ISSUES, PASSAGES, SENTENCES):
        # Some servers forget after a restart what they had in memory.
        database.call("load_collection", collection)
    found = _query(database, f"id == {HEAD}", ["entry"])
    if not found:
        return None
    head = json.loads(found[0]["entry"])
    if head["schema"] != SCHEMA:
        raise StoreError(
            f"the store at {database.uri} has schema {head['schema']}, this version reads "
            f"{SCHEMA}; index the reports into another database: --uri http://HOST:PORT/NAME"
        )
    model: dict[str, str] = head["model"]
    return model


def prepare(database: Database, encoder: Encoder) -> None:
    """Make the collections, for the vectors of this encoder. What is there already is kept.

    Raises:
        StoreError: another version or another model made them.
    """
    model = read_model(database)
    made = {"name": encoder.name, "fingerprint": encoder.fingerprint}
    if model is None:
        create(database, encoder.encode(["dimension"]).shape[1])
        _put(database, Issue(HEAD, "", "published", 0, {"schema": SCHEMA, "model": made}), {})
    elif model["fingerprint"] != encoder.fingerprint:
        raise StoreError(
            f"the store at {database.uri} was built by model '{model['name']}'; index with that, "
            "or into another database: --uri http://HOST:PORT/NAME"
        )


def read_issues(database: Database) -> list[Issue]:
    """Every issue, in whatever state."""
    rows = database.every(ISSUES, f"id > {HEAD}", ["report", "state", "revision", "entry"])
    return [
        Issue(row["id"], row["report"], row["state"], row["revision"], json.loads(row["entry"]))
        for row in rows
    ]


def in_use(issues: Iterable[Issue]) -> list[Issue]:
    """The issue of each report that is read, by report id."""
    found: dict[str, Issue] = {}
    for issue in sorted(issues, key=lambda issue: issue.revision):
        if issue.state == "published":
            found[issue.report] = issue
    return [found[report] for report in sorted(found)]


def claim(
    database: Database,
    own: Sequence[Issue],
    taken: Collection[int],
    entry: dict[str, Any],
    about: dict[str, Any],
) -> Issue:
    """The issue to write a report's rows under: the one a killed process began, or a new one.

    Args:
        database: where to write.
        own: the report's issues.
        taken: the numbers of all issues.
        entry: what the manifest will say about the report.
        about: the other fields of its row in ISSUES.
    """
    begun = [issue for issue in own if issue.state == "writing" and issue.entry == entry]
    if begun:
        return begun[0]
    number = HEAD
    while number == HEAD or number in taken:
        number = secrets.randbits(ISSUE_BITS)
    revision = max((issue.revision for issue in own), default=0) + 1
    issue = Issue(number, entry["id"], "writing", revision, entry)
    _put(database, issue, about)
    return issue


def publish(database: Database, issue: Issue, about: dict[str, Any]) -> Issue:
    """Put an issue whose rows are written in the place of the one before."""
    published = replace(issue, state="published")
    _put(database, published, about)
    return published


def retire(database: Database, issue: Issue) -> None:
    """Take an issue out of use. Its rows stay, for those who opened the store before."""
    found = _query(database, f"id == {issue.number}", ["*"])
    for row in found:
        lists = {name: list(row[name]) for name in ("abbreviations", "body", "unused")}
        database.call("upsert", ISSUES, [{**row, **lists, "state": "leaving"}])


def delete(database: Database, issue: Issue) -> None:
    """Delete an issue's rows, then itself."""
    for collection in (PASSAGES, SENTENCES):
        database.call("delete", collection, filter=f"issue == {issue.number}")
    database.call("delete", ISSUES, ids=[issue.number])


def _put(database: Database, issue: Issue, about: dict[str, Any]) -> None:
    row = {
        "id": issue.number,
        "report": issue.report,
        "state": issue.state,
        "revision": issue.revision,
        "entry": json.dumps(issue.entry, ensure_ascii=False),
        "outline": "",
        "abbreviations": [],
        "body": [],
        "unused": [0.0, 0.0],
        **about,
    }
    database.call("upsert", ISSUES, [row])


def _query(database: Database, condition: str, fields: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = database.call(
        "query", ISSUES, filter=condition, output_fields=fields, consistency_level=STRONG
    )
    return found
