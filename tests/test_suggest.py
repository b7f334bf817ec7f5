"""What the page offers while a reader types, and how a browser takes it as a search engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from indexer.load import load_report
from indexer.store import build_store
from search_api.ask.answer import search
from search_api.http.app import create_app
from search_api.library.suggest import Suggester, sections
from tests.conftest import HARBOUR, SEED

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store
    from tests.conftest import LetterEncoder


@pytest.fixture
def two_reports(tmp_path: Path, letters: LetterEncoder) -> Store:
    return build_store(tmp_path / "two", [load_report(HARBOUR), load_report(SEED)], letters)


@pytest.fixture
def client(two_reports: Store, letters: LetterEncoder) -> TestClient:
    return TestClient(create_app(two_reports, letters), follow_redirects=False)


def offered(client: TestClient, typed: str, **filters: str) -> list[tuple[str, str, str | None]]:
    body: dict[str, Any] = client.get("/api/v1/suggest", params={"q": typed, **filters}).json()
    return [(each["kind"], each["text"], each["key"]) for each in body["suggestions"]]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("4A", [("paragraph", "para 4A", "4A")]),
        ("para 4A", [("paragraph", "para 4A", "4A")]),
        ("paras 30-35", [("paragraph", "paras 30-35", "30")]),
        ("29, 31", [("paragraph", "paras 29, 31", "29")]),
        ("paras 30 through 35", [("paragraph", "paras 30-35", "30")]),
        ("29 and 31", [("paragraph", "paras 29, 31", "29")]),
        ("[29]", [("paragraph", "para 29", "29")]),
        ("¶ 99", [("paragraph", "para 99", "99")]),
        ("passenger", [("heading", "Passenger safety", "6")]),
        ("safety pass", [("heading", "Passenger safety", "6")]),
        ("pássenger", [("heading", "Passenger safety", "6")]),
        ("nscb", [("abbreviation", "NSCB", "5")]),
        ("child death", [("abbreviation", "CDOP", "36")]),
        ("say in the services", [
            ("question", "Do children in care have a say in the services they get?", None),
        ]),
        ("zzz", []),
        ("", []),
        ("?!", []),
        ("999", []),
        ("35-30", []),
    ],
)  # fmt: skip
def test_what_is_typed_is_completed(
    client: TestClient, typed: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert offered(client, typed) == expected


def test_a_number_is_offered_in_each_report_that_has_it(client: TestClient) -> None:
    body = client.get("/api/v1/suggest", params={"q": "3"}).json()["suggestions"]

    assert [(each["report"], each["url"]) for each in body] == [
        ("harbour-2031", "/reports/harbour-2031/paragraphs/3"),
        ("northumberland-2012", "/reports/northumberland-2012/paragraphs/3"),
    ]
    assert offered(client, "3", report="harbour-2031") == [("paragraph", "para 3", "3")]


def test_a_range_says_where_it_ends_and_a_heading_what_it_spans(client: TestClient) -> None:
    (range_,) = client.get("/api/v1/suggest", params={"q": "30-35"}).json()["suggestions"]
    (heading,) = client.get("/api/v1/suggest", params={"q": "service information"}).json()[
        "suggestions"
    ]

    assert (range_["key"], range_["through"]) == ("30", "35")
    assert heading["detail"] == "Northumberland, para 4–11"


def test_what_begins_as_typed_comes_first_and_the_limit_holds(client: TestClient) -> None:
    texts = [text for _, text, _ in offered(client, "quality", limit="3")]

    assert len(texts) == 3
    assert texts[:2] == ["Quality of provision"] * 2


def test_an_unknown_report_is_a_404_and_hostile_typing_is_no_fault(client: TestClient) -> None:
    assert client.get("/api/v1/suggest?q=x&report=nope").status_code == 404
    for typed in (
        "<script>",
        "1" * 5000,
        "a " * 5000,
        "\u202e29",
        "(((",
        "\ud800".encode("utf-16", "surrogatepass"),
    ):
        assert client.get("/api/v1/suggest", params={"q": typed}).status_code == 200


def test_a_browser_gets_the_form_it_knows(client: TestClient) -> None:
    response = client.get("/api/v1/suggest", params={"q": "nscb", "format": "opensearch"})

    assert response.headers["content-type"].startswith("application/x-suggestions+json")
    assert response.json() == [
        "nscb",
        ["NSCB"],
        ["Northumberland Safeguarding Children Board"],
        ["http://testserver/reports/northumberland-2012/paragraphs/5"],
    ]


def test_the_description_names_the_page_and_its_suggestions(client: TestClient) -> None:
    response = client.get("/opensearch.xml", headers={"host": 'a"b<c&d.example'})
    plain = client.get("/opensearch.xml")

    assert plain.headers["content-type"].startswith("application/opensearchdescription+xml")
    root = ElementTree.fromstring(plain.text)
    urls = [each.attrib for each in root.iter("{http://a9.com/-/spec/opensearch/1.1/}Url")]
    assert [url["template"] for url in urls] == [
        "http://testserver/?q={searchTerms}",
        "http://testserver/api/v1/suggest?q={searchTerms}&format=opensearch",
    ]
    ElementTree.fromstring(response.text)


@pytest.mark.parametrize(
    ("to", "where"),
    [
        ("29", "/reports/northumberland-2012/paragraphs/29"),
        ("para 29", "/reports/northumberland-2012/paragraphs/29"),
        ("[29]", "/reports/northumberland-2012/paragraphs/29"),
        ("paras 30-35", "/reports/northumberland-2012#p-30"),
        ("30 through 35", "/reports/northumberland-2012#p-30"),
    ],
)
def test_the_jump_box_works_without_javascript(client: TestClient, to: str, where: str) -> None:
    response = client.get("/reports/northumberland-2012/go", params={"to": to})

    assert (response.status_code, response.headers["location"]) == (303, where)


def test_a_jump_to_nowhere_says_what_there_is(client: TestClient) -> None:
    for to in ("999", "", "nonsense"):
        response = client.get("/reports/northumberland-2012/go", params={"to": to})
        assert response.status_code == 404
        assert "run from 1 to 107" in response.text


def test_a_section_of_the_list_is_a_filter_that_finds_its_own_paragraphs(
    two_reports: Store, letters: LetterEncoder
) -> None:
    for report in two_reports.reports:
        for section in sections(report):
            path = tuple(section.value.split(" > "))
            found = search(two_reports, letters, "service", report.id, section.value, 100).hits
            under = {p.key for p in report.passages if p.section[: len(path)] == path}
            assert under <= {hit.key for hit in found}, section.value


def test_a_hit_names_the_words_it_shares_with_the_question(
    two_reports: Store, letters: LetterEncoder
) -> None:
    hits = search(
        two_reports, letters, "Were the foster carers judged?", "northumberland-2012"
    ).hits
    terms = {hit.key: hit.terms for hit in hits}

    assert any(hit.terms for hit in hits)
    for hit in hits:
        assert all(word in hit.text for word in hit.terms)
    assert {"fostering", "judged"} <= set(terms["99"]) if "99" in terms else True


def test_a_report_brought_anew_is_read_anew(two_reports: Store, harbour_store: Store) -> None:
    suggester = Suggester()
    assert suggester.suggest(two_reports, "nscb").suggestions
    assert not suggester.suggest(harbour_store, "nscb").suggestions
