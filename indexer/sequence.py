"""Which of the numbers printed at the heads of blocks are the report's own paragraph numbers.

A number is believed for its place in a sequence, not for its looks: the chain of labels that
runs on best through the document is found by dynamic programming, as in longest-increasing-
subsequence search, with a cost for what a real numbering seldom does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest

from indexer.labels import Label

# What a member of the chain earns is 1; these are what odd steps cost. A single decoy never pays
# for the step to it and the step back; a restarted run of three or more does.
START_LATE = 1.0
GAP = 0.5
PER_MISSING = 0.25
RESTART = 2.5
NEAR = 10
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block that begins with a number: where it stands and how well the place fits.

    `doubt` is 0 where a paragraph may well begin, more where it hardly can. `fresh` is true where
    a heading may stand just before, so that numbering may restart.
    """

    block: int
    label: Label
    doubt: float
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Chain:
    score: float
    last: Candidate
    before: _Chain | None
    length: int


def choose_sequence(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates that make up the paragraph numbering, in document order; may be empty."""
    by_style: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_style[candidate.label.style].append(candidate)
    chains = [chain for group in by_style.values() if (chain := _best_chain(group)) is not None]
    chains = [chain for chain in chains if chain.length >= SHORTEST]
    chosen = _unroll(max(chains, key=lambda chain: chain.score, default=None))
    return _with_repeats(chosen, by_style[chosen[0].label.style]) if chosen else []


def _with_repeats(chosen: list[Candidate], candidates: list[Candidate]) -> list[Candidate]:
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
        around = {member.label.order, following.label.order if following else None}
        if candidates[first].label.order in around:
            found.append(candidates[first])
    return found


def _best_chain(candidates: list[Candidate]) -> _Chain | None:
    ends: dict[tuple[tuple[int, ...], int], _Chain] = {}
    by_parent: dict[tuple[int, ...], _Chain] = {}
    best: _Chain | None = None
    for candidate in candidates:
        label = candidate.label
        own = 1 - candidate.doubt
        options = [_Chain(own - (0 if label.is_first else START_LATE), candidate, None, 1)]
        for before in _predecessors(label, ends, by_parent, best):
            cost = _step_cost(before.last.label, candidate)
            if cost is not None:
                score = before.score + own - cost
                options.append(_Chain(score, candidate, before, before.length + 1))
        chain = max(options, key=lambda option: option.score)
        if label.order not in ends or chain.score >= ends[label.order].score:
            ends[label.order] = chain
        parent = label.value[:-1]
        if parent not in by_parent or chain.score >= by_parent[parent].score:
            by_parent[parent] = chain
        if best is None or chain.score >= best.score:
            best = chain
    return best


def _predecessors(
    label: Label,
    ends: dict[tuple[tuple[int, ...], int], _Chain],
    by_parent: dict[tuple[int, ...], _Chain],
    best: _Chain | None,
) -> list[_Chain]:
    """The chains worth extending: near numbers, the parent levels just before, and the best."""
    head, last = label.value[:-1], label.value[-1]
    near = [((*head, last - step), letter) for step in range(NEAR) for letter in (0, 1, 2, 3)]
    near += [(label.value, label.letter - 1)] if label.letter > 3 else []
    found = [ends[order] for order in near if order in ends]
    if head:
        uncles = [(*head[:-1], head[-1] - step) for step in range(3)]
        found += [by_parent[uncle] for uncle in uncles if uncle in by_parent]
    return found if best is None else [*found, best]


def _step_cost(before: Label, candidate: Candidate) -> float | None:
    label = candidate.label
    missing = label.missing_since(before)
    if missing is None:
        return RESTART if candidate.fresh and label.is_first else None
    return 0.0 if missing == 0 else GAP + PER_MISSING * missing


def _unroll(chain: _Chain | None) -> list[Candidate]:
    members: list[Candidate] = []
    while chain is not None:
        members.append(chain.last)
        chain = chain.before
    return members[::-1]
