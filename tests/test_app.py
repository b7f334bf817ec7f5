"""The HTTP API as a program calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.testclient import TestClient

from search_api.app import create_app

if TYPE_CHECKING:
    from indexer.store import Store
    from tests.conftest import LetterEncoder


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
        ({"question": ""}, 400, "empty"),
        ({"question": "why " * 2500}, 400, "at most 2,000"),
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
    problem(client.post("/api/v1/ask", content=b"{"), 422)
    problem(client.delete("/api/v1/ask"), 405)


def test_health_and_schema(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert operation["description"], path


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
