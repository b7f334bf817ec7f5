"""Indexes what is uploaded, one file at a time, beside the questions."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote

import numpy as np

from indexer.backends import open_engine, update_engine
from indexer.build import describe_in, with_past
from indexer.encoders.base import Encoder, Rows, TokenRows, token_encoder
from indexer.errors import (
    NotFoundError,
    OtherDocumentError,
    PilcrowError,
    ReportError,
    StoreError,
)
from indexer.load import report_id
from indexer.report import Report
from indexer.store import convert_store, is_older, writing
from indexer.store.index import Engine
from indexer.store.kept import (
    aside,
    drop_original,
    keep_original,
    put_back,
    removed,
    set_aside,
    sweep,
)
from search_api.http.guard.audit_log import Audit, end_open_entries
from search_api.http.guard.request_log import request_id
from search_api.http.uploads.accepted import (
    Accepted,
    accept,
    begin,
    finish,
    left_over,
    left_over_lock,
)
from search_api.http.uploads.read_apart import load_apart
from search_api.library.live import Live
from search_api.types.jobs import Failure, Job, Status

# Jobs that wait or run at once; finished ones are remembered up to this many as well.
MOST_JOBS = 20
TITLES = {409: "Another document has this id", 422: "Report cannot be read"}
# Seconds from one look for removed reports that are to be erased to the next.
HOUR = 3_600
# Texts embedded before a waiting question gets its turn.
AT_ONCE = 16

log = logging.getLogger("pilcrow")


class BusyError(PilcrowError):
    """The store is being changed, or too much waits to change it."""


class _Patient:
    """An encoder that lets others at the processor between a few texts and the next."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self._encode = encoder.encode
        self._reader = token_encoder(encoder)

    @property
    def token_dim(self) -> int:
        """See TokenEncoder.token_dim."""
        return self._reader.token_dim if self._reader else 0

    def encode(self, texts: list[str]) -> Rows:
        """See Encoder.encode."""
        return np.concatenate([self._encode(few) for few in _a_few_each(texts)])

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        """See TokenEncoder.encode_tokens."""
        assert self._reader is not None
        read = [self._reader.encode_tokens(few) for few in _a_few_each(texts)]
        return np.concatenate([rows for rows, _ in read]), [t for _, some in read for t in some]


def _a_few_each(texts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), AT_ONCE):
        yield texts[start : start + AT_ONCE]
        time.sleep(0.002)


def _keep_sweeping(folder: Path) -> None:
    while True:
        time.sleep(HOUR)
        try:
            sweep(folder)
        except OSError as error:
            log.error("removed reports cannot be erased: %s", error)


@dataclass(frozen=True, slots=True)
class _Task:
    """A report to be read and put into the store: who asked, and what is to be done after."""

    job: str
    request: str
    read: Callable[[], Report]
    done: Callable[[Path, str], None]
    replacing: bool
    upload: Accepted | None = None


