"""Names, numbers and phrases of a question that stand in few passages, and which those are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.store.index import Engine
from search_api.ask.question.content import PLAIN_WORDS, stems_of
from search_api.ask.question.keywords import is_keywords
from search_api.ask.question.query import Query
from search_api.ask.ranking import Ranked

# A phrase is rare that stands in no more passages than this.
RARE = 5
# Of the first passages, so many places may go to those that hold a rare phrase.
FIRST, LIFTED = 5, 2
# Passages looked into, by how well their words match.
LOOKED_INTO = 40
TOKEN = re.compile(r"[^\W_]+(?:[-'’.,/][^\W_]+)*")
LONGEST_RUN = 5


@dataclass(frozen=True, slots=True)
class Lift:
    """The rows of passages that hold a question's rare phrases, and whether it is keywords."""

    rows: frozenset[int]
    keywords: bool

    def of(self, ranked: list[Ranked]) -> list[Ranked]:
        """A ranking with these passages among the first five; for keywords, first of all."""
        if self.keywords:
            return _moved(ranked, [item for item in ranked if item.row in self.rows], 0)
        late = [item for item in ranked[FIRST:] if item.row in self.rows][:LIFTED]
        return _moved(ranked, late, FIRST - len(late))


def lifted(store: Engine, query: Query, ranked: list[Ranked]) -> list[Ranked]:
    """The ranking with the passages that hold the question's rare phrases put forward."""
    return lift_of(store, query, ranked).of(ranked)


def lift_of(store: Engine, query: Query, ranked: list[Ranked]) -> Lift:
    """Which passages hold the question's rare phrases; their order is no matter."""
    phrases = phrases_of(query.text)
    if not phrases:
        return Lift(frozenset(), keywords=False)
    wordy = sorted(ranked, key=lambda item: (-item.bm25, item.row))[:LOOKED_INTO]
    texts = {item.row: store.rows[item.row][1].text for item in wordy if item.bm25 > 0}
    rare: set[int] = set()
    for phrase in phrases:
        holding = {row for row, text in texts.items() if phrase.search(text)}
        rare |= holding if len(holding) <= RARE else set()
    return Lift(frozenset(rare), is_keywords(query.text))


def phrases_of(text: str) -> list[re.Pattern[str]]:
    """Patterns of what a question names: runs of content words, names and numbers.

    A word is matched whatever its ending.
    """
    runs: list[list[str]] = [[]]
    for word in TOKEN.findall(text):
        if word.casefold().replace("’", "'") in PLAIN_WORDS:
            runs.append([])
        else:
            runs[-1].append(word)
    wanted = [run for run in runs if 2 <= len(run) <= LONGEST_RUN]
    first = text.lstrip("“\"'( ").partition(" ")[0]
    alone = [
        [word]
        for run in runs
        for word in run
        if any(map(str.isdigit, word)) or (word[:1].isupper() and word != first)
    ]
    return [_pattern(run) for run in (*wanted, *alone)]


def _pattern(run: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"\b" + r"\W{1,3}".join(map(_any_ending, run)), re.IGNORECASE)


def _any_ending(word: str) -> str:
    """A pattern for a word with other endings; figures stand as they are."""
    if any(map(str.isdigit, word)):
        return re.escape(word) + r"\b"
    stem = min(stems_of(word) or {word.casefold()}, key=len)
    begins = stem if len(stem) > 3 and word.casefold().startswith(stem) else word.casefold()
    return re.escape(begins.removesuffix("s") if len(begins) > 4 else begins) + r"\w{0,6}"


def _moved(ranked: list[Ranked], chosen: list[Ranked], place: int) -> list[Ranked]:
    """The passages with some moved to a place, none of them scored under what comes after."""
    if not chosen:
        return ranked
    rows = {item.row for item in chosen}
    others = [item for item in ranked if item.row not in rows]
    least = ranked[0].score if place == 0 else others[place - 1].score
    raised = [replace(item, score=least) for item in chosen]
    return others[:place] + raised + others[place:]
