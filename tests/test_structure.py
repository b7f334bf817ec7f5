"""Abbreviations, cross-references, sub-items, footnotes, and reports without numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.abbreviations import find_abbreviations
from indexer.blocks import Block
from indexer.errors import NotFoundError, ReportError
from indexer.load import load_report
from indexer.numbering.split import split_blocks
from indexer.report import Passage
from search_api.ask.question.pointers import pointed_at
from search_api.library.catalog import paragraph
from search_api.library.places import place_of, places_of
from tests.conftest import SEED

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.report import Report

RULES = """Rules of the ferry

1. The board appoints the Local Ferry Officer (LFO) and a board of control. See paragraph 3(b).

2. Under Article 8 of the Convention everyone may cross. Paragraphs 3 to 5 above apply, and so
does paragraph 12 of the Schedule.

3. A ticket must show:

(a) the date;
(b) the fare:
    (i) for adults;
    (ii) for children;
(c) the route.

4. Nothing in para 1 binds the crew (C).

5. The end.
"""


@pytest.fixture
def rules(tmp_path: Path) -> Report:
    path = tmp_path / "rules.txt"
    path.write_text(RULES)
    return load_report(path)


def long_forms(text: str) -> dict[str, str]:
    passage = Passage("1", "1", (), None, text, 0, len(text))
    return {found.short: found.long for found in find_abbreviations([passage])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Local Authority Designated Officer (LADO) is", "Local Authority Designated Officer"),
        ("The Family and Children's Trust (FACT) is", "Family and Children's Trust"),
        ("multi-agency risk assessment conferences (MARAC)", "multi-agency risk assessment conferences"),
        ("Independent reviewing officers (IROs)", "Independent reviewing officers"),
        ("Justice for Subpostmasters Alliance (“JFSA”)", "Justice for Subpostmasters Alliance"),
        ("the Appeal Board (the “AB”)", "Appeal Board"),
        ("local inclusion support teams (LIST.)", "local inclusion support teams"),
    ],
)  # fmt: skip
def test_an_abbreviation_is_defined_by_the_words_before_it(text: str, expected: str) -> None:
    assert list(long_forms(text).values()) == [expected]


@pytest.mark.parametrize(
    "text",
    ["grew by half (2012)", "is good (see annex)", "the school (Grade 2)", "(NSCB) is", "a (B)"],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert long_forms(text) == {}


def test_the_seeds_abbreviations_are_found_where_they_are_defined() -> None:
    found = {a.short: (a.long, a.key) for a in load_report(SEED).glossary}

    assert found["LADO"] == ("Local Authority Designated Officer", "17")
    assert found["NSCB"] == ("Northumberland Safeguarding Children Board", "5")
    assert len(found) >= 18


def test_references_are_linked_both_ways_and_other_documents_are_left_alone(rules: Report) -> None:
    said = {
        p.number: [(p.text[r.start : r.end], r.key) for r in p.references] for p in rules.paragraphs
    }

    assert said == {
        "1": [("3", "3")],
        "2": [("3", "3"), ("5", "5")],
        "3": [],
        "4": [("1", "1")],
        "5": [],
    }
    referring = {
        p.number: paragraph(rules, place_of(rules, p.key)).referenced_by for p in rules.paragraphs
    }
    assert [n.number for n in referring["3"]] == ["1", "2"]
    assert [n.number for n in referring["4"]] == ["2"]
    assert [n.number for n in referring["1"]] == ["4"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("3(a)", "(a) the date;"),
        ("3(b)", "(b) the fare:\n(i) for adults;\n(ii) for children;"),
        ("3(b)(ii)", "(ii) for children;"),
        ("3(c)", "(c) the route."),
    ],
)
def test_a_sub_item_can_be_pointed_at(rules: Report, asked: str, text: str) -> None:
    shown = paragraph(rules, place_of(rules, asked))

    assert shown.number == "3"
    assert shown.item is not None
    assert shown.item.text == text == shown.text[shown.item.start : shown.item.end]


def test_a_sub_item_that_is_not_there_is_said(rules: Report) -> None:
    with pytest.raises(NotFoundError, match="no item"):
        place_of(rules, "3(f)")


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("what does paragraph 3 say?", ["3"]),
        ("paras 2-4", ["2", "3", "4"]),
        ("What is said in paragraphs 1, 3 and 5?", ["1", "3", "5"]),
        ("summarise paragraphs 2 to 3", ["2", "3"]),
        ("what follows 4", ["5"]),
        ("what comes before paragraph 2?", ["1"]),
        ("para 3(b)", ["3"]),
        ("4", ["4"]),
        ("[4]", ["4"]),
        ("paragraph 77", []),
    ],
)
def test_a_question_that_only_points_is_answered_exactly(
    rules: Report, question: str, numbers: list[str]
) -> None:
    places = pointed_at(rules, question)

    assert places is not None
    assert [rules.passages[place].number for place, _ in places] == numbers


@pytest.mark.parametrize(
    "question", ["2011", "how many of the 5 boats sank?", "does paragraph 3 apply to dogs", "fares"]
)
def test_a_question_about_something_is_searched_for(rules: Report, question: str) -> None:
    assert pointed_at(rules, question) is None


def test_ranges_and_lists_are_read_in_the_order_given(rules: Report) -> None:
    assert places_of(rules, "5, 1–2, 3(a)") == [
        place_of(rules, key) for key in ("5", "1", "2", "3(a)")
    ]


def test_a_report_without_numbers_is_counted_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(
        "A letter\n\nWe saw the ferry.\n\nIt was late. We wrote to you.\n\nNothing came.\n"
    )

    with pytest.raises(ReportError, match="--allow-unnumbered"):
        load_report(path)
    report = load_report(path, allow_unnumbered=True)
    assert report.audit.ours
    assert [(p.number, p.text) for p in report.paragraphs] == [
        ("¶1", "We saw the ferry."),
        ("¶2", "It was late. We wrote to you."),
        ("¶3", "Nothing came."),
    ]
    assert paragraph(report, place_of(report, "2")).citation.endswith("¶2 (our count)")


def block(text: str, label: str | None = None, **fields: object) -> Block:
    return Block(text, line=1, gap=True, label=label, **fields)  # type: ignore[arg-type]


def numbers_of(*blocks: Block) -> list[str]:
    return [p.key for p in split_blocks(blocks).passages if p.number]


def test_footnotes_are_kept_apart_with_the_paragraph_that_calls_them() -> None:
    split = split_blocks(
        [
            block("One is said.", "1.", calls=("1",)),
            block("A note.", "1", kind="footnote"),
            block("It goes on.", None),
            block("Two.", "2."),
        ]
    )

    first = split.passages[0]
    assert first.text == "One is said.\nIt goes on."
    assert [(note.mark, note.text) for note in first.footnotes] == [("1", "A note.")]
    assert split.text.count("A note.") == 1


def test_parts_that_are_numbered_anew_get_keys_of_their_own() -> None:
    blocks = [
        block("Judgment", kind="heading", level=1),
        *(block(f"Point {n} of the judgment.", f"{n}.") for n in range(1, 8)),
        block("Dissenting opinion", kind="heading", level=1),
        *(block(f"Point {n} of the dissent.", f"{n}.") for n in range(1, 4)),
    ]

    split = split_blocks(blocks)
    assert numbers_of(*blocks)[6:] == ["7", *(f"dissenting-opinion/{n}" for n in (1, 2, 3))]
    assert split.audit.restarts == ("1 after 7",)
    assert split.audit.clean


def test_policies_each_numbered_from_one_are_told_by_their_headings() -> None:
    blocks = []
    for name in ("P1: Homes", "P2: Roads", "P3: Parks"):
        blocks.append(block(name, kind="heading", level=2))
        blocks += [block(f"Text {n} of {name}.", f"{n}.") for n in range(1, 4)]

    assert numbers_of(*blocks)[2:5] == ["p1-homes/3", "p2-roads/1", "p2-roads/2"]


def test_articles_with_numbered_paragraphs_are_cited_by_both() -> None:
    blocks = []
    for n in range(1, 5):
        blocks += [block("", f"Article {n}"), block(f"Right {n}", kind="heading", level=4)]
        blocks += [block(f"Everyone has it, {m}.", f"{m}.") for m in range(1, n)]

    assert numbers_of(*blocks) == ["1", "2", "2.1", "3", "3.1", "3.2", "4", "4.1", "4.2", "4.3"]
    assert split_blocks(blocks).passages[0].text == "Right 1"


def test_numbers_of_many_depths_are_one_numbering_when_text_stands_at_each() -> None:
    rows = [
        ("1.", "INTRODUCTION"),
        ("1.1", "Scope"),
        ("1.1.1", "These rules apply to ferries."),
        ("1.1.2.(1)", "A ferry must have a crew."),
        ("1.1.2.(2)", "A crew must have a master."),
        ("1.1.2.Guidance.1", "The master may be the owner."),
        ("1.2", "Fares"),
        ("1.2.1", "Fares are set yearly."),
    ]

    assert numbers_of(*(block(text, label) for label, text in rows)) == [
        label.rstrip(".") for label, _ in rows
    ]


def test_decoys_are_no_paragraphs() -> None:
    blocks = [
        block("First heading", "1.", kind="heading", level=2),
        block("One is said.", "1."),
        block("Second heading", "2.", kind="heading", level=2),
        block("Two is said, quoting:", "2."),
        block("3. It is quoted here.", None, kind="quote"),
        block("For these reasons the court", kind="heading", level=2),
        block("Three is said.", "3."),
        block("First, it holds;", "(1)", kind="item", level=1),
    ]

    assert numbers_of(*blocks) == ["1", "2", "3"]


def test_what_exactly_fills_a_gap_is_taken_whatever_its_dress() -> None:
    blocks = [
        block("First.", "1."),
        block("Second.", "2."),
        block("3 The third lost its dot.", None),
        block("Fourth.", "4."),
    ]

    assert numbers_of(*blocks) == ["1", "2", "3", "4"]


def test_the_parties_named_before_a_judgment_are_no_paragraphs() -> None:
    names = [block(name, f"({n})") for n, name in enumerate(("Ann Lee", "Bo Dahl", "C Co"), 1)]
    text = [block(f"The court said this, {n}.", f"{n}.") for n in range(1, 6)]

    assert numbers_of(*names, *text) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "lines",
    [
        ["PART 1.1.1\tThese rules apply.", "PART 1.1.2\tThey bind."],
        ["Part 1.Chapter 1.1.(1)\tThis applies.", "Part 1.Chapter 1.1.(2)\tThat applies."],
        ["APP2.A2.1.1.(1)\tA firm must act.", "APP2.A2.1.1.(2)\tIt must report."],
        ["2.5.1\t(1)\tA firm must act.", "2.5.2\t(1)\tIt must report."],
    ],
)
def test_the_labels_of_rulebooks_are_read_where_a_tab_parts_them(
    tmp_path: Path, lines: list[str]
) -> None:
    path = tmp_path / "rules.txt"
    path.write_text("\n".join(lines))

    assert load_report(path).audit.count == 2


def test_a_short_list_in_a_long_text_is_no_numbering(tmp_path: Path) -> None:
    path = tmp_path / "essay.txt"
    prose = "\n\n".join(
        f"Ferries are late again in week {n}, and nobody knows why." for n in "abcdefgh" * 9
    )
    path.write_text(f"{prose}\n\nRules\n\n1. Be early.\n\n2. Be kind.\n\nEnd\n\nMore prose.")

    with pytest.raises(ReportError, match="no numbered paragraphs"):
        load_report(path)


def test_an_article_of_a_treaty_is_no_paragraph_of_the_judgment(tmp_path: Path) -> None:
    path = tmp_path / "judgment.txt"
    words = "Under Article 5 § 3 of the Convention, and Articles 5 and 3; see paragraph 2 above."
    path.write_text(
        "".join(f"{n}. Reason {n} of them all.\n\n" for n in range(1, 6)) + f"6. {words}"
    )

    last = load_report(path).passages[-1]

    assert [(last.text[r.start : r.end], r.key) for r in last.references] == [("2", "2")]
