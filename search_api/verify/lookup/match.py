"""A quotation to the slice of a passage that is it, or is nearest to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from indexer.sentences import split_sentences
from search_api.verify.alignment.align import align
from search_api.verify.alignment.compare import Comparison, compare
from search_api.verify.alignment.pattern import Pattern, readings
from search_api.verify.lookup.passage_index import PassageIndex, Scope, spoken
from search_api.verify.sense import Sense, judge
from search_api.verify.words import keys_of, words_of

# A quotation this like a passage, of its words, was meant to be it; a shorter one may differ in a
# word at most, and one of two words in none.
LIKE = 0.65
FEW_WORDS = 5
TOO_FEW = 2
# Near passages that are aligned, and places of exact words that are compared mark by mark.
ALIGNED = 3
ALIGNED_WITH_GAPS = 12
EXACT = 20
# More words than these say no more about what a quotation is like.
MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Match:
    """A slice of a row's passage, and how the quotation differs from it."""

    row: int
    comparison: Comparison
    sense: Sense

    @property
    def is_faithful(self) -> bool:
        """True when the words are the passage's."""
        return self.comparison.is_faithful


def find_match(
    index: PassageIndex, quotation: str, claimed: Sequence[int], scopes: Sequence[Scope]
) -> Match | None:
    """The best match of a quotation: in the claimed rows, else in the first scope that has one.

    Faithful matches go before altered ones; None when nothing is like it.
    """
    patterns = readings(quotation)
    if not patterns[0].keys:
        return None
    altered: Match | None = None
    for find in (_exact, _near):
        for scope in scopes:
            match = find(index, patterns, claimed, scope)
            if match is not None and (
                match.is_faithful or (find is _exact and match.row in claimed)
            ):
                return match
            altered = altered or match
    return altered


def _exact(
    index: PassageIndex, patterns: Sequence[Pattern], claimed: Sequence[int], scope: Scope
) -> Match | None:
    """A place that has the very words; one whose marks are the same as well, if there is one."""
    plain = patterns[0]
    needle = spoken(plain.keys)
    inside = [row for row in claimed if needle in index.spoken(row)]
    matches = []
    for row in islice(inside or index.holding(plain.keys, scope), EXACT):
        match = _laid(index, plain, row)
        if match is not None and match.is_faithful and not match.comparison.permitted:
            return match
        matches += [match] if match is not None else []
    return _best(matches, claimed)


def _near(
    index: PassageIndex, patterns: Sequence[Pattern], claimed: Sequence[int], scope: Scope
) -> Match | None:
    """The most alike of the passages that share rare words, if it is alike enough."""
    last = patterns[-1]
    if last.is_plain and len(last.keys) <= TOO_FEW:
        return None
    few = ALIGNED if last.is_plain else ALIGNED_WITH_GAPS
    near = index.near(tuple(last.keys[:MOST_WORDS]), scope)[:few]
    rows = dict.fromkeys([*_likely(last, index, claimed), *near])
    matches = [
        match
        for row in rows
        for pattern in patterns
        if (match := _laid(index, pattern, row)) is not None and _is_like(match.comparison)
    ]
    return _best(matches, claimed)


def _likely(pattern: Pattern, index: PassageIndex, claimed: Sequence[int]) -> Iterable[int]:
    """The claimed rows most like the quotation; a long range holds many that are not."""
    if len(claimed) <= ALIGNED:
        return claimed
    needle = spoken(pattern.keys[:MOST_WORDS])
    return sorted(claimed, key=lambda row: -fuzz.partial_ratio(needle, index.spoken(row)))[:ALIGNED]


def _best(matches: Sequence[Match], claimed: Sequence[int]) -> Match | None:
    """Faithful before altered, claimed before others, the fewest changes first."""
    return min(
        matches,
        key=lambda match: (
            not match.is_faithful,
            match.row not in claimed,
            bool(match.sense.turned or match.sense.lead),
            match.comparison.edits,
            len(match.comparison.changes),
            len(match.comparison.permitted),
            match.row,
        ),
        default=None,
    )


def _is_like(comparison: Comparison) -> bool:
    if comparison.words <= TOO_FEW:
        return comparison.edits == 0
    if comparison.words <= FEW_WORDS:
        return comparison.edits <= 1
    return comparison.likeness >= LIKE


def _laid(index: PassageIndex, pattern: Pattern, row: int) -> Match | None:
    """The quotation laid along a passage."""
    text = index.passages[row].text
    words = words_of(text)
    alignment = align(pattern, [word.key for word in words])
    if alignment is None:
        return None
    comparison = compare(pattern, alignment, text, words)
    if not comparison.is_faithful:
        return Match(row, comparison, Sense())
    return Match(row, comparison, judge(pattern, alignment, text, words))


def nearest_sentence(
    index: PassageIndex, quotation: str, claimed: Sequence[int], scope: Scope
) -> tuple[int, int, int] | None:
    """The row and slice of the sentence most like a quotation that stands nowhere."""
    keys = keys_of(quotation)[:MOST_WORDS]
    needle = " ".join(sorted(keys))
    best: tuple[float, tuple[int, int, int]] | None = None
    for row in dict.fromkeys([*claimed[:ALIGNED], *index.near(tuple(keys), scope)[:ALIGNED]]):
        passage = index.passages[row]
        for sentence in passage.sentences or split_sentences(passage.text):
            text = passage.text[sentence.start : sentence.end]
            score = fuzz.ratio(needle, " ".join(sorted(keys_of(text))))
            if best is None or score > best[0]:
                best = score, (row, sentence.start, sentence.end)
    return best[1] if best else None
