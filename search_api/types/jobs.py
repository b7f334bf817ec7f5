"""An upload on its way into the store, as the API tells of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from search_api.types.base import Frozen

Status = Literal["queued", "reading", "embedding", "writing", "ready", "failed"]


class Failure(Frozen):
    """Why a job failed, as the problem the upload would have been answered with."""

    type: Annotated[str, Field(description="`about:blank`: the title says it")] = "about:blank"
    title: Annotated[str, Field(description="The status in words")]
    status: Annotated[int, Field(description="The HTTP status")]
    detail: Annotated[str, Field(description="What is wrong, and the fix")]


class Job(Frozen):
    """An upload on its way into the store."""

    id: Annotated[str, Field(description="What its address calls it")]
    file: Annotated[str, Field(description="Name of the file")]
    report: Annotated[str, Field(description="Id the report has, or will have")]
    status: Annotated[Status, Field(description="How far it is; `ready` and `failed` are the end")]
    done: Annotated[int, Field(description="Texts embedded")] = 0
    total: Annotated[int, Field(description="Texts to embed; 0 until the file is read")] = 0
    replaced: Annotated[bool, Field(description="It took the place of an earlier issue")] = False
    url: Annotated[str | None, Field(description="The report's page, once ready")] = None
    problem: Annotated[Failure | None, Field(description="Why it failed")] = None

    @property
    def finished(self) -> bool:
        """True when nothing more will happen."""
        return self.status in ("ready", "failed")


class Jobs(Frozen):
    """Uploads, newest first."""

    jobs: Annotated[list[Job], Field(description="Newest first")]
