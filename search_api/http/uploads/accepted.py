"""Uploads that were accepted and are not in the store yet, kept in its folder until they are.

    STORE/uploads/JOB/NAME.EXT   the file, and NAME.toml if one came with it
    STORE/uploads/JOB/job.json   what was asked; without it the upload was never accepted
    STORE/uploads/lock           held by the server that works on them

A server that ends, however that comes, finds them when it starts again.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.errors import StoreError
from indexer.store.atomic import make_folder, replace_text, to_disk

UPLOADS, RECORD, LOCK, NEW = "uploads", "job.json", "lock", ".new-"
# Times that reading a file may have ended the server before it is given up.
MOST_BEGUN = 3


@dataclass(frozen=True, slots=True)
class Accepted:
    """An upload: its job's id, its file, what was asked, and how often it was begun."""

    job: str
    path: Path
    counted: bool
    replacing: bool
    request: str
    since: float
    begun: int = 0


def receiving(folder: Path) -> Path:
    """A new folder for what is being uploaded to the store in `folder`.

    Raises:
        OSError: it cannot be made.
    """
    make_folder(folder / UPLOADS)
    return Path(tempfile.mkdtemp(prefix=NEW, dir=folder / UPLOADS))


def accept(path: Path, counted: bool, replacing: bool, request: str) -> Accepted:
    """Take on an upload whose file lies in a folder of `receiving`; on disk when this returns.

    Raises:
        StoreError: it cannot be kept.
    """
    job = secrets.token_urlsafe(12)
    place = path.parent.with_name(job)
    accepted = Accepted(job, place / path.name, counted, replacing, request, time.time())
    try:
        for file in path.parent.iterdir():
            to_disk(file)
        _write(accepted, path.parent)
        path.parent.rename(place)
        to_disk(place.parent)
    except OSError as error:
        raise StoreError(
            f"the upload cannot be kept ({error.strerror}); free space and try again"
        ) from error
    return accepted


def begin(accepted: Accepted) -> Accepted:
    """Note that an upload is begun.

    Raises:
        StoreError: the folder cannot be written, or the upload was begun too often.
    """
    if accepted.begun >= MOST_BEGUN:
        raise StoreError(
            f"{accepted.path.name} was begun {accepted.begun} times and the server ended each "
            "time; index it with pilcrow index, which says why"
        )
    again = replace(accepted, begun=accepted.begun + 1)
    try:
        _write(again, accepted.path.parent)
    except OSError as error:
        raise StoreError(
            f"the store's folder cannot be written ({error.strerror}); free space and try again"
        ) from error
    return again


def finish(accepted: Accepted) -> None:
    """Delete what was kept of an upload that is in the store, or was refused."""
    place = accepted.path.parent
    # Of a deletion that is cut short, what asks for the file must not be what is left.
    with contextlib.suppress(OSError):
        (place / RECORD).unlink()
        to_disk(place)
    shutil.rmtree(place, ignore_errors=True)


def left_over(folder: Path) -> tuple[list[Accepted], FileLock | None]:
    """The uploads that a server before has left, in the order they came; unaccepted ones go.

    With them comes the lock that says who works on them: hold it. None where another server does.
    """
    lock = left_over_lock(folder)
    if lock is None:
        return [], None
    found = []
    for place in (folder / UPLOADS).iterdir():
        if not place.is_dir():
            continue
        accepted = None if place.name.startswith(NEW) else _read(place)
        if accepted is None:
            shutil.rmtree(place, ignore_errors=True)
        else:
            found.append(accepted)
    return sorted(found, key=lambda each: each.since), lock


def left_over_lock(folder: Path) -> FileLock | None:
    """The lock of whoever works on what was accepted; None where nothing was, or another does."""
    if not (folder / UPLOADS).is_dir():
        return None
    lock = FileLock(folder / UPLOADS / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return None
    return lock


def _write(accepted: Accepted, place: Path) -> None:
    told = {
        "file": accepted.path.name,
        "counted": accepted.counted,
        "replacing": accepted.replacing,
        "request": accepted.request,
        "since": accepted.since,
        "begun": accepted.begun,
    }
    replace_text(place / RECORD, json.dumps(told) + "\n")


def _read(place: Path) -> Accepted | None:
    try:
        told = json.loads((place / RECORD).read_text(encoding="utf-8"))
        path = place / Path(told["file"]).name
        return Accepted(
            place.name,
            path,
            bool(told["counted"]),
            bool(told["replacing"]),
            str(told["request"]),
            float(told["since"]),
            int(told["begun"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
