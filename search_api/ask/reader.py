"""A question read beside a window of the report: whether a sentence under its heading answers."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.encoders.base import Encoder, reader
from indexer.store.index import Engine
from search_api.ask.quotes import LEANS_BACK, best_sentence
from search_api.ask.ranking import Ranked

# What stands for the log-odds where nothing is read.
UNREAD = 0.0


def read_best(store: Engine, encoder: Encoder, question: str, best: Ranked) -> float:
    """The log-odds that the sentence to quote of the best passage answers a question.

    One window alone is read: more were tried, and told answers from near misses no better.
    """
    judge, span = reader(encoder), best_sentence(store, best)
    if judge is None or span is None:
        return UNREAD
    passage = store.rows[best.row][1]
    quote = passage.text[span.start : span.end]
    return judge.judge(question, window_of(passage.section, (quote,), 0))


def window_of(section: Sequence[str], sentences: Sequence[str], place: int) -> str:
    """A sentence under its nearest heading, with the one before it if it leans on that."""
    leans = place > 0 and LEANS_BACK.match(sentences[place])
    text = " ".join(sentences[place - 1 : place + 1]) if leans else sentences[place]
    return "\n".join([*section[-1:], text])
