"""A sentence to what it claims, in order: words by stem, figures, and what turns or limits a claim.

Little words make no claim of their own, but those that relate two words ("by", "from", a form of
"to be") are kept as `links` of the word after them: they tell who did it, and to whom.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from search_api.prose.claim_words import (
    AUXILIARY,
    BE,
    CONDITIONS,
    DETERMINERS,
    FIGURES,
    HANGS,
    JOINS,
    NEGATIONS,
    OPERATORS,
    PREPOSITIONS,
    TURNS,
    WEAK,
    WHOLE,
)

Stem = Callable[[str], list[str]]
Kind = Literal["word", "name", "figure", "operator", "condition", "weak"]

PIECE = re.compile(
    r"(?P<figure>(?<!\w)[-−]?[£$€]?\d+(?:[.,/:]\d+)*(?:%|[^\W\d_]{1,3}\b)?)"
    r"|(?P<word>[^\W_]+(?:['’][^\W_]+)*)|(?P<pause>[,;:()\[\]–—…]|(?<=\s)-(?=\s))"
)
PER_CENT = re.compile(r"(?<=\d)\s*(?:per\s?cent|%)", re.IGNORECASE)
THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
POSSESSIVE = re.compile(r"['’]s?$")
NOT = re.compile(r"n['’]t$", re.IGNORECASE)
# "US", "IT" and the month are no little words.
ACRONYM = re.compile(r"[A-Z]{2,}")
MONTH = re.compile(r"(?<=[\w,] )May\b|\bMay(?= \d)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word that claims something, with where it stands.

    `links` are the relating words before it, a form of "to be" by its tense. `head`: it begins a
    clause; `hangs`: that clause hangs on the word before ("who ..."). `opened`: a phrase begins
    with it ("of ...", "the ...").
    """

    key: str
    text: str
    kind: Kind
    links: frozenset[str]
    clause: int
    head: bool
    hangs: bool
    opened: bool
    sentence: int = 0


def tokens_of(text: str, stem: Stem, sentence: int = 0) -> list[Token]:
    """The tokens of one sentence; `stem` gives the stems of a word."""
    tokens: list[Token] = []
    links: set[str] = set()
    clause = 0
    head, hangs, opened = True, False, False
    text = PER_CENT.sub("%", text)
    months = {match.start() for match in MONTH.finditer(text)}
    for match in PIECE.finditer(text):
        word = match[0]
        low = word.lower().replace("’", "'")
        acronym = ACRONYM.fullmatch(word) is not None or match.start() in months
        if match["pause"] or (not acronym and low in JOINS | HANGS | CONDITIONS):
            clause += not head
            head, opened = True, True
            hangs = low in HANGS or low in CONDITIONS
        if match["pause"] or (not acronym and low in JOINS | HANGS | AUXILIARY):
            links |= {TURNS.get(low, low)} & {"or", "but"}
            continue
        if not acronym and (low in BE or low in PREPOSITIONS | DETERMINERS):
            links |= {BE[low]} if low in BE else {low} & PREPOSITIONS
            opened = opened or low not in BE
            continue
        key, kind = _read(word, low, acronym, bool(match["figure"]), stem)
        if kind == "word" and match.start() > 0 and word[0].isupper():
            kind = "name"
        tokens.append(
            Token(key, word, kind, frozenset(links), clause, head, hangs, opened, sentence)
        )
        links.clear()
        head = opened = hangs = False
    return tokens


def _read(word: str, low: str, acronym: bool, figure: bool, stem: Stem) -> tuple[str, Kind]:
    if figure:
        return THOUSANDS.sub("", low.replace("−", "-")), "figure"
    if not acronym:
        if low in FIGURES:
            return FIGURES[low], "figure"
        if low in NEGATIONS or NOT.search(low):
            return "not", "operator"
        if low in WHOLE:
            return "all", "operator"
        if low in CONDITIONS:
            return low, "condition"
        if low in OPERATORS:
            return low, "operator"
        if low in WEAK:
            return low, "weak"
    base = POSSESSIVE.sub("", word)
    kind: Kind = "figure" if any(char.isdigit() for char in base) else "word"
    return " ".join(stem(base)) or base.casefold(), kind


def without_weak(tokens: Sequence[Token], wanted: frozenset[str]) -> list[Token]:
    """The tokens without the weak ones that are not wanted; what led to those leads on."""
    kept: list[Token] = []
    carried: Token | None = None
    for token in tokens:
        if carried is not None:
            token = replace(
                token,
                links=token.links | carried.links,
                head=token.head or carried.head,
                hangs=token.hangs or carried.hangs,
                opened=token.opened or carried.opened,
            )
        carried = token if token.kind == "weak" and token.key not in wanted else None
        kept += [token] if carried is None else []
    return kept
