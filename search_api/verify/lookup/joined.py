"""A quotation that runs on from one paragraph to the next, or joins two by an ellipsis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from search_api.verify.alignment.align import align
from search_api.verify.alignment.compare import Comparison, compare
from search_api.verify.alignment.pattern import Pattern, readings
from search_api.verify.lookup.passage_index import PassageIndex, Scope, spoken
from search_api.verify.sense import Sense, judge
from search_api.verify.words import words_of

# So many paragraphs are laid side by side, and so few words are not looked for over two.
MOST = 12
LEAST = 5
NEAR = 3
BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Joined:
    """A quotation that is the words of several rows; `actual` are theirs, parted by blank lines."""

    rows: tuple[int, ...]
    actual: str
    start: int
    end: int
    comparison: Comparison
    sense: Sense


def find_joined(
    index: PassageIndex, quotation: str, claimed: Sequence[int], scope: Scope
) -> Joined | None:
    """The rows that hold a quotation between them: those claimed, else neighbours like it."""
    patterns = readings(quotation)
    keys = patterns[-1].keys
    if len(keys) < LEAST:
        return None
    best: Joined | None = None
    for rows in dict.fromkeys(_candidates(index, keys, claimed, scope)):
        for pattern in patterns:
            if pattern.is_plain and not _may_hold(index, pattern, rows):
                continue
            found = _laid(index, pattern, rows)
            if found is not None and not (found.sense.turned or found.sense.lead):
                return found
            best = best or found
    return best


def _candidates(
    index: PassageIndex, keys: Sequence[str], claimed: Sequence[int], scope: Scope
) -> Iterator[tuple[int, ...]]:
    if 1 < len(claimed) <= MOST:
        yield tuple(claimed)
        yield tuple(sorted(claimed))
    elif len(claimed) > MOST:
        yield from pairwise(claimed)
    likely = [*claimed[:NEAR], *index.near(tuple(keys), scope)[:NEAR]]
    for row in likely:
        for first in (row, row - 1):
            if _are_neighbours(index, first):
                yield (first, first + 1)


def _are_neighbours(index: PassageIndex, first: int) -> bool:
    inside = first >= 0 and first + 1 < len(index.passages)
    return inside and index.report_of(first) == index.report_of(first + 1)


def _may_hold(index: PassageIndex, pattern: Pattern, rows: Sequence[int]) -> bool:
    """A quick look: the words must stand in a row somewhere over the paragraphs."""
    joined = "".join(index.spoken(row) for row in rows).replace("  ", " ")
    return spoken(pattern.keys) in joined


def _laid(index: PassageIndex, pattern: Pattern, rows: Sequence[int]) -> Joined | None:
    texts = [index.passages[row].text for row in rows]
    text = BREAK.join(texts)
    words = words_of(text)
    alignment = align(pattern, [word.key for word in words])
    if alignment is None or alignment.cost:
        return None
    comparison = compare(pattern, alignment, text, words)
    starts = [0]
    for part in texts:
        starts.append(starts[-1] + len(part) + len(BREAK))
    taken = [
        words[place].start
        for step in alignment.steps
        if step.item is not None and step.item.kind == "word"
        for place in range(step.first, step.last)
    ]
    used = [n for n in range(len(rows)) if any(starts[n] <= at < starts[n + 1] for at in taken)]
    if len(used) < 2 or not comparison.is_faithful:
        return None
    sense = judge(pattern, alignment, text, words)
    actual = text[comparison.start : comparison.end]
    start = comparison.start - starts[used[0]]
    return Joined(
        tuple(rows[n] for n in used), actual, start, start + len(actual), comparison, sense
    )
