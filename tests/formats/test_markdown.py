"""Markdown to blocks: small files for each feature, hostile files, and the real one."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import ReportError
from indexer.formats.markdown import blocks_of_markdown, read_markdown
from tests.formats.marked_up import DOCUMENTS, letters, missing_numbers, shape, with_documents

if TYPE_CHECKING:
    from pathlib import Path


def test_headings_with_and_without_a_space_and_underlined() -> None:
    blocks = blocks_of_markdown("##Sea\n\n### Article  1  \n####- Scope\nLand\n====\n\n#5 is one.")

    assert [(b.level, b.text) for b in blocks] == [
        (2, "Sea"),
        (3, "Article 1"),
        (4, "Scope"),
        (1, "Land"),
        (None, "#5 is one."),
    ]


def test_paragraphs_are_joined_and_their_markup_removed() -> None:
    blocks = blocks_of_markdown(
        "The **har**bour, *Sea_wall_* and [the\nquay](http://x/y_(z)), `a*b`, 5 * 3 &amp; 1\\. "
        "<b>x</b> <http://a.b> ![map](m.png)!"
    )

    assert [b.text for b in blocks] == [
        "The harbour, Sea_wall_ and the quay, a*b, 5 * 3 & 1. x http://a.b !"
    ]


def test_list_numbers_are_labels_as_typed_or_counted_where_all_are_alike() -> None:
    blocks = blocks_of_markdown(
        "3. three\n   goes on\n4) four\n   - bullet\n     1. deep\n\ntext\n\n1. a\n1. b\n1. c\n"
    )

    assert [(b.kind, b.label, b.level, b.text) for b in blocks] == [
        ("item", "3.", 1, "three goes on"),
        ("item", "4)", 1, "four"),
        ("item", None, 2, "bullet"),
        ("item", "1.", 3, "deep"),
        ("text", None, None, "text"),
        ("item", "1.", 1, "a"),
        ("item", "2.", 1, "b"),
        ("item", "3.", 1, "c"),
    ]


def test_a_number_in_a_paragraph_begins_an_item_only_where_the_list_goes_on() -> None:
    blocks = blocks_of_markdown(
        "1. One:\n\n(a)first;\n\n(b)second.\n2. Two, of the year\n2024. It ended in\n9. May.\n"
    )

    assert shape(blocks) == [
        ("item", "1.", "One:"),
        ("item", None, "(a)first;"),
        ("item", None, "(b)second."),
        ("item", "2.", "Two, of the year 2024. It ended in 9. May."),
    ]


def test_quotations_tables_code_comments_and_front_matter() -> None:
    blocks = blocks_of_markdown(
        "---\ntitle: no\n---\n<!-- no\nno -->\n> said\n> so\n\n| a | b\\|c |\n|---|:-:|\n| 1 | |\n\n"
        "```\n1. code\n```\n***\n[TOC]\n<table><tr><th>x</th><th>y</th></tr></table>\n<br>\n\n[r]: http://x\n"
    )

    assert shape(blocks) == [
        ("quote", None, "said so"),
        ("row", None, "a\tb|c"),
        ("row", None, "1"),
        ("text", None, "1. code"),
        ("row", None, "x\ty"),
    ]


def test_footnotes_follow_their_call_and_contents_are_told() -> None:
    blocks = blocks_of_markdown(
        "- [Sea](#sea)\n- [Land](#land)\n- [Air](#air)\n\nSea[^1] wall.\n\nQuay.\n\n[^1]: Of stone.\n"
        "\n    And oak.\n\nEnd.\n"
    )

    assert [b.kind for b in blocks[:3]] == ["contents"] * 3
    assert shape(blocks[3:]) == [
        ("text", None, "Sea wall."),
        ("footnote", "1", "Of stone. And oak."),
        ("text", None, "Quay."),
        ("text", None, "End."),
    ]
    assert blocks[3].calls == ("1",)
    assert [b.line for b in blocks[3:]] == [5, 9, 7, 13]


@given(st.text(alphabet="ab1. \n-#>*_`[]()|~<&\\:^\t=", max_size=80))
def test_any_text_is_read_and_its_words_stay_in_order(text: str) -> None:
    for block in blocks_of_markdown(text):
        assert block.text == " ".join(block.text.split(" "))


@given(st.lists(st.from_regex(r"[A-Za-z]{1,8}( [a-z]{1,8}){0,6}\.", fullmatch=True), max_size=8))
def test_no_letter_of_plain_paragraphs_is_lost(paragraphs: list[str]) -> None:
    blocks = blocks_of_markdown("\n\n".join(paragraphs))

    assert [b.text for b in blocks] == paragraphs


@pytest.mark.parametrize(
    ("data", "problem"), [(b"", "empty"), (b"\x00\x01\x02", "binary"), (b"<!-- x -->", "no text")]
)
def test_bad_files_end_in_one_line(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "bad.md"
    path.write_bytes(data)

    with pytest.raises(ReportError, match=problem):
        read_markdown(path)


@pytest.mark.parametrize(
    "text",
    ["*a " * 100_000, "[" * 100_000, "`" * 100_000, "`a" * 100_000, "> " * 50_000 + "x", "<a " * 50_000,
     "- \n" * 50_000, "[^a" * 50_000, "![a](" * 50_000, "<!--" * 50_000, "\\" * 100_000,
     "[^1]: a\n" * 20_000, "<table>\n" * 2_000, "| a " * 50_000, "1. a\n" * 30_000],
)  # fmt: skip
def test_hostile_text_takes_bounded_time(text: str) -> None:
    start = time.process_time()
    blocks_of_markdown(text)

    assert time.process_time() - start < 5


@with_documents
def test_every_expected_number_of_the_real_file_is_found_and_no_letter_lost() -> None:
    path = DOCUMENTS / "echr_convention.md"
    blocks = read_markdown(path)
    raw = re.sub(r"\]\([^()]*\)|<meta[^>]*>", "", path.read_text("utf-8"))

    assert missing_numbers("echr_convention", blocks) == []
    assert letters("".join(f"{b.label or ''}{b.text}" for b in blocks)) == letters(raw)
