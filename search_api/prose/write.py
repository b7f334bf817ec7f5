"""An answer to prose: the model writes from its paragraphs, and each sentence is checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from indexer.encoders.base import Encoder
from indexer.store.index import Engine
from search_api.prose.check import Checker
from search_api.prose.endpoint import Endpoint, EndpointError, Reply, write
from search_api.prose.prompt import messages_of
from search_api.prose.sentences import SentenceStream, Written
from search_api.prose.sources import sources_of
from search_api.types.answers import Answer
from search_api.types.prose import (
    DroppedSentence,
    ProseAnswer,
    ProseEnd,
    ProseSentence,
    Status,
)

# A model that goes on longer is not listened to.
MOST_SENTENCES = 40

Part = ProseSentence | DroppedSentence | ProseEnd


async def write_prose(
    store: Engine, encoder: Encoder, endpoint: Endpoint, answer: Answer
) -> AsyncGenerator[Part, None]:
    """The model's sentences, each as soon as it is checked, then how the writing ended.

    The model is not asked about an answer that is `not_found`. What goes wrong with it is said at
    the end and never raised: the answer stands.
    """
    if answer.status == "not_found":
        yield ProseEnd(status="not_found", model=endpoint.model or None, problem=None)
        return
    sources = sources_of(store, answer)
    checker = Checker(store, encoder, sources)
    reply = Reply(endpoint.model or None)
    count, kept, problem = 0, 0, None
    messages = messages_of(answer.question, sources)
    try:
        async with aclosing(_written(endpoint, messages, reply)) as written:
            async for sentence in written:
                count += 1
                if count > MOST_SENTENCES:
                    raise EndpointError(
                        f"the language model wrote more than {MOST_SENTENCES} sentences"
                    )
                part = await asyncio.to_thread(checker.check, sentence)
                kept += isinstance(part, ProseSentence)
                yield part
        if not count:
            problem = "the language model wrote nothing; ask again, or set another model"
        elif not reply.complete:
            problem = "the language model's text was cut off"
    except EndpointError as error:
        problem = str(error)
    status: Status = "written" if kept else "unsupported" if count else "failed"
    yield ProseEnd(status=status, model=reply.model, problem=problem)


async def _written(
    endpoint: Endpoint, messages: list[dict[str, str]], reply: Reply
) -> AsyncGenerator[Written, None]:
    """The sentences of a reply; of one that breaks off, those before the break."""
    stream = SentenceStream()
    async with aclosing(write(endpoint, messages, reply)) as pieces:
        async for piece in pieces:
            for sentence in stream.take(piece):
                yield sentence
    for sentence in stream.end():
        yield sentence


async def prose_answer(
    store: Engine, encoder: Encoder, endpoint: Endpoint, answer: Answer
) -> ProseAnswer:
    """An answer with the prose that its paragraphs bear out, and what was dropped."""
    parts = [part async for part in write_prose(store, encoder, endpoint, answer)]
    end = parts[-1]
    assert isinstance(end, ProseEnd)
    return ProseAnswer(
        answer=answer,
        prose=[part for part in parts if isinstance(part, ProseSentence)],
        dropped=[part for part in parts if isinstance(part, DroppedSentence)],
        **end.model_dump(),
    )
