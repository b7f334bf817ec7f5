"""What `cite` and the exports print, pasted into a draft: the verifier accuses none of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from indexer.load import load_report
from indexer.report import Metadata
from indexer.store import build_store
from search_api.citation.exports import FORMATS, export, make_citation
from search_api.citation.style_files import STYLES
from search_api.http.app import create_app
from search_api.verify.drafts.read_file import read_draft
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.verify import check_draft
from tests.conftest import HARBOUR, SEED, LetterEncoder
from tests.test_citation import LEGAL, SIGNED

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.report import Report

QUOTED = {"6": "Safety drills are held weekly", "3": "Crossings were late on one day in five"}
# A report by an office, which is its author, with a title that has a numbered heading's look.
OFFICE = Metadata(
    title="Harbour services, 2030-31: the “Saltmarsh” crossings (No 3 of 7)",
    short_title="Harbour services",
    publisher="Office for Standards in Ferries, Harbours and Piers",
    number="HC 12",
    published=date(2031, 5, 2),
    url="https://example.org/harbour/para-9?page=7",
    licence="Open Government Licence v3.0",
)
KINDS = {"signed": SIGNED, "office": OFFICE, **LEGAL}
BASE = "https://reports.example"
HARBOURS: dict[str, Report] = {
    kind: replace(load_report(HARBOUR), metadata=about) for kind, about in KINDS.items()
}
INDEXES = {kind: PassageIndex([report]) for kind, report in HARBOURS.items()}
# Of the kinds that are tried each time.
OFTEN = ("office", "case", "article")
NUMBERS = ("6", "3", "3-6", "3, 6")


def words(numbers: str) -> str:
    return QUOTED["3" if numbers.startswith("3") else "6"]


def accused(kind: str, draft: str) -> list[tuple[str, str | None, str | None]]:
    """What the verifier holds against a draft, or that it does not find the quotation in it."""
    found = check_draft(INDEXES[kind], draft)
    wrong = [(c.verdict, c.quotation, c.claimed) for c in found if c.is_to_mend]
    quoted = any(c.quotation in QUOTED.values() and c.verdict == "found" for c in found)
    return wrong if quoted else [*wrong, ("the quotation is not found", None, None)]


def bracketed(text: str) -> str:
    return text if text[0] in "([" else f"({text.rstrip('.')})"


def drafts(kind: str, style: str, numbers: str) -> dict[str, str]:
    """The citation as people paste it, by how they do."""
    cited = make_citation(HARBOURS[kind], numbers, style, BASE)
    marked = make_citation(HARBOURS[kind], numbers, style, BASE, "markdown")
    entry = cited.bibliography or cited.in_text
    said = f"The review says “{words(numbers)}”"
    return {
        "in the text": f"{said} {bracketed(cited.in_text)}.\n",
        "in a note": f"{said}.[^1]\n\n[^1]: {cited.in_text}\n",
        "in a note of Markdown": f"{said}.[^1]\n\n[^1]: {marked.in_text}\n",
        "under it": f"{said}\n{cited.in_text}\n",
        "under a block": f"The review:\n\n> {words(numbers)}\n\n{cited.in_text}\n",
        "with the entry": f"{said} {bracketed(cited.in_text)}.\n\n{entry}\n",
        "in a bibliography": f"{said} {bracketed(cited.in_text)}.\n\n# Bibliography\n\n- {entry}\n",
        "with others": f"{said}.[^1]\n\n[^1]: {cited.in_text}\n\nReferences\n\n"
        f"{marked.bibliography or entry}\n\nSmith J, ‘On paras 12-14 of piers’ (2019) 3 Piers 12.\n",
        "in a web page": f'<p>{said}.<sup><a href="#fn1" id="r1">1</a></sup></p><h2>Bibliography'
        f'</h2><p>{cited.bibliography_html or cited.in_text_html}</p><ol><li id="fn1">'
        f"{cited.in_text_html}</li></ol>",
    }


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[] if kind in OFTEN else [pytest.mark.slow]) for kind in KINDS],
)
def test_a_citation_in_any_style_is_never_held_against_its_draft(kind: str, style: str) -> None:
    wrong = {
        (numbers, how): (held, draft)
        for numbers in NUMBERS
        for how, draft in drafts(kind, style, numbers).items()
        if (held := accused(kind, draft))
    }

    assert not wrong


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_in_a_draft_is_never_held_against_it(kind: str, form: str) -> None:
    wrong = []
    for base, numbers in (("", "6"), (BASE, "3, 6")):
        shown = export(HARBOURS[kind], numbers, form, "oscola", base)  # type: ignore[arg-type]
        said = f"It says “{words(numbers)}” (para {numbers[0]})."
        noted = f"It says “{words(numbers)}”.[^1]\n\n[^1]: {' '.join(shown.split())}\n"
        pasted = [f"{said}\n\n# Bibliography\n\n{shown}", f"{said}\n\n```\n{shown}```\n"]
        pasted += [f"{said}\n\n{shown}", noted]
        wrong += [(held, draft) for draft in pasted if (held := accused(kind, draft))]

    assert not wrong


@pytest.mark.parametrize("style", ["short", *STYLES])
@pytest.mark.parametrize("form", ["markdown", "html", "docx"])
def test_a_notebook_in_a_draft_is_never_held_against_it(
    form: str, style: str, tmp_path: Path
) -> None:
    letters = LetterEncoder()
    store = build_store(tmp_path / "store", [load_report(HARBOUR), load_report(SEED)], letters)
    items = []
    for key, quoted in QUOTED.items():
        text = next(p.text for p in store.report("harbour-2031").passages if p.key == key)
        start = text.index(quoted)
        place = {"start": start, "end": start + len(quoted)}
        items.append({"report": "harbour-2031", "key": key, **place})
    asked = {"format": form, "style": style, "items": items, "title": "Quotes for chapter 2"}
    client = TestClient(create_app(store, letters))
    made = client.post("/api/v1/export", json=asked)
    path = tmp_path / f"notes.{ {'markdown': 'md'}.get(form, form) }"
    path.write_bytes(made.content)
    index = PassageIndex([load_report(HARBOUR), load_report(SEED)])

    found = check_draft(index, read_draft(path))
    assert not [check for check in found if check.is_to_mend]
    assert {c.quotation for c in found if c.verdict == "found"} >= set(QUOTED.values())


MODS = """<?xml version="1.0"?>
<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="harbour"><titleInfo lang="eng">
<title>Harbour services</title></titleInfo><part><extent unit="paragraph"><start>900</start>
</extent></part><note type="pinpoint">para 900</note></mods></modsCollection>"""
WORD_JSON = "[{“id”: “harbour”, “note”: “para. 900”, “title”: “Services of harbours and of piers”}]"
ZOTERO = (
    '@report{harbour_2031,\n\ttitle = {Harbour {Services}},\n\tnote = {para 900, "so it is"},\n}'
)
ENDNOTE = "TY  - RPRT\nTI  - “Harbour services” and their “piers”\nN1  - para 900\nER  - \n"


@pytest.mark.parametrize("record", [MODS, WORD_JSON, ZOTERO, ENDNOTE])
def test_a_record_of_a_reference_manager_claims_nothing(record: str) -> None:
    said = f"It says “{QUOTED['6']}” (para 6)."
    quoted = "\n".join(f"> {line}" for line in record.splitlines())

    for draft in (f"{said}\n\n{record}\n", f"{record}\n\n{said}", f"{said}\n\n{quoted}\n"):
        found = check_draft(INDEXES["office"], draft)
        assert [(c.verdict, c.paragraph) for c in found] == [("found", "6")], draft


@pytest.mark.parametrize(
    "begun", ['{"a": {"b": [', "@book{key, title = {a", "TY  - RPRT", "<mods >"]
)
def test_a_record_that_is_never_ended_hides_nothing(begun: str) -> None:
    found = check_draft(INDEXES["office"], f"{begun}\n\nIt says “{QUOTED['6']}” (para 3).")
    assert found[-1].verdict == "wrong_paragraph"
