"""The bodies of requests: questions, drafts, what an answer is to hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from indexer.errors import QuestionError
from search_api.ask.answer import MOST_HITS
from search_api.ask.question.query import check_question
from search_api.narrowing import ONLY
from search_api.types.base import Frozen
from search_api.verify.drafts.read_file import LONGEST

MOST_QUESTIONS = 1_000
MOST_TURNS = 50
EXAMPLES = [
    "Why was the joint fostering service with North Tyneside dropped?",
    "How timely are initial child protection conferences?",
]


def _whole(text: str) -> str:
    # JSON can spell half a character, "\ud800", which no answer could repeat.
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("not valid text; send it as UTF-8") from error
    return text


Text = Annotated[str, AfterValidator(_whole)]
OnlyReport = Annotated[Text | None, Field(description=ONLY["report"])]
OnlySection = Annotated[Text | None, Field(description=ONLY["section"])]
MostHits = Annotated[int, Field(ge=1, le=MOST_HITS, description="Most hits to return")]


class Body(BaseModel):
    """What a request carries; a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid")


class AskRequest(Body):
    """A question, in plain words."""

    question: Annotated[Text, Field(description="In plain words", examples=EXAMPLES[:1])]
    report: OnlyReport = None
    section: OnlySection = None
    limit: MostHits = 10
    after: Annotated[
        list[Text],
        Field(
            max_length=MOST_TURNS,
            description="The questions before it, oldest first; a follow-up is read with them",
        ),
    ] = []


class BatchRequest(Body):
    """Several questions, asked of the same reports."""

    questions: Annotated[
        list[Text],
        Field(
            min_length=1,
            max_length=MOST_QUESTIONS,
            description="Answered in this order",
            examples=[EXAMPLES],
        ),
    ]
    report: OnlyReport = None
    section: OnlySection = None
    limit: MostHits = 10


class VerifyRequest(Body):
    """A draft to check."""

    text: Annotated[
        Text,
        Field(
            description=f"Plain text, Markdown or HTML; at most {LONGEST:,} characters",
            examples=["“This approach was felt not to be cost-effective” (para 99)."],
        ),
    ]
    report: Annotated[Text | None, Field(description="The report it is about (its id)")] = None


class QuestionFault(Frozen):
    """Why a question of a batch cannot be asked."""

    item: Annotated[int, Field(description="Its place in the questions, from 0")]
    detail: Annotated[str, Field(description="What is wrong with it")]


class QuestionsError(QuestionError):
    """Questions of a batch that cannot be asked."""

    def __init__(self, faults: Sequence[QuestionFault], asked: int) -> None:
        first = faults[0]
        super().__init__(
            f"{len(faults)} of {asked} questions cannot be asked; nothing was answered. "
            f"Question {first.item + 1}: {first.detail}"
        )
        self.faults = faults


def check_questions(questions: Sequence[str]) -> None:
    """Make sure that every question can be asked.

    Raises:
        QuestionsError: some cannot, each with its place and the reason.
    """
    faults = []
    for place, question in enumerate(questions):
        try:
            check_question(question)
        except QuestionError as error:
            faults.append(QuestionFault(item=place, detail=str(error)))
    if faults:
        raise QuestionsError(faults, len(questions))


def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise HTTPException(415, "send JSON, with 'Content-Type: application/json'")


JSON_BODY = Depends(_require_json)
"""A route's dependency: refuses with 415 what is not said to be JSON."""
