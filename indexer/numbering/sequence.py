"""Which of the numbers printed at the heads of blocks are the report's own paragraph numbers.

A number is believed for its place in a sequence, not for its looks: the chain of labels that
runs on best through the document is found by dynamic programming, as in longest-increasing-
subsequence search, with a cost for what a real numbering seldom does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from indexer.labels import Label, Part

# What a member of the chain earns is 1; these are what odd steps cost. A single decoy never pays
# for the step to it and the step back; a restarted run does, sooner where a heading stands before.
START_LATE = 1.0
GAP = 0.5
PER_MISSING = 0.25
RESTART_AFTER_HEADING = 0.5
RESTART = 2.5
OTHER_STYLE = 0.25
# How far back a chain is looked for: on the number's own level, and on those above.
NEAR = 10
NEAR_ABOVE = 3
SHORTEST = 2
SHORTEST_FURTHER = 3
SHORTEST_LATE = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block that begins with a number: where it stands and how well the place fits.

    `doubt` is 0 where a paragraph may well begin, more where it hardly can. `fresh` is 2 right
    after a heading, 1 where a heading may stand before, 0 elsewhere: numbering restarts there.
    `look` is the format's name for the kind of block. `titled` is true when the block reads like
    a heading, `heading` when the format says it is one. `declared` is true when the format itself
    carries the number.
    """

    block: int
    label: Label
    doubt: float = 0.0
    fresh: int = 0
    look: str = ""
    titled: bool = False
    heading: bool = False
    declared: bool = False


@dataclass(frozen=True, slots=True)
class _Chain:
    score: float
    last: Candidate
    before: _Chain | None
    length: int


