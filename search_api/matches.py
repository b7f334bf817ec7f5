"""Why a passage was found: the words it shares with the question, whatever their endings."""

from __future__ import annotations

import re

from indexer.engine import Engine
from search_api.retriever import spell_out

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12


def wanted_stems(store: Engine, question: str, report: str | None = None) -> frozenset[str]:
    """The stems that the word index looked for."""
    return frozenset(store.stems(spell_out(store, question, report)))


def matched_words(store: Engine, stems: frozenset[str], text: str) -> list[str]:
    """The words of a text, as printed, that have one of the stems; each once, in order."""
    first_seen: dict[str, str] = {}
    for word in WORD.findall(text):
        first_seen.setdefault(word.casefold(), word)
    initials = {stem[0] for stem in stems}
    # A stem begins as its word does, save for an accent; other words need no stemming.
    near = [
        word
        for folded, word in first_seen.items()
        if folded[0] in initials or not folded[0].isascii()
    ]
    return [word for word in near if stems.intersection(store.stems(word))][:MOST_WORDS]
