"""The HTTP API as a program calls it."""

from __future__ import annotations

import json
import socket
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.testclient import TestClient

from indexer.errors import PilcrowError
from indexer.load import load_report
from indexer.store import build_store
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.encoders.base import Rows
    from indexer.store import Store


@pytest.fixture
def client(harbour_store: Store, letters: LetterEncoder) -> TestClient:
    return TestClient(create_app(harbour_store, letters))


def problem(response: httpx.Response, status: int) -> str:
    """The detail of a problem+json answer, its form checked."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail"}
    assert body["status"] == status
    return str(body["detail"])


def test_search_returns_ranked_passages_with_their_numbers(client: TestClient) -> None:
    body = client.get("/api/v1/search", params={"q": "safety drills", "limit": 3}).json()

    assert body["query"] == "safety drills"
    assert len(body["hits"]) == 3
    assert body["hits"][0]["paragraph"] == "6"
    assert body["hits"][0]["note"] == "Judgement: good"
    assert body["hits"][0]["url"] == "/reports/harbour-2031/paragraphs/6"


def test_ask_returns_the_contracts_answer(client: TestClient) -> None:
    body = client.post("/api/v1/ask", json={"question": "Are safety drills held weekly?"}).json()

    assert set(body) == {
        "question", "status", "confidence", "quotes", "hits", "took_ms", "receipt",
        "certainty", "uncovered", "parts", "total", "read_as", "looked_up",
    }  # fmt: skip
    assert {"store", "model", "reader", "version", "paragraphs"} <= set(body["receipt"])
    quote = body["hits"][0]["quote"]
    assert quote["text"] == body["hits"][0]["text"][quote["start"] : quote["end"]]


def test_reports_and_one_report_with_outline_and_audit(client: TestClient) -> None:
    (summary,) = client.get("/api/v1/reports").json()["reports"]
    detail = client.get("/api/v1/reports/harbour-2031").json()

    assert (summary["id"], summary["paragraphs"], summary["passages"]) == ("harbour-2031", 8, 10)
    assert detail["audit"]["gaps"] == ["7"]
    outline = [(e["level"], e["heading"], e["first"], e["last"]) for e in detail["outline"]]
    assert outline == [
        (1, "Front page", None, None),
        (1, "Purpose of the review", "1", "2"),
        (1, "Ferry operations", "3", "8"),
        (2, "How well is the service run?", "3", "4A"),
        (2, "Recommendations", "5", "5"),
        (2, "Passenger safety", "6", "8"),
        (1, "Findings at a glance", None, None),
    ]


def test_a_paragraph_with_its_neighbours(client: TestClient) -> None:
    body = client.get("/api/v1/reports/harbour-2031/paragraphs/4A").json()

    assert (body["number"], body["previous"]["key"], body["next"]["key"]) == ("4A", "4", "5")
    assert (
        body["text"]
        == "A further inspection of crew records took place in March. No fault was found."
    )
    assert body["citation"] == "HARBOUR AND FERRY SERVICES REVIEW (2 May 2031), para 4A"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("4-5", ["4", "4A", "5"]),
        ("6, 1–2", ["6", "1", "2"]),
        ("4A", ["4A"]),
        ("1 to 2", ["1", "2"]),
    ],
)
def test_a_range_of_paragraphs(client: TestClient, numbers: str, expected: list[str]) -> None:
    body = client.get("/api/v1/reports/harbour-2031/paragraphs", params={"numbers": numbers}).json()

    assert [paragraph["number"] for paragraph in body["paragraphs"]] == expected


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/v1/reports/nope", "no report 'nope'"),
        ("/api/v1/reports/harbour-2031/paragraphs/7", "run from 1 to 8"),
        ("/api/v1/reports/harbour-2031/paragraphs?numbers=1-99", "no paragraph '99'"),
        ("/api/v1/reports/harbour-2031/paragraphs?numbers=5-1", "backwards"),
        ("/api/v1/search?q=x&report=nope", "no report 'nope'"),
        ("/api/v2/anything", "/api/v2/anything"),
    ],
)
def test_what_is_not_there_is_a_404_that_says_what_is(
    client: TestClient, path: str, says: str
) -> None:
    assert says in problem(client.get(path), 404)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"question": ""}, 422, "empty"),
        ({"question": "why " * 2500}, 422, "at most 2,000"),
        ({}, 422, "question"),
        ({"question": "why", "limit": 0}, 422, "limit"),
        ({"question": 5}, 422, "question"),
    ],
)
def test_a_question_that_cannot_be_asked_is_a_problem(
    client: TestClient, body: dict[str, Any], status: int, says: str
) -> None:
    assert says in problem(client.post("/api/v1/ask", json=body), status)


def test_broken_json_and_wrong_methods_are_problems(client: TestClient) -> None:
    json_type = {"Content-Type": "application/json"}
    problem(client.post("/api/v1/ask", content=b"{", headers=json_type), 422)
    problem(client.delete("/api/v1/ask"), 405)
    refused = client.put("/api/v1/reports")
    problem(refused, 405)
    assert refused.headers["allow"] == "GET, POST, HEAD"


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_said_to_be_json_is_refused(client: TestClient, kind: str) -> None:
    for path in ("ask", "ask/batch", "verify", "export"):
        answer = client.post(f"/api/v1/{path}", content=b"{}", headers={"Content-Type": kind})
        assert "application/json" in problem(answer, 415)


def test_json_has_several_names(client: TestClient) -> None:
    for kind in ("application/json; charset=utf-8", "Application/JSON", "application/ld+json"):
        body = b'{"question": "Are drills held?"}'
        answer = client.post("/api/v1/ask", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 200


def test_health_and_schema(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_the_api_documentation_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/docs").text

    assert "swagger-ui" in page
    assert "https://" not in page


def test_pages_carry_a_strict_policy_and_errors_are_pages_there(client: TestClient) -> None:
    page = client.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    missing = client.get("/reports/harbour-2031/paragraphs/77")
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")


def test_the_form_works_without_javascript(client: TestClient) -> None:
    page = client.get("/", params={"q": "safety drills", "render": "html"})

    assert page.status_code == 200
    assert "/reports/harbour-2031/paragraphs/6" in page.text


@pytest.mark.parametrize("quote", ["0-9", "9-1", "5-99999", "a-b", "-1-4", ""])
def test_a_mangled_quote_address_still_shows_the_paragraph(client: TestClient, quote: str) -> None:
    page = client.get("/reports/harbour-2031/paragraphs/8", params={"quote": quote})

    assert page.status_code == 200
    assert ("<mark>" in page.text) == (quote == "0-9")


def follow(client: TestClient, url: str, relation: str) -> list[dict[str, Any]]:
    """The pages that one comes by along a relation."""
    pages = []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200
        pages.append(answer.json())
        url = answer.links.get(relation, {}).get("url", "")
    return pages


def test_pages_of_hits_make_up_the_whole_ranking(client: TestClient) -> None:
    whole = client.get("/api/v1/search?q=ferry+crews&limit=100").json()["hits"]
    pages = follow(client, "/api/v1/search?q=ferry+crews&limit=3", "next")

    assert [hit for page in pages for hit in page["hits"]] == whole
    last = f"/api/v1/search?q=ferry+crews&limit=3&offset={3 * (len(pages) - 1)}"
    assert follow(client, last, "prev") == pages[::-1]


def test_pages_of_paragraphs_make_up_the_report(client: TestClient) -> None:
    whole = client.get("/api/v1/reports/harbour-2031/paragraphs").json()["paragraphs"]
    pages = follow(client, "/api/v1/reports/harbour-2031/paragraphs?limit=4", "next")
    some = follow(client, "/api/v1/reports/harbour-2031/paragraphs?numbers=4-6&limit=3", "next")

    assert [len(page["paragraphs"]) for page in pages] == [4, 4, 2]
    assert [paragraph for page in pages for paragraph in page["paragraphs"]] == whole
    assert [[each["number"] for each in page["paragraphs"]] for page in some] == [
        ["4", "4A", "5"],
        ["6"],
    ]
    assert client.get("/api/v1/reports?offset=1").json()["reports"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("search?q=x&offset=-1", 422),
        ("search?q=x&offset=1000", 422),
        ("search?q=x&offset=991&limit=10", 422),
        ("reports?limit=0", 422),
        ("reports?limit=1001", 422),
        ("reports/harbour-2031/paragraphs?offset=99999999999999999999", 422),
    ],
)
def test_a_page_beyond_the_bounds_is_refused(client: TestClient, query: str, status: int) -> None:
    problem(client.get(f"/api/v1/{query}"), status)


def test_the_number_is_called_number_everywhere_and_paragraph_still_works(
    client: TestClient,
) -> None:
    def get(path: str) -> Any:
        return client.get(f"/api/v1/{path}").json()

    hit = get("search?q=safety+drills&limit=1&fields=number,paragraph,quote")["hits"][0]
    assert hit["number"] == hit["paragraph"] == hit["quote"]["number"] == hit["quote"]["paragraph"]
    passage = get(f"reports/harbour-2031/paragraphs/{hit['number']}?fields=number")
    assert passage == {"number": hit["number"]}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("search?q=x&limt=5", "no parameter 'limt'; did you mean 'limit'?"),
        ("search?query=x", "no parameter 'query'; did you mean 'q'"),
        ("reports?order=title", "no parameter 'order'; there is: limit, offset, cursor, fields"),
        ("reports/harbour-2031?fields=id", "no parameter 'fields'; see /docs"),
    ],
)
def test_an_unknown_parameter_is_refused_and_the_nearest_named(
    client: TestClient, path: str, says: str
) -> None:
    assert says in problem(client.get(f"/api/v1/{path}"), 422)


def test_an_unknown_field_of_a_body_is_refused_and_the_nearest_named(client: TestClient) -> None:
    answer = client.post("/api/v1/ask", json={"question": "why?", "reprot": "harbour-2031"})
    assert "no field 'reprot'; did you mean 'report'?" in problem(answer, 422)
    items = [{"report": "harbour-2031", "key": "6", "start": 0, "end": 5, "colour": "red"}]
    answer = client.post("/api/v1/export", json={"format": "ris", "items": items})
    assert "items.0.colour" in problem(answer, 422)


def test_pages_ignore_what_they_do_not_know(client: TestClient) -> None:
    assert client.get("/?utm_source=letter").status_code == 200
    assert client.get("/reports/harbour-2031?fbclid=1").status_code == 200


def test_an_empty_query_and_a_missing_one_are_both_unprocessable(client: TestClient) -> None:
    problem(client.get("/api/v1/search"), 422)
    assert "empty" in problem(client.get("/api/v1/search?q="), 422)


def test_fields_keep_to_what_is_asked_for(client: TestClient) -> None:
    def get(path: str) -> Any:
        return client.get(f"/api/v1/{path}").json()

    hits = get("search?q=safety+drills&limit=2&fields=paragraph,url")
    assert hits["query"] == "safety drills"
    assert [set(hit) for hit in hits["hits"]] == [{"paragraph", "url"}] * 2
    assert get("reports?fields=id") == {
        "reports": [{"id": "harbour-2031"}],
        "total": 1,
        "next": None,
    }
    assert get("reports/harbour-2031/paragraphs?numbers=1-2&fields=key") == {
        "report": "harbour-2031",
        "paragraphs": [{"key": "1"}, {"key": "2"}],
        "total": 2,
        "next": None,
    }
    whole = get("reports/harbour-2031/paragraphs/8")
    assert get("reports/harbour-2031/paragraphs/8?fields=text,references") == {
        "text": whole["text"],
        "references": whole["references"],
    }


@pytest.mark.parametrize("fields", ["nope", "text,", "", "text, url", "__class__"])
def test_an_unknown_field_is_refused_with_those_there_are(client: TestClient, fields: str) -> None:
    answer = client.get("/api/v1/search", params={"q": "drills", "fields": fields})
    assert "there are: report, paragraph, key" in problem(answer, 422)


DEPEND_ON_THE_STORE = [
    "/api/v1/search?q=ferry",
    "/api/v1/suggest?q=ferry",
    "/api/v1/suggest?q=ferry&format=opensearch",
    "/api/v1/reports",
    "/api/v1/reports/harbour-2031",
    "/api/v1/reports/harbour-2031/paragraphs",
    "/api/v1/reports/harbour-2031/paragraphs/3?fields=text",
    "/api/v1/reports/harbour-2031/paragraphs/3/citation",
    "/llms.txt",
    "/opensearch.xml",
]


@pytest.mark.parametrize("path", DEPEND_ON_THE_STORE)
def test_an_answer_one_has_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    plain = client.get(path, headers={"Accept-Encoding": "identity", "If-None-Match": '"other"'})
    assert (plain.status_code, plain.content, plain.headers["etag"]) == (200, first.content, tag)


def test_tags_differ_by_address_and_go_with_the_store(client: TestClient) -> None:
    tags = [client.get(path).headers["etag"] for path in DEPEND_ON_THE_STORE]
    assert len(set(tags)) == len(tags)
    before = client.get("/api/v1/reports").headers["etag"]
    other = client.get("/api/v1/reports", headers={"Host": "example.org"}).headers["etag"]
    assert before != other


def test_a_tag_is_worth_nothing_once_the_store_has_changed(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    key = {"X-API-Key": "secret"}
    client = TestClient(create_app(harbour_store, letters, "secret"))
    known = {"If-None-Match": client.get("/api/v1/reports").headers["etag"]}
    file = {"file": ("ferry.txt", "1. The ferry board met about zebras.\n\n2. It met again.\n")}
    job = client.post("/api/v1/reports", files=file, headers=key).headers["location"]
    while client.get(job, headers=key).json()["status"] not in ("ready", "failed"):
        pass

    fresh = client.get("/api/v1/reports", headers=known)
    assert fresh.status_code == 200
    assert len(fresh.json()["reports"]) == 2


def test_what_is_not_found_has_no_tag_and_is_not_kept(client: TestClient) -> None:
    for answer in (client.get("/api/v1/reports/nope"), client.get("/api/v1/search")):
        assert "etag" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/api/v1/reports", "/healthz", "/reports/harbour-2031/go?to=3", "/nope"])  # fmt: skip
def test_head_has_the_headers_of_get_and_no_body(client: TestClient, path: str) -> None:
    same = {"X-Request-ID": "same"}
    got = client.get(path, follow_redirects=False, headers=same)
    head = client.head(path, follow_redirects=False, headers=same)

    assert head.content == b""
    # No two requests take as long.
    for response in (got, head):
        response.headers.pop("Server-Timing", None)
    assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))


def test_other_origins_may_not_call_unless_named(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = {"Origin": "https://notes.example"}
    asked = origin | {"Access-Control-Request-Method": "POST"}
    allowed = "access-control-allow-origin"
    closed = TestClient(create_app(harbour_store, letters))
    assert allowed not in closed.get("/api/v1/reports", headers=origin).headers
    assert closed.options("/api/v1/ask", headers=asked).status_code == 405

    monkeypatch.setenv("PILCROW_CORS_ORIGINS", "https://notes.example, http://localhost:3000/")
    client = TestClient(create_app(harbour_store, letters))
    answer = client.get("/api/v1/reports", headers=origin)
    assert answer.headers[allowed] == "https://notes.example"
    assert "Link" in answer.headers["access-control-expose-headers"]
    assert client.options("/api/v1/ask", headers=asked).headers[allowed] == "https://notes.example"
    assert allowed not in client.get("/healthz", headers={"Origin": "https://evil.example"}).headers


@pytest.mark.parametrize(
    "origins", ["notes.example", "https://a.example/path", "https://*.example"]
)
def test_a_setting_that_names_no_origin_is_refused(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch, origins: str
) -> None:
    monkeypatch.setenv("PILCROW_CORS_ORIGINS", origins)
    with pytest.raises(PilcrowError, match="is no origin; write https://example"):
        create_app(harbour_store, letters)


QUESTIONS = ["Are safety drills held weekly?", "What does paragraph 3 say?", "Who paid for zebras?"]


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "took_ms"}


def test_a_batch_is_answered_in_order_as_each_question_is(client: TestClient) -> None:
    more = {"report": "harbour-2031", "section": "", "limit": 2}
    batch = client.post("/api/v1/ask/batch", json={"questions": QUESTIONS, **more}).json()
    single = [
        client.post("/api/v1/ask", json={"question": question, **more}).json()
        for question in QUESTIONS
    ]

    assert [without_time(answer) for answer in batch["answers"]] == list(map(without_time, single))


def test_a_batch_can_be_streamed(client: TestClient) -> None:
    body = {"questions": QUESTIONS}
    batch = client.post("/api/v1/ask/batch", json=body).json()
    stream = client.post("/api/v1/ask/batch", json=body, headers={"Accept": "text/event-stream"})

    assert stream.headers["content-type"].startswith("text/event-stream")
    *answers, done, rest = stream.text.replace("\r\n", "\n").split("\n\n")
    fields = [dict(line.split(": ", 1) for line in event.splitlines()) for event in answers]
    assert [(each["event"], each["id"]) for each in fields] == [
        ("answer", "0"),
        ("answer", "1"),
        ("answer", "2"),
    ]
    sent = [without_time(json.loads(each["data"])) for each in fields]
    assert sent == [without_time(answer) for answer in batch["answers"]]
    assert (done, rest) == ('event: done\ndata: {"answers": 3}', "")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json, text/event-stream", "application/json"),
        ("text/event-stream;q=0.9, application/json;q=0.1", "text/event-stream"),
        ("text/html, application/*", "application/json"),
    ],
)
def test_the_form_of_a_batch_is_the_first_named(client: TestClient, accept: str, kind: str) -> None:
    body = {"questions": QUESTIONS[:1]}
    answer = client.post("/api/v1/ask/batch", json=body, headers={"Accept": accept})

    assert answer.headers["content-type"].startswith(kind)
    assert "Accept" in answer.headers["vary"].split(", ")


def test_a_batch_in_no_known_form_is_refused(client: TestClient) -> None:
    body = {"questions": QUESTIONS[:1]}
    answer = client.post("/api/v1/ask/batch", json=body, headers={"Accept": "text/html"})
    assert "text/event-stream" in problem(answer, 406)


def test_all_questions_are_checked_before_the_first_is_answered(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    client = TestClient(create_app(harbour_store, letters))
    letters.encoded.clear()
    for accept in ("application/json", "text/event-stream"):
        body = {"questions": ["Are drills held?", " ", "Why?", "x" * 2001]}
        answer = client.post("/api/v1/ask/batch", json=body, headers={"Accept": accept})
        found = answer.json()
        assert (answer.status_code, found["status"]) == (422, 422)
        assert "2 of 4 questions" in found["detail"]
        assert "Question 2: the question is empty" in found["detail"]
        assert [fault["item"] for fault in found["errors"]] == [1, 3]
    body = {"questions": ["Are drills held?"], "report": "nope"}
    assert "no report 'nope'" in problem(client.post("/api/v1/ask/batch", json=body), 404)
    assert letters.encoded == []


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_1_to_1000_questions(client: TestClient, count: int) -> None:
    problem(client.post("/api/v1/ask/batch", json={"questions": ["Why?"] * count}), 422)


class GatedEncoder(LetterEncoder):
    """Encodes a question when it is let to."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)

    def encode(self, texts: list[str]) -> Rows:
        assert self.gate.acquire(timeout=30)
        return super().encode(texts)


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_a_client_that_goes_away_stops_the_work(
    harbour_store: Store, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = GatedEncoder()
    asked = 500
    body = json.dumps({"questions": ["Are drills held?"] * asked}).encode()
    with serving(create_app(harbour_store, encoder)) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = (
                f"POST /api/v1/ask/batch HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            client.sendall(head.encode() + body)
            encoder.gate.release()
            while not encoder.encoded:
                pass
        # The request is over when it is counted; each look lets one more question through.
        while "/api/v1/ask/batch" not in httpx.get(f"{url}/metrics").text:
            encoder.gate.release()
    assert 1 <= len(encoder.encoded) < asked
    assert not caplog.records


def test_metrics_count_by_route_and_know_no_question(client: TestClient) -> None:
    client.post("/api/v1/ask", json={"question": "Who met about zebras?"})
    client.get("/api/v1/search", params={"q": "zebras"})
    client.get("/api/v1/reports/harbour-2031/paragraphs/3")
    client.get("/zebras")
    client.request("ZEBRA", "/api/v1/ask")
    answer = client.get("/metrics")
    lines = answer.text.splitlines()

    def count(method: str, route: str, status: int) -> str:
        labels = f'method="{method}",route="{route}",status="{status}"'
        return f"pilcrow_http_requests_total{{{labels}}} 1.0"

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert count("POST", "/api/v1/ask", 200) in lines
    assert count("GET", "/api/v1/search", 200) in lines
    assert count("GET", "/api/v1/reports/{report}/paragraphs/{key:path}", 200) in lines
    assert count("GET", "none", 404) in lines
    assert count("other", "/api/v1/ask", 405) in lines
    assert "pilcrow_store_paragraphs 8.0" in lines
    assert "pilcrow_store_reports 1.0" in lines
    buckets = [
        float(line.split()[-1])
        for line in lines
        if line.startswith("pilcrow_http_request_duration_seconds_bucket")
        and 'route="/api/v1/ask"' in line
        and "POST" in line
    ]
    assert buckets[-1] == 1.0
    assert all(low <= high for low, high in pairwise(buckets))
    assert "zebra" not in answer.text.lower()


def test_llms_txt_tells_what_is_here_and_how_to_cite_it(client: TestClient) -> None:
    text = client.get("/llms.txt", headers={"Host": "reports.example"}).text

    assert text.startswith("# Pilcrow\n\n> ")
    assert "(http://reports.example/reports/harbour-2031)" in text
    assert "8 paragraphs; id `harbour-2031`" in text
    for path in ("/api/v1/ask", "/api/v1/search", "/api/v1/verify", "/docs", "/openapi.json"):
        assert f"http://reports.example{path}" in text


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/v1/reports/%00/paragraphs/%00 HTTP/1.1",
        "GET /api/v1/reports/%ff%fe HTTP/1.1",
        "GET /api/v1/search?q=%ff%00%ed%a0%80 HTTP/1.1",
        f"GET /api/v1/search?q=x&limit={'9' * 5000} HTTP/1.1",
        "GET /api/v1/reports/harbour-2031/paragraphs/..%2f..%2fetc%2fpasswd HTTP/1.1",
        "GET //api/v1/reports HTTP/1.1",
        "GET /static/%00.js HTTP/1.1",
        "GET /reports/harbour-2031/go?to=%00 HTTP/1.1",
        "GET /api/v1/reports/harbour-2031/paragraphs/3/citation?style=../../etc HTTP/1.1",
    ],
)
@pytest.mark.parametrize("host", ["[", "a b", "x:99999999", "\xff", "<b>"])
def test_garbage_in_address_and_host_is_no_fault(
    harbour_url: str, request_line: str, host: str
) -> None:
    name, port = harbour_url.removeprefix("http://").split(":")
    head = f'{request_line}\r\nHost: {host}\r\nIf-None-Match: \xff,,"\r\nConnection: close\r\n\r\n'
    with socket.create_connection((name, int(port))) as client:
        client.sendall(head.encode("latin-1"))
        answer = client.makefile("rb").readline()
    assert answer.split()[1] in (b"200", b"303", b"400", b"404", b"422"), answer


