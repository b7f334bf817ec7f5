"""Words of a question that a refusal names, because the evidence does not have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from search_api.ask.question.query import make_query
from search_api.ask.reading.coverage import uncovered
from search_api.types.answers import Answer

if TYPE_CHECKING:
    from indexer.store import Store


@pytest.mark.parametrize(
    ("question", "evidence", "named"),
    [
        ("How many ferries were adopted in 2009?", ["Ferries run late."], ["adopted", "2009"]),
        ("Why are the crews' drills late?", ["A crew drilled, lately."], []),
        ("What does the report say about cake?", ["Bread."], ["cake"]),
        ("cake CAKE Cake", [], ["cake"]),
        ("Was it what they said?", [], []),
    ],
)
def test_only_words_that_carry_content_and_stand_nowhere_are_named(
    harbour_store: Store, question: str, evidence: list[str], named: list[str]
) -> None:
    assert uncovered(make_query(harbour_store, question), evidence) == named


def test_an_answer_of_an_earlier_version_is_as_certain_as_its_status() -> None:
    """A client of this version would have shown every answer of an older server as refused."""
    given = {
        "question": "q",
        "confidence": 0.9,
        "quotes": [],
        "hits": [],
        "took_ms": 1,
        "receipt": {
            "store": "",
            "model": "",
            "reader": "",
            "version": "",
            "report": None,
            "section": None,
            "limit": 10,
            "paragraphs": {},
        },
    }
    said = {status: Answer(**given, status=status) for status in ("answered", "not_found")}

    assert (said["answered"].certainty, said["not_found"].certainty) == ("likely", "none")
