"""A question read beside a window of the report: whether a sentence under its heading answers."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.encoders.base import Encoder, reader
from indexer.store.index import Engine
from search_api.ask.quotes import LEANS_BACK, best_sentence
from search_api.ask.ranking import Ranked

# Of so many passages, the best first, the sentence that would be quoted is read.
PASSAGES = 2
# What stands for the log-odds where nothing is read.
UNREAD = 0.0


def read_passages(
    store: Engine, encoder: Encoder, question: str, passages: Sequence[Ranked]
) -> float:
    """The log-odds that one of the best passages answers a question, as the encoder reads them."""
    judge = reader(encoder)
    windows = []
    for item in passages[:PASSAGES]:
        span, passage = best_sentence(store, item), store.rows[item.row][1]
        if span is not None:
            sentences = [passage.text[s.start : s.end] for s in passage.sentences]
            windows.append(window_of(passage.section, sentences, span.sentence))
    if judge is None or not windows:
        return UNREAD
    return float(judge.judge(question, windows).max())


def window_of(section: Sequence[str], sentences: Sequence[str], place: int) -> str:
    """A sentence under its nearest heading, with the one before it if it leans on that."""
    leans = place > 0 and LEANS_BACK.match(sentences[place])
    text = " ".join(sentences[place - 1 : place + 1]) if leans else sentences[place]
    return "\n".join([*section[-1:], text])
