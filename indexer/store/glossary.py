"""The abbreviations of all reports, looked up by the words of a question."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence

from indexer.store.records import Lines

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Glossary:
    """Short and long forms; read from the reports' lines once, each pair kept once."""

    def __init__(self, lines: Sequence[bytes] | Lines) -> None:
        self._lines = lines
        self._by_short: defaultdict[str, list[int]] = defaultdict(list)
        self._by_first_word: defaultdict[str, list[int]] = defaultdict(list)
        self._pairs: list[tuple[str, str]] = []
        known: set[tuple[str, str]] = set()
        for line in range(len(lines)):
            for pair in self._pairs_of(line):
                if pair not in known:
                    known.add(pair)
                    self._add(pair)

    def other_forms(self, question: str, place: int | None = None) -> list[str]:
        """The long forms of abbreviations in a question, and the short ones of long forms.

        `place` keeps to the abbreviations of one report. Each form comes once, in order.
        """
        folded = question.casefold()
        words = set(WORD.findall(folded))
        likely = {i for word in words for i in self._by_short.get(word, ())}
        likely |= {i for word in words for i in self._by_short.get(f"{word}s", ())}
        likely |= {i for word in words for i in self._by_first_word.get(word, ())}
        pairs = [self._pairs[i] for i in sorted(likely)]
        if place is not None:
            own = self._pairs_of(place)
            pairs = [pair for pair in own if pair in pairs]
        added = []
        for short, long in pairs:
            has_short = not words.isdisjoint({short.casefold(), short.casefold().removesuffix("s")})
            has_long = long.casefold() in folded
            if has_short != has_long:
                added.append(long if has_short else short)
        return list(dict.fromkeys(added))

    def _add(self, pair: tuple[str, str]) -> None:
        place = len(self._pairs)
        self._pairs.append(pair)
        self._by_short[pair[0].casefold()].append(place)
        first = WORD.search(pair[1].casefold())
        self._by_first_word[first[0] if first else ""].append(place)

    def _pairs_of(self, line: int) -> list[tuple[str, str]]:
        return [(short, long) for short, long in json.loads(self._lines[line])]
