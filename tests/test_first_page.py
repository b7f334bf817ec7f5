"""What documents are found to say of themselves, against what a person reads on their first page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document

from indexer.formats import read_blocks
from indexer.metadata.document import read_document
from indexer.text import compared_words
from tests.conftest import ROOT

if TYPE_CHECKING:
    from indexer.report import Metadata

DOCUMENTS = ROOT.parent / "shared" / "documents"
FACTS = json.loads((ROOT / "tests" / "golden" / "first_pages.json").read_text(encoding="utf-8"))
FIELDS = ("title", "published", "publisher", "court", "neutral_citation", "number", "authors")


def is_right(found: Any, wanted: Any) -> bool:
    """True for what is printed, whatever its case and punctuation; some may be said two ways."""
    if isinstance(found, tuple):
        return [list(found)] == wanted
    if isinstance(wanted, str):
        return str(found) == wanted
    return any(compared_words(found) == compared_words(each) for each in wanted)


@pytest.mark.slow
@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the documents are not at hand")
def test_what_the_first_pages_print_is_read_and_nothing_wrong_is_said_to_be_sure() -> None:
    printed = right = sure = 0
    wrong = []
    for facts in FACTS:
        path = DOCUMENTS / facts["file"]
        found = read_document(path, [] if path.suffix == ".pdf" else read_blocks(path))
        doubtful = found.unsure
        for field in FIELDS:
            value = getattr(found, field)
            if field not in facts:
                continue
            good = bool(value) and is_right(value, facts[field])
            printed += 1
            right += good
            sure += good and field not in doubtful
            if value and not good and field not in doubtful:
                wrong.append((facts["file"], field, value))
        if "kind" in facts:
            assert found.kind == facts["kind"], facts["file"]
    print(f"{printed} printed, {right} right, {sure} of them sure, {len(wrong)} wrong and sure")
    assert not wrong
    assert right >= 0.9 * printed
    assert sure >= 0.7 * right


def read(tmp_path: Path, text: str, name: str = "a-file-name_v2.txt") -> Metadata:
    path = tmp_path / name
    path.write_text(text)
    return read_document(path, read_blocks(path))


JUDGMENT = """Neutral Citation Number: [2031] EWHC 123 (Admin)

IN THE HIGH COURT OF JUSTICE
KING'S BENCH DIVISION

Date: 05 February 2031

Before:
MR JUSTICE FERRY

Between:

THE KING (on the application of OKAFOR)
Claimant

- and -

SALTMARSH COUNTY COUNCIL
Defendant

Hearing date: 3 January 2031

JUDGMENT

1. The claim is about a pier."""
STRASBOURG = """THIRD SECTION

CASE OF OKAFOR AND LEE v. SALTMARSH

(Application no. 1206/31)

JUDGMENT

STRASBOURG

13 December 2031

In the case of Okafor and Lee v. Saltmarsh,

The European Court of Human Rights, sitting as a Chamber,

Having deliberated in private on 22 November 2031,

1. The case originated in an application."""
ACT = """Piers and Harbours Act 2031

2031 CHAPTER 12

An Act to make provision for piers.

[23rd May 2031]

1. Piers are to be kept."""
ORDER = """STATUTORY INSTRUMENTS

2031 No. 3166

The Piers (Amendment of Minimum Length) Order 2031

1. This Order may be cited."""
UNION = """REGULATION (EU) 2031/679 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL

of 27 April 2031

on the protection of piers

THE EUROPEAN PARLIAMENT AND THE COUNCIL,

1. Piers are protected."""
TREATY = """CONVENTION ON THE RIGHTS OF FERRIES

The States Parties to the present Convention, considering that ferries float,

Have agreed as follows:

1. Ferries float."""
REPORT = """Inspection of ferry services
Saltmarsh
Inspection dates: 6 June 2031 to 10 June 2031
Lead inspector: Ann Lee
Report published: 1 August 2031