def choose_sequence(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that make up the paragraph numbering, in document order; may be empty.

    One style of number is the report's own. Beside it stand: numbers that run inside each unit of
    another style ("Article 2" with 1., 2.), which are given as 2.1, 2.2; and styles that number a
    part of their own before or after ("(1)" for recitals, "A.1" for an annex).
    """
    families = _families(candidates)
    chosen = {name: _unroll(_best_chain(group)) for name, group in families.items()}
    chosen = {name: chain for name, chain in chosen.items() if _numbers_text(chain)}
    if not chosen:
        return []
    main = max(chosen, key=lambda name: _score(chosen[name]))
    members = _with_repeats(chosen[main], families[main])
    for name, chain in chosen.items():
        if name == main:
            continue
        if _holds(chain, members):
            members = _nested(chain, members)
        elif _holds(members, chain) and members[0].label.unit:
            members = _nested(members, chain)
    for name, chain in chosen.items():
        if name != main and _stands_apart(chain, members):
            members = sorted([*members, *chain], key=lambda member: member.block)
    return members


def _numbers_text(chain: Sequence[Candidate]) -> bool:
    """False for a numbering of headings alone, for a single number, and a few from the middle."""
    headings = sum(member.heading for member in chain)
    shortest = SHORTEST if chain and chain[0].label.is_first else SHORTEST_LATE
    return len(chain) >= shortest and headings * 2 <= len(chain)


def _families(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """Candidates by style; numbers of several depths are one family where text stands at each.

    Where only the deepest numbers have text of their own, the others are numbered headings. Where
    whole paragraphs are numbered 1, 2, 3, a number like 1.1 is an item of its paragraph.
    """
    families: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        families[candidate.label.style].append(candidate)
    plain = [c for c in candidates if not c.label.unit and c.label.style[0] in "n"]
    depths = Counter(c.label.depth for c in plain if not c.titled and c.label.depth > 1)
    common = [depth for depth, count in depths.items() if count >= 0.05 * depths.total()]
    flat = [c for c in plain if c.label.depth == 1 and not c.titled]
    if len(common) > 1 and len(flat) < 0.3 * len(plain):
        families["tree"] = plain
    return families


def _score(chain: Sequence[Candidate]) -> float:
    """How much a chain explains: its members, less the odd steps."""
    steps = sum(_step_cost(a, b) or 0.0 for a, b in pairwise(chain))
    return sum(1 - member.doubt for member in chain) - steps


def _best_chain(candidates: Sequence[Candidate]) -> _Chain | None:
    by_prefix: dict[tuple[Part, ...], _Chain] = {}
    best: _Chain | None = None
    for candidate in candidates:
        own = 1 - candidate.doubt
        late = 0 if candidate.label.is_first else START_LATE
        chain = _Chain(own - late, candidate, None, 1)
        for before in _predecessors(candidate.label, by_prefix, best):
            if before.score + own <= chain.score:
                continue
            cost = _step_cost(before.last, candidate)
            if cost is not None and before.score + own - cost > chain.score:
                score = before.score + own - cost
                chain = _Chain(score, candidate, before, before.length + 1)
        value = candidate.label.value
        for size in range(1, len(value) + 1):
            known = by_prefix.get(value[:size])
            if known is None or chain.score >= known.score:
                by_prefix[value[:size]] = chain
        if best is None or chain.score >= best.score:
            best = chain
    return best


def _predecessors(
    label: Label, by_prefix: dict[tuple[Part, ...], _Chain], best: _Chain | None
) -> list[_Chain]:
    """The chains worth extending: what ends at or under a number just before, and the best."""
    found = []
    value = label.value
    for size in range(len(value), 0, -1):
        head, (last, letter) = value[: size - 1], value[size - 1]
        steps = NEAR if size == len(value) else NEAR_ABOVE
        for part in [(last - step, 0) for step in range(steps)] + [
            (last, letter - 1),
            *((number, other) for number in (last, last - 1) for other in (1, 2, 3)),
        ]:
            chain = by_prefix.get((*head, part))
            if chain is not None:
                found.append(chain)
    return found if best is None else [*found, best]


def _step_cost(before: Candidate, candidate: Candidate) -> float | None:
    alike = before.look == candidate.look
    look = 0.0 if alike else OTHER_STYLE
    missing = candidate.label.missing_since(before.label)
    if missing is not None:
        return look + (0.0 if missing == 0 else GAP + PER_MISSING * missing)
    if not candidate.fresh or not candidate.label.is_first:
        return None
    return look + (RESTART_AFTER_HEADING if candidate.fresh == 2 and alike else RESTART)


def _unroll(chain: _Chain | None) -> list[Candidate]:
    members: list[Candidate] = []
    while chain is not None:
        members.append(chain.last)
        chain = chain.before
    return members[::-1]


def _with_repeats(chosen: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Add the numbers that the report prints twice.

    A repeat stands alone between two members and looks like them. Two or more numbers there are
    a list inside a paragraph, which is far more common.
    """
    blocks = [candidate.block for candidate in candidates]
    found: list[Candidate] = []
    for member, following in zip_longest(chosen, chosen[1:]):
        found.append(member)
        first = bisect_right(blocks, member.block)
        last = bisect_left(blocks, following.block) if following else len(blocks)
        if last - first != 1 or candidates[first].doubt:
            continue
        extra = candidates[first]
        around = [member.label.value, following.label.value if following else None]
        if extra.label.value in around and extra.look == member.look:
            found.append(extra)
    return found


def _restarts(chain: Sequence[Candidate]) -> list[int]:
    """Places in a chain where the numbering begins again, the first member among them."""
    return [0] + [
        index
        for index, (before, member) in enumerate(pairwise(chain), start=1)
        if member.label.is_first and member.label.missing_since(before.label) is None
    ]


def _holds(outer: Sequence[Candidate], inner: Sequence[Candidate]) -> bool:
    """True when the inner numbering begins again within each unit of the outer one."""
    if len(outer) < SHORTEST_FURTHER or not outer[0].label.unit or len(_restarts(outer)) > 1:
        return False
    blocks = [candidate.block for candidate in outer]
    units = [bisect_left(blocks, inner[index].block) for index in _restarts(inner)]
    # Before the first unit, and after what the last one holds, is another matter.
    within = [unit for unit in units if 0 < unit < len(blocks)]
    within += [len(blocks)] if len(blocks) in units else []
    enough = len(set(within)) >= SHORTEST_FURTHER
    return enough and len(set(within)) >= 0.8 * len(within)


def _nested(outer: Sequence[Candidate], inner: Sequence[Candidate]) -> list[Candidate]:
    """Both numberings, the inner numbers written under their unit's: 2, 2.1, 2.2, 3.

    Of each unit the first run of inner numbers counts; one that begins again is something else.
    """
    members: list[Candidate] = []
    blocks = [candidate.block for candidate in inner]
    for unit, following in zip_longest(outer, outer[1:]):
        members.append(unit)
        first = bisect_right(blocks, unit.block)
        last = bisect_left(blocks, following.block) if following else len(blocks)
        for index in range(first, last):
            own = inner[index].label
            if index > first and own.missing_since(inner[index - 1].label) is None:
                break
            label = replace(
                own,
                number=f"{unit.label.number}.{own.number}",
                unit=unit.label.unit,
                value=(*unit.label.value, *own.value),
            )
            members.append(replace(inner[index], label=label))
    return members


def _stands_apart(chain: Sequence[Candidate], members: Sequence[Candidate]) -> bool:
    """True for a numbering of a part of its own: before, after or between runs of the members.

    It must be one the format declares as paragraphs, or one with a letter of its own (A.1).
    """
    first = bisect_left([member.block for member in members], chain[0].block)
    last = bisect_left([member.block for member in members], chain[-1].block)
    between = first == last and (first in (0, len(members)) or first in _restarts(members))
    declared = all(c.declared and not c.heading for c in chain)
    # The parties listed before a judgment are numbered too, but are no text.
    names = sum(c.titled for c in chain) * 2 >= len(chain)
    if first == 0 and names and not (chain[0].label.unit or members[0].label.unit):
        return False
    lettered = chain[0].label.series != ""
    long = len(chain) >= SHORTEST_FURTHER and chain[0].label.is_first
    return between and long and (declared or lettered)


def begins_again(before: Candidate, start: Candidate) -> bool:
    """True when a numbering restarts here: a first number that is not the next one.

    The same number again is a restart under a new heading, and a repeat elsewhere.
    """
    if not start.label.is_first or start.label.missing_since(before.label) is not None:
        return False
    return start.label.value != before.label.value or start.fresh == 2
