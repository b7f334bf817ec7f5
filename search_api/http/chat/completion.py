"""An answer as a chat completion, whole or in chunks."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from search_api.http.chat.types import Annotation, Choice, Completion, Reply, UrlCitation, Usage
from search_api.types import Answer

NEAREST = 3
BETWEEN = "\n\n"


def completion_of(answer: Answer, model: str, base: str) -> Completion:
    """The completion of an answer; `base` is the server's address, for links."""
    content, annotations = _written(answer, base)
    return _completion(answer.question, content, annotations, model, answer)


def plain_completion(question: str, content: str, model: str) -> Completion:
    """The completion of what is no question to a report."""
    return _completion(question, content, [], model, None)


def _completion(
    question: str, content: str, annotations: list[Annotation], model: str, answer: Answer | None
) -> Completion:
    asked, said = len(question.split()), len(content.split())
    return Completion(
        id=f"chatcmpl-{uuid.uuid4().hex}",
        created=int(time.time()),
        model=model,
        choices=[Choice(message=Reply(content=content, annotations=annotations))],
        usage=Usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said),
        pilcrow=answer,
    )


def _written(answer: Answer, base: str) -> tuple[str, list[Annotation]]:
    """The quotes, each in quotation marks with its citation, and where they stand in the text."""
    read = f"(Read as: {answer.read_as})" if answer.read_as else ""
    if answer.status == "not_found":
        near = [hit.quote.citation for hit in answer.hits if hit.quote is not None][:NEAREST]
        nearest = f"The nearest paragraphs, which do not answer it: {'; '.join(near)}."
        parts = [*([read] if read else []), "Not in the report.", *([nearest] if near else [])]
        return BETWEEN.join(parts), []
    content = read
    annotations = []
    for quote in answer.quotes:
        start = len(content) + len(BETWEEN if content else "") + 1
        content += f"{BETWEEN if content else ''}“{quote.text}” ({quote.citation})"
        cited = UrlCitation(
            start_index=start,
            end_index=start + len(quote.text),
            title=quote.citation,
            url=base + quote.url,
        )
        annotations.append(Annotation(url_citation=cited))
    return content, annotations


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
