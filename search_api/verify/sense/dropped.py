"""What an ellipsis leaves out, and whether what is kept still says the same.

A word that is left out matters when what it governs is kept: "felt [not] to be effective". What is
left out together with all that it governs, "[, though not at night,]", only says less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from search_api.verify.sense import lexicon as lex
from search_api.verify.sense.gap import Gap, quoted, short
from search_api.verify.sense.line import FAR, Line
from search_api.verify.sense.narrowed import narrowed

# How far from the end of what is left out a word governs what follows it.
NEAR = 4
LIMITS = lex.ONLY | lex.ALMOST | lex.DOWNTONERS | lex.FEW | lex.GENERALLY


def turned_by_dropping(gap: Gap) -> Iterator[str]:
    """The words left out that turn the sense of those kept, as printed."""
    line = gap.line
    if gap.start >= gap.end:
        return
    breaks = [at for at in range(gap.start, gap.end + 1) if line.ends_sentence(at)]
    inner = [at for at in breaks if (at > gap.start or gap.leads) and (at < gap.end or gap.follows)]
    if not inner:
        yield from _within_sentence(gap)
        return
    tail = Gap(line, gap.start, min(inner[0], gap.start + FAR), gap.leads, follows=False)
    head = Gap(line, inner[-1], gap.end, leads=False, follows=gap.follows)
    if gap.leads and tail.start < tail.end:
        yield from _after(tail)
    if gap.follows and head.start < head.end:
        yield from _within_sentence(head)
        if gap.leads and _has_own_subject(head):
            yield f"joins two sentences over “{short(line.shown(head.start, head.end))}”"


def _within_sentence(gap: Gap) -> Iterator[str]:
    if gap.end - gap.start > FAR:
        # What stands so far from both ends governs neither.
        gap = replace(gap, start=gap.end - FAR, leads=False)
    found = [*_negations(gap), *_limits(gap), *_modals(gap), *_clauses_that(gap)]
    yield from dict.fromkeys([*found, *_after(gap), *_hedges(gap), *_joins(gap)])


def _after(gap: Gap) -> Iterator[str]:
    """Conditions, exceptions and limits that qualify what leads to them."""
    line, keys = gap.line, gap.left_out()
    for place, key in enumerate(keys):
        at = gap.start + place
        phrase = _phrase(keys, place)
        if phrase and not _in_own_clause(gap, at):
            yield quoted(line, at, min(gap.end, at + len(phrase) + 3))
        elif key in lex.CONDITIONS and not _in_own_clause(gap, at):
            if key == "if" and line.key(at - 1) in lex.ASKED:
                continue
            if key in ("save", "providing", "provided") and not _sets_condition(line, at):
                continue
            yield quoted(line, at, min(gap.end, at + 5))
        elif _is_terse_condition(gap, at) and not _in_own_clause(gap, at):
            yield quoted(line, at, min(gap.end, at + 5))
    yield from narrowed(gap)
    if gap.leads and keys and keys[0] in lex.ONLY | {"alone"}:
        yield quoted(line, gap.start, gap.start + 1)
    elif gap.leads and keys and keys[-1] == "only" and gap.closes_at_end():
        yield quoted(line, gap.end - 1, gap.end)


def _sets_condition(line: Line, at: int) -> bool:
    following = line.key(at + 1)
    return following in {"that", "for", "where", "when", "as"} or (
        line.key(at) != "save" and line.ends_clause(at) and following in lex.DETERMINERS
    )


def _is_terse_condition(gap: Gap, at: int) -> bool:
    """True for "where relevant", "with the consent of the court", "with one exception"."""
    line, key = gap.line, gap.line.key(at)
    if key == "with":
        return bool(lex.GRANTS & set(line.keys(at + 1, min(gap.end, at + 5))))
    alone = at + 2 == gap.end or line.ends_clause(at + 2)
    return key in lex.WHEREVER and alone and not lex.is_function(line.key(at + 1))


def _phrase(keys: list[str], place: int) -> tuple[str, ...]:
    for phrase in lex.CONDITION_PHRASES:
        if tuple(keys[place : place + len(phrase)]) == phrase:
            return phrase
    return ()


def _in_own_clause(gap: Gap, at: int) -> bool:
    """True when the gap begins a clause of its own before `at`, which is qualified instead."""
    line = gap.line
    relative = lex.RELATIVES & set(line.keys(gap.start, min(at, gap.start + 2)))
    if relative and any(key in lex.FINITE for key in line.keys(gap.start, at)):
        return True
    for place in range(gap.start, at):
        coordinates = line.key(place) in lex.COORDINATORS or line.is_strong(place)
        verbs = [key for key in line.keys(place + 1, at) if key in lex.FINITE]
        apart = place > gap.start or gap.opens_at_start() or _begins_predicate(line, place + 1)
        if coordinates and apart and verbs:
            return True
    return False


def _negations(gap: Gap) -> Iterator[str]:
    line = gap.line
    if not gap.follows:
        return
    for at in range(gap.start, gap.end):
        if lex.is_negation(line.key(at)) and _reaches(gap, at):
            yield quoted(line, at, min(gap.end, at + 3))


def _reaches(gap: Gap, at: int) -> bool:
    """True when a word left out governs what follows the gap."""
    line = gap.line
    last = gap.end - 1
    if gap.closes_at_end() and not (at == last and not line.ends_clause(at + 1)):
        # "not, in our view, ..." goes on after the second comma.
        return line.ends_clause(at + 1) and at + 1 < gap.end and not gap.line.is_strong(gap.end)
    for place in range(at + 1, gap.end):
        key = line.key(place)
        if line.ends_clause(place) and not line.ends_clause(gap.end) and place - at > 1:
            return not _own_predicate(line, place, gap.end) and _lists_on(gap, place)
        if key == "but":
            return False
        if key in ("and", "nor", "or") and _begins_predicate(line, place + 1):
            return lex.is_negation(line.key(place + 1))
        if key in lex.SUBORDINATORS and place - at > 2 and _matter(line, at + 1, place):
            return False
    if line.key(gap.end) == "but" or (
        line.key(gap.end) == "and" and _begins_predicate(line, gap.end + 1)
    ):
        return False
    adjunct = line.key(gap.start) in lex.RELATIVES | lex.PREPOSITIONS and gap.leads
    return not (adjunct and at < last and _matter(line, at + 1, gap.end) and not _open(line, last))


def _lists_on(gap: Gap, place: int) -> bool:
    """True when after a comma a list goes on that what stands before it governs: no X, Y or Z."""
    return any(gap.line.key(at) == "or" for at in range(place, gap.end + 2))


def _own_predicate(line: Line, start: int, end: int) -> bool:
    return any(key in lex.FINITE for key in line.keys(start, end))


def _begins_predicate(line: Line, at: int) -> bool:
    key = line.key(at)
    return key in lex.FINITE or key in lex.SUBJECTS or (lex.is_negation(key) and key != "no")


def _matter(line: Line, start: int, end: int) -> bool:
    return any(not lex.is_function(key) for key in line.keys(start, end))


def _open(line: Line, at: int) -> bool:
    """True for a word that asks for another after it."""
    key = line.key(at)
    return (
        key in lex.DETERMINERS
        or key in lex.PREPOSITIONS
        or key in lex.AUXILIARIES
        or key in lex.MODALS
        or key == "that"
        or lex.is_negation(key)
    )


def _limits(gap: Gap) -> Iterator[str]:
    """Limits and amounts whose noun or degree is kept: "[only] 12", "[two of] the 20"."""
    line = gap.line
    if not gap.follows or gap.closes_at_end():
        return
    at = gap.end - 1
    partitive = False
    while at > gap.start and line.key(at) in lex.DETERMINERS | {"of", "than", "by"}:
        partitive = partitive or line.key(at) == "of"
        at -= 1
    key = line.key(at)
    if key == "but" and line.key(at - 1) in lex.ALL | {"none", "nothing"} and at > gap.start:
        yield quoted(line, at - 1, gap.end)
        return
    if at + 1 < gap.end and not partitive and line.key(at + 1) != "than":
        key = line.key(gap.end - 1)
        at = gap.end - 1
    measured = key in lex.MEASURES and (partitive or key not in ("one", "number", "part", "rest"))
    if measured or (partitive and lex.is_number(key)) or (partitive and key == "one"):
        yield quoted(line, at, gap.end)
        return
    for place in range(max(gap.start, gap.end - NEAR), gap.end):
        if line.key(place) in LIMITS and _reaches(gap, place):
            yield quoted(line, place, gap.end)
            return


def _modals(gap: Gap) -> Iterator[str]:
    """Words of duty, ability or chance whose verb is kept: "officers [should] complete"."""
    line = gap.line
    if not gap.follows or gap.closes_at_end():
        return
    at = gap.end - 1
    while at >= gap.start and (
        line.key(at) in lex.AUXILIARIES
        or (line.key(at).endswith("ly") and line.key(at) not in lex.ATTITUDES)
        or lex.is_negation(line.key(at))
        or line.key(at) in ("to", "also", "then")
    ):
        at -= 1
    key = line.key(at) if at >= gap.start else ""
    if key in lex.MODALS or (line.key(at + 1) == "to" and key in lex.ATTITUDES):
        yield quoted(line, at, gap.end)
    elif line.key(gap.start) in lex.ATTITUDES and line.key(gap.start + 1) == "to":
        # "was [meant to last] for a week"
        yield quoted(line, gap.start, gap.start + 2)


def _clauses_that(gap: Gap) -> Iterator[str]:
    """Who says so, or whether it is so: "[It was alleged that] the council ..."."""
    line, last = gap.line, gap.end - 1
    if not gap.follows:
        return
    key = line.key(last)
    if gap.closes_at_end():
        return
    if key in ("that", "whether", "if"):
        low = max(gap.start, last - 12)
        said = [k for k in line.keys(low, last) if k in lex.ATTITUDES | lex.FACTIVE]
        if _is_own_voice(gap, last):
            return
        if (said and said[-1] in lex.ATTITUDES) or (key == "whether"):
            yield quoted(line, low, gap.end)
    elif key in lex.ATTITUDES and _begins_clause(line, gap.end) and not _is_own_voice(gap, last):
        yield quoted(line, max(gap.start, last - 3), gap.end)


def _is_own_voice(gap: Gap, last: int) -> bool:
    """True for "I am satisfied (that)"."""
    keys = gap.line.keys(max(gap.start, last - 4), last + 1)
    return bool(lex.OWN_VOICE & set(keys)) and bool({"i", "we"} & set(keys))


def _begins_clause(line: Line, at: int) -> bool:
    return line.key(at) in lex.SUBJECTS | lex.DETERMINERS


def _hedges(gap: Gap) -> Iterator[str]:
    """Doubts about what is kept, where the gap is no clause of its own."""
    line = gap.line
    for at in range(gap.start, gap.end):
        key = line.key(at)
        if key == "possible" and "as" in line.keys(at - 3, at):
            continue
        if key in lex.HEDGES and not _in_own_clause(gap, at) and _qualifies(gap, at):
            yield quoted(line, at, at + 1)
    if gap.leads and gap.opens_at_start() and gap.closes_at_end() and gap.follows:
        keys = gap.left_out()
        said = [key for key in keys if key in lex.SAYING and keys[0] != "as"]
        if said and len(keys) <= 8 and keys[0] not in lex.COORDINATORS | lex.RELATIVES:
            yield quoted(line, gap.start, gap.end)


def _qualifies(gap: Gap, at: int) -> bool:
    """True for a doubt that stands alone, or right before what is kept."""
    alone = gap.end - gap.start <= 2
    return (
        alone or (at == gap.end - 1) or (gap.line.ends_clause(at) and gap.line.ends_clause(at + 1))
    )


def _joins(gap: Gap) -> Iterator[str]:
    """Another subject's predicate joined to the words before: "A was [good and B was] bad"."""
    line = gap.line
    if not gap.leads or not gap.follows or gap.closes_at_end():
        return
    if line.key(gap.end) in lex.COORDINATORS - {"or", "nor"}:
        return
    said = f"joins two statements over “{short(line.shown(gap.start, gap.end))}”"
    denied = any(
        map(lex.is_negation, line.keys(max(line.clause_start(gap.start), gap.start - 3), gap.start))
    )
    breaks = [
        at
        for at in range(gap.start + 1, gap.end)
        if line.key(at) in lex.COORDINATORS or line.ends_clause(at)
    ]
    if breaks:
        at = breaks[-1]
        verbs = [p for p in range(at, gap.end) if _is_verb(line, p)]
        start = at + 1 if line.key(at) in lex.COORDINATORS else at
        if verbs and verbs[0] > start and line.key(start) not in lex.RELATIVES:
            pronoun = verbs[0] == start + 1 and line.key(start) in lex.PRONOUNS
            if denied or not pronoun:
                yield said
        elif verbs and denied:
            yield said
    if (
        line.key(gap.start) in lex.PREPOSITIONS
        and line.key(gap.start) == line.key(gap.end)
        and any(key in lex.FINITE for key in gap.left_out())
    ):
        yield said
    if denied and line.key(gap.end - 1) == "but" and not _begins_predicate(line, gap.end):
        yield said
    if _has_lone_subject(gap):
        yield said


