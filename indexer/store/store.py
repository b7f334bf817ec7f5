"""An opened store: its reports and passages read on demand, and the searches over them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Encoder, Rows
from indexer.errors import NotFoundError, StoreError
from indexer.report import Passage, Report
from indexer.store.generation import LAYOUT, damaged, mark_of, read_current, unreadable
from indexer.store.index import PassageRows, Scope, Signals, check_encoder
from indexer.store.records import Glossary, Lines, OnDemand, passage_from, report_from
from indexer.store.stored_rows import products
from indexer.store.tables import Names, ReportTable, RowTable, SectionTable, load_columns
from indexer.store.terms import TermIndex
from indexer.store.token_vectors import Ids, SentenceTokens, TokenVectors
from indexer.store.vectors import VectorIndex

# Reports and passages kept in memory once read; the least used go first.
KEPT_REPORTS, KEPT_PASSAGES = 64, 16_384
# Passages read for the word that a misspelt one was meant to be.
ALIKE_READ = 64
WORD = re.compile(r"[^\W\d_]+")


class Store:
    """The engine over the files of a generation. Rows count over all its reports, in order."""

    def __init__(self, folder: Path, generation: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.report_table = ReportTable(*load_columns(generation / LAYOUT.report_table))
        self.row_table = RowTable(*load_columns(generation / LAYOUT.row_table))
        self.section_table = SectionTable(*load_columns(generation / LAYOUT.section_table))
        self.names = Names(*load_columns(generation / LAYOUT.names))
        reports, rows, sections = self.report_table, self.row_table, self.section_table
        self.report_lines = Lines(generation / LAYOUT.reports, reports.line, reports.line_sum)
        self.outline_lines = Lines(
            generation / LAYOUT.outlines, reports.outline, reports.outline_sum
        )
        self.abbreviation_lines = Lines(
            generation / LAYOUT.abbreviations, reports.abbreviation, reports.abbreviation_sum
        )
        self.passage_lines = Lines(generation / LAYOUT.passages, rows.line, rows.line_sum)
        self.section_lines = Lines(generation / LAYOUT.sections, sections.line, sections.line_sum)
        self.passage_vectors = VectorIndex(
            generation, LAYOUT.passage_vectors, manifest["vectors"]["passages"]
        )
        self.sentence_vectors = VectorIndex(
            generation, LAYOUT.sentence_vectors, manifest["vectors"]["sentences"]
        )
        tokens = manifest.get("tokens")
        self.tokens = (
            TokenVectors(generation, tokens, lambda what: damaged(folder, what)) if tokens else None
        )
        self.terms = TermIndex.load(generation / LAYOUT.terms)
        self._places = {entry["id"]: i for i, entry in enumerate(manifest["reports"])}
        self._report = lru_cache(maxsize=KEPT_REPORTS)(self._read_report)
        self._token_counts = lru_cache(maxsize=KEPT_REPORTS)(self._count_tokens)
        self._passage = lru_cache(maxsize=KEPT_PASSAGES)(self._read_passage)
        self.reports: Sequence[Report] = OnDemand(self._report, len(self._places))
        self.rows: Sequence[tuple[Report, Passage]] = OnDemand(
            self._row, len(self.row_table.line) - 1
        )

    @property
    def model(self) -> str:
        """The name of the model the vectors were made with."""
        return str(self.manifest["model"]["name"])

    @property
    def fingerprint(self) -> str:
        """A hash of what answers are made from: equal for equal reports, splits and vectors."""
        files = self.manifest["files"]
        # The names and bytes of the term index differ from build to build; its texts do not. How
        # the second copy of the texts is packed may differ as well.
        other = (f"{LAYOUT.terms}/", LAYOUT.texts)
        kept = {name: files[name]["sha256"] for name in files if not name.startswith(other)}
        text = json.dumps([self.manifest["model"], kept], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def sentence_starts(self) -> NDArray[np.int64]:
        """Passage row i owns the sentence rows sentence_starts[i] to sentence_starts[i + 1] - 1."""
        return self.row_table.sentence

    def owner_of(self, sentence_rows: NDArray[np.int64]) -> PassageRows:
        """The passage rows that own these sentence rows."""
        owners: PassageRows = np.searchsorted(self.sentence_starts, sentence_rows, side="right") - 1
        return owners

    def find(self, report_id: str) -> int | None:
        """The place of a report in `reports`; None without it."""
        return self._places.get(report_id)

    def place(self, report_id: str) -> int:
        """The place of a report in `reports`.

        Raises:
            NotFoundError: no such report.
        """
        found = self.find(report_id)
        if found is None:
            known = ", ".join(list(self._places)[:5]) or "none"
            raise NotFoundError(f"no report '{report_id}' in the store; it has: {known}")
        return found

    def report(self, report_id: str) -> Report:
        """See Engine.report."""
        return self.reports[self.place(report_id)]

    def first_row(self, place: int) -> int:
        """See Engine.first_row."""
        return int(self.report_table.row[place])

    def naming(self, name: str) -> Sequence[int]:
        """See Engine.naming."""
        found: list[int] = np.unique(self.row_table.report[self.names.find(name)]).tolist()
        return found

    def mentioning(self, start: str, most: int) -> Sequence[int]:
        """See Engine.mentioning."""
        found = []
        for place in self.outline_lines.holding(rb"\b" + _escaped(start), 0, len(self.reports)):
            found.append(place)
            if len(found) == most:
                break
        return found

    def other_forms(self, question: str, report: str | None = None) -> list[str]:
        """See Engine.other_forms."""
        place = None if report is None else self.place(report)
        return self._glossary.other_forms(question, place)

    def stems(self, text: str) -> list[str]:
        """See Engine.stems."""
        return self.terms.terms(text)

    def words_like(self, word: str, scope: Scope) -> list[str]:
        """See Engine.words_like."""
        if self.terms.has(word):
            return []
        rows = self.terms.spelled_like(word, ALIKE_READ, self.rows_within(scope))
        texts = (self._passage(row).text for row in rows.tolist())
        return [found for text in texts for found in WORD.findall(text)]

    def candidates(self, query: Rows, words: str, k: int, scope: Scope) -> PassageRows:
        """See Engine.candidates."""
        within = self.rows_within(scope)
        sentences = None if within is None else self._sentences_of(within)[0]
        found = (
            self.passage_vectors.search(query, k, within)[0],
            self.owner_of(self.sentence_vectors.search(query, k, sentences)[0]),
            self.terms.search(words, k, within)[0],
        )
        return np.unique(np.concatenate(found))

    def signals(self, query: Rows, words: str, rows: PassageRows) -> Signals:
        """See Engine.signals."""
        sentences, starts = self._sentences_of(rows)
        return Signals(
            rows=rows,
            passage=products(self.passage_vectors.take(rows), query),
            bm25=self.terms.scores(words, rows),
            numbered=self.row_table.number[rows] != 0,
            sentences=products(self.sentence_vectors.take(sentences), query),
            starts=starts,
        )

    def sentence_vectors_of(self, row: int) -> Rows:
        """See Engine.sentence_vectors_of."""
        first, last = self.sentence_starts[row : row + 2].tolist()
        return self.sentence_vectors.rows(first, last)

    @property
    def token_dim(self) -> int:
        """Values of a token's vector; 0 where the store has none."""
        return self.tokens.dim if self.tokens else 0

    def tokens_of(self, row: int) -> SentenceTokens | None:
        """See Engine.tokens_of."""
        if self.tokens is None:
            return None
        return self.tokens.take(*self.sentence_starts[row : row + 2].tolist())

    def token_weights(self, ids: Ids, report: str | None = None) -> Rows:
        """See Engine.token_weights."""
        if self.tokens is None:
            return np.ones(len(ids), np.float32)
        counts, sentences = self._token_counts(None if report is None else self.place(report))
        with_it = counts[ids].astype(np.float64)
        rare = np.log1p((sentences - with_it + 0.5) / (with_it + 0.5))
        weights: Rows = rare.astype(np.float32)
        return weights

    def rows_within(self, scope: Scope) -> PassageRows | None:
        """The passage rows in a scope, in order; None for all.

        Raises:
            NotFoundError: no such report.
        """
        if scope.everything:
            return None
        first, last = 0, len(self.section_table.row) - 1
        if scope.report is not None:
            place = self.place(scope.report)
            first, last = self.report_table.section[place : place + 2].tolist()
        if scope.section:
            runs = self.section_lines.holding(_escaped(scope.section.casefold()), first, last)
            rows = _spans(self.section_table.row, np.fromiter(runs, np.int64))[0]
        else:
            rows = np.arange(self.section_table.row[first], self.section_table.row[last])
        if scope.places is None:
            return rows
        return rows[np.isin(self.row_table.report[rows], scope.places)]

    def check_encoder(self, encoder: Encoder) -> None:
        """See indexer.store.index.check_encoder."""
        check_encoder(self, encoder)

    @cached_property
    def _glossary(self) -> Glossary:
        return Glossary(self.abbreviation_lines)

    def _count_tokens(self, place: int | None) -> tuple[NDArray[np.int64], int]:
        """In how many sentences of a report, or of all, each token stands, of how many."""
        assert self.tokens is not None
        if place is None:
            return self.tokens.counts, len(self.tokens)
        rows = self.report_table.row[place : place + 2]
        first, last = self.sentence_starts[rows].tolist()
        return self.tokens.count(first, last), last - first

    def _sentences_of(self, rows: PassageRows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _spans(self.sentence_starts, rows)

    def _read_report(self, place: int) -> Report:
        first, last = self.report_table.row[place : place + 2].tolist()
        passages = OnDemand(lambda i: self._passage(first + i), last - first)
        return report_from(self.report_lines[place], passages)

    def _read_passage(self, row: int) -> Passage:
        return passage_from(self.passage_lines[row])

    def _row(self, row: int) -> tuple[Report, Passage]:
        return self._report(int(self.row_table.report[row])), self._passage(row)


def open_store(folder: Path) -> Store:
    """Open the store's current generation, its files checked (see `indexer.store.generation`).

    Raises:
        StoreError: there is no store, it has another format, or a file is missing or damaged.
    """
    while True:
        mark = mark_of(folder)
        try:
            return open_generation(*read_current(folder))
        except StoreError:
            # While it was opened another process may have put two newer ones in use; then it went.
            if mark_of(folder) == mark:
                raise


def open_generation(generation: Path, manifest: dict[str, Any]) -> Store:
    """Open a generation whose files were checked.

    Raises:
        StoreError: they do not fit one another.
    """
    folder = generation.parent
    try:
        store = Store(folder, generation, manifest)
    except OSError as error:
        raise unreadable(folder, error) from error
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder, str(error).partition("\n")[0]) from error
    counts = (len(store.rows), len(store.rows), int(store.sentence_starts[-1]))
    if counts != (len(store.passage_vectors), len(store.terms), len(store.sentence_vectors)):
        raise damaged(folder, "its row counts do not agree")
    return store


def _spans(
    starts: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the runs starts[i]..starts[i + 1] - 1 that are chosen, and where each begins."""
    first = starts[chosen]
    sizes = starts[chosen + 1] - first
    ends = np.concatenate([[0], np.cumsum(sizes)])
    rows = np.arange(ends[-1]) + np.repeat(first - ends[:-1], sizes)
    return rows, ends


def _escaped(text: str) -> bytes:
    return re.escape(text).encode("utf-8", "surrogatepass")
