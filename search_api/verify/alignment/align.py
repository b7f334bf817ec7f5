"""A pattern laid along a passage so that the fewest words differ (semi-global edit distance).

The passage's words before and after cost nothing, nor do those in an ellipsis; a bracketed
insertion may stand for a few words; two words may be written as one. A row of the table is computed
at once with numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search_api.verify.alignment.pattern import Item, Pattern

# A bracketed insertion stands for at most so many words of the source.
REPLACED = 12
# Larger tables, in cells, are not computed: the quotation is longer than what it is laid along.
LARGEST = 60_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an item of the pattern with the source words `first` up to `last` (exclusive).

    A word that the source lacks has none of them; a word that the draft lacks has no item.
    """

    item: Item | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The steps, in order, and how many words differ."""

    steps: tuple[Step, ...]
    cost: int

    @property
    def first(self) -> int:
        """The first source word of the slice."""
        return self.steps[0].first

    @property
    def last(self) -> int:
        """The end of the slice in source words, exclusive."""
        return self.steps[-1].last


def align(pattern: Pattern, source: Sequence[str]) -> Alignment | None:
    """The cheapest alignment; None when no word could be laid on one of the source."""
    items = pattern.items
    if not source or not items or (len(items) + 1) * (len(source) + 1) > LARGEST:
        return None
    if len(pattern.keys) > 2 * len(source) + 20:
        return None
    table = _Table(items, source)
    steps = table.trace(table.end)
    lacking = next((n for n, step in enumerate(reversed(steps)) if step.last > step.first), 0)
    if lacking:
        # Last words that the source lacks: rather put in the place of others than added.
        steps = table.trace(table.later_end(lacking))
    if not any(step.item is not None and step.last > step.first for step in steps):
        return None
    return Alignment(tuple(steps), int(table.costs[-1][table.end]))


class _Table:
    """`costs[i][j]`: the fewest differing words of the first i items, ending at source word j."""

    def __init__(self, items: Sequence[Item], source: Sequence[str]) -> None:
        self._items = items
        self._source = source
        self._places = _places_of(source)
        self._pairs = _places_of([a + b for a, b in pairwise(source)])
        self.costs: NDArray[np.int32] = np.zeros((len(items) + 1, len(source) + 1), np.int32)
        self._across = np.arange(len(source) + 1, dtype=np.int32)
        for number, item in enumerate(items, start=1):
            self.costs[number] = self._word(number) if item.kind == "word" else self._gap(number)

    @property
    def end(self) -> int:
        """Where the cheapest alignment ends first."""
        return int(np.argmin(self.costs[-1]))

    def later_end(self, most: int) -> int:
        """Where one as cheap ends, up to so many words later."""
        last, end = self.costs[-1], self.end
        later = end
        while later < min(end + most, len(self._source)) and last[later + 1] == last[end]:
            later += 1
        return later

    def _gap(self, number: int) -> NDArray[np.int32]:
        before = self.costs[number - 1]
        if self._items[number - 1].kind == "ellipsis":
            skipped: NDArray[np.int32] = np.minimum.accumulate(before)
            return skipped
        row: NDArray[np.int32] = before.copy()
        for step in range(1, min(REPLACED, len(self._source)) + 1):
            np.minimum(row[step:], before[:-step], out=row[step:])
        return row

    def _word(self, number: int) -> NDArray[np.int32]:
        item, before = self._items[number - 1], self.costs[number - 1]
        row = before + 1
        row[1:] = np.minimum(row[1:], before[:-1] + 1)
        for step, start, first in self._same(number, item):
            row[start + step] = np.minimum(row[start + step], self.costs[first][start])
        # A source word left out costs one: the running minimum of cost less position.
        reached: NDArray[np.int32] = np.minimum.accumulate(row - self._across) + self._across
        return reached

    def _same(self, number: int, item: Item) -> Iterator[tuple[int, NDArray[np.int64], int]]:
        """Ways to cost nothing: (source words taken, from where, items done before)."""
        yield 1, self._like(item), number - 1
        if item.stem is None:
            yield 2, np.array(self._pairs.get(item.key, []), np.int64), number - 1
            joined = self._joined(number)
            if joined:
                yield 1, np.array(self._places.get(joined, []), np.int64), number - 2

    def _like(self, item: Item) -> NDArray[np.int64]:
        if item.stem is None:
            return np.array(self._places.get(item.key, []), np.int64)
        found = [p for key, places in self._places.items() if item.is_like(key) for p in places]
        return np.array(found, np.int64)

    def _joined(self, number: int) -> str:
        """A word and the one before it as one, or nothing."""
        before = self._items[number - 2] if number > 1 else None
        whole = before is not None and before.kind == "word" and before.stem is None
        return before.key + self._items[number - 1].key if before is not None and whole else ""

    def trace(self, end: int) -> list[Step]:
        """The steps of the cheapest alignment that ends at a source word."""
        steps: list[Step] = []
        number, at = len(self._items), end
        while number:
            before, taken, at = self._back(number, at)
            steps += taken
            number = before
        return steps[::-1]

    def _back(self, number: int, at: int) -> tuple[int, list[Step], int]:
        """One step back: the items left, the steps taken (last first), the source words left."""
        costs, source = self.costs, self._source
        item, cost, before = self._items[number - 1], int(costs[number][at]), costs[number - 1]
        if item.kind != "word":
            low = 0 if item.kind == "ellipsis" else max(0, at - REPLACED)
            start = at - int(np.argmax(before[low : at + 1][::-1] == cost))
            return number - 1, [Step(item, start, at)], start
        same = at > 0 and item.is_like(source[at - 1])
        if same and before[at - 1] == cost:
            return number - 1, [Step(item, at - 1, at)], at - 1
        two = source[at - 2] + source[at - 1] if at > 1 and item.stem is None else ""
        if two == item.key and before[at - 2] == cost:
            return number - 1, [Step(item, at - 2, at)], at - 2
        if at and self._joined(number) == source[at - 1] and costs[number - 2][at - 1] == cost:
            first = self._items[number - 2]
            return number - 2, [Step(item, at, at), Step(first, at - 1, at)], at - 1
        if at and before[at - 1] == cost - 1:
            return number - 1, [Step(item, at - 1, at)], at - 1
        if at and costs[number][at - 1] == cost - 1:
            return number, [Step(None, at - 1, at)], at - 1
        return number - 1, [Step(item, at, at)], at


def _places_of(keys: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places
