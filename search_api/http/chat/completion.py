"""An answer as a chat completion, whole or in chunks."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from search_api.http.chat.messages import Annotation, Choice, Completion, Reply, UrlCitation, Usage
from search_api.types.answers import Answer

NEAREST = 3
BETWEEN = "\n\n"
# Where a title would become markup of the text that it stands in.
LINK = re.compile(r"(?<=\])(?=[\[(:])|(?=<)")


@dataclass(frozen=True, slots=True)
class Written:
    """What is said to a question: `content`, with where the report's words stand in it.

    `answer` is None for what is no question to a report.
    """

    content: str
    citations: list[UrlCitation]
    answer: Answer | None


def completion_of(question: str, written: Written, model: str) -> Completion:
    """The completion that answers a question, from what is written of its answer."""
    content = written.content
    annotations = [Annotation(url_citation=each) for each in written.citations]
    asked, said = len(question.split()), len(content.split())
    return Completion(
        id=f"chatcmpl-{uuid.uuid4().hex}",
        created=int(time.time()),
        model=model,
        choices=[Choice(message=Reply(content=content, annotations=annotations))],
        usage=Usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said),
        pilcrow=written.answer,
    )


def write(answer: Answer, base: str) -> Written:
    """The quotes, each in quotation marks with its citation; `base` is the server's address."""
    read = f"(Read as: {answer.read_as})" if answer.read_as else ""
    if answer.status == "not_found":
        near = [_plain(hit.quote.citation) for hit in answer.hits if hit.quote is not None][
            :NEAREST
        ]
        nearest = f"The nearest paragraphs, which do not answer it: {'; '.join(near)}."
        parts = [*([read] if read else []), "Not in the report.", *([nearest] if near else [])]
        return Written(BETWEEN.join(parts), [], answer)
    content = read
    citations = []
    for quote in answer.quotes:
        start = len(content) + len(BETWEEN if content else "") + 1
        content += f"{BETWEEN if content else ''}“{quote.text}” ({_plain(quote.citation)})"
        cited = UrlCitation(
            start_index=start,
            end_index=start + len(quote.text),
            title=quote.citation,
            url=base + quote.url,
        )
        citations.append(cited)
    return Written(content, citations, answer)


def _plain(citation: str) -> str:
    """A citation in which the title is no link, image or tag, whatever it was made to look like."""
    return LINK.sub(r"\\", citation)


def chunks_of(whole: Completion, with_usage: bool) -> Iterator[str]:
    """A completion as the data of stream events: a chunk a quote, the answer with the last one."""
    message = whole.choices[0].message
    head = {
        "id": whole.id,
        "object": "chat.completion.chunk",
        "created": whole.created,
        "model": whole.model,
    }

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return json.dumps(head | {"choices": [choice]} | more, ensure_ascii=False)

    yield chunk({"role": "assistant", "content": ""})
    pieces = message.content.split(BETWEEN)
    for place, piece in enumerate(pieces):
        yield chunk({"content": piece + (BETWEEN if place + 1 < len(pieces) else "")})
    annotations = [annotation.model_dump() for annotation in message.annotations]
    yield chunk(
        {"annotations": annotations},
        "stop",
        pilcrow=whole.pilcrow.model_dump() if whole.pilcrow else None,
    )
    if with_usage:
        yield json.dumps(head | {"choices": [], "usage": whole.usage.model_dump()})
    yield "[DONE]"
