"""Why a passage was found: the words it shares with the question, whatever their endings."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from indexer.store import terms

WORD = re.compile(r"[^\W_]+")
MOST_WORDS, MOST_SPANS = 12, 100


def matched_words(stems: frozenset[str], text: str) -> list[str]:
    """The words of a text, as printed, that have one of the stems; each once, in order."""
    return [word for word, stem in _words(text) if stem in stems][:MOST_WORDS]


def matched_spans(stems: frozenset[str], text: str) -> list[tuple[int, int]]:
    """Where in a text the words stand that have one of the stems, in order."""
    matched = {word.casefold() for word, stem in _words(text) if stem in stems}
    found = (match.span() for match in WORD.finditer(text) if match[0].casefold() in matched)
    return list(islice(found, MOST_SPANS)) if matched else []


# To stem the words of the passages found would take half the time of a search.
@lru_cache(maxsize=1_000)
def _words(text: str) -> tuple[tuple[str, str], ...]:
    """Each word of a text once, as first printed, with its stem; stop words left out."""
    first_seen: dict[str, str] = {}
    for word in WORD.findall(text):
        first_seen.setdefault(word.casefold(), word)
    return tuple((word, stem) for folded, word in first_seen.items() for stem in _stems(folded))


@lru_cache(maxsize=50_000)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(terms.stems(word))
