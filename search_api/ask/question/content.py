"""Words of a question that say what it is about, and their stems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from indexer.store import terms

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# What puts a question and joins its words; the answer need not repeat any of it.
PLAIN_WORDS = frozenset(
    (files("search_api.ask.forms") / "plain_words.txt").read_text(encoding="utf-8").split()
)
NUMBERS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"],
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12"],
        strict=True,
    )
)


def content_words(text: str) -> list[str]:
    """The words of a question that say what it is about, each once, as they stand there."""
    found: dict[str, str] = {}
    for word in WORD.findall(text):
        folded = word.casefold().replace("’", "'")
        if folded not in PLAIN_WORDS and (len(folded) > 1 or folded.isdigit()):
            found.setdefault(folded, word)
    return list(found.values())


def content_stems(text: str) -> frozenset[str]:
    """The stems of a text's content words, numbers in figures."""
    return frozenset(stem for word in content_words(text) for stem in stems_of(word))


@lru_cache(maxsize=20_000)
def stems_of(text: str) -> frozenset[str]:
    """The stems of a short text, numbers in figures ("three" is "3")."""
    plain = " ".join(NUMBERS.get(word.casefold(), word) for word in WORD.findall(text))
    return frozenset(terms.stems(plain))


def covered(wanted: frozenset[str], texts: Iterable[str]) -> float:
    """The share (0..1) of stems that stand in any of these texts; 1 where none is wanted."""
    if not wanted:
        return 1.0
    there = frozenset[str]().union(*(stems_of(text) for text in texts))
    return len(wanted & there) / len(wanted)
