"""The passages of reports, found by runs of words: exact by a gram index, near ones by its counts.

A gram is a word or two words in a row, hashed to 32 bits; an entry says which passages hold it.
Grams that many passages hold are left out: they tell little, and a scan meets them soon. Hashes
may collide, so what the index finds is always read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from indexer.report import Passage, Report
from indexer.store import OnDemand
from indexer.store.index import Engine
from search_api.verify.claims.other_works import case_key, initials, significant
from search_api.verify.words import keys_of

# Passages of a segment are numbered in 16 bits.
SEGMENT = 1 << 16
# A gram in more passages than this share of a segment, and this many, is left out.
FREQUENT_SHARE = 16
FREQUENT = 64
RARE = 4
# Of a quotation's grams, how many rare ones are counted for near matches, and how many passages
# are then compared letter by letter.
COUNTED = 24
COMPARED = 12
QUOTING = re.compile('["“”„‘«»]')
HEADING_LABEL = re.compile(
    r"^\s*(?:(?:chapter|part|section)\s+)?(?:\d{1,3}|[IVX]{1,5})(?:\.\d{1,3})*[.):]?\s+", re.I
)
MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))

Keys = NDArray[np.uint32]
# The rows to search; None is all.
Scope = tuple[range, ...] | None


@dataclass(frozen=True, slots=True)
class _Segment:
    """Entries of the passages from row `first`: `keys[i]` owns `rows[starts[i]:starts[i + 1]]`."""

    first: int
    size: int
    keys: Keys
    starts: NDArray[np.int64]
    rows: NDArray[np.uint16]
    frequent: Keys

    def find(self, grams: Keys) -> tuple[NDArray[np.int64], bool]:
        """The places of the grams that are kept, rarest first; false if one is in no passage."""
        places, kept = _look_up(self.keys, grams)
        complete = bool(_look_up(self.frequent, grams[~kept])[1].all())
        places = places[kept].astype(np.int64)
        counts = self.starts[places + 1] - self.starts[places]
        return places[np.argsort(counts, kind="stable")], complete

    def is_in(self, scope: Scope) -> bool:
        """True when some of the passages are in scope."""
        end = self.first + self.size
        return scope is None or any(r.start < end and self.first < r.stop for r in scope)

    def is_whole(self, scope: Scope) -> bool:
        """True when all of the passages are in scope, in one report of it."""
        end = self.first + self.size
        return scope is None or any(r.start <= self.first and end <= r.stop for r in scope)

    def mask(self, scope: Scope) -> NDArray[np.bool_]:
        """Which of the passages are in scope."""
        inside = np.zeros(self.size, np.bool_)
        for rows in scope or ():
            inside[max(0, rows.start - self.first) : max(0, rows.stop - self.first)] = True
        return inside

    def rows_of(self, place: np.int64) -> NDArray[np.uint16]:
        """The passages that hold the gram at a place, in order."""
        return self.rows[self.starts[place] : self.starts[place + 1]]


class PassageIndex:
    """Passages by the words they hold. A row is a passage, in the order of the reports."""

    def __init__(self, reports: Sequence[Report]) -> None:
        """Read the reports once, a segment at a time; a store's are not held."""
        self.reports = reports
        self.ids = [report.id for report in reports]
        counts = [len(report.passages) for report in reports]
        self._starts = np.cumsum([0, *counts])
        self.passages: Sequence[Passage] = OnDemand(self._passage, sum(counts))
        self._segments: list[_Segment] = []
        units: set[str] = set()
        texts: list[str] = []
        for passage in (passage for report in reports for passage in report.passages):
            texts.append(passage.text)
            units.add(passage.unit.lower())
            if len(texts) == SEGMENT:
                self._add(texts)
                texts = []
        if texts:
            self._add(texts)
        # Words that paragraphs are printed with: "article".
        self.units = units - {""}
        # What is like nothing is looked up twice: for a match, then for the nearest sentence.
        self.near = lru_cache(maxsize=64)(self._near)

    def _add(self, texts: Sequence[str]) -> None:
        self._segments.append(_build_segment(SEGMENT * len(self._segments), texts))

    def _passage(self, row: int) -> Passage:
        place = self.report_of(row)
        return self.reports[place].passages[row - int(self._starts[place])]

    def report_of(self, row: int) -> int:
        """The place in `reports` of a row's report."""
        return int(np.searchsorted(self._starts, row, side="right")) - 1

    def rows_of(self, report: int) -> range:
        """The rows of a report, by its place in `reports`."""
        return range(int(self._starts[report]), int(self._starts[report + 1]))

    @cached_property
    def numbers(self) -> list[dict[str, list[int]]]:
        """For each report, its rows by key and by printed number, in small letters."""
        found = []
        for report in range(len(self.reports)):
            rows: dict[str, list[int]] = {}
            for row in self.rows_of(report):
                passage = self.passages[row]
                for name in {passage.key.lower(), (passage.number or passage.key).lower()}:
                    rows.setdefault(name, []).append(row)
            found.append(rows)
        return found

    @cached_property
    def names(self) -> dict[str, dict[tuple[str, ...], set[int]]]:
        """Places of reports by the words of what they may be called, under the first word."""
        return self._named(lambda name: True)

    @cached_property
    def quoting_names(self) -> dict[str, dict[tuple[str, ...], set[int]]]:
        """Those of the names that have words in quotation marks themselves."""
        return self._named(lambda name: QUOTING.search(name) is not None)

    def _named(self, wanted: Callable[[str], bool]) -> dict[str, dict[tuple[str, ...], set[int]]]:
        names: dict[str, dict[tuple[str, ...], set[int]]] = {}
        for place, report in enumerate(self.reports):
            for name in filter(wanted, _names(report)):
                keys = tuple(keys_of(name))
                if keys:
                    names.setdefault(keys[0], {}).setdefault(keys, set()).add(place)
        return names

    @cached_property
    def headings(self) -> dict[str, list[int]]:
        """The rows under each heading and grade of the reports, by its words."""
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self.passages):
            for heading in (*passage.section, passage.note or ""):
                plain = HEADING_LABEL.sub("", heading)
                for name in {spoken(keys_of(heading)), spoken(keys_of(plain))}:
                    if name.strip():
                        rows.setdefault(name, []).append(row)
        return rows

    @cached_property
    def titles(self) -> list[set[str]]:
        """For each report, its title by its words, whole and in its parts."""
        found = []
        for report in self.reports:
            title, short = report.metadata.title, report.metadata.short_title
            parts = [title, *re.split(r"[:;–—]", title), short]
            found.append({spoken(keys_of(part)) for part in parts if len(keys_of(part)) > 1})
        return found

    @cached_property
    def own_words(self) -> frozenset[str]:
        """The words by which a draft may name these reports; none where one has no title."""
        if not all(report.metadata.title for report in self.reports):
            return frozenset()
        names = [name for report in self.reports for name in _names(report)]
        cases = {case_key(report.metadata.neutral_citation) for report in self.reports} - {""}
        return significant(names) | {short for name in names for short in initials(name)} | cases

    def has_number(self, number: str) -> bool:
        """True when a report prints this number before a paragraph."""
        return any(number.lower() in rows for rows in self.numbers)

    def spoken(self, row: int) -> str:
        """A passage's words in one line, a space at each end."""
        return spoken(keys_of(self.passages[row].text))

    def holding(self, keys: Sequence[str], scope: Scope = None) -> Iterator[int]:
        """The rows in scope that hold these words in a row, in order."""
        needle = spoken(keys)
        grams = _grams_of(keys)
        for segment in self._segments:
            if not segment.is_in(scope):
                continue
            places, complete = segment.find(grams)
            if not complete:
                continue
            rows: Iterable[int] = range(segment.size)
            if len(places):
                common = segment.rows_of(places[0])
                for place in places[1:RARE]:
                    common = np.intersect1d(common, segment.rows_of(place), assume_unique=True)
                rows = common.tolist()
            for row in (segment.first + local for local in rows):
                if _is_in(row, scope) and needle in self.spoken(row):
                    yield row

    def _near(self, keys: tuple[str, ...], scope: Scope) -> list[int]:
        """Rows in scope that share the rarest grams with these words, most alike first."""
        grams = _grams_of(keys)
        scored: list[tuple[float, int]] = []
        for segment in self._segments:
            if not segment.is_in(scope):
                continue
            places, _ = segment.find(grams)
            if not len(places):
                continue
            lists = [segment.rows_of(place) for place in places[:COUNTED]]
            sizes = np.array([len(rows) for rows in lists])
            weights = np.repeat(np.log1p(segment.size / sizes), sizes)
            scores = np.bincount(np.concatenate(lists), weights, minlength=segment.size)
            if not segment.is_whole(scope):
                scores *= segment.mask(scope)
            # Half as many shared words as the best row has is little.
            likely = np.flatnonzero(scores >= scores.max() / 2)
            best = likely[np.argsort(-scores[likely], kind="stable")[:COMPARED]]
            scored += [
                (float(scores[row]), segment.first + int(row)) for row in best if scores[row]
            ]
        scored.sort(key=lambda item: (-item[0], item[1]))
        needle = spoken(keys)
        rows = [row for _, row in scored[:COMPARED]]
        return sorted(rows, key=lambda row: -fuzz.partial_ratio(needle, self.spoken(row)))


