"""Which tracks are the report's own paragraphs, and which stand inside one of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from indexer.numbering.evidence import Candidate, is_unit
from indexer.numbering.tracks import NEAR, NEW, NEW_AFTER_HEADING, find_tracks, step_cost

LAW_UNITS = ("Article", "Art", "Section", "Sec", "Rule", "Regulation", "Reg")
UNIT_WEIGHT = 2.0
# Where more of the numbers than this have one level, further levels are items.
MOST_FLAT, MOST_FLAT_DECLARED = 0.3, 0.4
SHORTEST = 2
SHORTEST_FURTHER = 3
SHORTEST_LATE = 4
# Of a list of names, at least so many are titles.
NAMES = 0.8


def choose_sequence(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that make up the paragraph numbering, in document order; may be empty.

    One form of number is the report's own: its tracks that stand in no other. Beside it stand
    numbers that run inside each unit of another form ("Article 2" with 1., 2.), which are given as
    2.1, 2.2; and tracks that number a part of their own before or after ("(1)" for recitals, "A.1"
    for an annex).
    """
    families = _families([candidate for candidate in candidates if not candidate.quoted])
    tracks = {name: _outer(group) for name, group in families.items()}
    chosen = {name: _joined(found) for name, found in tracks.items()}
    chosen = {name: chain for name, chain in chosen.items() if _numbers_text(chain)}
    if not chosen:
        return []
    scores = {name: _score(chain) for name, chain in chosen.items()}
    held = {
        name: sum(scores[other] for other in chosen if _holds(chosen[name], chosen[other]))
        for name in chosen
    }
    main = max(chosen, key=lambda name: scores[name] * _weight(chosen[name]) + held[name])
    chosen[main] = _without_names(tracks[main])
    members = _with_strays(chosen[main], families[main])
    for name, chain in chosen.items():
        if name == main:
            continue
        if _holds(chain, chosen[main]):
            members = _nested(chain, families[main])
        elif _holds(members, chain):
            members = _nested(members, families[name])
    for name in chosen:
        if name != main:
            members = _with_apart(tracks[name], members)
    return _filled(members, candidates)


def _with_apart(
    tracks: Sequence[Sequence[Candidate]], members: Sequence[Candidate]
) -> list[Candidate]:
    """The members, and the tracks of another form that number a part of their own."""
    taken = {member.block for member in members}
    if _stands_apart(_joined(tracks), members) and tracks[0][0].block not in taken:
        return _joined([members, *tracks])
    return _joined([members, *(track for track in tracks if _are_recitals(track, members))])


def _weight(chain: Sequence[Candidate]) -> float:
    """How much more the units of a law say than the numbers before and in them."""
    first = chain[0].label
    return UNIT_WEIGHT if first.unit in LAW_UNITS or "§" in first.style else 1.0


