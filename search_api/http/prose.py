"""The route that answers in prose beside the verbatim answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from fastapi import APIRouter, FastAPI, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from indexer.encoders.base import Encoder
from indexer.store.index import Engine
from search_api.ask.answer import answer
from search_api.http.messages.accept import EVENTS, form_of
from search_api.http.messages.bodies import JSON_BODY, AskRequest
from search_api.http.messages.problems import problems
from search_api.library.live import Live
from search_api.prose.endpoint import URL, Endpoint
from search_api.prose.write import prose_answer, write_prose
from search_api.types.answers import Answer
from search_api.types.prose import DroppedSentence, ProseAnswer, ProseSentence

OFF = f"prose is off; start the server with {URL} set to an OpenAI-compatible base URL"


def add_prose(app: FastAPI, live: Live, encoder: Encoder, endpoint: Endpoint | None) -> None:
    """The route that has a language model write; refused to all without an endpoint."""
    api = APIRouter(prefix="/api/v1", dependencies=[JSON_BODY])

    @api.post(
        "/prose",
        tags=["ask"],
        summary="Ask a question, answered in prose as well",
        response_model=ProseAnswer,
        responses=problems(400, 404, 406, 409, 415, 422)
        | {200: {"content": {EVENTS: {"schema": {"type": "string"}}}}},
    )
    async def prose(request: Request, body: AskRequest) -> Response:
        """Answer as `/ask` does, and beside it in sentences of a language model.

        Each sentence was checked: its paragraphs say it. What they do not say is in `dropped`.
        With `Accept: text/event-stream`: `event: answer`, then `event: sentence` or `event:
        dropped` as each is checked, at the end `event: done`. A stream without it was cut off.
        """
        form = form_of(request)
        if endpoint is None:
            raise HTTPException(409, OFF)
        store = live.store
        report, section = body.report or None, body.section or None
        found = await run_in_threadpool(
            answer, store, encoder, body.question, report, section, body.limit
        )
        named = {"Vary": "Accept"}
        if form == EVENTS:
            events = _events(store, encoder, endpoint, found)
            return EventSourceResponse(events, headers=named, sep="\n")
        text = (await prose_answer(store, encoder, endpoint, found)).model_dump_json()
        return Response(text, media_type="application/json", headers=named)

    app.include_router(api)


async def _events(
    store: Engine, encoder: Encoder, endpoint: Endpoint, found: Answer
) -> AsyncGenerator[ServerSentEvent, None]:
    yield ServerSentEvent(found.model_dump_json(), event="answer")
    names = {ProseSentence: "sentence", DroppedSentence: "dropped"}
    async for part in write_prose(store, encoder, endpoint, found):
        yield ServerSentEvent(part.model_dump_json(), event=names.get(type(part), "done"))
