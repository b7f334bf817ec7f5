"""The requests and replies of chat completions, as OpenAI's protocol has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from search_api.types.answers import Answer
from search_api.types.base import Frozen

NAME = "pilcrow"


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str | None = None


class Message(BaseModel):
    """A turn of the conversation."""

    role: str
    content: str | list[Part] | None = None


class StreamOptions(BaseModel):
    """What a stream has besides."""

    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    """The form that the content is to have."""

    type: str


class ChatRequest(BaseModel):
    """A conversation, of which the last user message is the question."""

    model: Annotated[str, Field(description="`pilcrow`, or `pilcrow/REPORT-ID` for one report")] = (
        NAME
    )
    messages: Annotated[
        list[Message],
        Field(
            min_length=1,
            examples=[[{"role": "user", "content": "How many childminders are there?"}]],
        ),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tool_choice: Annotated[
        str | dict[str, Any] | None, Field(description="`auto` or `none`: no tool is called")
    ] = None
    response_format: Annotated[ResponseFormat | None, Field(description="`text` only")] = None
    n: Annotated[Literal[1] | None, Field(description="There is one answer to a question")] = None


class UrlCitation(Frozen):
    """Where a quote stands: content[start_index:end_index] are the report's words."""

    start_index: int
    end_index: int
    title: Annotated[str, Field(description="Short citation with the paragraph number")]
    url: str


class Annotation(Frozen):
    """A citation, as web search has it in this API."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Reply(Frozen):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(Frozen):
    """The one answer."""

    index: int = 0
    message: Reply
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(Frozen):
    """Words of the question and the answer; Pilcrow has no tokens to charge for."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(Frozen):
    """A chat completion, with the whole answer beside it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    pilcrow: Annotated[Answer | None, Field(description="Null where no report was asked")]


class Model(Frozen):
    """All reports, or one of them, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str


class Models(Frozen):
    """What there is to ask."""

    object: Literal["list"] = "list"
    data: list[Model]


class Fault(Frozen):
    """An error as this API has it."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorReply(Frozen):
    """An error as this API has it."""

    error: Fault
