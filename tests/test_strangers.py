"""What a stranger sends keeps nobody else from being answered: every string that a request takes."""

from __future__ import annotations

import json
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
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder, serving
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


def draft(size: int) -> str:
    """A draft as long as one may be, with a quotation a line."""
    line = (
        "It says that “Ferries were late on most of the days on which we looked, and {n} of them "
        "were not” (para {n}), which the report for the Harbour Board goes on to explain.\n\n"
    )
    lines = (line.format(n=number % 9 + 1) for number in range(size // 100))
    return "".join(lines)[:size]


@contextmanager
def posting(url: str, path: str, body: dict[str, Any], times: int) -> Iterator[None]:
    """So many clients that post a body and wait; they go away at the end."""
    clients = [socket.create_connection((httpx.URL(url).host, httpx.URL(url).port or 80))]
    clients += [socket.create_connection(clients[0].getpeername()) for _ in range(times - 1)]
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: text/event-stream, application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    try:
        for client in clients:
            client.sendall(head.encode() + content)
        yield
    finally:
        for client in clients:
            client.close()


def test_drafts_as_large_as_they_may_be_keep_no_plain_question_waiting(url: str) -> None:
    """Two such drafts closed all questions for minutes."""
    body = {"text": draft(1_000_000)}
    with posting(url, "/api/v1/verify", body, 6), asking(url) as taken:
        time.sleep(8)
    assert len(taken) > 5
    assert max(taken) < PLAIN


def test_a_draft_nobody_waits_for_any_more_is_not_gone_on_with(url: str) -> None:
    with posting(url, "/api/v1/verify", {"text": draft(1_000_000)}, 9):
        time.sleep(0.5)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        text = httpx.get(f"{url}/metrics", timeout=30).text
        if 'pilcrow_running{lane="heavy"} 0.0' in text:
            break
        time.sleep(0.1)
    small = httpx.post(f"{url}/api/v1/verify", json={"text": "“Ferries”"}, timeout=30)
    assert small.status_code == 200
    assert 'pilcrow_running{lane="heavy"} 0.0' in text


@pytest.mark.slow
def test_a_draft_as_large_as_it_may_be_is_finished(url: str) -> None:
    started = time.monotonic()
    answer = httpx.post(f"{url}/api/v1/verify", json={"text": draft(1_000_000)}, timeout=660)
    assert answer.status_code == 200
    assert len(answer.json()["checks"]) > 5_000
    assert time.monotonic() - started < 600


def test_who_does_not_read_a_stream_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four such streams kept everybody else from asking many questions at once."""
    monkeypatch.setattr("search_api.http.guard.limits.UNREAD", 1.0)
    store = build_store(tmp_path / "store", [load_report(HARBOUR)], LetterEncoder())
    body = {"questions": ["Why are ferries late?"] * 1_000}
    with (
        serving(create_app(store, LetterEncoder())) as url,
        posting(url, "/api/v1/ask/batch", body, 4),
    ):
        time.sleep(0.5)
        short = {"questions": ["Why are ferries late?"]}
        end = time.monotonic() + 60
        status = 429
        while status == 429 and time.monotonic() < end:
            status = httpx.post(f"{url}/api/v1/ask/batch", json=short, timeout=60).status_code
            time.sleep(0.2)
        assert status == 200
