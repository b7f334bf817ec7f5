"""Prose from a language model: what the report does not say never comes through as supported."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import defaultdict
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from search_api.ask.answer import answer
from search_api.cli import main
from search_api.http.app import create_app
from search_api.prose.endpoint import KEY, MODEL, URL, Endpoint, EndpointError, Limits, endpoint_of
from search_api.prose.write import prose_answer
from search_api.types.prose import ProseAnswer
from tests.conftest import ROOT, serving
from tests.scripted_model import Behaviour, chunk, scripted_model, sends, start, writes

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from indexer.encoders.base import Encoder
    from indexer.store import Store
    from tests.conftest import LetterEncoder

PAIRS = ROOT / "tests" / "golden" / "prose-pairs.jsonl"
ALL = "paras 1-8"
QUICK = Limits(connect=2.0, read=0.2, total=5.0, most_bytes=200_000, most_text=5_000)


def ask(
    store: Store,
    encoder: Encoder,
    behave: Behaviour,
    question: str = ALL,
    limits: Limits | None = None,
) -> ProseAnswer:
    with scripted_model(behave) as model:
        endpoint = Endpoint(model.url, limits=limits or Limits())
        found = answer(store, encoder, question)
        return asyncio.run(prose_answer(store, encoder, endpoint, found))


def reasons(written: ProseAnswer) -> list[str]:
    return [one.reason for one in written.dropped]


def test_sentences_that_the_paragraphs_say_are_kept_with_keys_and_citations(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    said = "Safety drills are held ", "weekly [6]", ". Every drill is logged. [", "6]"
    written = ask(harbour_store, letters, writes(*said))

    assert (written.status, written.problem, written.model) == ("written", None, "scripted-1")
    assert [(one.text, one.keys) for one in written.prose] == [
        ("Safety drills are held weekly.", ["6"]),
        ("Every drill is logged.", ["6"]),
    ]
    assert written.prose[0].citations == ["HARBOUR AND FERRY SERVICES REVIEW (2 May 2031), para 6"]
    assert written.prose[0].urls == ["/reports/harbour-2031/paragraphs/6"]
    assert 0.6 <= written.prose[0].support <= 1
    assert written.dropped == []
    assert written.answer.quotes


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Safety drills are held weekly.", "carries no paragraph key"),
        ("Lifejackets are checked by an outside firm [7].", "cites 7, which the model was not"),
        ("Lifejackets are checked by an outside firm [99].", "cites 99, which the model was not"),
        ("Lifejackets are checked by an outside firm [6].", "“Lifejackets” is not in para 6"),
        ("Lifejackets are checked by an outside firm [8, 6].", "“Lifejackets” is not in para 6"),
        ("Safety drills are held daily [6].", "“daily” is not in para 6"),
        ("Safety drills are not held weekly [6].", "“not” is not in para 6"),
        ("Safety drills are logged [6].", "joined, left out or turned"),
        ("“Safety drills were held weekly” [6].", "is not in para 6 word for word"),
        ("“Safety drills are held weekly [6].", "a quotation that does not end"),
        ("An outside firm is checked by lifejackets [8].", "joined, left out or turned"),
        ("Are safety drills held weekly [6]?", "is a question"),
        ("Four have since been hired [4].", "leans on a sentence before it"),
        ("It was asked for by the harbour board in 2030 [1].", "leans on a sentence before it"),
        ("Safety drills are held weekly, see https://evil.example [6].", "a link or markup"),
        ("[Safety drills](http://evil.example) are held weekly [6].", "a link or markup"),
        ("![](http://evil.example/x.png)Safety drills are held weekly [6].", "a link or markup"),
        ("<b onclick=x>Safety drills</b> are held weekly [6].", "a link or markup"),
        ("Safety drills are held weekly ≠ [6].", "cannot be checked"),
        ("Safety drills are held weekly " + "and weekly " * 80 + "[6].", "longer than"),
        ("Safety drills are held", "was cut off"),
    ],
)
def test_what_a_paragraph_does_not_say_is_dropped_with_the_reason(
    harbour_store: Store, letters: LetterEncoder, said: str, reason: str
) -> None:
    written = ask(harbour_store, letters, writes(said))

    assert written.status == "unsupported"
    assert written.prose == []
    assert reason in reasons(written)[0]
    assert written.answer.status == "answered"


def test_a_sentence_may_lean_on_the_one_before_it_when_that_one_was_kept(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    first = (
        "Mr. Dahl, the harbour master, told the reviewers that crews are short by 12 people [4]."
    )
    second = "Four have since been hired [4]."
    together = ask(harbour_store, letters, writes(f"{first} {second}"))
    parted = ask(harbour_store, letters, writes(f"{first} No fault is found [4A]. {second}"))

    assert [one.text for one in together.prose] == [
        "Mr. Dahl, the harbour master, told the reviewers that crews are short by 12 people.",
        "Four have since been hired.",
    ]
    assert len(parted.prose) == 1
    assert "leans" in reasons(parted)[1]


def test_prose_is_plain_text_and_lists_are_sentences(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    text = "## Drills\n\n- **Safety drills** are held *weekly* [harbour-2031/6]\n2. Every drill\u200b is logged [para 6]\n"
    written = ask(harbour_store, letters, writes(text))

    assert [one.text for one in written.prose] == [
        "Safety drills are held weekly",
        "Every drill is logged",
    ]


@pytest.mark.model
def test_distorted_sentences_are_dropped_and_most_faithful_ones_kept(
    seed_store: Store, encoder: Encoder, harbour_store: Store, letters: LetterEncoder
) -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    places = defaultdict(list)
    for pair in pairs:
        places[pair["report"], pair["key"]].append(pair)
    kept: set[tuple[str, str]] = set()
    for (report, key), group in places.items():
        store, by = (harbour_store, letters) if report == "harbour-2031" else (seed_store, encoder)
        said = "\n".join(f"{pair['text'].rstrip('.')} [{key}]." for pair in group)
        written = ask(store, by, writes(said), f"para {key}")
        kept |= {(key, one.text) for one in written.prose}

    def shown(part: str, *kinds: str, faithful: bool = True) -> list[bool]:
        return [
            (pair["key"], pair["text"]) in kept
            for pair in pairs
            if pair["part"] == part
            and pair["faithful"] == faithful
            and (not kinds or pair["kind"] in kinds)
        ]

    for part in ("chosen_on", "held_out", "attack"):
        distorted = shown(part, faithful=False)
        assert len(distorted) > 20
        assert not any(distorted)
    for part in ("chosen_on", "held_out"):
        near = shown(part, "copied", "shortened")
        assert sum(near) / len(near) > 0.7


def stalls(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    handler.wfile.write(chunk("Safety drills are held weekly [6]. Every drill is"))
    handler.wfile.flush()
    # Until the client has gone away, as it must.
    while handler.connection.recv(1):
        pass


def drips(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    handler.connection.settimeout(0.02)
    while True:
        handler.wfile.write(chunk(""))
        try:
            if not handler.connection.recv(1):
                return
        except TimeoutError:
            continue


def never_ends(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    while True:
        handler.wfile.write(b"data: " + b"x" * 10_000)


def writes_on(handler: BaseHTTPRequestHandler) -> None:
    start(handler)
    while True:
        handler.wfile.write(chunk("Safety drills are held weekly [6]. "))


def goes_elsewhere(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "http://127.0.0.1:9/v1/chat/completions")
    handler.end_headers()


@pytest.mark.parametrize(
    ("behave", "problem"),
    [
        (drips, "too slow"),
        (never_ends, "sends without end"),
        (goes_elsewhere, "points to another address"),
        (sends(b"<html>hello</html>", "text/html"), "not OpenAI-compatible"),
        (sends(b"", "text/plain"), "not OpenAI-compatible"),
        (sends(b"no", "application/json", 500), "answered 500"),
        (sends(b"no", "application/json", 401), "answered 401"),
        (sends(b"{not json", "application/json"), "no chat completion"),
        (sends(b"[" * 50_000, "application/json"), "no chat completion"),
        (sends(b"data: [1]\n\n", "text/event-stream"), "no chat completion"),
        (sends(b'data: {"error": {}}\n\n', "text/event-stream"), "no chat completion"),
        (sends(b'data: {"choices": [{"delta": {"content": 5}}]}', "text/event-stream"), "no chat"),
        (sends(b"\xff\xfe\n\ndata: \xff\n", "text/event-stream"), "no chat completion"),
        (sends(b"data: [DONE]\n\n", "text/event-stream"), "wrote nothing"),
        (lambda handler: None, "broke off"),
    ],
)
def test_an_endpoint_that_gives_nothing_fails_in_words_and_the_answer_stands(
    harbour_store: Store, letters: LetterEncoder, behave: Behaviour, problem: str
) -> None:
    limits = Limits(2.0, 2.0, 0.5, 200_000) if behave is drips else QUICK
    written = ask(harbour_store, letters, behave, limits=limits)

    assert (written.status, written.prose) == ("failed", [])
    assert problem in str(written.problem)
    assert written.answer.quotes


@pytest.mark.parametrize(
    ("behave", "problem"),
    [
        (stalls, "too slow"),
        (writes_on, "wrote more than"),
        (writes("Safety drills are held weekly [6]. Every", done=False), "cut off"),
    ],
)
def test_what_was_checked_before_the_endpoint_fails_stands(
    harbour_store: Store, letters: LetterEncoder, behave: Behaviour, problem: str
) -> None:
    written = ask(harbour_store, letters, behave, limits=QUICK)

    assert written.status == "written"
    assert {one.text for one in written.prose} == {"Safety drills are held weekly."}
    assert problem in str(written.problem)


def test_an_endpoint_that_does_not_stream_is_read_whole(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    choice = {"message": {"content": "Every drill is logged [6]."}, "finish_reason": "stop"}
    body = json.dumps({"model": "m", "choices": [choice]}, indent=1).encode()
    written = ask(harbour_store, letters, sends(body, "application/json"))

    assert [one.text for one in written.prose] == ["Every drill is logged."]
    assert written.problem is None


def test_a_model_is_given_the_answers_paragraphs_and_not_asked_without_one(
    harbour_store: Store, letters: LetterEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with scripted_model(writes("Every drill is logged [6].")) as model:
        endpoint = Endpoint(model.url, "tiny", "secret-key")
        for question in ("para 6", "para 77"):
            found = answer(harbour_store, letters, question)
            written = asyncio.run(prose_answer(harbour_store, letters, endpoint, found))
    ((headers, body),) = model.asked

    assert written.status == "not_found"
    assert (headers["Authorization"], body["model"]) == ("Bearer secret-key", "tiny")
    given = json.loads(body["messages"][-1]["content"])
    assert given["question"] == "para 6"
    assert [one["key"] for one in given["paragraphs"]] == ["6"]
    assert "secret-key" not in caplog.text
    assert "secret-key" not in repr(endpoint)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({URL: "localhost:8080"}, "is no address"),
        ({URL: "file:///etc/passwd"}, "is no address"),
        ({URL: "http://user:word@localhost/v1"}, "more than an address"),
        ({URL: "http://localhost/v1?key=1"}, "more than an address"),
        ({URL: "http://localhost/v1", KEY: "two\nlines"}, "no key has"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(environment: dict[str, str], says: str) -> None:
    with pytest.raises(EndpointError, match=says):
        endpoint_of(environment)


def test_without_the_setting_the_route_says_which_is_missing(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(URL, raising=False)
    client = TestClient(create_app(harbour_store, letters))
    response = client.post("/api/v1/prose", json={"question": "para 6"})

    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert URL in response.json()["detail"]


def test_the_route_gives_prose_beside_the_answer_whole_or_as_it_is_checked(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = {"question": "para 6"}
    said = "Safety drills are held weekly [6]. All is well [6]. Every drill is logged [6]."
    with scripted_model(writes(said)) as model:
        monkeypatch.setenv(URL, model.url)
        with serving(create_app(harbour_store, letters)) as url:
            whole = httpx.post(f"{url}/api/v1/prose", json=question).json()
            plain = httpx.post(f"{url}/api/v1/ask", json=question).json()
            stream = httpx.post(
                f"{url}/api/v1/prose", json=question, headers={"Accept": "text/event-stream"}
            )
    events = [
        tuple(line.partition(": ")[2] for line in event.splitlines()[:2])
        for event in stream.text.replace("\r", "").split("\n\n")
        if event.startswith("event")
    ]

    assert whole["answer"]["quotes"] == plain["quotes"]
    assert [one["text"] for one in whole["prose"]] == [
        "Safety drills are held weekly.",
        "Every drill is logged.",
    ]
    assert [one["text"] for one in whole["dropped"]] == ["All is well."]
    assert (whole["status"], whole["model"]) == ("written", "scripted-1")
    assert [name for name, _ in events] == ["answer", "sentence", "dropped", "sentence", "done"]
    assert [json.loads(data) for name, data in events if name == "sentence"] == whole["prose"]


def test_the_command_line_prints_prose_with_keys_above_the_quotes(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "search_api.cli.opening.open_ready", lambda folder: (harbour_store, letters)
    )
    monkeypatch.delenv(URL, raising=False)
    refused = CliRunner().invoke(main, ["ask", "para 6", "--prose"])
    with scripted_model(writes("Every drill is logged [6]. All is well [6].")) as model:
        monkeypatch.setenv(URL, model.url)
        shown = CliRunner().invoke(main, ["ask", "para 6", "--prose"])
        as_json = CliRunner().invoke(main, ["ask", "para 6", "--prose", "--json"])

    assert refused.exit_code == 1
    assert URL in str(refused.output)
    assert shown.output.startswith(
        "Every drill is logged. [6]\n1 unsupported sentences dropped.\n\n“Safety drills"
    )
    assert ProseAnswer.model_validate_json(as_json.output).status == "written"


@pytest.mark.llm
@pytest.mark.skipif(not os.environ.get("PILCROW_TEST_LLM"), reason="PILCROW_TEST_LLM is not set")
def test_a_real_model_is_held_to_the_report(seed_store: Store, encoder: Encoder) -> None:
    endpoint = endpoint_of({**os.environ, URL: os.environ["PILCROW_TEST_LLM"], MODEL: ""})
    assert endpoint is not None
    questions = ["Why was the joint fostering service with North Tyneside dropped?", "para 11"]
    for question in questions:
        found = answer(seed_store, encoder, question)
        written = asyncio.run(prose_answer(seed_store, encoder, endpoint, found))
        given = {quote.key for quote in found.quotes}

        assert written.answer == found
        assert written.status in ("written", "unsupported")
        assert all(set(one.keys) <= given for one in written.prose)
        assert all(one.support >= 0.6 for one in written.prose)
        print(written.model_dump_json(indent=1, exclude={"answer"}))
