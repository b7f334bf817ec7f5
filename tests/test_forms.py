"""Questions as people put them: several in one, keywords, misspelt, in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.load import load_report
from indexer.report import Passage, Sentence
from indexer.sentences import split_sentences
from indexer.store import build_store
from indexer.store.index import Scope
from search_api.ask.answer import answer
from search_api.ask.forms.contentions import asks_contention, is_contention
from search_api.ask.forms.exact import phrases_of
from search_api.ask.question.keywords import is_keywords
from search_api.ask.question.languages import foreign_language
from search_api.ask.question.parts import split_question
from search_api.ask.question.spelling import mend
from search_api.ask.reading.quotes import leaning
from tests.conftest import LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.encoders.base import Rows
    from indexer.store import Store


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "When was the quay built, and why did it fall?",
            ["When was the quay built", "why did it fall (quay, built)?"],
        ),
        (
            "Who leads the board? How often does the board meet?",
            ["Who leads the board", "How often does the board meet?"],
        ),
        (
            "Is the pier safe and is it open?",
            ["Is the pier safe", "is it open (pier, safe)?"],
        ),
        ("What are its strengths and weaknesses?", None),
        ("What did they say about how the board works and who leads it?", None),
        ("When a boat is late, how are passengers told?", None),
    ],
)
def test_a_question_is_split_only_where_each_part_asks(
    question: str, parts: list[str] | None
) -> None:
    found = [part.read_as.rstrip("?") for part in split_question(question)]

    assert found == [part.rstrip("?") for part in parts or [question]]


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("young carers", True),
        ("freedom of speech", True),
        ("domestic violence?", False),
        ("who leads", False),
        ("list boats", False),
        ("is the pier safe", False),
    ],
)
def test_a_few_words_that_ask_nothing_are_keywords(text: str, keywords: bool) -> None:
    assert is_keywords(text) == keywords


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Welche Dienste wurden als gut bewertet?", "German"),
        ("Pourquoi le service a-t-il été fermé ?", "French"),
        ("¿Cuántos barcos hay en el puerto?", "Spanish"),
        ("Почему закрыли порт?", "Cyrillic"),
        ("Why was the port closed?", None),
        ("I'm taking over a pub. Can I open later?", None),
        ("Des Moines", None),
    ],
)
def test_only_a_question_in_another_language_is_told_so(text: str, language: str | None) -> None:
    assert foreign_language(text) == language


@pytest.fixture
def quay(tmp_path: Path) -> Store:
    path = tmp_path / "quay.txt"
    path.write_text(
        "Inquiry into the quay\n\n1. Saltmarsh lies on the coast. The ferries adapted well.\n\n"
        "2. Two crossings were cancelled in January 2031.\n\n"
        "3. The harbour master keeps a register of moorings.\n",
        encoding="utf-8",
    )
    return build_store(tmp_path / "store", [load_report(path)], LetterEncoder())


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("How many crosings were canceled?", "How many crossings were canceled?"),
        ("Who keeps the regsiter?", "Who keeps the register?"),
        ("Where is Saltmarsch?", "Where is Saltmarsh?"),
        # An English word is not misspelt because the report lacks it.
        ("How many ferries were adopted?", None),
        ("Are the moorings free?", None),
        ("What of Zzyzxq?", None),
    ],
)
def test_a_misspelt_word_is_mended_and_a_right_one_never(
    quay: Store, question: str, read: str | None
) -> None:
    assert mend(quay, question, Scope()) == (read or question)


def test_the_answer_says_how_a_misspelt_question_was_read(quay: Store) -> None:
    found = answer(quay, LetterEncoder(), "Who keeps the regsiter?")

    assert (found.question, found.read_as) == (
        "Who keeps the regsiter?",
        "Who keeps the register?",
    )


class Counting(LetterEncoder):
    """An encoder that counts what it encodes."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def encode(self, texts: list[str]) -> Rows:
        self.count += len(texts)
        return super().encode(texts)


def test_a_question_asked_again_is_not_encoded_again(quay: Store) -> None:
    encoder = Counting()
    asked = [answer(quay, encoder, "Who keeps the register?") for _ in range(3)]
    once = encoder.count
    answer(quay, encoder, "Who keeps the register?", limit=2)

    assert once == 1
    assert encoder.count == 2
    assert len({one.model_copy(update={"took_ms": 0}).model_dump_json() for one in asked}) == 1


def test_keywords_are_searched_for_and_nothing_is_claimed(quay: Store) -> None:
    found = answer(quay, LetterEncoder(), "harbour master")

    assert (found.status, found.certainty) == ("answered", "none")
    assert found.hits[0].paragraph == "3"
    assert answer(quay, LetterEncoder(), "airport master").certainty == "none"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What of the young carers there?", "a young carer's needs"),
        ("How were the 318 childminders chosen?", "some 318 of them"),
        ("Did Ms Okafor lead it?", "by Okafor alone"),
    ],
)
def test_phrases_numbers_and_names_are_found_whatever_their_endings(
    question: str, text: str
) -> None:
    assert any(phrase.search(text) for phrase in phrases_of(question))


def passage(text: str, section: tuple[str, ...] = ()) -> Passage:
    sentences: tuple[Sentence, ...] = split_sentences(text)
    return Passage("1", "1", section, None, text, 0, len(text), sentences=sentences)


def quoted(text: str, place: int) -> str:
    about = passage(text)
    start, end = leaning(about, place)
    return text[start:end]


def test_a_lead_in_is_quoted_with_its_items() -> None:
    """ "The reviewers spoke to:" was the whole of an answer."""
    text = "Two met. The reviewers spoke to:\n- crews\n- passengers.\nThey left."

    assert quoted(text, 1) == "The reviewers spoke to:\n- crews\n- passengers."


@pytest.mark.parametrize("opening", ["He", "This", "They", "For example, she"])
def test_a_quote_brings_the_sentence_it_leans_on(opening: str) -> None:
    text = f"A pilot was hired. {opening} left in May."

    assert quoted(text, 1) == text
    assert quoted("A pilot was hired. The board met.", 1) == "The board met."


def test_what_a_party_says_is_quoted_as_said_by_the_party() -> None:
    text = "The applicant submitted that the search was void. No warrant had been shown to anyone."

    assert quoted(text, 1) == text
    assert is_contention(passage(text), text)
    assert not is_contention(passage(text), "The Court finds that the search was lawful.")
    assert is_contention(passage(text, ("The parties' submissions",)), "No warrant was shown.")
    assert asks_contention("What did the applicant argue?")
    assert not asks_contention("Was the search lawful?")
