"""JSON, or server-sent events: what a client accepts."""

from __future__ import annotations

from fastapi import Request
from starlette.exceptions import HTTPException

EVENTS = "text/event-stream"
JSON_TYPES = ("application/json", "application/*", "*/*")


def form_of(request: Request) -> str:
    """The media type to answer in: what is named first of JSON and server-sent events.

    Raises:
        HTTPException: 406, neither is accepted.
    """
    accepted = request.headers.get("accept", "*/*")
    for kind in (part.partition(";")[0].strip().lower() for part in accepted.split(",")):
        if kind in (EVENTS, "text/*"):
            return EVENTS
        if kind in JSON_TYPES:
            return JSON_TYPES[0]
    raise HTTPException(
        406, f"answers come as {JSON_TYPES[0]} or {EVENTS}; ask for one", {"Vary": "Accept"}
    )
