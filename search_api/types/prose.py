"""What a prose answer is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from search_api.types.answers import Answer
from search_api.types.base import Frozen

Status = Literal["written", "unsupported", "not_found", "failed"]


class ProseSentence(Frozen):
    """A sentence of the model's that its paragraphs bear out."""

    text: Annotated[str, Field(description="Plain text, without its keys")]
    keys: Annotated[
        list[str],
        Field(description="Paragraphs that say it; `report/key` where the answer has two reports"),
    ]
    citations: Annotated[list[str], Field(description="Short citation of each")]
    urls: Annotated[list[str], Field(description="Permalink of each")]
    support: Annotated[
        float,
        Field(ge=0, le=1, description="How near it is to the sentences that say it (similarity)"),
    ]


class DroppedSentence(Frozen):
    """A sentence of the model's that is no part of the answer, and why."""

    text: Annotated[str, Field(description="What the model wrote")]
    reason: Annotated[str, Field(description="Why it is left out")]


class ProseEnd(Frozen):
    """How the writing ended."""

    status: Annotated[
        Status,
        Field(
            description="`written`; `unsupported`: nothing the model wrote was supported; "
            "`not_found`: the report does not say, the model was not asked; `failed`: the model "
            "gave nothing"
        ),
    ]
    model: Annotated[
        str | None, Field(description="The model, as it is set, else as its endpoint names it")
    ]
    problem: Annotated[str | None, Field(description="What went wrong with the model, if anything")]


class ProseAnswer(ProseEnd):
    """An answer in the report's own words, and beside it prose of which each sentence was checked.

    The verbatim answer stands whatever became of the prose.
    """

    answer: Annotated[Answer, Field(description="The verbatim answer, as `/ask` gives it")]
    prose: Annotated[list[ProseSentence], Field(description="In order, each borne out")]
    dropped: Annotated[list[DroppedSentence], Field(description="What is not borne out")]
