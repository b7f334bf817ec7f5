"""What a person has set of a report's metadata, kept in the store's folder.

    STORE/described.json    {"reports": {ID: {"sha256": ..., "fields": {"title": ...}}}}

It is kept apart from the store's generations, so that it outlives an indexing run, and the files of
a store that is on a server. The hash is that of the document it was said of: another one that comes
under the same id later is not called by its name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.errors import ReportError, StoreError
from indexer.metadata.fields import DATES, from_words, with_fields
from indexer.report import Metadata, Report
from indexer.store.atomic import replace_text

NAME = "described.json"
PERSON = "set by a person"
DAMAGED = (
    OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ReportError,
)  # fmt: skip


def describe(report: Report, changes: Mapping[str, Any]) -> Report:
    """The report with what a person says of it; an empty value makes a field unknown.

    Raises:
        ReportError: a field is unknown, or a value does not fit it.
    """
    values = from_words(changes, report.id)
    return replace(report, metadata=with_fields(report.metadata, values, PERSON))


def keep_described(folder: Path, report: Report) -> None:
    """Write down what a person has set of a report.

    Hold `writing(folder)`.

    Raises:
        StoreError: the file cannot be read or written.
    """
    every = _read(folder)
    fields = _set_by_person(report.metadata)
    if fields:
        every[report.id] = {"sha256": report.sha256, "fields": fields}
    elif every.pop(report.id, None) is None:
        return
    path = folder / NAME
    try:
        replace_text(path, json.dumps({"reports": every}, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); check its permissions"
        ) from error


def with_described(folder: Path, report: Report, same: bool) -> Report:
    """The report with what was set of it before.

    Args:
        folder: the store folder.
        report: as it was read.
        same: it is a version of the report that is in the store by this id.

    Raises:
        StoreError: what was set cannot be read.
    """
    entry = _read(folder).get(report.id)
    if entry is None or not (same or entry["sha256"] == report.sha256):
        return report
    return describe(report, entry["fields"])


def _set_by_person(about: Metadata) -> dict[str, Any]:
    found = {each.field: getattr(about, each.field) for each in about.known}
    mine = [each.field for each in about.known if each.source == PERSON]
    return {name: found[name].isoformat() if name in DATES else _json(found[name]) for name in mine}


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(folder: Path) -> dict[str, Any]:
    path = folder / NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["reports"]
        for entry in found.values():
            from_words(entry["fields"], NAME)
            str(entry["sha256"])
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except DAMAGED as error:
        raise StoreError(
            f"{path} cannot be read ({error}); delete it, and describe the reports again"
        ) from error
    every: dict[str, Any] = found
    return every
