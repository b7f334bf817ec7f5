"""The routes for tables: the same questions of many reports, and the file of a table."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sse_starlette import EventSourceResponse
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException

from indexer.encoders.base import Encoder
from indexer.store.index import Engine
from search_api.http.messages.accept import EVENTS, LINES, as_events, form_of
from search_api.http.messages.address import base
from search_api.http.messages.bodies import JSON_BODY, Body, Text, check_questions
from search_api.http.messages.problems import QuestionsProblem, problems
from search_api.http.messages.schema import file_content
from search_api.library.live import Live
from search_api.table.cells import Plan, fill, make_plan
from search_api.table.files import FORMATS, write_table
from search_api.table.gold import gold_lines
from search_api.table.saved import StaleTableError, as_stored
from search_api.types.tables import MOST_QUESTIONS, MOST_REPORTS, By, Cell, SavedTable, table_of

TEXT: dict[str, Any] = {"schema": {"type": "string"}}
STREAMS = {LINES: TEXT, EVENTS: TEXT}
FILES = file_content((*FORMATS.values(), LINES))


class TableRequest(Body):
    """Questions to ask of each of several reports."""

    questions: Annotated[
        list[Text],
        Field(
            min_length=1,
            max_length=MOST_QUESTIONS,
            description="In plain words; with the reports, at most 10,000 cells",
            examples=[["How timely are initial child protection conferences?"]],
        ),
    ]
    reports: Annotated[
        list[Text] | None,
        Field(max_length=MOST_REPORTS, description="Ids, in the table's order; all unless given"),
    ] = None


class TableExportRequest(Body):
    """A table, to be a file."""

    format: Annotated[
        Literal["xlsx", "csv", "docx", "html", "json", "gold"],
        Field(description="What the file is to be; `gold` has the marks as gold questions"),
    ]
    table: Annotated[SavedTable, Field(description="As it was filled, with the reader's marks")]
    by: Annotated[By, Field(description="What a row is")] = "question"


def add_tables(app: FastAPI, live: Live, encoder: Encoder) -> None:
    """The routes that fill a table and write its file."""
    api = APIRouter(prefix="/api/v1", dependencies=[JSON_BODY], responses=problems(408, 413))

    @api.post(
        "/tables",
        tags=["ask"],
        summary="Ask many reports the same questions",
        response_model=SavedTable,
        responses=problems(400, 404, 406, 415, 422, _422=QuestionsProblem)
        | {200: {"content": STREAMS}},
    )
    async def fill_table(request: Request, body: TableRequest) -> Response:
        """Ask each report each question, by itself; cells come a question after another.

        All are checked before the first is asked. With `Accept: application/jsonl` each cell is a
        line, sent when it is made; there are as many as questions times reports, each question and
        report counted once. With `Accept: text/event-stream` each is an `event: cell`, and `event:
        done` is the last. What holds less was cut off. The work stops when the client goes away.
        """
        form = form_of(request, LINES)
        store = live.store
        await run_in_threadpool(check_questions, body.questions)
        plan = await run_in_threadpool(make_plan, store, body.questions, body.reports)
        cells = iterate_in_threadpool(fill(store, encoder, plan))
        # Compressed, lines would be held back until there are enough of them.
        headers = {"Vary": "Accept", "Content-Encoding": "identity"}
        if form == EVENTS:
            return EventSourceResponse(
                as_events(cells, "cell", "cells"), headers={"Vary": "Accept"}
            )
        if form == LINES:
            return StreamingResponse(_lines(cells), media_type=LINES, headers=headers)
        return StreamingResponse(
            _whole(plan, cells), media_type="application/json", headers={"Vary": "Accept"}
        )

    @api.post(
        "/tables/export",
        tags=["notebook"],
        summary="Export a table",
        response_class=Response,
        responses=problems(400, 404, 409, 415, 422)
        | {200: {"description": "The file", "content": FILES}},
    )
    def export_table(request: Request, body: TableExportRequest) -> Response:
        """A table as a spreadsheet, a document or a page, with its marks.

        Words, numbers and links are the store's. If it has other words than a cell quotes, nothing
        is exported.
        """
        store = live.store
        try:
            table = as_stored(store, body.table)
        except StaleTableError as error:
            raise HTTPException(409, str(error)) from error
        if body.format == "gold":
            return _gold(store, table)
        file = io.BytesIO()
        write_table(table_of(table, base(request), body.by), body.format, file)
        return Response(
            file.getvalue(), media_type=FORMATS[body.format], headers=_named(body.format)
        )

    app.include_router(api)


async def _lines(cells: AsyncIterator[Cell]) -> AsyncIterator[str]:
    async for cell in cells:
        yield cell.model_dump_json() + "\n"


async def _whole(plan: Plan, cells: AsyncIterator[Cell]) -> AsyncIterator[str]:
    """A SavedTable; a cell is in memory only until it is sent."""
    empty = SavedTable(questions=list(plan.questions), reports=list(plan.reports), cells=[])
    head, tail = empty.model_dump_json().rsplit('"cells":[]', 1)
    yield f'{head}"cells":['
    before = ""
    async for cell in cells:
        yield before + cell.model_dump_json()
        before = ","
    yield f"]{tail}"


def _gold(store: Engine, table: SavedTable) -> Response:
    """The marks as gold questions.

    Raises:
        HTTPException: 409, none says enough to be one.
    """
    lines, left_out = gold_lines(store, table)
    if not lines:
        why = f"; {left_out[0]}" if left_out else "; mark cells right or wrong"
        raise HTTPException(409, f"no mark can be a gold question{why}")
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return Response(text, media_type=LINES, headers=_named("gold.jsonl"))


def _named(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="table.{ending}"'}
