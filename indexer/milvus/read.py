"""A cache of rows read from a store: a row of a published issue never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from indexer.encoders.base import Rows
from indexer.errors import StoreError
from indexer.milvus.connection import Database
from indexer.milvus.issues import Issue
from indexer.milvus.rows import whole
from indexer.milvus.schema import ISSUES, PASSAGES, SENTENCES, passage_id
from indexer.report import Passage, Report
from indexer.store import OnDemand
from indexer.store.records import passage_from, report_from

Item = TypeVar("Item")

# Passages, vectors of passages and reports kept: some 20, 130 and 30 MB.
KEPT_PASSAGES, KEPT_VECTORS, KEPT_REPORTS = 16_384, 8_192, 64
# Rows asked for at once: some megabytes of vectors.
AT_ONCE = 256
# Passages of a report read together when it is read in order.
PAGE = 64


class Vectors(NamedTuple):
    """The unit vectors of a passage, and of its sentences in order, shape (sentences, dim)."""

    passage: Rows
    sentences: Rows


class Reader:
    """Reads reports by their places among the issues in use, the rest by passage numbers."""

    def __init__(self, database: Database, issues: Sequence[Issue]) -> None:
        self._database = database
        self._issues = issues
        self.passages = _Kept(self._fetch_passages, KEPT_PASSAGES)
        self.vectors = _Kept(self._fetch_vectors, KEPT_VECTORS)
        self.reports = _Kept(self._fetch_reports, KEPT_REPORTS)

    def abbreviations(self) -> list[bytes]:
        """The abbreviations of each report, as JSON."""
        numbers = [issue.number for issue in self._issues]
        found = self._fetched(ISSUES, numbers, ["abbreviations"])
        return [whole(found[number]["abbreviations"]) for number in numbers]

    def _fetch_reports(self, places: list[int]) -> list[Report]:
        found = self._fetched(ISSUES, [self._issues[place].number for place in places], ["body"])
        made = []
        for place in places:
            issue = self._issues[place]
            passages = OnDemand(partial(self._passage, issue), issue.entry["passages"])
            made.append(report_from(whole(found[issue.number]["body"]), passages))
        return made

    def _passage(self, issue: Issue, place: int) -> Passage:
        """A passage of a report, read with those that stand on the same page of it."""
        first = place - place % PAGE
        last = min(first + PAGE, issue.entry["passages"])
        page = [passage_id(issue.number, at) for at in range(first, last)]
        return self.passages.take(page)[place - first]

    def _fetch_passages(self, ids: list[int]) -> list[Passage]:
        found = self._fetched(PASSAGES, ids, ["body"])
        return [passage_from(whole(found[number]["body"])) for number in ids]

    def _fetch_vectors(self, ids: list[int]) -> list[Vectors]:
        found = self._fetched(PASSAGES, ids, ["vector"])
        parts: dict[int, list[tuple[int, Rows]]] = {number: [] for number in ids}
        for start in range(0, len(ids), AT_ONCE):
            condition = f"passage in {ids[start : start + AT_ONCE]}"
            for row in self._query(SENTENCES, condition, ["passage", "vector"]):
                parts[row["passage"]].append((row["id"], np.array(row["vector"], np.float32)))
        made = []
        for number, passage in zip(ids, self.passages.take(ids), strict=True):
            vector = np.array(found[number]["vector"], np.float32)
            ordered = [part for _, part in sorted(parts[number], key=lambda part: part[0])]
            if len(ordered) != len(passage.sentences):
                raise self._changed()
            sentences = np.array(ordered, np.float32).reshape(len(ordered), len(vector))
            made.append(Vectors(vector, sentences))
        return made

    def _fetched(
        self, collection: str, ids: list[int], fields: list[str]
    ) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for start in range(0, len(ids), AT_ONCE):
            rows = self._query(collection, f"id in {ids[start : start + AT_ONCE]}", fields)
            found |= {row["id"]: row for row in rows}
        if len(found) != len(ids):
            raise self._changed()
        return found

    def _query(self, collection: str, condition: str, fields: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._database.call(
            "query", collection, filter=condition, output_fields=fields
        )
        return found

    def _changed(self) -> StoreError:
        return StoreError(
            f"the store at {self._database.uri} has changed since it was opened; open it again"
        )


class _Kept(Generic[Item]):
    """Items by number, fetched together where they are not at hand; the least used go first."""

    def __init__(self, fetch: Callable[[list[int]], list[Item]], most: int) -> None:
        self._fetch = fetch
        self._most = most
        self._items: OrderedDict[int, Item] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, numbers: Sequence[int]) -> list[Item]:
        """The items of these numbers, in order."""
        with self._lock:
            found = {number: self._items[number] for number in numbers if number in self._items}
        missing = [number for number in dict.fromkeys(numbers) if number not in found]
        if missing:
            found |= zip(missing, self._fetch(missing), strict=True)
        with self._lock:
            for number in numbers:
                self._items[number] = found[number]
                self._items.move_to_end(number)
            while len(self._items) > self._most:
                self._items.popitem(last=False)
        return [found[number] for number in numbers]
