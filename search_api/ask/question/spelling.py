"""Misspelt words of a question, mended from the words of the reports.

A word is taken for misspelt when no report has it and it is no English word; it is mended only to a
word that the reports have, near to it and beginning alike.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import DamerauLevenshtein

from indexer.store import terms
from indexer.store.index import Engine, Scope
from search_api.ask.question.content import WORD, content_words

SHORTEST = 5
# Letters that may be wrong in a word of this length, or more.
WRONG = ((9, 2), (SHORTEST, 1))


def mend(store: Engine, text: str, scope: Scope) -> str:
    """The text with its misspelt words mended; itself where none is."""
    for word in content_words(text):
        if len(word) < SHORTEST or not word.isalpha() or word.isupper() or _is_english(word):
            continue
        better = _nearest(word, store.words_like(word, scope))
        if better is not None:
            text = re.sub(rf"\b{re.escape(word)}\b", better, text)
    return text


def _nearest(word: str, known: Iterable[str]) -> str | None:
    """The word nearest to a misspelt one, the more frequent of equals; None if none is near."""
    most = next(wrong for length, wrong in WRONG if len(word) >= length)
    found: Counter[tuple[int, str]] = Counter()
    for other in known:
        # Somebody who writes a name large means a name; one who writes it small may mean either.
        if other[:1].casefold() != word[:1].casefold() or (word[0].isupper() > other[0].isupper()):
            continue
        distance = DamerauLevenshtein.distance(word.casefold(), other.casefold(), score_cutoff=most)
        if 0 < distance <= most:
            found[distance, other if word[0].isupper() else other.casefold()] += 1
    return min(found, key=lambda item: (item[0], -found[item], item[1]))[1] if found else None


def _is_english(word: str) -> bool:
    folded = word.casefold()
    return folded in _english() or any(stem in _english_stems() for stem in terms.stems(folded))


@cache
def _english() -> frozenset[str]:
    """The words that the encoder's tokenizer knows whole: 20,000 of the commonest."""
    model = json.loads((files("indexer.model") / "tokenizer.json").read_text(encoding="utf-8"))
    return frozenset(
        token for token in model["model"]["vocab"] if len(token) > 2 and WORD.fullmatch(token)
    )


@cache
def _english_stems() -> frozenset[str]:
    return frozenset(terms.stems(" ".join(_english())))
