"""What builders of search pages lean on: filters, order, facets, offsets, cursors, times, streams."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from indexer.errors import PilcrowError, QuestionError
from indexer.load import load_report
from indexer.store import build_store
from search_api import Pilcrow, PilcrowClient
from search_api.cli import main, opening
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.store import Store
    from search_api.client import Library

REPORTS = {
    "pier": ("report", "Ofsted", "2019-03-01"),
    "quay": ("report", "Port of Saltmarsh", "2021-06-30"),
    "ferry-v-crew": ("legal_case", "Ofsted", "2024-01-31"),
    "undated": ("report", "Ofsted", ""),
}
# Ten numbered paragraphs and the front page.
PASSAGES = 11
WORDS = ["ferries", "ferry", "crews", "drills", "safety", "harbour", "lamps", "planks", "stormy"]


def write(folder: Path, name: str, count: int = 10) -> Path:
    kind, publisher, published = REPORTS.get(name, ("report", "Nobody", "2030-01-01"))
    lines = [f"{name.title()} review", "", "Findings", ""]
    for number in range(1, count + 1):
        if number == 6:
            lines += ["Repairs", ""]
        word, other = WORDS[number % len(WORDS)], WORDS[(number * 3) % len(WORDS)]
        lines += [f"{number}. The {word} of the {name} were {other} number {number}.", ""]
    path = folder / f"{name}.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    dated = f"published = {published}\n" if published else ""
    sidecar = f'title = "{name.title()}"\nkind = "{kind}"\npublisher = "{publisher}"\n{dated}'
    path.with_suffix(".toml").write_text(sidecar, encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path, letters: LetterEncoder) -> Store:
    reports = [load_report(write(tmp_path, name)) for name in REPORTS]
    return build_store(tmp_path / "store", reports, letters)


@pytest.fixture
def url(store: Store, letters: LetterEncoder) -> Iterator[str]:
    with serving(create_app(store, letters, "secret")) as address:
        yield f"{address}/api/v1"


@pytest.fixture(params=["folder", "server"])
def library(
    request: pytest.FixtureRequest, store: Store, letters: LetterEncoder
) -> Iterator[Library]:
    if request.param == "folder":
        yield Pilcrow(store, letters)
        return
    address = request.getfixturevalue("url").removesuffix("/api/v1")
    with PilcrowClient(address) as client:
        yield client


WISHES: list[tuple[dict[str, Any], set[str]]] = [
    ({"kind": "legal_case"}, {"ferry-v-crew"}),
    ({"publisher": "ofsted"}, {"pier", "ferry-v-crew", "undated"}),
    ({"published_from": date(2021, 6, 30)}, {"quay", "ferry-v-crew"}),
    ({"published_to": date(2021, 6, 30)}, {"pier", "quay"}),
    ({"published_from": date(2020, 1, 1), "publisher": "Ofsted"}, {"ferry-v-crew"}),
    ({"kind": "report", "report": "quay"}, {"quay"}),
    ({"kind": "legal_case", "report": "quay"}, set()),
    ({"kind": "treaty"}, set()),
    ({"kind": "report", "section": "repairs"}, {"pier", "quay", "undated"}),
]


@pytest.mark.parametrize(("wishes", "reports"), WISHES)
def test_only_reports_that_fit_are_searched(
    library: Library, wishes: dict[str, Any], reports: set[str]
) -> None:
    found = library.search("ferry safety", limit=100, **wishes)

    assert {hit.report for hit in found.hits} == reports
    assert found.total == len(found.hits) == (5 if "section" in wishes else PASSAGES) * len(reports)
    if "section" in wishes:
        assert {hit.section[-1] for hit in found.hits} == {"Repairs"}


@pytest.mark.parametrize(("wishes", "reports"), WISHES)
def test_the_command_line_keeps_to_reports_as_http_does(
    store: Store,
    letters: LetterEncoder,
    monkeypatch: pytest.MonkeyPatch,
    wishes: dict[str, Any],
    reports: set[str],
) -> None:
    monkeypatch.setattr(opening, "open_ready", lambda folder: (store, letters))
    options = [f"--{name.replace('_', '-')}={wish}" for name, wish in wishes.items()]
    command = ["search", "ferry safety", "--limit=100", "--json", *options, "--sort=document"]
    found = json.loads(CliRunner().invoke(main, command).stdout)
    expected = Pilcrow(store, letters).search("ferry safety", limit=100, sort="document", **wishes)

    assert found["hits"] == expected.model_dump()["hits"]
    assert {hit["report"] for hit in found["hits"]} == reports


def test_a_paragraph_that_is_pointed_at_is_of_a_report_that_fits(library: Library) -> None:
    found = library.search("para 3", kind="legal_case")

    assert [(hit.report, hit.number) for hit in found.hits] == [("ferry-v-crew", "3")]


def test_the_best_hits_can_be_listed_as_they_are_printed(library: Library) -> None:
    best = library.search("harbour lamps", limit=30)
    sorted_ = library.search("harbour lamps", limit=30, sort="document")
    places = [(hit.report, int(hit.number or 0)) for hit in sorted_.hits]

    assert places == sorted(places)
    assert set(places) == {(hit.report, int(hit.number or 0)) for hit in best.hits}
    assert sorted_.total == 30
    first = library.search("harbour lamps", limit=7, sort="document")
    second = library.search("harbour lamps", limit=7, sort="document", cursor=first.next)
    assert [*first.hits, *second.hits] == sorted_.hits[:14]


def test_facets_count_what_can_be_paged_to_and_filter_as_they_say(library: Library) -> None:
    names: Any = ["report", "kind", "publisher", "year", "section"]
    found = library.search("ferry", limit=1, facets=names)
    counted = {name: {v.value: v.count for v in found.facets[name]} for name in names}

    assert counted["report"] == dict.fromkeys(sorted(REPORTS), PASSAGES)
    assert counted["kind"] == {"report": 3 * PASSAGES, "legal_case": PASSAGES}
    assert counted["publisher"] == {"Ofsted": 3 * PASSAGES, "Port of Saltmarsh": PASSAGES}
    # What has no date has no year.
    assert counted["year"] == dict.fromkeys(["2019", "2021", "2024"], PASSAGES)
    assert counted["section"] == {"Repairs": 20, "Front page": 4}
    for section, count in counted["section"].items():
        assert library.search("ferry", section=section).total == count
    assert library.search("ferry").facets == {}


def test_matched_words_are_told_where_they_stand(library: Library) -> None:
    found = library.search("the ferry's crew", limit=20)
    words = {
        hit.text[match.start : match.end].lower() for hit in found.hits for match in hit.matches
    }

    assert words <= {"ferry", "ferries", "crew", "crews"}
    assert {"ferry", "ferries", "crews"} <= words
    for hit in found.hits:
        said = {hit.text[match.start : match.end] for match in hit.matches}
        assert {word.lower() for word in said} == {word.lower() for word in hit.terms}


def test_pages_by_cursor_miss_nothing_while_reports_are_added(
    store: Store, letters: LetterEncoder, tmp_path: Path
) -> None:
    library = Pilcrow(store, letters)
    whole = library.search("stormy planks", limit=100)
    seen, cursor = [], None
    for page in range(100):
        found = library.search("stormy planks", limit=6, cursor=cursor)
        seen += [(hit.report, hit.key) for hit in found.hits]
        cursor = found.next
        if cursor is None:
            break
        if page == 1:
            # What comes now ranks before and after what was shown.
            write(tmp_path, "aaa")
            reports = [load_report(path) for path in sorted(tmp_path.glob("*.txt"))]
            library = Pilcrow(build_store(tmp_path / "more", reports, letters), letters)
    old = [each for each in seen if each[0] != "aaa"]

    assert len(seen) == len(set(seen))
    assert old == [(hit.report, hit.key) for hit in whole.hits]


def test_a_cursor_of_something_else_is_refused(library: Library) -> None:
    cursor = library.search("planks", limit=2).next
    for wrong, wishes in (
        ("another search", {"cursor": cursor, "kind": "report"}),
        ("another search", {"cursor": cursor, "sort": "document"}),
        ("not both", {"cursor": cursor, "offset": 2}),
        ("none that was given", {"cursor": "bm9wZQ"}),
        ("none that was given", {"cursor": "é"}),
    ):
        with pytest.raises(QuestionError, match=wrong):
            library.search("planks", limit=2, **wishes)
    with pytest.raises(QuestionError, match="another search"):
        library.search("plank", limit=2, cursor=cursor)
    assert library.search("planks", limit=100, cursor=cursor).next is None


def test_lists_have_cursors_too(url: str) -> None:
    for path, items in (("reports", "reports"), ("reports/quay/paragraphs", "paragraphs")):
        name = "id" if items == "reports" else "key"
        every = [each[name] for each in httpx.get(f"{url}/{path}").json()[items]]
        seen: list[str] = []
        params: dict[str, Any] = {"limit": 3}
        while True:
            page = httpx.get(f"{url}/{path}", params=params).json()
            seen += [each[name] for each in page[items]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert seen == every
    other = httpx.get(f"{url}/reports/pier/paragraphs", params=params)
    assert (other.status_code, "another" in other.json()["detail"]) == (422, True)


def test_suggestions_can_be_cut_to_some_fields(url: str) -> None:
    found = httpx.get(f"{url}/suggest", params={"q": "rep", "fields": "text,url"}).json()

    assert found["query"] == "rep"
    assert found["suggestions"]
    assert all(set(each) == {"text", "url"} for each in found["suggestions"])
    wrong = httpx.get(f"{url}/suggest", params={"q": "rep", "fields": "txt"})
    assert (wrong.status_code, "no field 'txt'" in wrong.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("params", "wrong"),
    [
        ({"published_from": "last year"}, "published_from"),
        ({"published_to": "2012"}, "published_to"),
        ({"sort": "date"}, "sort"),
        ({"facets": "colour"}, "facets"),
        ({"publishr": "Ofsted"}, "did you mean 'publisher'"),
    ],
)
def test_a_filter_that_cannot_be_honoured_is_refused_by_name(
    url: str, params: dict[str, str], wrong: str
) -> None:
    told = httpx.get(f"{url}/search", params={"q": "ferry", **params})

    assert told.status_code == 422
    assert wrong in json.dumps(told.json())


def test_an_answer_says_where_its_time_went(url: str) -> None:
    for response in (
        httpx.get(f"{url}/search", params={"q": "ferry lamps"}),
        httpx.post(f"{url}/ask", json={"question": "Were the planks stormy?"}),
    ):
        parts = response.headers["Server-Timing"].split(", ")
        took = {name: float(ms) for name, ms in (part.split(";dur=") for part in parts)}
        assert {"wait", "encode", "find", "total"} <= took.keys()
        assert sum(took.values()) - took["total"] <= took["total"] + 0.5
    assert "Server-Timing" not in httpx.get(url.removesuffix("/api/v1")).headers


def test_a_job_is_followed_to_its_end_as_events(url: str, tmp_path: Path) -> None:
    key = {"X-API-Key": "secret"}
    sent = httpx.post(
        f"{url}/reports", files={"file": (HARBOUR.name, HARBOUR.read_bytes())}, headers=key
    )
    address = f"{url.removesuffix('/api/v1')}{sent.headers['Location']}"
    followed = key | {"Accept": "text/event-stream"}
    with httpx.stream("GET", address, headers=followed, timeout=60) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        text = stream.read().decode()
    events = re.findall(r"event: (\w+)\r\ndata: (.+)\r\n", text)
    jobs = [json.loads(data) for _, data in events]

    assert [kind for kind, _ in events] == ["job"] * (len(events) - 1) + ["done"]
    assert (jobs[-1]["status"], jobs[-1]["url"]) == ("ready", "/reports/harbour-2031")
    assert len({json.dumps(job) for job in jobs}) == len(jobs)
    assert httpx.get(address, headers=key).json() == jobs[-1]
    assert httpx.get(address, headers=key | {"Accept": "image/png"}).status_code == 406


def test_a_server_that_overlooks_a_filter_is_not_believed() -> None:
    def old(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"query": "ferry", "hits": []})

    with (
        PilcrowClient(transport=httpx.MockTransport(old)) as client,
        pytest.raises(PilcrowError, match="older than this client and overlooks kind, facets"),
    ):
        client.search("ferry", kind="report", facets=["year"])
