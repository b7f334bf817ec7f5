"""A question read beside a window of the report: whether a sentence under its heading answers."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.encoders.base import Encoder, reader
from indexer.store.index import Engine
from search_api.ask.ranking import Ranked
from search_api.ask.reading.quotes import best_sentence
from search_api.timing import step

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
    window = window_of(passage.section, passage.text[span.start : span.end])
    with step("judge"):
        return judge.judge(question, window)


def window_of(section: Sequence[str], text: str) -> str:
    """What a text is read as: under its nearest heading."""
    return "\n".join([*section[-1:], text])