class Intake:
    """Changes the store of a running server, one change at a time, beside the questions."""

    def __init__(self, live: Live, encoder: Encoder, audit: Audit, originals: bool) -> None:
        self._live, self._audit, self._originals = live, audit, originals
        self._encoder = _Patient(encoder)
        self._jobs: dict[str, Job] = {}
        self._queue: SimpleQueue[_Task] = SimpleQueue()
        self._worker: threading.Thread | None = None
        # Held to change the jobs, and by whoever changes the store.
        self._desk, self._writing = threading.Lock(), threading.Lock()
        self._sweeper: threading.Thread | None = None
        self._sweep_later()
        if is_older(live.store, encoder):
            threading.Thread(target=self._convert, name="converting", daemon=True).start()
        left, self._lock = left_over(live.store.folder)
        end_open_entries(audit, {each.request for each in left}, self._has)
        for upload in left:
            self._enqueue(self._task(upload), upload.path.name, report_id(upload.path))

    def _convert(self) -> None:
        """Bring a store of an earlier version up to date; it answers meanwhile."""
        try:
            with self._writing:
                self._live.replace(convert_store(self.folder, self._encoder))
        except PilcrowError as error:
            log.warning("the store stays as an earlier version made it: %s", error)

    def _has(self, report: str) -> bool:
        return self._live.store.find(report) is not None

    @property
    def folder(self) -> Path:
        """The store's folder, where uploads are kept until they are in it."""
        return self._live.store.folder

    def bring(self, path: Path, allow_unnumbered: bool = False, replacing: bool = False) -> Job:
        """Queue a report file in a folder of `receiving`; it is kept until it is in the store.

        Another document with its id is put out of its place only by one that is `replacing` it.

        Raises:
            BusyError: too many uploads wait.
            StoreError: it cannot be kept.
        """
        self._check_room()
        upload = accept(path, allow_unnumbered, replacing, request_id.get())
        if self._lock is None:
            # Of the uploads of a server that starts now, these are not.
            self._lock = left_over_lock(self.folder)
        return self._enqueue(self._task(upload), path.name, report_id(path))

    def _task(self, upload: Accepted) -> _Task:
        path = upload.path
        return _Task(
            upload.job,
            upload.request,
            read=lambda: load_apart(path, upload.counted),
            done=lambda folder, report: keep_original(folder, report, path, self._originals),
            replacing=upload.replacing,
            upload=upload,
        )

    def restore(self, name: str) -> Job:
        """Queue a report that was removed to be put back.

        Raises:
            NotFoundError: no such report was removed in the last 24 hours.
            BusyError: too many uploads wait.
        """
        report = aside(self.folder, name)
        self._check_room()
        job = secrets.token_urlsafe(12)
        task = _Task(job, request_id.get(), lambda: report, put_back, replacing=False)
        return self._enqueue(task, report.source, name)

    def _check_room(self) -> None:
        if sum(not each.finished for each in self.jobs()) >= MOST_JOBS:
            raise BusyError(f"{MOST_JOBS} uploads wait already; try again when one is done")

    def _enqueue(self, task: _Task, file: str, report: str) -> Job:
        job = Job(id=task.job, file=file, report=report, status="queued")
        with self._desk:
            old = [each.id for each in self._jobs.values() if each.finished]
            for name in old[: max(0, len(old) + 1 - MOST_JOBS)]:
                del self._jobs[name]
            self._jobs[job.id] = job
            if self._worker is None:
                # A daemon: the server need not wait for it to stop. A build that is cut short
                # leaves the store as it was.
                self._worker = threading.Thread(target=self._work, name="indexing", daemon=True)
                self._worker.start()
        self._queue.put(task)
        return job

    def job(self, name: str) -> Job:
        """A job by id.

        Raises:
            NotFoundError: there is no such job, or it ended long ago.
        """
        found = self._jobs.get(name)
        if found is None:
            raise NotFoundError(f"no job '{name[:40]}'; jobs that ended are forgotten in time")
        return found

    def jobs(self) -> list[Job]:
        """Jobs that wait, run, or ended not long ago; newest first."""
        return list(self._jobs.values())[::-1]

    def remove(self, name: str, erasing: bool = False) -> None:
        """Take a report out of the store; unless it is erased it can be put back for a day.

        Raises:
            NotFoundError: the store has no such report.
            BusyError: an upload is being indexed.
            StoreError: it is the last report, or the store cannot be written.
        """
        if not self._writing.acquire(blocking=False):
            raise BusyError("a report is being indexed; try again when its job is done")
        try:
            folder = self._live.store.folder
            with writing(folder):
                before = self._opened(folder)
                before.place(name)
                if len(before.reports) == 1:
                    raise StoreError("this is the last report; upload another one first")
                if not erasing:
                    set_aside(folder, before.report(name))
                self._live.replace(update_engine(folder, before, [], self._encoder, gone=[name]))
                if erasing:
                    drop_original(folder, name)
            self._sweep_later()
        finally:
            self._writing.release()

    def _sweep_later(self) -> None:
        """See to it that what was removed is erased in time, if anything was."""
        folder = self._live.store.folder
        if self._sweeper is None and removed(folder):
            self._sweeper = threading.Thread(target=_keep_sweeping, args=(folder,), daemon=True)
            self._sweeper.start()

    def describe(self, name: str, changes: Mapping[str, Any]) -> Report:
        """Set what a person says of a report; an empty value makes a field unknown.

        Raises:
            NotFoundError: the store has no such report.
            ReportError: a field is unknown, or a value does not fit it.
            BusyError: an upload is being indexed.
            StoreError: the store cannot be written.
        """
        if not self._writing.acquire(blocking=False):
            raise BusyError("a report is being indexed; try again when its job is done")
        try:
            folder = self._live.store.folder
            with writing(folder):
                store = describe_in(self._opened(folder), self._encoder, name, changes)
                self._live.replace(store)
        finally:
            self._writing.release()
        return store.report(name)

    def _work(self) -> None:
        while True:
            task = self._queue.get()
            name = task.job
            request_id.set(task.request)
            try:
                self._index(task)
            except OtherDocumentError as error:
                self._fail(name, 409, f"{error} (over HTTP, the fields 'as' and 'replace')")
            except PilcrowError as error:
                status = 422 if isinstance(error, ReportError) else 500
                self._fail(name, status, str(error))
            except Exception:
                log.exception("indexing %s failed", self._jobs[name].file)
                self._fail(name, 500, "the server failed on this file; its log says why")
            finally:
                self._record(self._jobs[name], task.request)
                if task.upload is not None:
                    finish(task.upload)

    def _record(self, job: Job, request: str) -> None:
        """Write down how a job ended; who asked for it was written down before."""
        event = "stored" if job.status == "ready" else "not stored"
        detail = job.problem.detail if job.problem else None
        try:
            self._audit.record(event, report=job.report, request=request, detail=detail)
        except PilcrowError as error:
            log.error("%s", error)

    def _index(self, task: _Task) -> None:
        name = task.job
        self._note(name, status="reading")
        if task.upload is not None:
            begin(task.upload)
        report = task.read()
        folder = self._live.store.folder
        with self._writing, writing(folder):
            before = self._opened(folder)
            replaced = before.find(report.id) is not None

            def embedded(done: int, total: int) -> None:
                status: Status = "writing" if done == total else "embedding"
                self._note(name, status=status, done=done, total=total)

            self._note(name, status="embedding", replaced=replaced)
            fresh = [with_past(before, report, task.replacing)]
            self._live.replace(update_engine(folder, before, fresh, self._encoder, embedded))
            task.done(folder, report.id)
        self._note(name, status="ready", url=f"/reports/{quote(report.id)}")

    def _opened(self, folder: Path) -> Engine:
        """The store as it is on disk, which another process may have changed."""
        before = open_engine(folder)
        before.check_encoder(self._encoder)
        return before

    def _fail(self, name: str, status: int, detail: str) -> None:
        title = TITLES.get(status, "Server error")
        self._note(
            name, status="failed", problem=Failure(title=title, status=status, detail=detail)
        )

    def _note(self, name: str, **changes: Any) -> None:
        with self._desk:
            self._jobs[name] = self._jobs[name].model_copy(update=changes)
