"""Follow-ups read with the questions before them, and questions that name a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from indexer.load import load_report
from indexer.store import build_store
from search_api.ask.answer import answer
from search_api.ask.receipt import check_receipt
from search_api.ask.turns import leans, leant_on
from tests.conftest import GOLD, HARBOUR, LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.encoders.base import Encoder
    from indexer.store import Store

FOSTERING = "Why was the joint fostering service with North Tyneside dropped?"


@pytest.mark.parametrize(
    "question",
    [
        "why?",
        "And for care leavers?",
        "What did they do about it?",
        "Was it ever tried again?",
        "what about the others",
        "Which of them are in Hexham?",
        "For whom?",
    ],
)
def test_a_question_that_points_back_leans_on_the_one_before(question: str) -> None:
    assert leant_on(question, ["Who inspects ferries?", FOSTERING]) == FOSTERING


@pytest.mark.parametrize(
    "question",
    [
        FOSTERING,
        "How many foster carers are there in the county?",
        "Do social workers talk to children on their own?",
        "What share of looked after children move when they leave care?",
        "para 29",
    ],
)
def test_a_question_that_stands_by_itself_leans_on_nothing(question: str) -> None:
    assert leant_on(question, ["Who inspects ferries?"]) == ""


def test_turns_reach_back_to_the_last_question_that_stands_by_itself() -> None:
    earlier = ["Who inspects ferries in the harbour area?", FOSTERING, "When was that decided?"]
    assert leant_on("By whom?", earlier) == f"{FOSTERING} When was that decided?"


def test_few_development_questions_seem_to_lean() -> None:
    questions = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]
    assert sum(leans(question) for question in questions) <= len(questions) / 10


@pytest.mark.model
def test_a_follow_up_is_answered_from_what_it_leans_on_and_says_so(
    seed_store: Store, encoder: Encoder
) -> None:
    found = answer(seed_store, encoder, "Why was that abandoned?", after=[FOSTERING])

    assert found.read_as == f"{FOSTERING} Why was that abandoned?"
    assert found.question == "Why was that abandoned?"
    assert found.quotes[0].number == "99"
    assert found.receipt.after == [FOSTERING]
    assert check_receipt(seed_store, encoder, found).confirmed


@pytest.mark.model
def test_a_new_subject_is_asked_by_itself_whatever_came_before(
    seed_store: Store, encoder: Encoder
) -> None:
    asked = "How many registered childminders are there in Northumberland?"
    found, alone = (answer(seed_store, encoder, asked, after=after) for after in ([FOSTERING], []))

    assert found.read_as is None
    assert found.quotes == alone.quotes


@pytest.fixture
def three(tmp_path: Path, letters: LetterEncoder) -> Store:
    """Three reports of one form, about harbours whose names only they have."""
    text = HARBOUR.read_text(encoding="utf-8")
    for name in ("Saltmarsh", "Wexcombe"):
        path = tmp_path / f"{name.lower()}-review.txt"
        path.write_text(text.replace("Harbour Board", f"{name} Board"), encoding="utf-8")
        path.with_suffix(".toml").write_text(
            f'title = "Review of ferries, {name}"\nshort_title = "{name}"\n'
            f'publisher = "Board of Navigation"\n',
            encoding="utf-8",
        )
    files = [*sorted(tmp_path.glob("*-review.txt")), HARBOUR]
    return build_store(tmp_path / "store", [load_report(path) for path in files], letters)


@pytest.mark.parametrize(
    "question",
    [
        "What does the Saltmarsh inspector say about drills?",
        "are drills held weekly according to the saltmarsh review",
        "In the review of ferries, Saltmarsh: are drills held?",
        "saltmarsh-review: drills",
    ],
)
def test_a_question_that_names_a_report_is_asked_of_that_one(
    three: Store, letters: LetterEncoder, question: str
) -> None:
    found = answer(three, letters, question)

    assert {hit.report for hit in found.hits} == {"saltmarsh-review"}
    assert found.read_as == f"{question} (in Saltmarsh)"


@pytest.mark.parametrize(
    "question",
    [
        "What does the review say about drills?",
        "Do the Saltmarsh and the Wexcombe report agree on drills?",
        "What does the Board of Navigation say about drills?",
    ],
)
def test_a_question_that_names_no_report_or_several_is_asked_of_all(
    three: Store, letters: LetterEncoder, question: str
) -> None:
    found = answer(three, letters, question)

    assert len({hit.report for hit in found.hits}) > 1
    assert found.read_as is None


def test_the_report_asked_for_comes_before_the_one_named(
    three: Store, letters: LetterEncoder
) -> None:
    found = answer(three, letters, "What does the Saltmarsh report say?", report="wexcombe-review")
    assert {hit.report for hit in found.hits} == {"wexcombe-review"}
