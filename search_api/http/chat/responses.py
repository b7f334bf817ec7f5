"""OpenAI's responses: the same answers in the form of its newer protocol, whole or as events."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from indexer.errors import QuestionError
from search_api.http.chat.completion import BETWEEN, Written
from search_api.http.chat.conversation import check_form, check_tools
from search_api.http.chat.messages import NAME, Message, Part, ResponseFormat
from search_api.types.answers import Answer
from search_api.types.base import Frozen

# What OpenAI's clients expect to be told of tokens, of which there are none.
CACHED = {"cached_tokens": 0, "cache_write_tokens": 0}
REASONING = {"reasoning_tokens": 0}


class InputItem(Message):
    """A turn of the conversation; items of tools have no role, and are not read."""

    role: str = ""


class TextWishes(BaseModel):
    """The form that the text is to have."""

    format: ResponseFormat | None = None


class ResponsesRequest(BaseModel):
    """A question, or a conversation of which the last user message is the question."""

    model: Annotated[str, Field(description="`pilcrow`, or `pilcrow/REPORT-ID` for one report")] = (
        NAME
    )
    input: Annotated[
        str | Annotated[list[InputItem], Field(min_length=1)],
        Field(examples=["How many childminders are there?"]),
    ]
    stream: bool | None = None
    tool_choice: Annotated[
        str | dict[str, Any] | None, Field(description="`auto` or `none`: no tool is called")
    ] = None
    text: Annotated[TextWishes | None, Field(description="Its format may be `text`")] = None
    previous_response_id: Annotated[
        str | None, Field(description="Not taken: no response is kept")
    ] = None
    conversation: Annotated[
        str | dict[str, Any] | None, Field(description="Not taken: no conversation is kept")
    ] = None
    background: Annotated[bool | None, Field(description="False only")] = None

    @property
    def messages(self) -> list[InputItem]:
        """The conversation, oldest first."""
        if isinstance(self.input, str):
            return [InputItem(role="user", content=[Part(type="input_text", text=self.input)])]
        return self.input

    def check_wishes(self) -> None:
        """Refuse what cannot be honoured, by its name.

        Raises:
            QuestionError: a tool must be called, the text is to have another form, or something
                is to be kept.
        """
        check_tools(self.tool_choice)
        check_form("text.format", self.text.format if self.text else None)
        kept = {
            "previous_response_id": self.previous_response_id,
            "conversation": self.conversation,
        }
        for name, value in kept.items():
            if value is not None:
                raise QuestionError(
                    f"{name}: Pilcrow keeps no conversation; send its turns as `input`"
                )
        if self.background:
            raise QuestionError("background: answers come at once; leave it out")


class Cited(Frozen):
    """Where a quote stands: text[start_index:end_index] are the report's words."""

    type: Literal["url_citation"] = "url_citation"
    start_index: int
    end_index: int
    title: Annotated[str, Field(description="Short citation with the paragraph number")]
    url: str


class OutputText(Frozen):
    """The quotes with their citations."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[Cited]
    logprobs: list[Any] = Field(default_factory=list)


class OutputMessage(Frozen):
    """The answer as a message."""

    type: Literal["message"] = "message"
    id: str
    role: Literal["assistant"] = "assistant"
    status: Literal["in_progress", "completed"] = "completed"
    content: list[OutputText]


class ResponseUsage(Frozen):
    """Words of the question and the answer; Pilcrow has no tokens to charge for."""

    input_tokens: int
    input_tokens_details: dict[str, int] = Field(default_factory=lambda: dict(CACHED))
    output_tokens: int
    output_tokens_details: dict[str, int] = Field(default_factory=lambda: dict(REASONING))
    total_tokens: int


class Response(Frozen):
    """A response, with the whole answer beside it."""

    id: str
    object: Literal["response"] = "response"
    created_at: int
    status: Literal["in_progress", "completed"] = "completed"
    error: None = None
    incomplete_details: None = None
    instructions: None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    model: str
    output: list[OutputMessage]
    parallel_tool_calls: bool = False
    temperature: None = None
    tool_choice: Literal["none"] = "none"
    tools: list[Any] = Field(default_factory=list)
    top_p: None = None
    usage: ResponseUsage | None
    pilcrow: Annotated[Answer | None, Field(description="Null where no report was asked")]


def response_of(question: str, written: Written, model: str) -> Response:
    """The response to a question, from what is written of its answer."""
    asked, said = len(question.split()), len(written.content.split())
    cited = [Cited(**each.model_dump()) for each in written.citations]
    text = OutputText(text=written.content, annotations=cited)
    return Response(
        id=f"resp_{uuid.uuid4().hex}",
        created_at=int(time.time()),
        model=model,
        output=[OutputMessage(id=f"msg_{uuid.uuid4().hex}", content=[text])],
        usage=ResponseUsage(input_tokens=asked, output_tokens=said, total_tokens=asked + said),
        pilcrow=written.answer,
    )


def events_of(whole: Response) -> Iterator[tuple[str, str]]:
    """A response as the names and data of stream events: a delta a quote."""
    [message] = whole.output
    [text] = message.content
    begun: dict[str, Any] = {"status": "in_progress", "output": [], "usage": None, "pilcrow": None}
    unsaid = {"status": "in_progress", "content": []}
    empty = text.model_copy(update={"text": "", "annotations": []})
    item = {"output_index": 0}
    part = item | {"item_id": message.id, "content_index": 0}
    pieces = text.text.split(BETWEEN)
    said = [piece + BETWEEN for piece in pieces[:-1]] + pieces[-1:]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("created", {"response": whole.model_copy(update=begun).model_dump()}),
        ("in_progress", {"response": whole.model_copy(update=begun).model_dump()}),
        ("output_item.added", item | {"item": message.model_copy(update=unsaid).model_dump()}),
        ("content_part.added", part | {"part": empty.model_dump()}),
        *(("output_text.delta", part | {"delta": piece, "logprobs": []}) for piece in said),
        *(
            (
                "output_text.annotation.added",
                part | {"annotation_index": place, "annotation": each.model_dump()},
            )
            for place, each in enumerate(text.annotations)
        ),
        ("output_text.done", part | {"text": text.text, "logprobs": []}),
        ("content_part.done", part | {"part": text.model_dump()}),
        ("output_item.done", item | {"item": message.model_dump()}),
        ("completed", {"response": whole.model_dump()}),
    ]
    for number, (name, data) in enumerate(steps):
        kind = f"response.{name}"
        told = {"type": kind, "sequence_number": number} | data
        yield kind, json.dumps(told, ensure_ascii=False)
