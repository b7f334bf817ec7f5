"""Pointers to paragraphs in the forms people write them, read alike wherever they are typed."""

from __future__ import annotations

import json
import re
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from indexer.load import load_report
from indexer.numbers import as_ranges, in_short, numbers_at, read_numbers
from search_api.ask.answer import answer, search
from search_api.ask.question.pointers import pointed_at, read_pointing
from search_api.cli import main
from search_api.library.places import place_groups, places_of
from tests.conftest import HARBOUR, SEED

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.report import Report
    from indexer.store import Store
    from tests.conftest import LetterEncoder


@pytest.fixture(scope="module")
def seed() -> Report:
    return load_report(SEED)


FORMS = [
    ("29", "29"), ("29.", "29"), ("29)", "29"), ("(29)", "29"), ("[29]", "29"), ("¶29", "29"),
    ("¶ 29", "29"), ("para 29", "29"), ("Para. 29", "29"), ("par. 29", "29"), ("PARAGRAPH 29", "29"),
    ("paragraph no. 29", "29"), ("29 and 31", "29, 31"), ("29 & 31", "29, 31"), ("29, 31", "29, 31"),
    ("29; 31", "29, 31"), ("[29], [31]", "29, 31"), ("para 29 and para 31", "29, 31"),
    ("29-31", "29-31"), ("29–31", "29-31"), ("29 — 31", "29-31"), ("29--31", "29-31"),
    ("29 to 31", "29-31"), ("29 through 31", "29-31"), ("[29]-[31]", "29-31"), ("paras 29-31", "29-31"),
    ("paras 29, 31-33, and 40", "29, 31-33, 40"), ("A.3", "A.3"), ("4.17", "4.17"), ("29A", "29A"),
    ("§ 1a", "1a"), ("§1a", "1a"), ("sections 4.17 to 4.19", "4.17-4.19"), ("article 8", "8"),
    ("annex-1/1.1", "annex-1/1.1"), ("annex-1/1.1–annex-1/1.3", "annex-1/1.1-annex-1/1.3"),
    ("2~2", "2~2"), ("29(b)", "29(b)"), ("para 29(b)(ii)", "29(b)(ii)"), ("29(a), (c)", "29(a), 29(c)"),
    ("1.1.1.(1)", "1.1.1.(1)"), ("1.1.2.Guidance.1", "1.1.2.Guidance.1"), ("A-3 to A-5", "A-3-A-5"),
    ("s. 12", "12"), ("reg. 5", "5"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "read"), FORMS)
def test_a_pointer_is_read_in_every_form(typed: str, read: str) -> None:
    numbers = read_numbers(typed)

    assert numbers is not None
    assert in_short(numbers) == read
    assert all(typed[n.start : n.end] in n.number for n in numbers)


@pytest.mark.parametrize(
    "text",
    ["", "parachute", "29 boats", "para", "1-2-3", "50%", "29 or so", "paragraph twelve", "of 29",
     "29 31", "£29", "1,000 boats", "and 29"],
)  # fmt: skip
def test_what_is_not_only_a_pointer_is_none(text: str) -> None:
    assert read_numbers(text) is None


def test_a_shortened_end_of_a_range_is_written_out() -> None:
    numbers = read_numbers("paras 142-5")

    assert numbers is not None
    assert as_ranges(numbers) == [("142", "145")]


@pytest.mark.parametrize(
    ("text", "flags", "read", "rest"),
    [
        ("29 and 31 above", {}, "29, 31", " above"),
        ("29 and 31 boats sank", {"single": True}, "29", " and 31 boats sank"),
        ("29 and 31.", {"single": True}, "29, 31", "."),
        ("29, 2012, and so on", {}, "29", ", 2012, and so on"),
        ("[29] and 31 boats", {"bracketed": True}, "29", " and 31 boats"),
        ("[29], [31-33] say", {"bracketed": True}, "29, 31-33", " say"),
    ],
)
def test_a_list_in_running_text_ends_where_its_sense_does(
    text: str, flags: dict[str, bool], read: str, rest: str
) -> None:
    numbers, end = numbers_at(text, 0, **flags)

    assert (in_short(numbers), text[end:]) == (read, rest)


