"""Numbers in one form to tracks: runs that count on, that nest in one another, pause and go on.

A report's own paragraphs, a resolution's 1., 2., 3. between two of them and a list inside one are
three tracks. Which number belongs to which is found for all of them at once, by a beam search for
the cheapest way to explain every number: each that is explained earns what its place is worth, and
what real numberings seldom do costs something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import NamedTuple

from indexer.numbering.evidence import Candidate

# A number in its place earns 1; a single decoy must not pay for the step to it and the one back.
GAP, PER_MISSING, WIDEST_GAP = 0.5, 0.25, 4
REPEAT, DISORDER = 0.6, 1.5
# Between a number that the format counts and one that is typed no more than these are missing.
MIXED_GAP = 2
# A number that the format itself counts is hardly a decoy.
DECLARED = 0.5
# Numbers go back by no more than this without a track of their own.
NEAR = 5
# A new track costs less where a heading stands before it, more where it does not begin with 1.
NEW_AFTER_HEADING, NEW, NEW_LATE, START_LATE = 0.5, 2.5, 3.0, 1.0
RESUME_AFTER_HEADING, RESUME = 0.5, 1.0
OTHER_LOOK = 0.25
# How much is remembered: ways to explain the numbers so far, and tracks in one another.
WIDEST, ALIKE, DEEPEST = 16, 3, 8
MARGIN = 12.0

State = tuple[tuple[int, bool], ...]


@dataclass(slots=True)
class Track:
    """Numbers that count on. `inner` is true for a list, and where another track goes on after."""

    members: list[Candidate] = field(default_factory=list)
    inner: bool = False


class _Open(NamedTuple):
    """A track that may go on: its last number, and whether a colon led to it."""

    name: int
    last: Candidate
    listed: bool


class _Way(NamedTuple):
    """One way to explain the numbers so far; `before` is the way it grew from.

    `state` is what matters for what comes: of ways alike in it the best one is followed.
    """

    score: float
    open: tuple[_Open, ...]
    state: State
    placed: Candidate | None = None
    track: int = 0
    listed: bool = False
    before: _Way | None = None


def find_tracks(candidates: Sequence[Candidate]) -> list[Track]:
    """The tracks of one family of candidates, by where they begin."""
    ways = [_Way(0.0, (), ())]
    for candidate in candidates:
        grown: dict[State, _Way] = {}
        costs: dict[tuple[int, bool], float | None] = {}
        for way in ways:
            for new in _grow(way, candidate, costs):
                known = grown.get(new.state)
                if known is None or new.score > known.score:
                    grown[new.state] = new
        ways = _best(grown.values())
    return _unroll(ways[0])


def _best(ways: Iterable[_Way]) -> list[_Way]:
    """The ways worth following: the best few of those that count on from the same number."""
    kept: list[_Way] = []
    alike: Counter[int] = Counter()
    for way in sorted(ways, key=lambda way: -way.score):
        top = way.open[-1].last.block if way.open else -1
        alike[top] += 1
        if alike[top] <= ALIKE and way.score >= (kept[0] if kept else way).score - MARGIN:
            kept.append(way)
    return kept[:WIDEST]


def _grow(
    way: _Way, candidate: Candidate, costs: dict[tuple[int, bool], float | None]
) -> list[_Way]:
    """The way with the candidate in each place it can have, and without it.

    `costs` holds what is known of the steps to the candidate: ways share most of their tracks.
    """
    grown: list[_Way] = []
    certain = False
    resume = RESUME_AFTER_HEADING if candidate.fresh == 2 else RESUME
    for depth in range(len(way.open) - 1, -1, -1):
        track = way.open[depth]
        top = depth == len(way.open) - 1
        step = (track.last.block, top)
        if step not in costs:
            costs[step] = step_cost(track.last, candidate, top)
        cost = costs[step]
        if cost is None:
            continue
        if not top:
            # A list inside a paragraph ends without a sign; other tracks seldom do.
            cost += 0.0 if all(inner.listed for inner in way.open[depth + 1 :]) else resume
        score = way.score + 1 - candidate.doubt - cost
        kept = (*way.open[:depth], _Open(track.name, candidate, track.listed))
        state = (*way.state[:depth], (candidate.block, track.listed))
        grown.append(_Way(score, kept, state, candidate, track.name, track.listed, way))
        certain = certain or (top and cost == 0 and not track.listed and not candidate.doubt)
    fresh = _opened(way, candidate)
    if fresh is not None:
        grown.append(fresh)
    if not certain:
        grown.append(way)
    return grown


def _opened(way: _Way, candidate: Candidate) -> _Way | None:
    """The way with a new track that begins with the candidate, if one can."""
    inside = bool(way.open)
    may_be_late = candidate.fresh == 2 or (candidate.fresh and candidate.declared)
    if inside and not may_be_late and not candidate.label.is_first:
        return None
    if inside and _is_printed_again(way.open[-1].last, candidate):
        return None
    cost = 0.0
    if inside:
        cost = NEW_AFTER_HEADING if candidate.fresh == 2 else NEW
        cost += _look_cost(way.open[-1].last, candidate)
    if not candidate.label.is_first:
        cost += (NEW_LATE if inside else START_LATE) * (DECLARED if candidate.declared else 1)
    listed = inside and candidate.leads
    cost = 0.0 if listed else cost
    track = _Open(candidate.block, candidate, listed)
    above, state = way.open, way.state
    if len(above) == DEEPEST:
        above, state = (*above[:2], *above[3:]), (*state[:2], *state[3:])
    return _Way(
        way.score + 1 - candidate.doubt - cost,
        (*above, track),
        (*state, (candidate.block, listed)),
        candidate,
        track.name,
        listed,
        way,
    )


def step_cost(before: Candidate, candidate: Candidate, top: bool = True) -> float | None:
    """What it costs to count on from one number to another; None where it cannot be.

    A paused track goes on with the very next number; one that runs may skip, repeat or go back.
    """
    look = _look_cost(before, candidate)
    missing = candidate.label.missing_since(before.label)
    if missing == 0:
        return look
    if not top:
        return None
    # What is typed amid numbers that the format counts goes on from them, or is quoted.
    if before.declared != candidate.declared and missing is not None and missing > MIXED_GAP:
        return None
    if missing is not None:
        far = min(missing, WIDEST_GAP) * PER_MISSING
        far += log2(missing / WIDEST_GAP) if missing > WIDEST_GAP else 0.0
        return look + (GAP + far) * (DECLARED if candidate.declared else 1)
    if look or candidate.doubt > before.doubt:
        return None
    if candidate.fresh == 2 and not _is_printed_again(before, candidate):
        return None
    if candidate.label.value[:-1] != before.label.value[:-1]:
        return None
    (old, old_letter), (new, letter) = before.label.value[-1], candidate.label.value[-1]
    if (old, old_letter) == (new, letter):
        return REPEAT * (1 - candidate.doubt)
    back = old - NEAR <= new < old and (new > 1 or candidate.label.depth > 1)
    return DISORDER * (1 - candidate.doubt) if back else None


def _is_printed_again(before: Candidate, candidate: Candidate) -> bool:
    """True for a chapter's 4.1 after its 4.1: a slip, where 1.1 after 1.1 may be a new part."""
    label = candidate.label
    return label.depth > 1 and label.value == before.label.value and label.value[0] != (1, 0)


def _look_cost(before: Candidate, candidate: Candidate) -> float:
    """What a change of look costs; what is dressed as a heading looks different anyway."""
    alike = before.look == candidate.look or before.heading or candidate.heading
    return 0.0 if alike else OTHER_LOOK


def _unroll(way: _Way) -> list[Track]:
    placed: list[tuple[Candidate, int, bool]] = []
    step: _Way | None = way
    while step is not None and step.placed is not None:
        placed.append((step.placed, step.track, step.listed))
        step = step.before
    tracks: dict[int, Track] = {}
    stack: list[int] = []
    for candidate, name, listed in reversed(placed):
        tracks.setdefault(name, Track(inner=listed)).members.append(candidate)
        if name in stack:
            while stack[-1] != name:
                tracks[stack.pop()].inner = True
        else:
            stack.append(name)
    return list(tracks.values())
