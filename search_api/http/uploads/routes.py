"""The routes that change the store, for who has the key."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from indexer.errors import PilcrowError, ReportError, StoreError
from search_api.http.guard.admission import no_key
from search_api.http.guard.api_keys import VARIABLE, Keys
from search_api.http.guard.audit_log import Audit
from search_api.http.guard.request_log import request_id
from search_api.http.messages.accept import EVENTS, form_of
from search_api.http.messages.problems import problems
from search_api.http.uploads.described import Described
from search_api.http.uploads.form import FORM, is_set, keep_file, read_form
from search_api.http.uploads.queue import BusyError, Intake
from search_api.library import catalog
from search_api.types.jobs import Job, Jobs
from search_api.types.reports import ReportDetail

BEARER = HTTPBearer(auto_error=False, description=f"A key that may write, or {VARIABLE}")
HEADER = APIKeyHeader(name="X-API-Key", auto_error=False)
# Seconds between one look at a job that is followed and the next, and for which it is followed.
LOOK, LONGEST_STREAM = 0.1, 600.0
UNRECORDED = "the change cannot be recorded, so it is not made; the server's log says why"

ReportId = Annotated[str, Path(description="Id of the report")]
JobId = Annotated[str, Path(description="Id of the job, from its `Location`")]

log = logging.getLogger("pilcrow")


def add_uploads(app: FastAPI, intake: Intake, keys: Keys, audit: Audit) -> None:
    """The routes that change the store; refused to all unless one of `keys` may write.

    What is asked for is recorded before it is begun, and how it went afterwards.
    """
    only = [Depends(_key_check(keys))]

    @app.post(
        "/api/v1/reports",
        status_code=202,
        dependencies=only,
        responses=problems(401, 403, 408, 413, 415, 422, 503, 507),
        tags=["uploads"],
        summary="Bring a report",
        openapi_extra={"requestBody": FORM},
    )
    async def upload_report(request: Request, response: Response) -> Job:
        """Its file, and if there is one its sidecar. It is indexed as a job.

        `Location` is the job's address, where one sees how far it has come.
        """
        form = await read_form(request)
        try:
            path = await run_in_threadpool(keep_file, form, intake.folder)
        finally:
            await form.close()
        try:
            await run_in_threadpool(_record, audit, request, "upload", path.name)
            counted, replacing = is_set(form, "allow_unnumbered"), is_set(form, "replace")
            job = await run_in_threadpool(intake.bring, path, counted, replacing)
        except HTTPException:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        except (BusyError, StoreError) as error:
            shutil.rmtree(path.parent, ignore_errors=True)
            _record(audit, request, "not stored", path.name, str(error))
            if isinstance(error, StoreError):
                raise HTTPException(507, str(error)) from error
            raise HTTPException(503, str(error), {"Retry-After": "30"}) from error
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return job

    @app.patch(
        "/api/v1/reports/{report}",
        dependencies=only,
        responses=problems(401, 403, 404, 409, 422, 507),
        tags=["uploads"],
        summary="Describe a report",
    )
    def describe_report(request: Request, report: ReportId, said: Described) -> ReportDetail:
        """Set its title, date, court and the like; what is left out stays.

        What is set here stays when the report is indexed again. An empty value takes it back.
        """
        changes = said.model_dump(exclude_unset=True)
        _record(audit, request, "describe", report, ", ".join(changes))
        with _failures(audit, request, "not described", report):
            found = intake.describe(report, changes)
        _record(audit, request, "described", report)
        return catalog.detail(found)

    @app.delete(
        "/api/v1/reports/{report}",
        status_code=204,
        dependencies=only,
        responses=problems(401, 403, 404, 409, 422, 507),
        tags=["uploads"],
        summary="Remove a report",
    )
    def remove_report(
        request: Request,
        report: ReportId,
        erase: Annotated[bool, Query(description="At once, for good")] = False,
    ) -> Response:
        """Take a report out of the store; not the last one, nor while another is indexed.

        For 24 hours it can be put back, then it is erased.
        """
        _record(audit, request, "remove", report, "erased at once" if erase else None)
        with _failures(audit, request, "not removed", report):
            intake.remove(report, erase)
        _record(audit, request, "removed", report)
        return Response(status_code=204)

    @app.post(
        "/api/v1/reports/{report}/restore",
        status_code=202,
        dependencies=only,
        responses=problems(401, 403, 404, 422, 503, 507),
        tags=["uploads"],
        summary="Put a removed report back",
    )
    def restore_report(request: Request, response: Response, report: ReportId) -> Job:
        """A report that was removed less than 24 hours ago; it is indexed as a job."""
        _record(audit, request, "restore", report)
        try:
            job = intake.restore(report)
        except BusyError as error:
            raise HTTPException(503, str(error), {"Retry-After": "30"}) from error
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return job

    @app.get(
        "/api/v1/jobs",
        dependencies=only,
        responses=problems(401, 403),
        tags=["uploads"],
        summary="List jobs",
    )
    def list_jobs() -> Jobs:
        """Uploads that wait, run, or ended not long ago; newest first."""
        return Jobs(jobs=intake.jobs())

    @app.get(
        "/api/v1/jobs/{job}",
        dependencies=only,
        response_model=Job,
        responses=problems(401, 403, 404, 406, 422)
        | {200: {"content": {EVENTS: {"schema": {"type": "string"}}}}},
        tags=["uploads"],
        summary="Get a job",
    )
    def get_job(request: Request, job: JobId) -> Response:
        """How far an upload has come.

        With `Accept: text/event-stream` it is told whenever it has come further, `event: job` with
        the Job as `data`; its end is `event: done`. A stream without it was cut off.
        """
        now, told = intake.job(job), {"Vary": "Accept"}
        if form_of(request) == EVENTS:
            return EventSourceResponse(_events(intake, job), headers=told)
        return Response(now.model_dump_json(), media_type="application/json", headers=told)


async def _events(intake: Intake, name: str) -> AsyncIterator[ServerSentEvent]:
    """A job as it is now, and each time that it has changed, until it ends."""
    told, end = None, time.monotonic() + LONGEST_STREAM
    while time.monotonic() < end:
        job = intake.job(name)
        if job != told:
            kind = "done" if job.finished else "job"
            yield ServerSentEvent(job.model_dump_json(), event=kind)
        if job.finished:
            return
        told = job
        await asyncio.sleep(LOOK)


def _key_check(keys: Keys) -> Callable[..., None]:
    # The key was looked up at the door; the two parameters are for the documentation.
    def check(
        request: Request,
        _bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        _plain: Annotated[str | None, Depends(HEADER)],
    ) -> None:
        if not keys.writable:
            raise HTTPException(
                403,
                "uploading is off; add a key with 'pilcrow keys add NAME --scope write', or start "
                f"the server with {VARIABLE} set to a long secret",
            )
        key = request.state.key
        if key is None:
            raise no_key()
        if key.scope != "write":
            raise HTTPException(403, f"the key '{key.name}' may only read; use one that may write")

    return check


@contextmanager
def _failures(audit: Audit, request: Request, event: str, report: str) -> Iterator[None]:
    """What fails of a change is written down, and told with its status."""
    try:
        yield
    except PilcrowError as error:
        _record(audit, request, event, report, str(error))
        if isinstance(error, BusyError | StoreError):
            raise HTTPException(409, str(error)) from error
        if isinstance(error, ReportError):
            raise HTTPException(422, str(error)) from error
        raise


def _record(
    audit: Audit, request: Request, event: str, report: str, detail: str | None = None
) -> None:
    """Write down who asks for what.

    Raises:
        HTTPException: 507, it cannot be written.
    """
    client = request.client
    try:
        audit.record(
            event,
            report=report,
            key=request.state.key.name,
            address=client.host if client else None,
            request=request_id.get(),
            detail=detail,
        )
    except PilcrowError as error:
        log.error("%s", error)
        raise HTTPException(507, UNRECORDED) from error
