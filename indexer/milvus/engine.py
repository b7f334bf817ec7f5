"""The searches over a Milvus server.

The server searches vectors and words and fuses their ranks; what it returns are candidates. Their
similarities are then taken from the stored vectors, so that they are exact, whatever index found
them, and rank as those of a local store do.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from indexer.encoders.base import Encoder, Rows
from indexer.errors import StoreError
from indexer.milvus.connection import Database
from indexer.milvus.issues import Issue, in_use, read_issues, read_model
from indexer.milvus.places import Places
from indexer.milvus.read import Reader
from indexer.milvus.schema import ISSUES, PASSAGES, SENTENCES
from indexer.report import Passage, Report
from indexer.store import OnDemand
from indexer.store.index import PassageRows, Scope, Signals, check_encoder
from indexer.store.records import Glossary
from indexer.store.stored_rows import products
from indexer.store.terms import stems
from indexer.store.token_vectors import Ids, SentenceTokens

# Rows that one query may return.
MOST_ROWS = 16_384
# Rank fusion: a candidate counts 1 / (RANKS + rank) in each search.
RANKS = 60
# What LIKE and a string literal give a meaning; `_` stands for any one character.
SPECIAL = re.compile(r"[%_\\\"'\x00-\x1f]")


class MilvusStore:
    """The engine over a Milvus server. Rows count over the reports as they were when opened."""

    def __init__(
        self, folder: Path, database: Database, model: dict[str, str], issues: Sequence[Issue]
    ) -> None:
        used = in_use(issues)
        self.folder = folder
        self.manifest: dict[str, Any] = {
            "engine": "milvus",
            "model": model,
            "reports": [issue.entry for issue in used],
        }
        self._database = database
        self._places = Places(used)
        self._reader = Reader(database, used)
        # Issues that rows may be found of, but that are not, or no longer, in use.
        self._strange = {issue.number for issue in issues} - {issue.number for issue in used}
        self.reports: Sequence[Report] = OnDemand(
            lambda place: self._reader.reports.take([place])[0], len(used)
        )
        self.rows: Sequence[tuple[Report, Passage]] = OnDemand(
            self._row, int(self._places.starts[-1])
        )

    @property
    def model(self) -> str:
        """The name of the model the vectors were made with."""
        return str(self.manifest["model"]["name"])

    @property
    def fingerprint(self) -> str:
        """A hash of what answers are made from: equal for equal reports, splits and models."""
        made_from = [
            [entry["id"], entry["head"], entry["digest"]] for entry in self.manifest["reports"]
        ]
        text = json.dumps([self.manifest["model"], made_from], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def find(self, report_id: str) -> int | None:
        """See Engine.find."""
        return self._places.find(report_id)

    def place(self, report_id: str) -> int:
        """See Engine.place."""
        return self._places.place(report_id)

    def report(self, report_id: str) -> Report:
        """See Engine.report."""
        return self.reports[self.place(report_id)]

    def first_row(self, place: int) -> int:
        """See Engine.first_row."""
        return int(self._places.starts[place])

    def naming(self, name: str) -> Sequence[int]:
        """See Engine.naming; of those on a large server, the first MOST_ROWS that it finds."""
        said = json.dumps(name, ensure_ascii=False)
        rows = self._some(PASSAGES, f"key == {said} or number == {said}", "issue")
        return self._places.of(row["issue"] for row in rows)

    def mentioning(self, start: str, most: int) -> Sequence[int]:
        """See Engine.mentioning; the first of the MOST_ROWS that the server finds."""
        rows = self._some(ISSUES, f'outline like "% {_pattern(start)}%"', "id")
        return self._places.of(row["id"] for row in rows)[:most]

    def other_forms(self, question: str, report: str | None = None) -> list[str]:
        """See Engine.other_forms."""
        place = None if report is None else self.place(report)
        return self._glossary.other_forms(question, place)

    def stems(self, text: str) -> list[str]:
        """See Engine.stems."""
        return list(dict.fromkeys(stems(text)))

    def words_like(self, word: str, scope: Scope) -> list[str]:  # noqa: ARG002
        """See Engine.words_like: the server cannot tell."""
        return []

    def candidates(self, query: Rows, words: str, k: int, scope: Scope) -> PassageRows:
        """See Engine.candidates: k by rank fusion of vector and BM25, and k by their sentences."""
        fused = self._search(PASSAGES, k, scope, [query], self._wanted(words))
        near = self._search(SENTENCES, k, scope, [query], [])
        owners = [row["entity"]["passage"] for row in near]
        return self._places.rows([*(row["id"] for row in fused), *owners])

    def signals(self, query: Rows, words: str, rows: PassageRows) -> Signals:
        """See Engine.signals. BM25 is the server's, counted where it keeps the passage."""
        ids = self._places.ids(rows)
        passages, vectors = self._reader.passages.take(ids), self._reader.vectors.take(ids)
        bm25 = self._bm25(words, ids)
        sizes = [len(each.sentences) for each in vectors]
        return Signals(
            rows=rows,
            passage=np.array(
                [products(each.passage[None], query)[0] for each in vectors], np.float32
            ),
            bm25=np.array([bm25.get(number, 0.0) for number in ids], np.float32),
            numbered=np.array([passage.number is not None for passage in passages], np.bool_),
            sentences=np.concatenate(
                [np.zeros(0, np.float32), *(products(each.sentences, query) for each in vectors)]
            ),
            starts=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
        )

    def sentence_vectors_of(self, row: int) -> Rows:
        """See Engine.sentence_vectors_of."""
        return self._reader.vectors.take(self._places.ids([row]))[0].sentences

    @property
    def token_dim(self) -> int:
        """See Engine.token_dim; the server keeps no tokens."""
        return 0

    def tokens_of(self, row: int) -> SentenceTokens | None:  # noqa: ARG002
        """See Engine.tokens_of; the server keeps none."""
        return None

    def token_weights(self, ids: Ids, report: str | None = None) -> Rows:  # noqa: ARG002
        """See Engine.token_weights."""
        return np.ones(len(ids), np.float32)

    def check_encoder(self, encoder: Encoder) -> None:
        """See indexer.store.index.check_encoder."""
        check_encoder(self, encoder)

    def _search(
        self, collection: str, k: int, scope: Scope, near: list[Rows], words: list[str]
    ) -> list[dict[str, Any]]:
        """The k best hits in scope, best first; by rank fusion where there are words."""
        fields = ["issue", "section", *(["passage"] if collection == SENTENCES else [])]
        while True:
            common = {"limit": k, "output_fields": fields}
            condition = self._condition(scope)
            if words:
                found = self._fused(collection, near, words, condition, common)
            else:
                found = self._database.call(
                    "search",
                    collection,
                    data=near,
                    anns_field="vector",
                    filter=condition,
                    **common,
                )[0]
            issues = {hit["entity"]["issue"] for hit in found}
            strange = {issue for issue in issues if not self._places.known(issue)}
            if not strange:
                break
            # Rows of a report that is just being written would crowd out the others.
            self._strange |= strange
        # The pattern may match more than the text it was made from.
        wanted = (scope.section or "").casefold()
        return [hit for hit in found if wanted in hit["entity"]["section"]]

    def _fused(
        self,
        collection: str,
        near: list[Rows],
        words: list[str],
        condition: str,
        common: dict[str, Any],
    ) -> list[dict[str, Any]]:
        from pymilvus import AnnSearchRequest, RRFRanker

        parts = [
            AnnSearchRequest(data, field, {}, common["limit"], expr=condition or None)
            for data, field in ((near, "vector"), (words, "terms"))
        ]
        found: list[dict[str, Any]] = self._database.call(
            "hybrid_search", collection, reqs=parts, ranker=RRFRanker(RANKS), **common
        )[0]
        return found

    def _bm25(self, words: str, ids: list[int]) -> dict[int, float]:
        """The BM25 scores of these passages, where any of the words is in them."""
        wanted = self._wanted(words)
        if not wanted or not ids:
            return {}
        found = self._database.call(
            "search",
            PASSAGES,
            data=wanted,
            anns_field="terms",
            filter=f"id in {ids}",
            limit=len(ids),
        )[0]
        # A distance to some servers, below 0, and a score to others.
        return {hit["id"]: abs(hit["distance"]) for hit in found}

    def _wanted(self, words: str) -> list[str]:
        found = self.stems(words)
        return [" ".join(found)] if found else []

    def _condition(self, scope: Scope) -> str:
        parts = []
        if scope.report is not None:
            parts.append(f"issue == {self._places.issues[self.place(scope.report)].number}")
        elif scope.places is not None:
            numbers = [self._places.issues[place].number for place in scope.places]
            parts.append(f"issue in {numbers}")
        elif self._strange:
            parts.append(f"issue not in {sorted(self._strange)}")
        if scope.section:
            parts.append(f'section like "%{_pattern(scope.section.casefold())}%"')
        return " and ".join(parts)

    def _some(self, collection: str, condition: str, field: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._database.call(
            "query", collection, filter=condition, output_fields=[field], limit=MOST_ROWS
        )
        return found

    def _row(self, row: int) -> tuple[Report, Passage]:
        place, number = self._places.owners([row])[0], self._places.ids([row])[0]
        return self.reports[place], self._reader.passages.take([number])[0]

    @cached_property
    def _glossary(self) -> Glossary:
        return Glossary(self._reader.abbreviations())


def open_milvus(folder: Path, uri: str) -> MilvusStore:
    """Open the store in a database, as it is now.

    Raises:
        StoreError: the server does not answer, it has no store, or that is of another version.
    """
    found = find_milvus(folder, uri)
    if found is None:
        raise StoreError(f"no store at {uri}; build one: pilcrow index REPORT")
    return found


def find_milvus(folder: Path, uri: str) -> MilvusStore | None:
    """Open the store in a database; None where nothing was indexed yet.

    Raises:
        StoreError: the server does not answer, or the store is of another version.
    """
    database = Database(uri)
    model = read_model(database)
    issues = read_issues(database) if model else []
    return MilvusStore(folder, database, model, issues) if model and in_use(issues) else None


def _pattern(text: str) -> str:
    """A text for LIKE; it may match a little more."""
    return SPECIAL.sub("_", text)
