"""OpenAI's chat completions and responses over the store, to be mounted at /v1.

An application of its own: its errors have another form than the API's, and its schema is at
/v1/openapi.json.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from indexer.encoders.base import Encoder
from indexer.errors import ModelError, NotFoundError, PilcrowError, StoreError
from search_api import __version__
from search_api.ask.answer import answer
from search_api.http.chat.completion import Written, chunks_of, completion_of, write
from search_api.http.chat.conversation import (
    Asked,
    check_form,
    check_tools,
    errand_reply,
    question_of,
)
from search_api.http.chat.messages import (
    NAME,
    ChatRequest,
    Completion,
    ErrorReply,
    Fault,
    Model,
    Models,
)
from search_api.http.chat.responses import Response as ResponseReply
from search_api.http.chat.responses import ResponsesRequest, events_of, response_of
from search_api.http.messages.accept import EVENTS
from search_api.http.messages.address import base
from search_api.library.live import Live

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorReply, "description": "The request cannot be answered as it is"},
    404: {"model": ErrorReply, "description": "No such model"},
}
FAULT = "the server failed on this request; its log says why"

log = logging.getLogger("pilcrow")


def chat_app(live: Live, encoder: Encoder) -> FastAPI:
    """The application; mount it at `/v1`."""
    app = FastAPI(
        title="Pilcrow as a chat model",
        summary="OpenAI's chat completions and responses, in quotes with their paragraphs.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
    )
    _add_errors(app)

    @app.get("/models")
    def models() -> Models:
        """What can be asked: all reports as `pilcrow`, each one as `pilcrow/REPORT-ID`."""
        return Models(data=_models(live))

    @app.get("/models/{model:path}", responses={404: ERRORS[404]})
    def model(model: str) -> Model:
        """One of the models."""
        return _find_model(live, model)

    async def written(request: Request, model: str, asked: Asked) -> Written:
        report = _find_model(live, model).id.partition("/")[2] or None
        reply = errand_reply(asked)
        if reply is not None:
            return Written(reply, [], None)
        found = await run_in_threadpool(
            answer, live.store, encoder, asked.question, report, after=asked.after
        )
        return write(found, base(request))

    @app.post(
        "/chat/completions",
        response_model=Completion,
        responses=ERRORS | {200: {"content": {EVENTS: {"schema": {"type": "string"}}}}},
    )
    async def chat_completions(request: Request, body: ChatRequest) -> Response:
        """Answer the last user message in quotes with their citations, or say it is not there.

        A follow-up is read with the user's messages before it; `pilcrow.read_as` says how. A front
        end's errand (a title, tags) is answered in short and asks no report. The citations are in
        `choices[0].message.annotations`, the whole answer in `pilcrow`; of a stream, both are in
        the chunk that ends the message.
        """
        check_tools(body.tool_choice)
        check_form("response_format", body.response_format)
        asked = question_of(body.messages)
        said = await written(request, body.model, asked)
        whole = completion_of(asked.question, said, body.model)
        if not body.stream:
            return Response(whole.model_dump_json(), media_type="application/json")
        usage = body.stream_options is not None and bool(body.stream_options.include_usage)

        async def events() -> AsyncIterator[ServerSentEvent]:
            for chunk in chunks_of(whole, usage):
                yield ServerSentEvent(chunk)

        return EventSourceResponse(events(), sep="\n")

    @app.post(
        "/responses",
        response_model=ResponseReply,
        responses=ERRORS | {200: {"content": {EVENTS: {"schema": {"type": "string"}}}}},
    )
    async def responses(request: Request, body: ResponsesRequest) -> Response:
        """The same by OpenAI's newer protocol; nothing is kept, so send earlier turns as `input`.

        The citations are in `output[0].content[0].annotations`, the whole answer in `pilcrow`.
        """
        body.check_wishes()
        asked = question_of(body.messages)
        said = await written(request, body.model, asked)
        whole = response_of(asked.question, said, body.model)
        if not body.stream:
            return Response(whole.model_dump_json(), media_type="application/json")

        async def events() -> AsyncIterator[ServerSentEvent]:
            for name, data in events_of(whole):
                yield ServerSentEvent(data, event=name)

        return EventSourceResponse(events(), sep="\n")

    return app


def _models(live: Live) -> list[Model]:
    reports = [
        Model(id=f"{NAME}/{report.id}", owned_by=report.metadata.publisher or NAME)
        for report in live.store.reports
    ]
    return [Model(id=NAME, owned_by=NAME), *reports]


def _find_model(live: Live, name: str) -> Model:
    models = _models(live)
    for model in models:
        if model.id == name:
            return model
    known = ", ".join(model.id for model in models[:5])
    raise NotFoundError(f"no model '{name}'; there is: {known}")


def _add_errors(app: FastAPI) -> None:
    def fault(status: int, message: str, code: str | None = None) -> Response:
        kind = "server_error" if status >= 500 else "invalid_request_error"
        body = ErrorReply(error=Fault(message=message, type=kind, code=code))
        return JSONResponse(body.model_dump(), status)

    @app.exception_handler(PilcrowError)
    def on_error(_request: Request, error: PilcrowError) -> Response:
        if isinstance(error, (ModelError, StoreError)):
            log.error("%s", error)
            return fault(500, FAULT)
        if isinstance(error, NotFoundError):
            return fault(404, str(error), "model_not_found")
        return fault(400, str(error))

    @app.exception_handler(RequestValidationError)
    def on_invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return fault(400, f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: HTTPException) -> Response:
        message = f"{request.scope['path']}: {error.detail}; see /v1/openapi.json"
        return fault(error.status_code, message)

    @app.exception_handler(Exception)
    def on_fault(_request: Request, _error: Exception) -> Response:
        return fault(500, FAULT)
