"""Errors as RFC 9457 has them, and as a page where a reader would see them."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from indexer.errors import ModelError, NotFoundError, PilcrowError, QuestionError, StoreError
from search_api.citation.notebook.items import ItemFault, ItemsError
from search_api.http.messages.bodies import QuestionFault, QuestionsError
from search_api.http.messages.parameters import unknown_in
from search_api.http.templates.render import Render
from search_api.timing import OverdueError

PROBLEM = "application/problem+json"
FAULT = "the server failed on this request; its log says why"
# Title, and a detail for the documentation.
KNOWN = {
    400: ("Bad request", "no style 'oscolla'; use oscola, or one of the seven at /docs"),
    401: ("Key needed", "the API key is missing or wrong; send it as 'X-API-Key: KEY'"),
    403: ("Not allowed", "uploading is off; start the server with PILCROW_API_KEY set"),
    404: ("Not found", "no report 'northumbria' in the store; it has: northumberland-2012"),
    405: ("Method not allowed", "/api/v1/search: Method Not Allowed"),
    406: ("Not acceptable", "answers come as application/json or text/event-stream; ask for one"),
    408: ("Too slow", "the request did not come within 30 seconds"),
    409: ("Conflict", "a report is being indexed; try again when its job is done"),
    413: ("Too large", "an upload may have 200 MB; index larger files with pilcrow"),
    414: ("Address too long", "an address may have 16,000 characters"),
    415: ("Unsupported media type", "send JSON, with 'Content-Type: application/json'"),
    421: ("Wrong host", "this server does not go by that name; if it should, set PILCROW_HOSTS"),
    422: ("Invalid request", "the question is empty; ask something in words"),
    429: ("Too many requests", "the server is busy; ask again in a second"),
    431: ("Headers too large", "headers may have 32,000 characters"),
    500: ("Server error", FAULT),
    503: ("Busy", "20 uploads wait already; try again when one is done"),
    507: ("No space", "the upload cannot be kept; free space and try again"),
}

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

log = logging.getLogger("pilcrow")


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: Annotated[str, Field(description="`about:blank`: the title says it")] = "about:blank"
    title: Annotated[str, Field(description="The status in words")]
    status: Annotated[int, Field(description="The HTTP status")]
    detail: Annotated[str, Field(description="What is wrong, and the fix")]


class QuestionsProblem(Problem):
    """Questions of a batch that cannot be asked."""

    errors: Annotated[
        list[QuestionFault], Field(description="The questions that cannot be asked")
    ] = []


class ItemsProblem(Problem):
    """Quotes of a notebook that the store does not have as they were pinned."""

    errors: Annotated[list[ItemFault], Field(description="The quotes that are not there")]


def problems(*codes: int, **models: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The errors a route documents; `_409=ItemsProblem` gives a status its own form."""
    return {
        code: {
            "model": models.get(f"_{code}", Problem),
            "description": KNOWN[code][0],
            "content": {"application/json": {"example": _example(code)}},
        }
        for code in codes
    }


def _example(code: int) -> dict[str, Any]:
    title, detail = KNOWN[code]
    return Problem(title=title, status=code, detail=detail).model_dump()


PROBLEMS = problems(400, 404, 422)


def add_problems(app: FastAPI, render: Render) -> None:
    """Answer every error with its problem; under a reader's addresses with a page."""

    def answer(request: Request, status: int, detail: str, **more: object) -> Response:
        title = KNOWN[status][0] if status in KNOWN else "Error"
        path = request.scope["path"]
        if path.startswith(("/reports/", "/static/")) or path == "/":
            return render("error.html", status, title=title, detail=detail, status=status)
        body = Problem(title=title, status=status, detail=detail).model_dump() | more
        return JSONResponse(body, status, media_type=PROBLEM)

    @app.exception_handler(PilcrowError)
    def on_error(request: Request, error: PilcrowError) -> Response:
        return answer(request, 404 if isinstance(error, NotFoundError) else 400, str(error))

    @app.exception_handler(QuestionError)
    def on_question(request: Request, error: QuestionError) -> Response:
        return answer(request, 422, str(error))

    @app.exception_handler(OverdueError)
    def on_overdue(request: Request, error: OverdueError) -> Response:
        return answer(request, 503, str(error))

    @app.exception_handler(QuestionsError)
    def on_questions(request: Request, error: QuestionsError) -> Response:
        faults = [fault.model_dump() for fault in error.faults]
        return answer(request, 422, str(error), errors=faults)

    @app.exception_handler(ItemsError)
    def on_items(request: Request, error: ItemsError) -> Response:
        faults = [fault.model_dump() for fault in error.faults]
        return answer(request, 409, str(error), errors=faults)

    @app.exception_handler(ModelError)
    @app.exception_handler(StoreError)
    def on_server(request: Request, error: PilcrowError) -> Response:
        # Not the asker's doing, and its words name folders of the server.
        log.error("%s", error)
        return answer(request, 500, FAULT)

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        unknown = unknown_in(request, first)
        if unknown is not None:
            return answer(request, 422, unknown)
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return answer(request, 422, f"{where}: {first['msg']}; see /docs")

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: HTTPException) -> Response:
        # A body that is no text at all is as one of another form.
        if error.status_code == 400 and "parsing the body" in str(error.detail):
            return answer(request, 422, "the body is not JSON in UTF-8; see /docs")
        detail = f"{request.scope['path']}: {error.detail}"
        response = answer(request, error.status_code, detail)
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(_allowed(request))
        return response

    @app.exception_handler(Exception)
    def on_fault(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
        return answer(request, 500, FAULT)


def _allowed(request: Request) -> list[str]:
    """The methods an address has; a route by itself knows only its own."""
    app: FastAPI = request.app
    scopes = {method: {**request.scope, "method": method} for method in METHODS}
    found = [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] is Match.FULL for route in app.routes)
    ]
    return [*found, "HEAD"] if "GET" in found else found
