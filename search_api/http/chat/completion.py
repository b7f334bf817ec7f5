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
    asked, said = len(answer.question.split()), len(content.split())
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
    if answer.status == "not_found":
        near = [hit.quote.citation for hit in answer.hits if hit.quote is not None][:NEAREST]
        nearest = f"The nearest paragraphs, which do not answer it: {'; '.join(near)}."
        return BETWEEN.join(["Not in the report.", *([nearest] if near else [])]), []
    content = ""
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
    yield chunk({"annotations": annotations}, "stop", pilcrow=whole.pilcrow.model_dump())
    if with_usage:
        yield json.dumps(head | {"choices": [], "usage": whole.usage.model_dump()})
    yield "[DONE]"
