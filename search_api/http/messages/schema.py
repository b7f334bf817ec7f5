"""The published schema: what FastAPI derives from the routes, set right and with examples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from search_api.http.guard.admission import HEALTH
from search_api.http.guard.request_log import ID_HEADER
from search_api.http.messages.problems import PROBLEM

DESCRIPTION = """\
Answers are slices of the report, character for character, each with the number of its paragraph;
"not in the report" is an answer.

- **Errors** are `application/problem+json` (RFC 9457): `detail` says what is wrong and how to mend
  it; `errors`, where given, says it of each item. A method that an address does not have is
  answered with 405, a body that is not said to be JSON with 415.
- **Lists** take `limit` and `offset`; the header `Link` leads to the next and the previous page.
  Or begin at a `cursor`, the `next` of the page before, which holds while reports are added.
- **`fields`** keeps to some fields of each item.
- **`ETag`**: what depends on the store alone carries one. Send it as `If-None-Match`; while the
  store is the same the answer is 304.
- **Unknown names** in a query or a body are refused with 422, which says the nearest known one.
- **Keys**: `X-API-Key: KEY` or `Authorization: Bearer KEY`, where `security` asks for one.
- `HEAD` is answered wherever `GET` is. Answers are sent with gzip to those who accept it.
- The version in the path changes when a program that relies on it would break; fields may be added.
"""
TAGS = [
    {"name": "ask", "description": "Questions and searches, over all reports or one."},
    {"name": "reports", "description": "Reports, their paragraphs and citations of them."},
    {"name": "verify", "description": "Drafts, held against the reports."},
    {"name": "notebook", "description": "Collected quotes, and tables, as documents."},
    {"name": "uploads", "description": "Changes to the store, for who has the server's key."},
    {"name": "server", "description": "For monitors."},
]
TIMING = "Server-Timing"
HEADERS = {
    ID_HEADER: "Id of the request, yours if you sent one; the server's log has it too",
    "ETag": "Of this answer; send it as `If-None-Match`",
    "Cache-Control": "How long the answer may be kept",
    "Link": "Addresses of the next and the previous page (RFC 8288)",
    "Location": "Address of the job",
    TIMING: "Milliseconds of each step: `wait` for a turn, `encode` the question, `find` "
    "candidates, `read` the best, `show` the hits; `total` of all",
    "Retry-After": "Seconds to wait before asking again",
    "WWW-Authenticate": "How to send a key",
    "Content-Disposition": "Name of the file",
}
# Headers that responses of a status may carry.
EXTRA = {
    "202": {"Location"},
    "401": {"WWW-Authenticate"},
    "429": {"Retry-After"},
    "503": {"Retry-After"},
}


def operation_id(route: APIRoute) -> str:
    """The stable name of an operation: its function's."""
    return route.name


def file_content(media_types: Iterable[str]) -> dict[str, Any]:
    """The schema of a file that comes in any of these types; text is read as such by clients."""
    text, binary = {"type": "string"}, {"type": "string", "format": "binary"}
    names = [each.partition(";")[0] for each in media_types]
    return {each: {"schema": text if each.startswith("text/") else binary} for each in names}


def publish(app: FastAPI, require_key: bool) -> None:
    """Have the application publish its schema with problems, headers, keys and examples."""
    derive = app.openapi
    examples = json.loads((files("search_api.http") / "examples.json").read_text("utf-8"))

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = derive()
            for path, operation in _operations(schema):
                _set_problems(operation)
                _set_headers(operation)
                operation.setdefault("security", _security(path, require_key))
                example = examples.get(operation["operationId"])
                if example is not None:
                    content = operation["responses"]["200"]["content"]
                    content["application/json"]["example"] = example
        return derive()

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            yield path, operation


def _set_problems(operation: dict[str, Any]) -> None:
    """FastAPI knows one media type a route; problems have their own."""
    for status, response in operation["responses"].items():
        if status >= "400":
            made: dict[str, Any] = {}
            for part in response["content"].values():
                made |= part
            response["content"] = {PROBLEM: made}


def _set_headers(operation: dict[str, Any]) -> None:
    """Add to the schema the headers that each response carries."""
    responses = operation["responses"]
    paged = any(each["name"] == "offset" for each in operation.get("parameters", ()))
    for status, response in responses.items():
        names = {ID_HEADER, TIMING} | EXTRA.get(status, set())
        if status in ("200", "304") and "304" in responses:
            names |= {"ETag", "Cache-Control"}
        if status == "200" and paged:
            names.add("Link")
        if status == "200" and operation["operationId"] in ("export_notebook", "export_table"):
            names.add("Content-Disposition")
        response["headers"] = {
            name: {"description": HEADERS[name], "schema": {"type": "string"}}
            for name in sorted(names)
        }


def _security(path: str, require_key: bool) -> list[dict[str, list[str]]]:
    """A key where one is required; elsewhere it raises the rate at which one may ask."""
    if path in HEALTH:
        return []
    keys: list[dict[str, list[str]]] = [{"HTTPBearer": []}, {"APIKeyHeader": []}]
    return keys if require_key else [{}, *keys]
