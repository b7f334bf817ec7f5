"""Queries that ask nothing: a few words to be searched for."""

from __future__ import annotations

import re

from search_api.ask.question.content import WORD, content_words

MOST_WORDS = 3
# Words that may join keywords ("freedom of information") without making a question of them.
JOINING = frozenset(["of", "and", "or"])
# An imperative or a participle ahead asks for something.
ASKING = re.compile(
    r"\W*(?:list|name|give|tell|show|describe|explain|compare|summari[sz]e)\b", re.I
)


def is_keywords(text: str) -> bool:
    """True for a few content words without a question mark or a word that asks."""
    words = WORD.findall(text)
    content = content_words(text)
    others = [word for word in words if word.casefold() not in JOINING and word not in content]
    return (
        0 < len(content) <= MOST_WORDS
        and "?" not in text
        and not others
        and ASKING.match(text) is None
    )
