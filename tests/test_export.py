"""A notebook exported: words and citations from the store, in five formats."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import docx
import httpx
import pypandoc
import pytest
from starlette.testclient import TestClient

from indexer.history import with_history
from indexer.load import load_report
from indexer.store import build_store
from search_api.citation.notebook.markdown import escape
from search_api.http.app import create_app
from tests.conftest import HARBOUR

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store
    from tests.conftest import LetterEncoder

DRILLS = {"report": "harbour-2031", "key": "6", "start": 0, "end": 30}
JACKETS = {"report": "harbour-2031", "key": "8", "start": 0, "end": 43}
CITED = "HARBOUR AND FERRY SERVICES REVIEW (2 May 2031), para 6"
# What a report may hold, and a note too.
HOSTILE = "<script>alert(1)</script> **bold** [x](y) & &amp; `c` \u202eabc \\ $a$ {b} _u_ # h"


@pytest.fixture
def client(harbour_store: Store, letters: LetterEncoder) -> TestClient:
    return TestClient(create_app(harbour_store, letters))


def export(
    client: TestClient, form: str, items: list[dict[str, Any]], **more: str
) -> httpx.Response:
    return client.post("/api/v1/export", json={"format": form, "items": items, **more})


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    return found


def test_markdown_has_the_stores_words_citations_notes_and_sources(client: TestClient) -> None:
    answer = export(client, "markdown", [DRILLS | {"note": "Ask *when*"}, JACKETS], title="Ferries")

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="notebook.md"'
    lines = answer.text.split("\n\n")
    assert lines[0] == "# Ferries"
    assert lines[1] == "> Safety drills are held weekly."
    assert lines[2].startswith(f"— {CITED} <http://testserver/reports/harbour-2031/paragraphs/6?")
    assert lines[3] == r"Note: Ask \*when\*"
    assert lines[-2] == "## Sources"
    assert "2 May 2031" in lines[-1]


def test_html_has_the_same_and_asks_nothing_of_any_host(client: TestClient) -> None:
    text = export(client, "html", [DRILLS | {"note": "<b>loud</b>"}], title="A <i>").text

    assert '<blockquote dir="auto" cite="http://testserver/reports/harbour-2031' in text
    assert ">Safety drills are held weekly.</blockquote>" in text
    assert CITED in text
    assert "&lt;b&gt;loud&lt;/b&gt;" in text
    assert "<title>A &lt;i&gt;</title>" in text
    assert "src=" not in text


def test_a_word_document_has_the_same_with_links_that_work(client: TestClient) -> None:
    answer = export(client, "docx", [DRILLS | {"note": "one\ntwo"}], title="Ferries", style="apa")
    document = docx.Document(io.BytesIO(answer.content))

    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "Ferries"
    assert texts[1] == "Safety drills are held weekly."
    assert texts[2].startswith("— (")
    assert "para. 6" in texts[2]
    assert texts[3] == "Note: one\ntwo"
    assert document.paragraphs[1].style is not None
    assert document.paragraphs[1].style.name == "Quote"
    links = document.paragraphs[2].hyperlinks
    assert links[0].url.startswith("http://testserver/reports/harbour-2031/paragraphs/6?quote=0-30")
    assert any(run.italic for run in document.paragraphs[-1].runs)


def test_a_note_styles_citations_are_footnotes_in_word(client: TestClient) -> None:
    items = [DRILLS | {"note": "mine"}, JACKETS]
    answer = export(client, "docx", items, style="oscola")
    document = docx.Document(io.BytesIO(answer.content))

    quoted = document.paragraphs[1]
    assert quoted.text == "Safety drills are held weekly."
    assert quoted._p.xpath("./w:r/w:footnoteReference/@w:id") == ["1"]
    assert document.paragraphs[2].text == "Note: mine"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        notes = ElementTree.fromstring(package.read("word/footnotes.xml"))
        links = package.read("word/_rels/footnotes.xml.rels").decode()
        assert b"/word/footnotes.xml" in package.read("[Content_Types].xml")
    said = ["".join(note.itertext()) for note in notes]
    # Two that draw the rule over the notes, then the notes.
    assert said[:2] == ["", ""]
    assert said[2].startswith(" ‘")
    assert said[2].endswith("para 6.")
    assert said[3].endswith("para 8.")
    assert "http://testserver/reports/harbour-2031/paragraphs/6?quote=0-30" in links
    # Another reader of Word files finds them too.
    text = pypandoc.convert_text(answer.content, "plain", format="docx", extra_args=["--wrap=none"])
    assert "weekly.[1]" in text.replace("\xa0", " ")
    assert "para 6." in text.replace("\xa0", " ")


def test_reference_managers_get_a_report_once_with_its_quotes_as_notes(client: TestClient) -> None:
    items = [JACKETS, DRILLS | {"note": "100% & more"}]
    ris, bib = export(client, "ris", items).text, export(client, "bibtex", items).text

    assert ris.count("TY  - RPRT") == ris.count("ER  - ") == 1
    assert "N1  - para. 6: “Safety drills are held weekly.” — 100% & more" in ris
    assert "paras. 6, 8" in ris
    assert bib.count("@report{harbour-2031,") == 1
    assert r"— 100\% \& more" in bib
    assert bib.count("{") - bib.count(r"\{") == bib.count("}") - bib.count(r"\}")


@pytest.mark.parametrize("form", ["markdown", "html", "docx", "ris", "bibtex"])
def test_the_words_are_never_the_browsers(client: TestClient, form: str) -> None:
    changed = problem(export(client, form, [DRILLS, JACKETS | {"text": "Made up."}]), 409)

    assert "1 of 2 quotes" in changed["detail"]
    assert changed["errors"] == [
        {
            "item": 1,
            "reason": "changed",
            "detail": "passage 8 of harbour-2031 has other words than those that were pinned",
        }
    ]


@pytest.mark.parametrize(
    ("item", "reason", "says"),
    [
        ({"report": "nope"}, "unknown", "no report 'nope'"),
        ({"key": "77"}, "unknown", "no paragraph '77'"),
        ({"end": 9999}, "changed", "none at 0-9999"),
        ({"start": 9, "end": 9}, "changed", "none at 9-9"),
    ],
)
def test_what_the_store_has_not_is_named(
    client: TestClient, item: dict[str, Any], reason: str, says: str
) -> None:
    (fault,) = problem(export(client, "ris", [DRILLS | item]), 409)["errors"]

    assert fault["reason"] == reason
    assert says in fault["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"format": "odt", "items": [DRILLS]},
        {"format": "ris", "items": []},
        {"format": "ris", "items": [DRILLS] * 501},
        {"format": "ris", "items": [DRILLS | {"start": -1}]},
        {"format": "ris", "items": [DRILLS | {"note": "x" * 10_001}]},
        {"format": "ris"},
    ],
)
def test_what_makes_no_sense_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    problem(client.post("/api/v1/export", json=body), 422)


def test_a_lone_surrogate_in_a_note_breaks_nothing(client: TestClient) -> None:
    body = '{"format": "html", "items": [{"report": "harbour-2031", "key": "6", "start": 0, "end": 9, "note": "\\ud800"}]}'

    assert client.post(
        "/api/v1/export", content=body, headers={"content-type": "application/json"}
    ).status_code in (200, 422)


def test_an_unknown_style_is_a_problem_with_the_nearest_names(client: TestClient) -> None:
    assert "apa" in problem(export(client, "html", [DRILLS], style="apaa"), 400)["detail"]


def test_a_paragraph_that_was_numbered_anew_is_followed(
    tmp_path: Path, harbour_store: Store, letters: LetterEncoder
) -> None:
    client = TestClient(create_app(harbour_store, letters))
    mark = client.get("/api/v1/reports/harbour-2031/paragraphs/6").json()["hash"]
    path = tmp_path / "harbour-2031.txt"
    path.write_text(HARBOUR.read_text("utf-8").replace("[6] Safety", "[7] Safety"), "utf-8")
    report = with_history(harbour_store.reports[0], load_report(path))
    store = build_store(tmp_path / "moved", [report], letters)
    later = TestClient(create_app(store, letters))

    text = export(later, "markdown", [DRILLS | {"v": mark}]).text
    assert "para 7" in text


def test_hostile_words_are_words_in_every_format(tmp_path: Path, letters: LetterEncoder) -> None:
    path = tmp_path / "hostile.txt"
    path.write_text("".join(f"{n}. {HOSTILE} number {n}.\n\n" for n in range(1, 31)), "utf-8")
    store = build_store(tmp_path / "store", [load_report(path)], letters)
    passage = store.reports[0].passages[0]
    item = {"report": "hostile", "key": passage.key, "start": 0, "end": len(passage.text)}
    client = TestClient(create_app(store, letters))
    items = [item | {"note": f"1. {HOSTILE}\u0007\n# head\n- item"}]

    page = export(client, "html", items, title=HOSTILE).text
    assert "<script>" not in page
    document = docx.Document(io.BytesIO(export(client, "docx", items, title=HOSTILE).content))
    assert any("<script>alert(1)</script>" in p.text for p in document.paragraphs)
    ris = export(client, "ris", items).text
    assert all(line[2:6] == "  - " for line in ris.splitlines() if line)
    bib = export(client, "bibtex", items).text
    assert bib.count("{") - bib.count(r"\{") == bib.count("}") - bib.count(r"\}")
    markdown = export(client, "markdown", items).text
    shown = pypandoc.convert_text(
        markdown, "plain", format="commonmark", extra_args=["--wrap=none"]
    )
    assert " ".join(passage.text.split()) in " ".join(shown.split())
    assert "# head" in shown
    assert "- item" in shown


@pytest.mark.parametrize(
    "line", ["1. a", "12) b", "# c", "- d", "+ e", "=== f", "*g*", "a | b", "<i>"]
)
def test_a_line_is_never_markup(line: str) -> None:
    shown = pypandoc.convert_text(
        escape(line), "plain", format="commonmark", extra_args=["--wrap=none"]
    )

    assert shown.strip() == line
