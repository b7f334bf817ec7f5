"""A question read beside a window of the report: whether a sentence under its heading answers."""

from __future__ import annotations

from collections.abc import Sequence

from search_api.ask.quotes import LEANS_BACK

# What is read of a question and of a window, in tokens.
MOST_ASKED_TOKENS, MOST_WINDOW_TOKENS = 40, 80


def window_of(section: Sequence[str], sentences: Sequence[str], place: int) -> str:
    """A sentence under its nearest heading, with the one before it if it leans on that."""
    leans = place > 0 and LEANS_BACK.match(sentences[place])
    text = " ".join(sentences[place - 1 : place + 1]) if leans else sentences[place]
    return "\n".join([*section[-1:], text])