@pytest.fixture(scope="module")
def harbour_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("garbage")
    encoder = LetterEncoder()
    store = build_store(folder / "store", [load_report(HARBOUR)], encoder)
    with serving(create_app(store, encoder)) as url:
        yield url


@pytest.mark.parametrize(
    "body",
    [
        b'{"question": "\\ud800 why?"}',
        b'{"question": "why?", "report": "\\udfff"}',
        b'{"question": "why?", "section": "\\ud800"}',
        b'{"text": "\\ud800"}',
        b'{"questions": ["\\ud800"]}',
        b'{"question": "why?", "limit": ' + b"9" * 5000 + b"}",
        b'{"question": "why?", "limit": NaN}',
        b'{"question": "why?", "limit": 1e999}',
        b'{"question": "\xff\xfe"}',
        b"[" * 20_000,
        b'"why?"',
        b"null",
    ],
)
def test_garbage_in_a_body_is_a_problem(client: TestClient, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    for path in ("ask", "ask/batch", "verify", "export"):
        answer = client.post(f"/api/v1/{path}", content=body, headers=kind)
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_of_the_server_names_no_folder(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    client = TestClient(create_app(harbour_store, letters), raise_server_exceptions=False)
    (harbour_store.folder / "settings.json").write_text("{", encoding="utf-8")
    for answer in (
        client.get("/api/v1/search?q=drills"),
        client.post("/api/v1/ask", json={"question": "Are drills held?"}),
    ):
        assert str(harbour_store.folder) not in problem(answer, 500)
