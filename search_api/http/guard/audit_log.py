"""The record of writes: who changed what, when; lines of JSON that are only ever added."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import PilcrowError
from indexer.store.atomic import make_folder, to_disk

# What is asked for, with how it ends if it is done, if it is not, and when the server ended before.
ENDS = {
    "upload": ("stored", "not stored"),
    "remove": ("removed", "not removed"),
    "describe": ("described", "not described"),
    "restore": ("stored", "not stored"),
}
# What of the record is looked through for entries without an end.
LOOKED_THROUGH = 1_000_000


class Audit:
    """A file that grows by a line for each thing done; without a path nothing is recorded."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def record(self, event: str, **fields: str | None) -> None:
        """Add a line; it is on the disk when this returns.

        Raises:
            PilcrowError: it cannot be written; what it tells of must not be done.
        """
        if self._path is None:
            return
        said = {name: value for name, value in fields.items() if value}
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **said}
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        try:
            make_folder(self._path.parent)
            is_new = not self._path.exists()
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # One write, so that two processes' lines do not mix.
                os.write(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
            if is_new:
                to_disk(self._path.parent)
        except OSError as error:
            raise PilcrowError(
                f"{self._path} cannot be written ({error.strerror}); nothing is changed without a "
                "record: mend that and try again"
            ) from error

    def unended(self) -> list[dict[str, str]]:
        """What was asked for lately and has no end, oldest first."""
        if self._path is None or not self._path.is_file():
            return []
        with self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - LOOKED_THROUGH))
            lines = file.read().splitlines()
        open_entries: dict[str, dict[str, str]] = {}
        for line in lines:
            try:
                entry = json.loads(line)
                event, request = entry["event"], entry["request"]
            except (ValueError, KeyError, TypeError):
                # The head of the first line was cut off; or somebody wrote here by hand.
                continue
            if event in ENDS:
                open_entries[request] = entry
            elif any(event in ends for ends in ENDS.values()):
                open_entries.pop(request, None)
        return list(open_entries.values())


def end_open_entries(
    audit: Audit, going_on: Collection[str], stored: Callable[[str], bool]
) -> None:
    """Give what a server before left without an end the end that it had.

    Args:
        audit: the record.
        going_on: the requests that are gone on with now.
        stored: whether the store has a report.
    """
    for entry in audit.unended():
        if entry["request"] in going_on:
            continue
        done, not_done = ENDS[entry["event"]]
        report = entry.get("report", "")
        gone = entry["event"] == "remove" and not stored(report)
        with contextlib.suppress(PilcrowError):
            audit.record(
                done if gone else not_done,
                report=report,
                request=entry["request"],
                detail=None if gone else "the server ended before",
            )
