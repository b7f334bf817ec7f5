"""The published schema: what FastAPI derives from the routes, set right and with examples."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from search_api.http.problems import PROBLEM

DESCRIPTION = """\
Answers are slices of the report, character for character, each with the number of its paragraph;
"not in the report" is an answer.

- **Errors** are `application/problem+json` (RFC 9457): `detail` says what is wrong and how to mend
  it; `errors`, where given, says it of each item. A method that an address does not have is
  answered with 405, a body that is not said to be JSON with 415.
- **Lists** take `limit` and `offset`; the header `Link` leads to the next and the previous page.
- **`fields`** keeps to some fields of each item.
- **`ETag`**: what depends on the store alone carries one. Send it as `If-None-Match`; while the
  store is the same the answer is 304.
- `HEAD` is answered wherever `GET` is. Answers are sent with gzip to those who accept it.
- The version in the path changes when a program that relies on it would break; fields may be added.
"""
TAGS = [
    {"name": "ask", "description": "Questions and searches, over all reports or one."},
    {"name": "reports", "description": "Reports, their paragraphs and citations of them."},
    {"name": "verify", "description": "Drafts, held against the reports."},
    {"name": "notebook", "description": "Collected quotes as a document."},
    {"name": "uploads", "description": "Changes to the store, for who has the server's key."},
    {"name": "server", "description": "For monitors."},
]


def operation_id(route: APIRoute) -> str:
    """The stable name of an operation: its function's."""
    return route.name


def publish(app: FastAPI) -> None:
    """Have the application publish its schema with problems as problems and with examples."""
    derive = app.openapi
    examples = json.loads((files("search_api.http") / "examples.json").read_text("utf-8"))

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _finish(derive(), examples)
        return derive()

    app.openapi = openapi  # type: ignore[method-assign]


def _finish(schema: dict[str, Any], examples: dict[str, Any]) -> None:
    for operations in schema["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            for status, response in responses.items():
                # FastAPI knows one media type a route; the example may stand under another.
                if status >= "400":
                    made: dict[str, Any] = {}
                    for part in response["content"].values():
                        made |= part
                    response["content"] = {PROBLEM: made}
            example = examples.get(operation["operationId"])
            if example is not None:
                responses["200"]["content"]["application/json"]["example"] = example
