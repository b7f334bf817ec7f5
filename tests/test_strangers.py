"""What a stranger sends keeps nobody else from being answered: every string that a request takes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from indexer.load import load_report
from indexer.store import build_store
from tests.conftest import HARBOUR, LetterEncoder
from tests.faults.acts import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Each froze a server, or is of the sort that would.
RUNS = (
    "1-",
    "1,",
    "2012-05-14-",
    "(a)",
    "(",
    "[",
    " ",
    "\n",
    '"',
    "> ",
    "§",
    "a-",
    "**",
    "<a ",
    "1.",
)
LENGTHS = (200, 7_000)
# Seconds within which a plain question is answered, whatever else is asked.
PLAIN = 5.0
QUESTION = {"question": "Why are ferries late?"}


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server in a process of its own, over a small store in a folder."""
    build_store(folder, [load_report(HARBOUR)], LetterEncoder())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = Run(["serve", "--port", str(port), "--store", str(folder)])
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                httpx.get(f"{url}/readyz").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
    finally:
        run.process.kill()
        run.end()


@contextmanager
def asking(url: str) -> Iterator[list[float]]:
    """Another client, who asks a plain question over and over; how long each answer took."""
    taken: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            while not over.is_set():
                start = time.monotonic()
                answer = client.post("/api/v1/ask", json=QUESTION)
                if answer.status_code != 429:
                    taken.append(time.monotonic() - start)
                    assert answer.json()["status"] == "answered"
                time.sleep(0.05)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield taken
    finally:
        over.set()
        asker.join(timeout=60)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server(tmp_path_factory.mktemp("strangers") / "store") as address:
        yield address


def strings_of(schema: dict[str, Any], all_schemas: dict[str, Any]) -> list[str]:
    """The fields of a body that take a text."""
    if "$ref" in schema:
        schema = all_schemas[schema["$ref"].rpartition("/")[2]]
    return [
        name
        for name, field in schema.get("properties", {}).items()
        if "string" in (field.get("type"), *(each.get("type") for each in field.get("anyOf", ())))
    ]


def requests_of(published: dict[str, Any], text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A request for each string that each route takes, with this text in it."""
    schemas = published["components"]["schemas"]
    for path, methods in published["paths"].items():
        for method, route in methods.items():
            parameters = route.get("parameters", [])
            usual = path.replace("{report}", "harbour-2031").replace("{key}", "1")
            query = {"q": "ferries"} if any(p["name"] == "q" for p in parameters) else {}
            for parameter in parameters:
                if parameter["in"] == "query" and parameter["schema"].get("type") != "integer":
                    yield method, usual, {"params": {**query, parameter["name"]: text}}
                elif parameter["in"] == "path":
                    place = path.replace("{" + parameter["name"] + "}", quote(text, safe=""))
                    place = place.replace("{report}", "harbour-2031").replace("{key}", "1")
                    yield method, place, {"params": query}
            body = route.get("requestBody", {}).get("content", {}).get("application/json", {})
            for name in strings_of(body.get("schema", {}), schemas):
                yield method, usual, {"json": {**QUESTION, "text": "x", name: text}}


def test_no_string_that_a_route_takes_keeps_a_plain_question_waiting(url: str) -> None:
    published = httpx.get(f"{url}/openapi.json").json()
    sent = 0
    with asking(url) as taken, httpx.Client(base_url=url, timeout=60) as client:
        for run in RUNS:
            for length in LENGTHS:
                text = (run * length)[:length] + "x y"
                unlisted = [("get", "/reports/harbour-2031/go", {"params": {"to": text}})]
                for method, place, more in (*requests_of(published, text), *unlisted):
                    if method == "delete" or len(place) + len(text) > 15_000:
                        continue
                    start = time.monotonic()
                    answer = client.request(method, place, **more)
                    assert answer.status_code < 500, (method, place[:60], run, answer.text[:200])
                    assert time.monotonic() - start < PLAIN, (method, place[:60], run, length)
                    sent += 1
    assert sent > 500
    assert len(taken) > 10
    assert max(taken) < PLAIN


def test_a_server_that_is_asked_this_ends_when_it_is_told_to(url: str) -> None:
    for text in ("1-" * 100, "2012-05-14-2013-06-15-2014-07-16-2015-08-17-2016-09-18-x y"):
        start = time.monotonic()
        httpx.get(f"{url}/api/v1/suggest", params={"q": text}, timeout=30).raise_for_status()
        assert time.monotonic() - start < PLAIN
