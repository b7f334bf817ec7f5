"""Words of a question that the evidence for it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files

from indexer.store import terms
from search_api.ask.query import Query

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
MOST_NAMED = 6
# What puts a question and joins its words; the answer need not repeat any of it.
PLAIN_WORDS = frozenset(
    (files("search_api.ask") / "plain_words.txt").read_text(encoding="utf-8").split()
)


def content_words(text: str) -> list[str]:
    """The words of a question that say what it is about, each once, as they stand there."""
    found: dict[str, str] = {}
    for word in WORD.findall(text):
        folded = word.casefold().replace("’", "'")
        if folded not in PLAIN_WORDS and (len(folded) > 1 or folded.isdigit()):
            found.setdefault(folded, word)
    return list(found.values())


def uncovered(query: Query, evidence: Iterable[str]) -> list[str]:
    """The question's content words that stand in none of these texts, whatever their endings.

    A word of which any part stands there is covered, and so is an abbreviation whose long form
    does, since `Query.words` has both.
    """
    there = {stem for text in evidence for stem in terms.stems(text)}
    missing = []
    for word in content_words(query.text):
        stems = set(terms.stems(word))
        if stems and not stems & there and not _other_form_stands(query, word, there):
            missing.append(word)
    return missing[:MOST_NAMED]


def _other_form_stands(query: Query, word: str, there: set[str]) -> bool:
    """Whether the forms that were added to an abbreviation stand in the evidence."""
    added = query.words[len(query.text) :]
    spelled = set(terms.stems(added))
    return word.isupper() and bool(spelled) and spelled <= there
