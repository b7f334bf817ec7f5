"""Words of a question that the evidence for it does not have."""

from __future__ import annotations

from collections.abc import Iterable

from search_api.ask.question.content import content_words, stems_of
from search_api.ask.question.query import Query

MOST_NAMED = 6


def uncovered(query: Query, evidence: Iterable[str]) -> list[str]:
    """The question's content words that stand in none of these texts, whatever their endings.

    A word of which any part stands there is covered, and so is an abbreviation whose long form
    does, since `Query.words` has both.
    """
    there = frozenset[str]().union(*(stems_of(text) for text in evidence))
    spelled = stems_of(query.words[len(query.text) :])
    missing = []
    for word in content_words(query.text):
        stems = stems_of(word)
        other_form = word.isupper() and bool(spelled) and spelled <= there
        if stems and not stems & there and not other_form:
            missing.append(word)
    return missing[:MOST_NAMED]
