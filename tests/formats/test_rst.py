"""reStructuredText to blocks: small files for each feature, hostile files, and the real one."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import ReportError
from indexer.formats.rst import blocks_of_rst, read_rst
from tests.formats.marked_up import DOCUMENTS, letters, missing_numbers, shape, with_documents

if TYPE_CHECKING:
    from pathlib import Path


def test_headings_are_ranked_by_their_signs() -> None:
    blocks = blocks_of_rst(
        "=====\nTitle\n=====\n\n1. Sea\n------\n\na. Wall\n^^^^^^^\n\n2. Land\n------\n\n----\n\nText\n"
    )

    assert [(b.level, b.text) for b in blocks] == [
        (1, "Title"),
        (2, "1. Sea"),
        (3, "a. Wall"),
        (2, "2. Land"),
        (None, "Text"),
    ]


def test_wrapped_lines_that_begin_with_numbers_stay_in_their_paragraph() -> None:
    blocks = blocks_of_rst(
        "4.186.\tThe question of paragraph\n4.184 above.\n\n4.187. In the summer of\n2024. The end.\n"
    )

    assert [b.text for b in blocks] == [
        "4.186. The question of paragraph 4.184 above.",
        "4.187. In the summer of 2024. The end.",
    ]


def test_list_numbers_are_labels_and_automatic_ones_are_counted() -> None:
    blocks = blocks_of_rst(
        "#. One\n#. Two,\n   going on\n\n   - bullet\n\n(i)\tfirst\n\n(ii)  second line\ngoes on.\n\n"
        "A. Smith was\nhere.\n\n5. five\n#. six\n\nText:\n\n  (a) indented\n"
    )

    assert [(b.kind, b.label, b.level, b.text) for b in blocks] == [
        ("item", "1.", 1, "One"),
        ("item", "2.", 1, "Two, going on"),
        ("item", None, 2, "bullet"),
        ("item", "(i)", 1, "first"),
        ("item", "(ii)", 1, "second line goes on."),
        ("text", None, None, "A. Smith was here."),
        ("item", "5.", 1, "five"),
        ("item", "6.", 1, "six"),
        ("text", None, None, "Text:"),
        ("item", "(a)", 1, "indented"),
    ]


def test_quotations_line_blocks_and_definitions() -> None:
    blocks = blocks_of_rst(
        "He said:\n\n  “Not\n  at all.”\n\n| One\n| Two\n\nterm\n  its meaning\n"
    )

    assert shape(blocks) == [
        ("text", None, "He said:"),
        ("quote", None, "“Not at all.”"),
        ("text", None, "One"),
        ("text", None, "Two"),
        ("text", None, "term"),
        ("text", None, "its meaning"),
    ]
    assert [b.gap for b in blocks[2:4]] == [True, False]


def test_footnotes_follow_their_call_and_their_rubric_goes() -> None:
    blocks = blocks_of_rst(
        "Sea [1]_ wall. [#]_\n\nQuay [#x]_.\n\n.. rubric:: Footnotes\n\n.. [1] Of\n   stone.\n"
        ".. [#] Of oak.\n.. [#x] Of `iron <http://x>`_.\n\n.. rubric:: After\n"
    )

    assert shape(blocks) == [
        ("text", None, "Sea wall."),
        ("footnote", "1", "Of stone."),
        ("footnote", "2", "Of oak."),
        ("text", None, "Quay."),
        ("footnote", "3", "Of iron."),
        ("heading", None, "After"),
    ]
    assert [b.calls for b in blocks if b.calls] == [("1", "2"), ("3",)]


def test_markup_gives_way_to_its_text() -> None:
    blocks = blocks_of_rst(
        "The **sea** *wall*, ``a*b``, :abbr:`HM (Her Majesty)`, :ref:`Two <two>`, `quay\n"
        "<http://x>`__, pier_, |name|, 5 * 3, a_b and x\\ :sub:`2`.\n\n.. |name| replace:: Bay\n"
    )

    assert [b.text for b in blocks] == [
        "The sea wall, a*b, HM (Her Majesty), Two, quay, pier, |name|, 5 * 3, a_b and x2."
    ]


def test_tables_are_rows() -> None:
    blocks = blocks_of_rst(
        "+------+-----+\n| Pier | Old |\n+======+=====+\n| North| 18  |\n|      | 71  |\n+------+-----+\n\n"
        "===== ====\nQuay  Age\n===== ====\nEast  12\nWest  7\n===== ====\n\nEnd.\n"
    )

    assert [b.text for b in blocks] == [
        "Pier\tOld",
        "North\t18 71",
        "Quay\tAge",
        "East\t12",
        "West\t7",
        "End.",
    ]


def test_directives_give_their_text_and_read_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    path = tmp_path / "a.rst"
    path.write_text(
        f".. include:: {tmp_path}/secret.txt\n.. raw:: html\n   :file: {tmp_path}/secret.txt\n\n   no\n"
        ".. csv-table::\n   :file: secret.txt\n.. note:: Mind\n   the gap.\n\n   Now.\n"
        ".. figure:: a.png\n   :alt: no\n\n   Caption.\n.. epigraph::\n\n   Said.\n.. comment\n\n   no\n"
        ".. _target:\n.. contents::\n"
    )

    assert shape(read_rst(path)) == [
        ("text", None, "Mind the gap."),
        ("text", None, "Now."),
        ("text", None, "Caption."),
        ("quote", None, "Said."),
    ]


@given(st.text(alphabet="ab1. \n-#=>*_`[]()|~<\\:+^\t", max_size=80))
def test_any_text_is_read(text: str) -> None:
    for block in blocks_of_rst(text):
        assert block.text == block.text.strip()


@pytest.mark.parametrize(
    ("data", "problem"), [(b"", "empty"), (b"\x00\x01", "binary"), (b".. x", "no text")]
)
def test_bad_files_end_in_one_line(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "bad.rst"
    path.write_bytes(data)

    with pytest.raises(ReportError, match=problem):
        read_rst(path)


@pytest.mark.parametrize(
    "text",
    ["*a " * 100_000, "`a" * 50_000, "|a" * 50_000, "**a" * 50_000, ":a:" * 50_000, "``a" * 50_000,
     "".join(" " * i + "x\n" for i in range(600)), "- " * 20_000, ".. [#] a\n" * 3_000, "x\n\n" * 50_000,
     "a [#]_\n\n" * 3_000, ".. a::\n" * 20_000, "+--+\n" * 20_000, "(a)\n" * 30_000, "== ==\n" * 20_000],
)  # fmt: skip
def test_hostile_text_takes_bounded_time(text: str) -> None:
    start = time.process_time()
    blocks_of_rst(text)

    assert time.process_time() - start < 5


@with_documents
def test_every_expected_number_of_the_real_file_is_found_and_no_letter_lost() -> None:
    path = DOCUMENTS / "pohi_vol1_all.rst"
    blocks = read_rst(path)
    raw = re.sub(
        r" \[\d+\]_|\s<[^<>]*>`|:(?:abbr|ref):|^\.\. rubric.*",
        "",
        path.read_text("utf-8"),
        flags=re.M,
    )
    notes = [
        re.sub(r"^\.\. \[\d+\]", "", line) for line in raw.splitlines() if line.startswith(".. [")
    ]
    body = [line for line in raw.splitlines() if not line.startswith(".. [")]
    counted = {n for n, line in enumerate(raw.splitlines(), 1) if line.startswith("#.")}
    shown = [
        b.text if b.line in counted else f"{b.label or ''}{b.text}"
        for b in blocks
        if b.kind != "footnote"
    ]

    assert missing_numbers("pohi_vol1_all", blocks) == []
    assert letters("".join(b.text for b in blocks if b.kind == "footnote")) == letters(
        "".join(notes)
    )
    assert letters("".join(shown)) == letters("".join(body))
