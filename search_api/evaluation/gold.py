"""Gold questions: a JSON lines file of questions with known answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indexer.errors import PilcrowError, QuestionError
from indexer.outside import bytes_of
from indexer.report import Report
from search_api.ask.question.query import check_question
from search_api.evaluation.forms import form_of

OFF_TOPIC = "off-topic"


class GoldQuestion(BaseModel):
    """A question with graded paragraphs: grade 2 answers alone, grade 1 supports.

    `report` is the one it is asked of, in a file of questions to several.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    question: str
    type: str = ""
    answerable: bool
    relevant: dict[str, Annotated[int, Field(ge=1, le=2)]] = {}
    quotes: dict[str, list[str]] = {}
    note: str | None = None
    pair: str | None = None
    report: str | None = None

    @property
    def form(self) -> str:
        """What kind of thing it asks for, by its words."""
        return form_of(self.question)

    @property
    def kind(self) -> str:
        """The type; a note can say of an unanswerable question that it is off topic."""
        off_topic = not self.answerable and self.note == OFF_TOPIC
        return OFF_TOPIC if off_topic else self.type or "no type"


def load_gold(path: Path) -> list[GoldQuestion]:
    """Read gold questions, a JSON object a line.

    Raises:
        PilcrowError: the file cannot be read or a line is not a gold question.
    """
    try:
        # Not splitlines, which also splits at separators that JSON allows in a string.
        lines = bytes_of(path).decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PilcrowError(f"{path} cannot be read ({error}); give a JSON lines file") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(GoldQuestion.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "line"
            raise PilcrowError(
                f"{path.name} line {number}: {where}: {first['msg']}; each line is a JSON object "
                "with id, question, answerable, relevant, quotes"
            ) from error
    if not questions:
        raise PilcrowError(f"{path.name} holds no questions")
    return questions


def check_gold(report: Report, questions: Sequence[GoldQuestion]) -> None:
    """Make sure that the questions are of this report.

    Raises:
        PilcrowError: a question cannot be asked, or names a paragraph or a quote that the report
            does not have, or is answerable and names no paragraph.
    """
    texts = {passage.key: " ".join(passage.text.split()) for passage in report.passages}
    for gold in questions:
        try:
            check_question(gold.question)
        except QuestionError as error:
            raise PilcrowError(f"{gold.id}: {error}") from error
        if gold.answerable and not gold.relevant:
            raise PilcrowError(
                f"{gold.id}: answerable, but 'relevant' names no paragraph; mend the file"
            )
        for key in (*gold.relevant, *gold.quotes):
            if key not in texts:
                raise PilcrowError(
                    f"{gold.id}: {report.id} has no paragraph '{key}'; mend the file"
                )
        for key, quotes in gold.quotes.items():
            for quote in quotes:
                if " ".join(quote.split()) not in texts[key]:
                    raise PilcrowError(f"{gold.id}: para {key} does not hold '{quote[:60]}...'")


def overlaps_gold(gold: GoldQuestion, key: str, text: str, start: int, end: int) -> bool:
    """True when text[start:end] of the passage of this key overlaps one of its gold quotes."""
    spans = [find_folded(text, quote) for quote in gold.quotes.get(key, [])]
    return any(first < end and start < last for first, last in spans)


def answers(gold: GoldQuestion, key: str, overlaps: bool) -> bool:
    """True when a quote from the passage of this key answers the question.

    It overlaps a gold quote, or, of a question without any, stands in a paragraph that answers
    alone.
    """
    return gold.answerable and (overlaps if gold.quotes else gold.relevant.get(key) == 2)


def find_folded(text: str, wanted: str) -> tuple[int, int]:
    """The offsets of a text in another, white space aside; (0, 0) where it is not there."""
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    match = re.search(pattern, text)
    return match.span() if match else (0, 0)