def _outer(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """The tracks that stand in no other; a single number only where a heading stands before it."""
    return [
        [replace(track.members[0], opens=True), *track.members[1:]]
        for track in find_tracks(candidates)
        if not track.inner and (len(track.members) >= SHORTEST or track.members[0].fresh == 2)
    ]


def _without_names(tracks: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The members of tracks less lists of names: of maps, of countries in a schedule."""
    longest = max(map(len, tracks))
    return _joined([track for track in tracks if len(track) == longest or not _lists_names(track)])


def _lists_names(track: Sequence[Candidate]) -> bool:
    """True for typed titles one right after another: of maps, of works, of what follows."""
    names = sum(m.titled and not (m.heading or m.declared) for m in track)
    close = track[-1].block - track[0].block <= 1.5 * len(track)
    return len(track) >= SHORTEST_FURTHER and names >= NAMES * len(track) and close


def _joined(tracks: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The members of several tracks, in document order."""
    return sorted((c for track in tracks for c in track), key=lambda member: member.block)


def _numbers_text(chain: Sequence[Candidate]) -> bool:
    """False for a numbering of headings alone, for a single number, and a few from the middle."""
    headings = sum(member.heading for member in chain)
    shortest = SHORTEST if chain and chain[0].label.is_first else SHORTEST_LATE
    return len(chain) >= shortest and headings * 2 <= len(chain)


def _families(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """Candidates by the form of their number, whatever stop it is printed with.

    Numbers of several depths are one family where text stands at each. Where only the deepest
    numbers have text of their own, the others are numbered headings. Where whole paragraphs are
    numbered 1, 2, 3, a number like 1.1 is an item of its paragraph.
    """
    families: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        deep = candidate.label.depth > 1
        style = candidate.label.style
        families[style.rstrip(".:") if deep else style].append(candidate)
    plain = [c for c in candidates if not c.label.unit and c.label.style[0] in "n"]
    depths = Counter(c.label.depth for c in plain if not c.titled and c.label.depth > 1)
    common = [depth for depth, count in depths.items() if count >= 0.05 * depths.total()]
    flat = [c for c in plain if c.label.depth == 1 and not c.titled]
    # Of a list of several levels that the format declares, more may stand on the first.
    declared = all(c.declared for c in plain if not c.titled)
    most = MOST_FLAT_DECLARED if declared else MOST_FLAT
    if len(common) > (0 if declared else 1) and len(flat) <= most * len(plain):
        families["tree"] = plain
    elif declared and len(flat) >= SHORTEST_FURTHER:
        return {name: group for name, group in families.items() if not _is_deep(group)}
    return families


def _is_deep(group: Sequence[Candidate]) -> bool:
    """True for plain numbers below the first level."""
    label = group[0].label
    return label.depth > 1 and not label.unit and label.style[0] == "n"


def _score(chain: Sequence[Candidate]) -> float:
    """How much a chain explains: its members, less the odd steps."""
    steps = 0.0
    for before, member in pairwise(chain):
        cost = step_cost(before, member)
        if cost is None or begins(before, member):
            cost = NEW_AFTER_HEADING if member.fresh == 2 else NEW
        steps += cost
    return sum(1 - member.doubt for member in chain) - steps


def begins(before: Candidate, member: Candidate) -> bool:
    """True for a first number that is not the next one."""
    return member.label.is_first and member.label.missing_since(before.label) is None


def _with_strays(chosen: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Add the plainly printed numbers that stand alone out of their order, or far beyond it.

    Such a one looks like the members around it. Two or more numbers between two members are a
    list inside a paragraph, which is far more common.
    """
    blocks = [candidate.block for candidate in candidates]
    found: list[Candidate] = []
    for member, following in zip_longest(chosen, chosen[1:]):
        found.append(member)
        first = bisect_right(blocks, member.block)
        last = bisect_left(blocks, following.block) if following else len(blocks)
        if last - first != 1:
            continue
        extra = candidates[first]
        if extra.doubt <= member.doubt and not extra.leads and _is_stray(member, extra, following):
            found.append(extra)
    return found


def _is_stray(member: Candidate, extra: Candidate, following: Candidate | None) -> bool:
    """True for a number near those around it, or for the last one after a jump."""
    if extra.look != member.look or extra.label.style != member.label.style:
        return False
    if following is not None and following.label.value == extra.label.value:
        return True
    if following is not None and extra.label.missing_since(following.label) == 0:
        return extra.label.depth == following.label.depth
    if extra.label.value[:-1] != member.label.value[:-1]:
        return False
    (old, _), (new, _) = member.label.value[-1], extra.label.value[-1]
    if extra.label.is_first and extra.label.depth == 1 and new != old:
        return False
    if old - NEAR <= new <= old:
        return True
    return following is None and new > old and extra.label.style != "n" and not extra.titled


def _filled(members: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Add what exactly fills a gap, though it is printed with another stop: 3 between 2. and 4."""
    blocks = [candidate.block for candidate in candidates]
    found: list[Candidate] = []
    for before, after in zip_longest(members, members[1:]):
        found.append(before)
        if after is None or not after.label.missing_since(before.label):
            continue
        missing = [before]
        for candidate in candidates[
            bisect_right(blocks, before.block) : bisect_left(blocks, after.block)
        ]:
            label, last = candidate.label, missing[-1].label
            kin = label.style.rstrip(".:") == last.style.rstrip(".:")
            alike = not candidate.quoted or candidate.look == missing[-1].look
            if kin and alike and label.missing_since(last) == 0:
                missing.append(candidate)
        if after.label.missing_since(missing[-1].label) == 0:
            found += missing[1:]
    return found


def _restarts(chain: Sequence[Candidate]) -> list[int]:
    """Places in a chain where the numbering begins again, the first member among them."""
    return [0] + [
        index for index, (before, member) in enumerate(pairwise(chain), 1) if begins(before, member)
    ]


def _holds(outer: Sequence[Candidate], inner: Sequence[Candidate]) -> bool:
    """True when the inner numbering begins again within each unit of the outer one."""
    if len(outer) < SHORTEST_FURTHER or not is_unit(outer[0].label) or len(_restarts(outer)) > 1:
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

    Of each unit the first run of inner numbers counts, however short; one that begins again is
    something else.
    """
    members: list[Candidate] = []
    blocks = [candidate.block for candidate in inner]
    for unit, following in zip_longest(outer, outer[1:]):
        members.append(unit)
        first = bisect_right(blocks, unit.block)
        last = bisect_left(blocks, following.block) if following else len(blocks)
        run: list[Candidate] = []
        for candidate in inner[first:last]:
            if run and candidate.label.missing_since(run[-1].label) is None:
                if candidate.label.is_first:
                    break
                continue
            if run or candidate.label.is_first:
                run.append(candidate)
        members += [_under(unit, member) for member in run]
    return members


def _under(unit: Candidate, member: Candidate) -> Candidate:
    """A unit's inner number as one of the whole: 2.1 for 1. in Article 2."""
    label = replace(
        member.label,
        number=f"{unit.label.number}.{member.label.number}",
        unit=unit.label.unit,
        value=(*unit.label.value, *member.label.value),
    )
    return replace(member, label=label)


def _stands_apart(chain: Sequence[Candidate], members: Sequence[Candidate]) -> bool:
    """True for a numbering of a part of its own: before, after or between runs of the members.

    It must be one the format declares as paragraphs, one with a letter of its own (A.1), or a
    summary's 1, 2, 3 before a report's 1.1, 1.2.
    """
    first = bisect_left([member.block for member in members], chain[0].block)
    last = bisect_left([member.block for member in members], chain[-1].block)
    between = first == last and (first in (0, len(members)) or first in _restarts(members))
    declared = all(c.declared and not c.heading for c in chain)
    # The parties listed before a judgment are numbered too, but are no text.
    names = sum(c.titled for c in chain) * 2 >= len(chain)
    if first == 0 and names and not (chain[0].label.unit or members[0].label.unit):
        return False
    # What is said of each article before the articles is none of them.
    if chain[0].label.unit and chain[0].label.unit == members[0].label.unit:
        return False
    # Titles one right after another are a list of what follows.
    if names and chain[-1].block - chain[0].block <= 1.5 * len(chain):
        return False
    lettered = chain[0].label.series != ""
    long = len(chain) >= SHORTEST_FURTHER and chain[0].label.is_first
    return between and long and (declared or lettered or (first == 0 and _sums_up(chain, members)))


def _sums_up(chain: Sequence[Candidate], members: Sequence[Candidate]) -> bool:
    """True for paragraphs numbered on one level, none missing, before those of two levels."""
    flat = all(c.label.depth == 1 and not c.label.unit and not c.leads for c in chain)
    deep = all(c.label.depth > 1 for c in members)
    whole = len(chain) == chain[-1].label.value[0][0] >= SHORTEST_LATE
    return flat and deep and whole and not members[0].label.unit


def _are_recitals(track: Sequence[Candidate], members: Sequence[Candidate]) -> bool:
    """True for the numbered reasons that a law gives before its first article."""
    before = track[-1].block < members[0].block and is_unit(members[0].label)
    before = before and not track[0].label.unit
    names = sum(c.titled for c in track) * 2 >= len(track)
    return before and track[0].label.is_first and len(track) >= SHORTEST_LATE and not names