def _names(report: Report) -> set[str]:
    about = report.metadata
    short = about.title.split(":")[0]
    given = (report.id, about.title, short, about.short_title, about.publisher, *about.authors)
    return {name for name in given if len(name) > 1}


def _is_in(row: int, scope: Scope) -> bool:
    return scope is None or any(row in rows for rows in scope)


def spoken(keys: Sequence[str]) -> str:
    """Keys in one line, a space at each end, so that a run of words is a part of it."""
    return f" {' '.join(keys)} "


def _grams_of(keys: Sequence[str]) -> Keys:
    words = np.fromiter(map(hash, keys), np.int64, len(keys)).view(np.uint64)
    return np.unique(np.concatenate([_single(words), _double(words[:-1], words[1:])]))


def _single(words: NDArray[np.uint64]) -> Keys:
    return ((words * MIX[0]) >> np.uint64(32)).astype(np.uint32)


def _double(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> Keys:
    mixed = (first * MIX[0] ^ (second + np.uint64(1)) * MIX[1]) * MIX[0]
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _look_up(keys: Keys, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where among sorted keys the wanted ones stand, and which of them do."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return places, keys[places] == wanted


def _firsts(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of sorted values differ from the one before."""
    return np.concatenate([np.ones(min(1, len(values)), np.bool_), values[1:] != values[:-1]])


def _build_segment(first: int, texts: Sequence[str]) -> _Segment:
    hashes: list[int] = []
    sizes = []
    for text in texts:
        keys = keys_of(text)
        sizes.append(len(keys))
        hashes.extend(map(hash, keys))
    words = np.fromiter(hashes, np.int64, len(hashes)).view(np.uint64)
    del hashes
    owners = np.repeat(np.arange(len(texts), dtype=np.uint64), sizes)
    doubles = _double(words[:-1], words[1:])
    whole = owners[:-1] == owners[1:]
    grams = np.concatenate([_single(words), doubles[whole]]).astype(np.uint64)
    rows = np.concatenate([owners, owners[:-1][whole]])
    # Sorted by gram, then row, each pair once; numpy's own `unique` hashes, which is slower here.
    entries = grams << np.uint64(16) | rows
    entries.sort()
    entries = entries[_firsts(entries)]
    keys32 = (entries >> np.uint64(16)).astype(np.uint32)
    local = (entries & np.uint64(0xFFFF)).astype(np.uint16)
    firsts = np.flatnonzero(_firsts(keys32))
    kept_keys, counts = keys32[firsts], np.diff(firsts, append=len(keys32))
    frequent = counts > max(FREQUENT, len(texts) // FREQUENT_SHARE)
    kept = np.repeat(~frequent, counts)
    kept_counts = counts[~frequent]
    return _Segment(
        first=first,
        size=len(texts),
        keys=kept_keys[~frequent],
        starts=np.concatenate([[0], np.cumsum(kept_counts)]).astype(np.int64),
        rows=local[kept],
        frequent=kept_keys[frequent],
    )


def index_store(store: Engine) -> PassageIndex:
    """The passages of a store's reports, to check drafts against."""
    return PassageIndex(store.reports)
