"""Akoma Ntoso to blocks: small documents of each kind, hostile files, and the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from indexer.errors import ReportError
from indexer.formats.akn import read_akn
from indexer.formats.html import read_html
from tests.formats.marked_up import (
    DOCUMENTS,
    letters,
    missing_numbers,
    shape,
    with_documents,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.blocks import Block

NAMES = [
    "cop_2016_505",
    "en_2022_21",
    "eu_com_2013_619",
    "ewfc_2024_74",
    "uksc_2024_14",
    "us_title9_ch3",
]


def read(folder: Path, document: str) -> list[Block]:
    space = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
    return read_akn(write(folder, "a.xml", f'<akomaNtoso xmlns="{space}">{document}</akomaNtoso>'))


def test_in_an_act_the_article_is_the_paragraph_and_the_rest_its_items(tmp_path: Path) -> None:
    blocks = read(
        tmp_path,
        "<act><meta><x>no</x></meta><body><chapter><num>CHAPTER I</num><heading>Tides</heading>"
        "<article><num>Article 1</num><heading>Scope</heading><paragraph><num>1.</num><content>"
        "<p>This <b>Act</b> applies:</p></content><point><num>(a)</num><content><p>at sea.</p>"
        "</content></point></paragraph></article>"
        "<article><num>Article 2</num><paragraph><num>1.</num><content><p>Twice a day.</p>"
        "</content></paragraph></article></chapter></body></act>",
    )

    assert shape(blocks) == [
        ("heading", "CHAPTER I", "Tides"),
        ("text", "Article 1", "Scope"),
        ("item", "1.", "This Act applies:"),
        ("item", "(a)", "at sea."),
        ("text", "Article 2", ""),
        ("item", "1.", "Twice a day."),
    ]
    # The unit is the first level: what is inside it is cited as its item.
    assert [b.level for b in blocks] == [1, None, 2, 3, None, 2]
    assert [b.style for b in blocks[:4]] == ["chapter", "article", "paragraph", "point"]


def test_sections_that_hold_articles_are_headings_and_recitals_have_their_style(
    tmp_path: Path,
) -> None:
    blocks = read(
        tmp_path,
        "<bill><preamble><recitals><intro><p>Whereas:</p></intro><recital><num>(1)</num>"
        "<p>Tides turn.</p></recital></recitals></preamble><body><section><num>Section 1</num>"
        "<heading>General</heading><article><num>Article 1</num><content><p>They turn.</p>"
        "</content></article></section></body></bill>",
    )

    assert shape(blocks) == [
        ("text", None, "Whereas:"),
        ("text", "(1)", "Tides turn."),
        ("heading", "Section 1", "General"),
        ("text", "Article 1", "They turn."),
    ]
    assert blocks[1].style == "recital"


def test_in_a_judgment_the_numbered_paragraph_is_the_unit(tmp_path: Path) -> None:
    blocks = read(
        tmp_path,
        "<judgment name='judgment'><header><p>Harbour<br/><br/>Court</p></header><judgmentBody>"
        "<decision><level><heading>Facts</heading><paragraph><num>1.</num><intro><p>He said:</p>"
        "</intro><subparagraph><num>(a)</num><content><p>no;</p></content></subparagraph>"
        "<subparagraph><num>•</num><content><p>yes.</p></content></subparagraph></paragraph>"
        "<paragraph><num>2.</num><content><p>Thus:</p><block name='embeddedStructure'>"
        "<embeddedStructure><paragraph><num>7.</num><content><p>Quoted.</p></content></paragraph>"
        "</embeddedStructure></block></content></paragraph></level></decision></judgmentBody>"
        "</judgment>",
    )

    assert shape(blocks) == [
        ("text", None, "Harbour"),
        ("text", None, "Court"),
        ("heading", None, "Facts"),
        ("text", "1.", "He said:"),
        ("item", "(a)", "no;"),
        ("item", None, "yes."),
        ("text", "2.", "Thus:"),
        ("quote", "7.", "Quoted."),
    ]


def test_notes_annexes_contents_and_tables(tmp_path: Path) -> None:
    blocks = read(
        tmp_path,
        "<doc name='note'><mainBody><toc><tocItem href='#a' level='1'>Tides 3</tocItem></toc>"
        "<paragraph><num>1</num><content><p>High<authorialNote marker='1'><p>At noon.</p>"
        "</authorialNote>, low.</p></content></paragraph>"
        "<table><tr><th><p>Pier</p></th><th><p>Built</p></th></tr><tr><td><p>North</p></td>"
        "<td><p>1871</p></td></tr></table></mainBody><attachments><attachment><doc name='annex'>"
        "<mainBody><paragraph><num>1</num><content><p>Again.</p></content></paragraph></mainBody>"
        "</doc></attachment></attachments></doc>",
    )

    assert shape(blocks) == [
        ("contents", None, "Tides 3"),
        ("text", "1", "High, low."),
        ("footnote", "1", "At noon."),
        ("row", None, "Pier\tBuilt"),
        ("row", None, "North\t1871"),
        ("text", "1", "Again."),
    ]
    assert blocks[1].calls == ("1",)
    assert [b.part for b in blocks] == [None] * 5 + ["annex 1"]


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><akomaNtoso><doc>&c;</doc></akomaNtoso>'
)
LOCAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><akomaNtoso>&x;</akomaNtoso>'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not well-formed"),
        ("<akomaNtoso><doc>", "not well-formed"),
        ("<html><p>no</p></html>", "root 'html'"),
        ("<akomaNtoso><doc><meta>only</meta></doc></akomaNtoso>", "no text"),
        (BOMB, "entities"),
        (LOCAL, "entities"),
        ("<akomaNtoso>" + "<p>" * 5_000 + "</p>" * 5_000 + "</akomaNtoso>", "not well-formed"),
    ],
    ids=["empty", "cut", "html", "bare", "bomb", "file", "deep"],
)
def test_bad_files_end_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    path = write(tmp_path, "bad.akn.xml", text)

    with pytest.raises(ReportError, match=problem) as error:
        read_akn(path)
    assert "bad.akn.xml" in str(error.value)
    assert "\n" not in str(error.value)


@with_documents
@pytest.mark.parametrize("name", NAMES)
def test_every_expected_number_of_the_real_documents_is_found(name: str) -> None:
    assert missing_numbers(name, read_akn(DOCUMENTS / f"{name}.akn.xml")) == []


@with_documents
@pytest.mark.parametrize("name", NAMES)
def test_no_letter_of_the_real_documents_is_lost_or_moved(name: str) -> None:
    path = DOCUMENTS / f"{name}.akn.xml"
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(remove_comments=True))
    dropped = ("meta", "authorialNote")
    unwanted = " or ".join(f"ancestor::*[local-name()='{tag}']" for tag in dropped)
    pieces = root.xpath(f"//text()[not({unwanted} or ancestor::*[@name='footer'])]")
    blocks = [b for b in read_akn(path) if b.kind != "footnote"]

    assert letters("".join(f"{b.label or ''}{b.text}" for b in blocks)) == letters("".join(pieces))


@with_documents
@pytest.mark.parametrize("name", ["cop_2016_505", "en_2022_21"])
def test_the_same_document_in_html_has_the_same_blocks(name: str) -> None:
    akn = [b for b in read_akn(DOCUMENTS / f"{name}.akn.xml") if b.kind != "contents"]
    html = read_html(DOCUMENTS / f"{name}.html")

    # The page's own indentation puts a space before a bracket or two.
    assert [(b.kind, b.label, letters(b.text)) for b in akn] == [
        (b.kind, b.label, letters(b.text)) for b in html
    ]
