"""The routes that answer: a question, a batch of them, a draft, a notebook."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, FastAPI, Request, Response
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from indexer.encoders.base import Encoder
from search_api.ask.answer import answer
from search_api.ask.tuned import settings_of
from search_api.citation.notebook.documents import FORMATS, export_quotes
from search_api.citation.notebook.items import ExportRequest
from search_api.http.messages.accept import EVENTS, as_events, form_of
from search_api.http.messages.address import base
from search_api.http.messages.bodies import (
    JSON_BODY,
    AskRequest,
    BatchRequest,
    VerifyRequest,
    check_questions,
)
from search_api.http.messages.problems import ItemsProblem, QuestionsProblem, problems
from search_api.http.messages.schema import file_content
from search_api.library.live import Live
from search_api.types.answers import Answer, Answers
from search_api.types.checks import Checks
from search_api.verify.drafts.read_file import check_length
from search_api.verify.lookup.passage_index import index_store
from search_api.verify.verify import check_draft

# What nginx logs for a client that did not wait; nobody receives it.
GONE = 499
FILES = file_content(kind.media_type for kind in FORMATS.values())


def add_ask(app: FastAPI, live: Live, encoder: Encoder) -> None:
    """The routes that answer what is sent to them."""
    api = APIRouter(prefix="/api/v1", dependencies=[JSON_BODY], responses=problems(408, 413))

    @api.post("/ask", tags=["ask"], summary="Ask a question", responses=problems(404, 415, 422))
    def ask(body: AskRequest) -> Answer:
        """Answer a question in verbatim quotes with paragraph numbers, or say it is not there.

        When the reports do not answer, `status` is `not_found`, `quotes` is empty, and `hits` has
        the nearest passages, which do not answer. `read_as` says how a follow-up was read.
        """
        report, section = body.report or None, body.section or None
        return answer(
            live.store, encoder, body.question, report, section, body.limit, after=body.after
        )

    @api.post(
        "/ask/batch",
        tags=["ask"],
        summary="Ask many questions",
        response_model=Answers,
        responses=problems(400, 404, 406, 415, 422, _422=QuestionsProblem)
        | {200: {"content": {EVENTS: {"schema": {"type": "string"}}}}},
    )
    async def ask_batch(request: Request, body: BatchRequest) -> Response:
        """Answer questions in order; all are checked before the first is answered.

        With `Accept: text/event-stream` each answer is sent when it is made: `event: answer` with
        the question's place, from 0, as `id` and the Answer as `data`; at the end `event: done`.
        A stream without it was cut off. The work stops when the client goes away.
        """
        form = form_of(request)
        await run_in_threadpool(_check, live, body)
        answers = _answers(live, encoder, body)
        if form == EVENTS:
            return EventSourceResponse(
                as_events(answers, "answer", "answers"), headers={"Vary": "Accept"}
            )
        made = []
        async for one in answers:
            if await request.is_disconnected():
                return Response(status_code=GONE)
            made.append(one)
        text = Answers(answers=made).model_dump_json()
        return Response(text, media_type="application/json", headers={"Vary": "Accept"})

    @api.post(
        "/verify", tags=["verify"], summary="Check a draft", responses=problems(400, 404, 415, 422)
    )
    def verify_draft(body: VerifyRequest) -> Checks:
        """Check the quotations and paragraph references in a draft against the reports."""
        check_length(body.text)
        return Checks(
            checks=check_draft(live.take().made(index_store), body.text, body.report or None)
        )

    @api.post(
        "/export",
        tags=["notebook"],
        summary="Export quotes",
        response_class=Response,
        responses=problems(400, 404, 409, 415, 422, _409=ItemsProblem)
        | {200: {"description": "The file", "content": FILES}},
    )
    def export_notebook(request: Request, body: ExportRequest) -> Response:
        """Quotes from several questions as a document or for a reference manager.

        Words and citations are the store's. If it does not have a quote, or has other words there,
        nothing is exported, and `errors` says which items and why.
        """
        made = export_quotes(live.store, body, base(request))
        named = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.content, media_type=made.media_type, headers=named)

    app.include_router(api)


def _check(live: Live, body: BatchRequest) -> None:
    check_questions(body.questions)
    if body.report:
        live.store.report(body.report)


async def _answers(live: Live, encoder: Encoder, body: BatchRequest) -> AsyncIterator[Answer]:
    """The answers, one after another, all from the same store with the same settings."""
    store = live.store
    settings = settings_of(store)
    report, section = body.report or None, body.section or None
    for question in body.questions:
        yield await run_in_threadpool(
            answer, store, encoder, question, report, section, body.limit, settings
        )
