"""Files kept beside a store: reports as they were brought, and removed ones, to be put back.

    STORE/originals/ID.EXT     the file a report was read from
    STORE/removed/ID.json      a report taken out of the store, for a day
    STORE/removed/ID.EXT       the file it was read from

`PILCROW_ORIGINALS=off` keeps no files from then on, and a server shows none.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from indexer.errors import NotFoundError, StoreError
from indexer.report import Report
from indexer.store.atomic import make_folder, replace_text, to_disk

ORIGINALS, REMOVED = "originals", "removed"
VARIABLE = "PILCROW_ORIGINALS"
RECORD = ".json"
# Seconds for which a removed report can be put back.
DAY = 24 * 60 * 60
REPORT = TypeAdapter(Report)


def keeps_originals(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether files are to be kept."""
    return environment.get(VARIABLE, "").lower() not in ("0", "off", "no")


def keep_original(folder: Path, report: str, file: Path, keeping: bool) -> None:
    """Keep a copy of the file a report was read from, in the place of an earlier one.

    Where they are not kept, the earlier one goes all the same: it is of another version.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        if not keeping:
            drop_original(folder, report)
            return
        make_folder(folder / ORIGINALS)
        fresh = folder / ORIGINALS / f".{report}.new"
        shutil.copyfile(file, fresh)
        to_disk(fresh)
        drop_original(folder, report)
        fresh.replace(folder / ORIGINALS / f"{report}{file.suffix.lower()}")
        to_disk(folder / ORIGINALS)
    except OSError as error:
        raise _unwritable(folder, error) from error


def original_of(folder: Path, report: str) -> Path | None:
    """The file a report was read from; None where it was not kept."""
    return _file_of(folder / ORIGINALS, report)


def originals(folder: Path) -> dict[str, Path]:
    """The files that reports were read from, by the reports' ids."""
    found = sorted((folder / ORIGINALS).glob("*"))
    return {path.stem: path for path in found if path.suffix != ".new"}


def drop_original(folder: Path, report: str) -> None:
    """Delete the file a report was read from, if it was kept."""
    if file := original_of(folder, report):
        file.unlink()
        to_disk(folder / ORIGINALS)


def set_aside(folder: Path, report: Report) -> None:
    """Keep a report that leaves the store, with its file, for a day.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        make_folder(folder / REMOVED)
        erase(folder, report.id)
        # Its passages, which a store reads on demand, all at once.
        whole = replace(report, passages=tuple(report.passages))
        text = REPORT.dump_json(whole).decode()
        replace_text(folder / REMOVED / f"{report.id}{RECORD}", text)
        if file := original_of(folder, report.id):
            _moved(file, folder / REMOVED)
    except OSError as error:
        raise _unwritable(folder, error) from error


def aside(folder: Path, report: str) -> Report:
    """A removed report that can still be put back.

    Raises:
        NotFoundError: there is none.
        StoreError: it cannot be read.
    """
    sweep(folder)
    # The name is looked for among those there are: what was asked for is never a path.
    for path in _records(folder):
        if path.stem == report:
            try:
                return REPORT.validate_json(path.read_bytes())
            except (OSError, ValidationError) as error:
                raise StoreError(f"{path} cannot be read; bring the report again") from error
    raise NotFoundError(f"no report '{report[:80]}' was removed in the last 24 hours")


def put_back(folder: Path, report: str) -> None:
    """Bring the file of a report that is in the store again to its place."""
    if file := _file_of(folder / REMOVED, report):
        make_folder(folder / ORIGINALS)
        _moved(file, folder / ORIGINALS)
    erase(folder, report)


def erase(folder: Path, report: str) -> None:
    """Delete a removed report and its file."""
    for path in (folder / REMOVED / f"{report}{RECORD}", _file_of(folder / REMOVED, report)):
        if path is not None:
            path.unlink(missing_ok=True)


def sweep(folder: Path, now: float | None = None) -> list[str]:
    """Delete what was removed more than a day ago; gives the reports' ids."""
    late = (time.time() if now is None else now) - DAY
    old = [path.stem for path in _records(folder) if path.stat().st_mtime < late]
    for report in old:
        erase(folder, report)
    return old


def removed(folder: Path) -> list[str]:
    """The ids of removed reports that can be put back."""
    sweep(folder)
    return [path.stem for path in _records(folder)]


def _moved(file: Path, folder: Path) -> None:
    """Move a file to another folder; on disk when this returns."""
    file.replace(folder / file.name)
    to_disk(folder)
    to_disk(file.parent)


def _records(folder: Path) -> list[Path]:
    return sorted((folder / REMOVED).glob(f"*{RECORD}"))


def _file_of(folder: Path, report: str) -> Path | None:
    """The file of a report in a folder, whatever its format."""
    for path in sorted(folder.glob("*")):
        if path.stem == report and path.suffix not in (RECORD, ".new"):
            return path
    return None


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"{folder} cannot be written ({error.strerror}); free space and try again")
