"""JSON, lines of it, or server-sent events: what a client accepts."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Request
from pydantic import BaseModel
from sse_starlette import ServerSentEvent
from starlette.exceptions import HTTPException

EVENTS, LINES = "text/event-stream", "application/jsonl"
# What programs call it that knew it before it had a name.
LINES_TOO = ("application/x-ndjson", "application/x-jsonlines")
JSON_TYPES = ("application/json", "application/*", "*/*")


def form_of(request: Request, *more: str) -> str:
    """The media type to answer in: what is named first of JSON, server-sent events and `more`.

    Raises:
        HTTPException: 406, neither is accepted.
    """
    for kind in kinds_of(request):
        if kind in (EVENTS, "text/*"):
            return EVENTS
        if kind in JSON_TYPES:
            return JSON_TYPES[0]
        if LINES in more and kind in (LINES, *LINES_TOO):
            return LINES
    offered = " or ".join((JSON_TYPES[0], EVENTS, *more))
    raise HTTPException(406, f"answers come as {offered}; ask for one", {"Vary": "Accept"})


async def as_events(
    items: AsyncIterator[BaseModel], name: str, counted: str
) -> AsyncIterator[ServerSentEvent]:
    """Items as events, each with its place as id; the last event says how many there were."""
    count = 0
    async for item in items:
        yield ServerSentEvent(item.model_dump_json(), event=name, id=str(count))
        count += 1
    yield ServerSentEvent(f'{{"{counted}": {count}}}', event="done")


def kinds_of(request: Request) -> list[str]:
    """The media types that a client takes, in its order."""
    parts = (part.lower().split(";") for part in request.headers.get("accept", "*/*").split(","))
    return [kind.strip() for kind, *parameters in parts if not any(map(_is_nothing, parameters))]


def _is_nothing(parameter: str) -> bool:
    """True for a weight of 0, by which a client says what it does not take."""
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip() in ("0", "0.", "0.0", "0.00", "0.000")