1. Ferries are late."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            JUDGMENT,
            {
                "kind": "legal_case",
                "title": "R (on the application of Okafor) v Saltmarsh County Council",
                "neutral_citation": "[2031] EWHC 123 (Admin)",
                "court": "High Court of Justice, King's Bench Division",
                "published": "2031-02-05",
            },
        ),
        (
            STRASBOURG,
            {
                "kind": "legal_case",
                "title": "Okafor and Lee v Saltmarsh",
                "parties": ("Okafor and Lee", "Saltmarsh"),
                "court": "European Court of Human Rights",
                "number": "App no 1206/31",
                "published": "2031-12-13",
            },
        ),
        (
            ACT,
            {
                "kind": "legislation",
                "title": "Piers and Harbours Act 2031",
                "number": "c 12",
            },
        ),
        (
            ORDER,
            {
                "kind": "regulation",
                "title": "The Piers (Amendment of Minimum Length) Order 2031",
                "number": "SI 2031/3166",
            },
        ),
        (
            UNION,
            {
                "kind": "regulation",
                "number": "(EU) 2031/679",
                "title": "Regulation (EU) 2031/679 of the European Parliament and of the Council "
                "of 27 April 2031 on the protection of piers",
                "published": "2031-04-27",
            },
        ),
        (TREATY, {"kind": "treaty", "title": "Convention on the Rights of Ferries"}),
        (
            REPORT,
            {
                "kind": "report",
                "title": "Inspection of ferry services",
                "published": "2031-08-01",
                "publisher": "",
            },
        ),
    ],
)
def test_a_document_says_what_it_is(tmp_path: Path, text: str, expected: dict[str, Any]) -> None:
    found = read(tmp_path, text)

    for field, value in expected.items():
        shown = getattr(found, field)
        assert (str(shown) if field == "published" else shown) == value, field


def test_a_file_name_is_never_a_title(tmp_path: Path) -> None:
    found = read(tmp_path, "1. The first paragraph.\n\n2. The second one.\n")
    page = "<html><head><title>a-file-name_v2.html</title></head><body><p>1. One.</p></body></html>"
    other = read(tmp_path, page, "a-file-name_v2.html")

    assert (found.title, other.title) == ("", "")
    assert "title" in found.missing


def test_a_template_is_no_title_and_a_typist_no_author(tmp_path: Path) -> None:
    document = Document()
    document.core_properties.title = "Council Blank Template"
    document.core_properties.author = "cvjha300"
    document.add_paragraph("Review of Piers", style="Title")
    document.add_paragraph("1. Piers are long.")
    document.save(str(tmp_path / "x.docx"))

    found = read_document(tmp_path / "x.docx", read_blocks(tmp_path / "x.docx"))

    assert (found.title, found.authors, found.unsure) == ("Review of Piers", (), ())


def test_elements_made_for_citing_are_believed(tmp_path: Path) -> None:
    page = (
        '<html><head><meta name="citation_title" content="On piers">'
        '<meta name="citation_author" content="Okafor, Ines">'
        '<meta name="citation_publication_date" content="2031/05/02">'
        '<meta name="citation_journal_title" content="Journal of Piers"></head>'
        "<body><h1>Welcome</h1><p>1. One.</p></body></html>"
    )
    found = read(tmp_path, page, "x.html")

    assert (found.title, found.authors) == ("On piers", ("Okafor, Ines",))
    assert (str(found.published), found.journal) == ("2031-05-02", "Journal of Piers")


def test_a_date_that_may_be_read_two_ways_is_doubtful(tmp_path: Path) -> None:
    found = read(tmp_path, JUDGMENT.replace("05 February 2031", "05/02/2031"))

    assert str(found.published) == "2031-02-05"
    assert "published" in found.unsure


def test_the_case_below_is_not_the_case(tmp_path: Path) -> None:
    text = JUDGMENT.replace(
        "Neutral Citation Number: [2031] EWHC 123 (Admin)",
        "[2031] UKSC 14 On appeal from: [2030] EWCA Civ 7",
    )

    assert read(tmp_path, text).neutral_citation == "[2031] UKSC 14"