@pytest.mark.parametrize(
    "hostile",
    ["1." * 200_000, "a-" * 200_000, "(a)" * 200_000, "1(" * 200_000, "[1" * 200_000, "29, " * 100_000,
     "para " * 100_000, " " * 500_000 + "x", "1 to " * 100_000, "a/" * 200_000, "§" * 400_000],
)  # fmt: skip
def test_hostile_text_is_read_in_time_proportional_to_its_length(hostile: str) -> None:
    began = perf_counter()
    read_numbers(hostile)
    read_numbers(hostile[:2000])
    read_pointing(hostile)
    at = 0
    for at in range(0, len(hostile), 997):
        numbers_at(hostile[at : at + 997], 0)
    assert perf_counter() - began < 5


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("6", "6"), ("para 6", "6"), ("[6]", "6"), ("6.", "6"), ("¶6", "6"), ("Paragraph 4a", "4A"),
        ("5 and 6", "5 6"), ("3 through 4A", "3 4 4A"), ("paras 3–4A, 6", "3 4 4A 6"),
    ],
)  # fmt: skip
def test_show_cite_and_ask_read_the_same(text: str, wanted: str, harbour_store: Store) -> None:
    report, runner = harbour_store.reports[0], CliRunner()
    places = pointed_at(report, text)
    options = ["harbour-2031", text, "--store", str(harbour_store.folder)]
    shown = runner.invoke(main, ["show", *options, "--json"])
    cited = runner.invoke(main, ["cite", *options])

    assert places is not None
    assert [report.passages[place].number for place, _ in places] == wanted.split()
    found = json.loads(shown.output)
    assert [
        each["number"] for each in (found if isinstance(found, list) else [found])
    ] == wanted.split()
    assert cited.exit_code == 0
    assert re.search(rf"{wanted.split()[-1]}\b", cited.output)


def test_a_number_is_found_in_either_case() -> None:
    report = load_report(HARBOUR)

    assert places_of(report, "4a") == places_of(report, "para 4A")


def test_the_groups_of_a_pointer_are_its_numbers_and_ranges(seed: Report) -> None:
    numbered = [
        [seed.passages[place].number for place, _ in group]
        for group in place_groups(seed, "paras 29, 31-33")
    ]

    assert numbered == [["29"], ["31", "32", "33"]]


def test_what_a_passage_without_a_number_is_called_is_a_key(seed: Report) -> None:
    keys = [passage.key for passage in seed.passages if passage.number is None]

    assert [seed.passages[place].key for place, _ in places_of(seed, ", ".join([*keys, "29"]))] == [
        *keys,
        "29",
    ]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What does paragraph 29 say?", "29"), ("show me paras 30 through 32", "30-32"),
        ("Could you read me [29], please?", "29"), ("what is in ¶29", "29"),
        ("what do paragraphs 29 and 31 say about it", "29, 31"), ("29 and 31", "29, 31"),
        ("What’s in para 29(b)?", "29(b)"), ("what does 29 say", "29"),
    ],
)  # fmt: skip
def test_a_question_that_only_points_is_a_pointer(question: str, numbers: str) -> None:
    pointing = read_pointing(question)

    assert pointing is not None
    assert in_short(pointing.numbers) == numbers


@pytest.mark.parametrize(
    "question", ["paragraph 999", "what does para 999 say?", "[999]", "after 107"]
)
def test_a_pointer_to_nothing_is_a_lookup_and_no_search(question: str, seed: Report) -> None:
    found = pointed_at(seed, question)

    assert found is not None
    assert all(seed.passages[place].number is None for place, _ in found)


@pytest.mark.parametrize(
    "question", ["2011", "section 47", "article 8", "section 47 enquiries", "999"]
)
def test_an_acts_section_or_a_bare_figure_is_searched_for(question: str, seed: Report) -> None:
    assert pointed_at(seed, question) is None


def test_articles_are_pointed_at_where_a_report_prints_them(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_text(
        "".join(f"Article {n}\n\nNo boat may enter berth {n}.\n\n" for n in range(1, 7))
    )
    report = load_report(path)
    found = pointed_at(report, "what does article 3 say")

    assert found is not None
    assert [report.passages[place].number for place, _ in found] == ["3"]


@pytest.mark.parametrize("question", ["paragraph 999", "What does [999] say?"])
def test_a_number_that_is_not_there_is_said_and_nothing_is_searched_for(
    question: str, harbour_store: Store, letters: LetterEncoder
) -> None:
    letters.encoded.clear()
    found = answer(harbour_store, letters, question)

    assert (found.status, found.confidence, found.hits) == ("not_found", 0.0, [])
    assert found.uncovered == ["para 999"]
    assert search(harbour_store, letters, question).hits == []
    assert letters.encoded == []