def _is_verb(line: Line, at: int) -> bool:
    """True for a verb with a subject: an auxiliary, or a past form after a noun or a pronoun."""
    key, before = line.key(at), line.key(at - 1)
    if key in lex.FINITE:
        return True
    governed = lex.is_function(before) and before not in lex.SUBJECTS
    return lex.is_past(key) and not governed and not line.ends_clause(at)


def _has_lone_subject(gap: Gap) -> bool:
    """True when the gap is the subject of the verb that follows, and what leads had its own."""
    line = gap.line
    at = gap.end
    while line.key(at) in ("also", "then", "later", "now") or line.key(at).endswith("ly"):
        at += 1
    if not lex.may_be_verb(line.key(at)) or line.key(gap.start - 1) not in lex.COORDINATORS:
        return False
    keys = gap.left_out()
    if keys[0] in lex.PREPOSITIONS:
        return False
    if any(key in lex.FINITE or key in lex.PRONOUNS - lex.DETERMINERS for key in keys):
        return False
    before = line.keys(line.sentence_start(gap.start), gap.start)
    return any(map(lex.may_be_verb, before))


def _has_own_subject(head: Gap) -> bool:
    """True when a sentence's beginning is left out up to its verb, or with a part of it."""
    line = head.line
    if head.closes_at_end() or line.key(head.end) in lex.COORDINATORS:
        return False
    keys = head.left_out()
    if len(keys) == 1 and keys[0] in lex.PRONOUNS:
        return False
    verbs = [at for at in range(head.start, head.end) if line.key(at) in lex.FINITE]
    return bool(verbs) or line.key(head.end) in lex.FINITE
