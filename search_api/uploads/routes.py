"""The routes that change the store, for who has the key."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from indexer.errors import StoreError
from search_api.http.problems import problems
from search_api.uploads.form import FORM, keep_file, read_form
from search_api.uploads.intake import BusyError, Intake
from search_api.uploads.jobs import Job, Jobs

KEY_VARIABLE = "PILCROW_API_KEY"
BEARER = HTTPBearer(auto_error=False, description=f"The server's {KEY_VARIABLE}")
HEADER = APIKeyHeader(name="X-API-Key", auto_error=False)


def add_uploads(app: FastAPI, intake: Intake, key: str) -> None:
    """The routes that change the store; refused to all unless `key` is set."""
    only = [Depends(_key_check(key))]

    @app.post(
        "/api/v1/reports",
        status_code=202,
        dependencies=only,
        responses=problems(401, 403, 413, 415, 422, 503, 507),
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
            path, allow_unnumbered = await run_in_threadpool(keep_file, form)
        finally:
            await form.close()
        try:
            job = intake.bring(path, allow_unnumbered)
        except BusyError as error:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise HTTPException(503, str(error), {"Retry-After": "30"}) from error
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return job

    @app.delete(
        "/api/v1/reports/{report}",
        status_code=204,
        dependencies=only,
        responses=problems(401, 403, 404, 409, 422),
        tags=["uploads"],
        summary="Remove a report",
    )
    def remove_report(report: str) -> Response:
        """Take a report out of the store; not the last one, nor while another is indexed."""
        try:
            intake.remove(report)
        except (BusyError, StoreError) as error:
            raise HTTPException(409, str(error)) from error
        return Response(status_code=204)

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
        responses=problems(401, 403, 404, 422),
        tags=["uploads"],
        summary="Get a job",
    )
    def get_job(job: str) -> Job:
        """How far an upload has come."""
        return intake.job(job)


def _key_check(key: str) -> Callable[..., None]:
    def check(
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        plain: Annotated[str | None, Depends(HEADER)],
    ) -> None:
        if not key:
            raise HTTPException(
                403, f"uploading is off; start the server with {KEY_VARIABLE} set to a long secret"
            )
        said = plain or (given.credentials if given else "")
        if not hmac.compare_digest(said.encode(), key.encode()):
            raise HTTPException(
                401,
                "the API key is missing or wrong; send it as 'X-API-Key: KEY' or "
                "'Authorization: Bearer KEY'",
                {"WWW-Authenticate": "Bearer"},
            )

    return check
