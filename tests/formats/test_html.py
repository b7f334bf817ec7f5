"""Web pages to blocks: small pages for each feature, hostile files, and the real pages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from indexer.errors import ReportError
from indexer.formats.html import blocks_of_html, read_html
from tests.formats.marked_up import (
    DOCUMENTS,
    letters,
    missing_numbers,
    shape,
    with_documents,
)

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.blocks import Block


def body(html: str) -> list[Block]:
    return blocks_of_html(f"<html><body><main>{html}</main></body></html>", "page.html")


def test_inline_elements_neither_add_nor_lose_spaces() -> None:
    blocks = body("<p>The <b>har</b>bour, <i>Sea&nbsp;Wall</i>\n  and co\u00adast<br>guard.</p>")

    assert [b.text for b in blocks] == ["The harbour, Sea Wall and coast guard."]


def test_headings_have_their_tags_level_and_tables_are_rows() -> None:
    blocks = body(
        "<h2>Piers</h2><table><tr><th>Pier</th><th>Built</th></tr>"
        "<tr><td>North</td><td>1871</td></tr><tr><td></td><td>1902</td></tr></table>"
    )

    assert shape(blocks) == [
        ("heading", None, "Piers"),
        ("row", None, "Pier\tBuilt"),
        ("row", None, "North\t1871"),
        ("row", None, "1902"),
    ]
    assert blocks[0].level == 2


def test_ordered_lists_are_labelled_by_start_value_and_type() -> None:
    blocks = body(
        "<ol start=3><li>three<ol type=a><li>a</li><li value=28>ab</li></ol></li>"
        "<li>four<ol style='list-style-type: upper-roman'><li>I</li></ol></li></ol>"
        "<ol reversed><li>second</li><li>first</li></ol><ul><li>bullet</li></ul>"
    )

    assert [(b.label, b.level, b.text) for b in blocks] == [
        ("3.", 1, "three"),
        ("a.", 2, "a"),
        ("ab.", 2, "ab"),
        ("4.", 1, "four"),
        ("I.", 2, "I"),
        ("2.", 1, "second"),
        ("1.", 1, "first"),
        (None, 1, "bullet"),
    ]
    assert {b.kind for b in blocks} == {"item"}


def test_numbers_typed_in_list_items_are_not_counted_again() -> None:
    blocks = body("<ol><li>1. One</li><li>2. Two</li></ol><ol><li><ol><li>deep</li></ol></li></ol>")

    assert shape(blocks) == [
        ("item", None, "1. One"),
        ("item", None, "2. Two"),
        ("item", "1.", ""),
        ("item", "1.", "deep"),
    ]


def test_a_number_in_an_element_of_its_own_is_the_label() -> None:
    blocks = body(
        "<p><span class='para-num'>1.1</span> One.</p>"
        "<section class=para><h3><span class=num>2 </span></h3><p>Two:</p>"
        "<section class=sub><h3><span class=num>(a)</span></h3><p>first</p></section>"
        "<section class=sub><h3><span class=num>•</span></h3><p>second</p></section></section>"
        "<p class=MsoListParagraph><span style='mso-list:Ignore'>3.<span>&nbsp; </span></span>Three.</p>"
        "<p><span class=big>4.</span> Four, typed.</p>"
    )

    assert shape(blocks) == [
        ("text", "1.1", "One."),
        ("text", "2", "Two:"),
        ("item", "(a)", "first"),
        ("item", None, "second"),
        ("text", "3.", "Three."),
        ("text", None, "4. Four, typed."),
    ]
    assert [b.level for b in blocks] == [None, None, 1, 1, None, None]


def test_quotations_are_quotes_whatever_is_in_them() -> None:
    blocks = body(
        "<blockquote>Said so:<ol><li>first</li></ol></blockquote><p class=BlockQuotation>Again.</p>"
    )

    assert shape(blocks) == [
        ("quote", None, "Said so:"),
        ("quote", "1.", "first"),
        ("quote", None, "Again."),
    ]


def test_footnotes_follow_the_block_that_calls_them() -> None:
    blocks = body(
        "<p>Sea<sup><a id=r1 href='#n1'>1</a></sup> wall.</p><p>See <a href='#s2'>2</a>.</p>"
        "<h2 id=s2>Two</h2><p>Quay<a id=r2 href='#n2'>[2]</a>.</p>"
        "<ol><li id=n1>1 January. <a href='#r1'>↩</a></li>"
        "<li id=n2><p>Of stone.</p><p>And oak. <a href='#r2'>Back</a></p></li></ol>"
    )

    assert shape(blocks) == [
        ("text", None, "Sea wall."),
        ("footnote", "1", "1 January."),
        ("text", None, "See 2."),
        ("heading", None, "Two"),
        ("text", None, "Quay."),
        ("footnote", "2", "Of stone. And oak."),
    ]
    assert [b.calls for b in blocks if b.calls] == [("1",), ("2",)]


def test_word_footnotes_are_found_by_links_both_ways() -> None:
    blocks = body(
        "<p>Tide<a href='#_ftn1' name='_ftnref1'><span>[1]</span></a> table.</p><div><hr>"
        "<div id=ftn1><p><a href='#_ftnref1' name='_ftn1'>[1]</a> Of 2031.</p></div></div>"
    )

    assert shape(blocks) == [("text", None, "Tide table."), ("footnote", "1", "Of 2031.")]


def test_contents_lists_are_told_from_the_text() -> None:
    blocks = body(
        "<nav><a href='#a'>1. Sea</a></nav><ul><li><a href='#a'>Sea</a></li>"
        "<li><a href='#b'>Land</a> 3</li><li><a href='#c'>Air</a></li></ul>"
        "<p class=MsoToc1>Sea 4</p><h2 id=a>Sea</h2><p>See <a href='#b'>land</a>.</p>"
    )

    assert [b.kind for b in blocks] == ["contents"] * 5 + ["heading", "text"]


def test_double_and_numbered_line_breaks_end_a_block() -> None:
    blocks = body("<div>One<br>line.<br><br>Two.<br>2.1 Next.</div><h1>Title<br>of it</h1>")

    assert [b.text for b in blocks] == ["One line.", "Two.", "2.1 Next.", "Title of it"]


def test_tables_for_layout_are_paragraphs() -> None:
    long = "It was decided that the harbour wall be raised by two metres before the next winter."
    blocks = body(
        f"<table><tr><td>1.</td><td>{long}</td></tr><tr><td>2.</td><td>{long}</td></tr></table>"
        "<table><tr><td><p>Alone.</p></td></tr></table>"
    )

    assert shape(blocks) == [("text", "1.", long), ("text", "2.", long), ("text", None, "Alone.")]


def test_preformatted_text_is_read_by_lines() -> None:
    blocks = body("<pre>1. One.\n\n2. Two.</pre>")

    assert [b.text for b in blocks] == ["1. One.", "2. Two."]


PROSE = "<p>The wall stands against the sea, and the sea against the wall, as before.</p>" * 20


@pytest.mark.parametrize(
    "page",
    [
        f"<nav><a href='/x'>Menu</a></nav><main>{PROSE}</main><footer>Imprint</footer>",
        f"<div id=top><ul><li><a href='/a'>Menu</a></ul></div><div>{PROSE}</div>"
        "<div id=foot>Imprint <a href='/i'>here</a></div>",
        f"<header>Site</header><div role=navigation>Menu</div><article>{PROSE}</article>",
        f"<table><tr><td><a href='/x'>Menu</a></td><td>{PROSE}</td></tr></table>",
        f"<div class='cookie-banner'>We use cookies.</div><div>{PROSE}</div>",
        f"<ul><li><a href='/a'>Menu</a></ul>{PROSE}<footer>Imprint</footer>",
    ],
    ids=["main", "density", "roles", "table", "banner", "flat"],
)
def test_menus_banners_and_footers_are_left_out(page: str) -> None:
    blocks = blocks_of_html(f"<html><head><title>T</title></head><body>{page}</body></html>", "p")

    assert {b.text for b in blocks} == {
        "The wall stands against the sea, and the sea against the wall, as before."
    }


def test_hidden_text_scripts_and_forms_are_left_out() -> None:
    blocks = body(
        "<p>Seen.</p><script>x()</script><style>p{}</style><p hidden>No</p><!-- no -->"
        "<p style='display: none'>No</p><button>No</button><div style='mso-element:header'>No</div>"
    )

    assert [b.text for b in blocks] == ["Seen."]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [("utf-8", ""), ("cp1252", ""), ("iso-8859-2", "<meta charset=iso-8859-2>"), ("utf-16", "")],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, head: str) -> None:
    word = "Łódź" if head else "Café"
    path = tmp_path / "page.html"
    path.write_bytes(f"<html><head>{head}</head><body><p>{word}</p></body></html>".encode(encoding))

    assert [b.text for b in read_html(path)] == [word]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\x00\x01", "binary"),
        (b"Only words.", "no tags"),
        (b"<html><body><script>draw()</script></body></html>", "no text"),
        (b"<div>" * 100_000 + b"deep", "nested deeper"),
    ],
    ids=["empty", "binary", "text", "script", "deep"],
)
def test_bad_files_end_in_one_line(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "bad.html"
    path.write_bytes(data)

    with pytest.raises(ReportError, match=problem) as error:
        read_html(path)
    assert "bad.html" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "page",
    [
        "<ol>" + "<li>x<a href='#n'>1</a>" * 20_000,
        "<p>" + "a<br>" * 100_000,
        "<table>" + "<tr><td>x<td>y" * 20_000,
        "<div><p>" * 120 + "x" + "</p><p>y</p></div>" * 120,
        "".join(f"<p>w<a id=r{i} href='#n{i}'>{i}</a></p>" for i in range(3_000))
        + "<div>"
        + "".join(f"<p id=n{i}><a href='#r{i}'>{i}</a> t</p>" for i in range(3_000))
        + "</div>",
    ],
    ids=["items", "breaks", "rows", "nested", "notes"],
)
def test_large_pages_take_bounded_time(page: str) -> None:
    start = time.process_time()

    assert blocks_of_html(f"<html><body>{page}", "p")
    assert time.process_time() - start < 5


@with_documents
@pytest.mark.parametrize("name", ["en_2022_21", "cop_2016_505", "leveson_A2"])
def test_every_expected_number_of_the_real_pages_is_found(name: str) -> None:
    assert missing_numbers(name, read_html(DOCUMENTS / f"{name}.html")) == []


@with_documents
@pytest.mark.parametrize("name", ["en_2022_21", "cop_2016_505"])
def test_no_letter_of_the_real_pages_is_lost_or_moved(name: str) -> None:
    path = DOCUMENTS / f"{name}.html"
    article = etree.fromstring(path.read_bytes(), etree.HTMLParser(encoding="utf-8")).find(
        ".//article"
    )
    found = "".join(f"{b.label or ''}{b.text}" for b in read_html(path))

    assert letters(found) == letters("".join(map(str, article.itertext())))


@with_documents
def test_a_page_found_by_its_text_keeps_its_letters_and_loses_its_menus() -> None:
    path = DOCUMENTS / "leveson_A2.html"
    root = etree.fromstring(path.read_bytes(), etree.HTMLParser(encoding="utf-8"))
    content = root.xpath("//div[@class='content']")[0]
    for call in content.xpath(".//sup"):
        call.getparent().remove(call) if not call.tail else etree.strip_elements(
            call, "*", with_tail=False
        )
        call.text = None
    blocks = read_html(path)
    found = [b for b in blocks if b.kind != "footnote"]
    text = "".join((b.label or "" if b.style == "p" else "") + b.text for b in found)

    assert letters(text) == letters("".join(content.xpath(".//text()[not(parent::comment())]")))
    assert sum(b.kind == "footnote" for b in blocks) == 32
    assert not any("Stationery Office" in b.text for b in blocks)
