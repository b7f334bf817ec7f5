"""The test that a report's sentence bears out another: says the same, perhaps shortened.

Everything the other claims must stand in the report's sentence, in the same order and related by
the same words. What may be left out is a clause, an item of one word in a list, or the end of a
clause that is a phrase of its own; never a number, a name, a negation, a quantity, a hedge or a
condition of what is said. This is strict: another word for the same thing is refused too, because
the encoder finds an opposite just as near.
"""

from __future__ import annotations

from collections.abc import Sequence

from search_api.prose.claim_words import PREPOSITIONS
from search_api.prose.tokens import Token, without_weak

# An opening such as "In the year 2009," may also stand at the end.
LONGEST_OPENING = 4


def bears_out(source: Sequence[list[Token]], claim: list[Token]) -> bool:
    """True when one sentence, or two in a row, say what is claimed.

    Args:
        source: the tokens of each sentence, numbered by `Token.sentence`.
        claim: the tokens of the sentence to be borne out.
    """
    wanted = frozenset(token.key for token in claim)
    combined: list[list[Token]] = [[]]
    for sentence in source:
        readings = _readings(without_weak(sentence, wanted))
        combined = [begun + reading for begun in combined for reading in readings]
    return any(_follows(tokens, reading) for tokens in combined for reading in _readings(claim))


def _readings(tokens: list[Token]) -> list[list[Token]]:
    """The tokens as they stand, and with a short opening phrase at the end."""
    size = next((at for at, token in enumerate(tokens) if token.clause > tokens[0].clause), 0)
    opens = 0 < size <= LONGEST_OPENING and tokens[0].links & PREPOSITIONS
    return [tokens, tokens[size:] + tokens[:size]] if opens else [tokens]


def _follows(source: list[Token], claim: list[Token]) -> bool:
    """True when the claim's tokens can be found along the source's."""
    if not claim or not source:
        return False
    last = source[-1].sentence
    # Of two sentences, the first is said whole.
    heads = range(len(source)) if source[0].sentence == last else range(1)
    places = {at for at in heads if _same(source[at], claim[0]) and _may_start(source, at)}
    for wanted in claim[1:]:
        places = {
            at
            for at, token in enumerate(source)
            if _same(token, wanted)
            and any(before < at and _may_pass(source, before, at) for before in places)
        }
    return any(source[at].sentence == last and _may_end(source, at) for at in places)


def _same(token: Token, wanted: Token) -> bool:
    alike = token.key == wanted.key and token.hangs == wanted.hangs
    return alike and token.links - {"but"} == wanted.links - {"but"}


def _may_start(source: list[Token], at: int) -> bool:
    """At the head of a clause that depends on nothing before it."""
    token = source[at]
    before = [t for t in source[:at] if t.sentence == token.sentence]
    return (
        token.head
        and not (token.hangs and token.kind != "condition")
        and all(t.kind in ("word", "name", "figure") for t in before)
    )


def _may_pass(source: list[Token], before: int, at: int) -> bool:
    """From one token to a later one, when what lies between may be left out."""
    if source[at].sentence != source[before].sentence:
        is_last = source[before + 1].sentence != source[before].sentence
        return is_last and _may_start(source, at)
    gap = source[before + 1 : at]
    if not gap:
        return True
    is_item = len(gap) == 1 and gap[0].kind == "word" and gap[0].head
    return is_item and source[at].head and not source[at].hangs


def _may_end(source: list[Token], at: int) -> bool:
    """True where a phrase ends, and what follows limits nothing that was said."""
    token = source[at]
    rest = [t for t in source[at + 1 :] if t.sentence == token.sentence]
    clause = [t for t in rest if t.clause == token.clause]
    return (
        all(t.kind != "condition" for t in rest)
        and not (rest and rest[0].links & {"or", "but"})
        and all(t.kind == "word" for t in clause)
        and (not clause or clause[0].opened)
    )
