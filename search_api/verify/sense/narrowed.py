"""Words that narrow what is said, left out while what they narrow is kept.

A denial without them denies more ("not [routinely] used", "no contact [after May]"), a duty without
them asks for another thing ("an [independent] valuer"), and an amount is another ("[up to] 12").
"""

from __future__ import annotations

from collections.abc import Iterator

from search_api.verify.sense import lexicon as lex
from search_api.verify.sense.gap import Gap, quoted
from search_api.verify.sense.line import Line

# How far before a kept number a word that bounds it stands.
NEAR = 4


def narrowed(gap: Gap) -> Iterator[str]:
    """The words left out that narrow what stands before or after them, as printed."""
    if gap.start < gap.end:
        yield from _denials(gap)
        yield from _concessions(gap)
        yield from _kinds(gap)
        yield from _bounds(gap)


def _denials(gap: Gap) -> Iterator[str]:
    """What a denial is limited to: a manner right after it, a time or a condition at its end."""
    line, keys = gap.line, gap.left_out()
    if not gap.is_denied():
        return
    if gap.follows and not gap.closes_at_end() and _follows_negation(line, gap.start):
        if all(key.endswith("ly") or key in lex.DEGREES for key in keys):
            yield quoted(line, gap.start, gap.end)
        return
    at = _after_coordinate(gap)
    lasting = line.key(at) == "for" and lex.UNITS_OF_TIME & set(line.keys(at + 1, at + NEAR))
    parted = gap.opens_at_start() and at == gap.start
    if (line.key(at) in lex.RESTRICTORS or lasting) and (
        not parted or line.key(at) in lex.CONDITIONS | {"without"}
    ):
        yield quoted(line, at, min(gap.end, at + 5))


def _after_coordinate(gap: Gap) -> int:
    """The gap's first word, or the first after "(or combinations of them)"."""
    line, at = gap.line, gap.start
    if line.key(at) in lex.COORDINATORS:
        at += 1
        while at < gap.end and not line.ends_clause(at) and line.key(at) not in lex.FINITE:
            at += 1
    return at


def _follows_negation(line: Line, at: int) -> bool:
    while line.key(at - 1) in lex.AUXILIARIES and not lex.is_negation(line.key(at - 1)):
        at -= 1
    return lex.is_negation(line.key(at - 1))


def _concessions(gap: Gap) -> Iterator[str]:
    """A limit without a verb of its own: "although not to the degree alleged"."""
    line, keys = gap.line, gap.left_out()
    limits = len(keys) > 1 and (lex.is_negation(keys[1]) or keys[1] in lex.ONLY)
    if gap.leads and keys[0] in lex.CONCESSIVE and limits:
        until = gap.start + 1
        while until < gap.end and not line.ends_clause(until):
            until += 1
        if not lex.FINITE & set(line.keys(gap.start, until)):
            yield quoted(line, gap.start, until)


def _kinds(gap: Gap) -> Iterator[str]:
    """An adjective of what is kept that a duty, a denial or a judgment turns on."""
    line, keys = gap.line, gap.left_out()
    if not gap.follows or gap.closes_at_end() or lex.is_function(line.key(gap.end)):
        return
    word = keys[-1]
    if len(keys) > 2 or (len(keys) == 2 and not keys[0].endswith("ly")) or lex.is_number(word):
        return
    before = line.key(gap.start - 1) if gap.leads else ""
    if word in lex.BAD and (before in lex.DETERMINERS or not gap.leads):
        yield quoted(line, gap.start, gap.end)
    elif gap.leads and not lex.is_function(word) and _asks(line, gap.start):
        indefinite = before in ("a", "an", "any", "no") and not word.endswith("ly")
        if indefinite or word in lex.GOOD:
            yield quoted(line, gap.start, gap.end)


def _asks(line: Line, at: int) -> bool:
    """True in a sentence that demands or denies something before a word."""
    keys = line.keys(line.sentence_start(at), at)
    return any(key in lex.DUTIES or lex.is_negation(key) for key in keys)


def _bounds(gap: Gap) -> Iterator[str]:
    """What makes of a number a limit: "[up to] 12", "28 days [or more]"."""
    line, keys = gap.line, gap.left_out()
    if gap.follows and not gap.closes_at_end() and lex.is_number(line.key(gap.end)):
        low = max(gap.start, gap.end - NEAR)
        found = [at for at in range(low, gap.end) if line.key(at) in lex.BOUNDS]
        if found:
            yield quoted(line, found[0], gap.end)
    numbered = gap.leads and any(map(lex.is_number, line.keys(gap.start - NEAR // 2, gap.start)))
    if numbered and len(keys) > 1 and keys[0] in ("or", "at") and keys[1] in lex.BOUNDS:
        yield quoted(line, gap.start, gap.start + 2)
