"""A question made ready once: checked, folded, spelled out; every step after it reads this."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.errors import QuestionError
from indexer.store.index import Engine, Scope
from search_api.ask.question.languages import foreign_language
from search_api.ask.question.spelling import mend

LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was asked (`asked`) and as it is looked for.

    `text` has its white space folded and is what the encoder reads; `words` adds the other form of
    each abbreviation, and is what the word index looks for, by `stems`. `read_as` is the question
    as it was understood, None where that is as it stands. Paragraphs of the keys `leaving_out` are
    not found, as if the report did not have them; evaluation asks so. `context` are the earlier
    questions that it leans on, which `text` then begins with; `weight` is what its confidence is
    multiplied by, less than 1 where what is found answers those and not it.
    """

    asked: str
    text: str
    words: str
    stems: frozenset[str]
    scope: Scope
    read_as: str | None = None
    leaving_out: frozenset[str] = frozenset()
    context: str = ""
    weight: float = 1.0


def make_query(
    store: Engine,
    question: str,
    report: str | None = None,
    section: str | None = None,
    leaving_out: frozenset[str] = frozenset(),
    places: tuple[int, ...] | None = None,
) -> Query:
    """Make a question ready to be asked of a store, or of the reports at some places in it.

    Raises:
        QuestionError: it is empty or too long.
        NotFoundError: no such report.
    """
    asked, scope = check_question(question), Scope(report, section, places)
    language = foreign_language(asked)
    text = asked if language is not None else mend(store, asked, scope)
    read_as = text if text != asked else None
    if language is not None:
        read_as = f"{language}; questions are read in English"
    words = _spell_out(store, text, report)
    stems = frozenset(store.stems(words))
    return Query(question, text, words, stems, scope, read_as, leaving_out)


def check_question(question: str) -> str:
    """The question with its white space folded.

    Raises:
        QuestionError: it is empty or too long.
    """
    folded = " ".join(question.split())
    if any("\ud800" <= char <= "\udfff" for char in folded):
        raise QuestionError("the question is not valid text; send it as UTF-8")
    if not any(char.isalnum() for char in folded):
        raise QuestionError("the question is empty; ask something in words")
    if len(folded) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(folded):,} characters; ask in at most {LONGEST_QUESTION:,}"
        )
    return folded


def _spell_out(store: Engine, question: str, report: str | None) -> str:
    """The question with each abbreviation's other form added, so that either finds both."""
    added = store.other_forms(question, report)
    return f"{question} ({', '.join(added)})" if added else question
