"""Lists and grades answered whole, from what a report prints around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.load import load_report
from indexer.store import build_store
from search_api.ask.answer import answer
from search_api.ask.forms.grades import find_grades
from search_api.ask.forms.lists import MOST_ITEMS, find_list
from search_api.ask.forms.printed_lists import lists_in
from search_api.library import catalog
from search_api.library.places import places_of
from tests.conftest import LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.report import Report
    from search_api.types.answers import Answer

REPORT = """Harbour review

How well is the service run? Judgement: requires improvement

1. Crossings were late on one day in five.

2. The crew is short of hands. The reviewers spoke to:

- crews on all routes
- the coastguard and
its officers
- passengers.

Crew training

Judgement: good

3. Drills are held every month.

Night service

Judgement: good

4. Boats run until one.

Areas for improvement

5. The board should act as follows.

Within two months:

- publish the new timetable
- fill the posts.

Within a year:

- report on both
- buy a boat for the night service.
"""
PARAGRAPHS = """Inquiry into the quay

1. The quay fell in March.

2. Nobody was hurt.

Conclusions and recommendations

3. The quay was old.

4. We recommend that the port inspects its piles each year. It has not done so.

5. Divers were few.

6. The port should train two divers.

7. The town must pay for both.
"""
INLINE = """Order of the board

1. The board sat in May.

2. The port shall: (a) mend the quay; (b) pay the divers, namely (i) two of its own and (ii) one \
of the town; and (c) report in June.

3. The board sat in June.
"""


def report_of(tmp_path: Path, text: str) -> Report:
    path = tmp_path / "harbour.txt"
    path.write_text(text, encoding="utf-8")
    return load_report(path)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return report_of(tmp_path, REPORT)


def texts(report: Report, question: str) -> list[str] | None:
    found = find_list(report, question)
    if found is None:
        return None
    return [report.passages[i.place].text[i.start : i.end] for i in found.items]


def test_every_recommendation_comes_in_the_reports_order(report: Report) -> None:
    """Asked for all recommendations, a reader was given one, or the line before them."""
    assert texts(report, "List all the recommendations") == [
        "publish the new timetable",
        "fill the posts.",
        "report on both",
        "buy a boat for the night service.",
    ]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What must the board do within two months?", "publish the new timetable"),
        ("what should they do within 2 months", "publish the new timetable"),
        ("What do they have to do within a year?", "report on both"),
        ("What are all the recommendations about the night service?", "buy a boat for"),
        ("Who did the reviewers say they spoke to?", "crews on all routes"),
    ],
)
def test_what_the_question_adds_narrows_the_list(report: Report, question: str, first: str) -> None:
    found = texts(report, question)

    assert found is not None
    assert found[0].startswith(first)
    assert len(found) < 4


@pytest.mark.parametrize(
    "question",
    [
        "List all the planets",
        "What must a passenger do in a storm?",
        "Which boats are red?",
        "When are drills held?",
    ],
)
def test_no_list_is_made_of_what_the_report_does_not_list(report: Report, question: str) -> None:
    assert find_list(report, question) is None


def test_an_item_goes_on_over_its_lines(report: Report) -> None:
    speaks = next(p for p in report.passages if p.number == "2")
    (found,) = lists_in(speaks)

    assert [speaks.text[a:b] for a, b in found.items] == [
        "crews on all routes",
        "the coastguard and\nits officers",
        "passengers.",
    ]


def test_paragraphs_under_the_heading_are_the_items_and_conclusions_are_not(
    tmp_path: Path,
) -> None:
    report = report_of(tmp_path, PARAGRAPHS)
    found = find_list(report, "What are the recommendations?")

    assert found is not None
    assert [report.passages[item.place].number for item in found.items] == ["4", "6", "7"]


def test_a_conclusion_that_the_report_calls_so_is_no_recommendation(tmp_path: Path) -> None:
    """A conclusion that says "should" was listed, a recommendation that only encourages was not."""
    tagged = PARAGRAPHS.replace("The quay was old.", "Nobody should call it new. (Conclusion, 1)")
    tagged = tagged.replace("It has not done so.", "(Recommendation, Paragraph 1)")
    tagged = tagged.replace("Divers were few.", "Divers were few. (Conclusion, Paragraph 2)")
    tagged = tagged.replace("should train two divers.", "is encouraged to dive. (Recommendation)")
    tagged = tagged.replace("pay for both.", "pay for both. (Recommendation, Paragraph 3)")
    report = report_of(tmp_path, tagged)
    found = find_list(report, "What are the recommendations?")

    assert found is not None
    assert [report.passages[item.place].number for item in found.items] == ["4", "6", "7"]


def test_a_list_inside_a_sentence_keeps_its_inner_list_together(tmp_path: Path) -> None:
    report = report_of(tmp_path, INLINE)
    (found,) = lists_in(report.passages[-2])
    text = report.passages[-2].text

    assert [text[a:b][:3] for a, b in found.items] == ["(a)", "(b)", "(c)"]
    assert "(ii) one of the town" in text[slice(*found.items[1])]


def test_a_heading_that_carries_the_grade_is_what_answers(report: Report) -> None:
    found = find_grades(report, "How was crew training judged?")

    assert found is not None
    (item,) = found[0].items
    assert item.heading is not None
    assert item.heading.text == "Crew training\n\nJudgement: good"
    assert report.text[item.heading.start : item.heading.end] == item.heading.text


def test_all_headings_of_a_grade_are_listed(report: Report) -> None:
    found = find_grades(report, "Which services were judged good?")

    assert found is not None
    assert [item.heading.key for item in found[0].items if item.heading] == [
        "heading/crew-training",
        "heading/night-service",
    ]
    assert found[1]
    assert find_grades(report, "Which services were outstanding?") is None
    assert find_grades(report, "What grade did the kitchen get?") is None


def asked(tmp_path: Path, report: Report, question: str) -> Answer:
    encoder = LetterEncoder()
    return answer(build_store(tmp_path / "store", [report], encoder), encoder, question)


def test_an_answer_says_how_many_items_there_are(tmp_path: Path) -> None:
    count = MOST_ITEMS + 5
    items = "\n".join(f"- mend boat {number}" for number in range(count))
    report = report_of(tmp_path, f"Recommendations\n\n1. The port should:\n\n{items}\n\n2. Done.\n")
    found = asked(tmp_path, report, "list all the recommendations")

    assert (found.status, found.total, len(found.quotes)) == ("answered", count, MOST_ITEMS)
    assert [quote.text for quote in found.quotes[:2]] == ["mend boat 0", "mend boat 1"]


def test_the_key_of_a_quoted_heading_leads_to_its_text(tmp_path: Path, report: Report) -> None:
    """A link to the quote would have led nowhere."""
    (quote,) = asked(tmp_path, report, "How was crew training judged?").quotes
    (place,) = places_of(report, quote.key)
    shown = catalog.paragraph(report, place)

    assert quote.paragraph is None
    assert shown.text[quote.start : quote.end] == quote.text
    assert (shown.key, shown.number, shown.item) == (quote.key, None, None)
    assert shown.next is not None
    assert shown.next.number == "3"
