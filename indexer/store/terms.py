"""Words in a BM25 index (tantivy), English stems, stop words left out.

tantivy reads its files where they lie and checks nothing. An index of up to `COPIED_BYTES` is
copied to files without a name when it is opened, which nobody else can change; where a larger one
has changed so that tantivy fails, the store says that it is damaged.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.store.sums import changed

ANALYZER = "report_english"
# Room for the texts of one segment; one thread, so that the same texts give the same index.
LETTERS_APART = 2
HEAP_BYTES = 128_000_000
COPIED_BYTES = 16 << 20


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_unsigned_field("row", indexed=True, fast=True)
    return builder.build()


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order, stop words left out."""
    found: list[str] = _analyzer().analyze(text)
    return found


class TermIndex:
    """BM25 (k1 1.2, b 0.75) over texts; row i is the i-th text of `build`."""

    def __init__(self, index: tantivy.Index, folder: Path) -> None:
        self._schema, self._folder = index.schema, folder
        index.register_tokenizer(ANALYZER, _analyzer())
        index.reload()
        self._searcher = index.searcher()

    @classmethod
    def build(cls, texts: Iterable[str], folder: Path) -> TermIndex:
        """Index the texts into a new folder.

        Raises:
            OSError: the disk refuses.
        """
        folder.mkdir(parents=True)
        try:
            index = tantivy.Index(_schema(), path=str(folder))
            index.register_tokenizer(ANALYZER, _analyzer())
            writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
            for row, text in enumerate(texts):
                document = tantivy.Document()
                document.add_text("body", text)
                document.add_unsigned("row", row)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            raise OSError(errno.EIO, str(error).partition("\n")[0]) from error
        return cls(index, folder)

    @classmethod
    def load(cls, folder: Path) -> TermIndex:
        """Open an index that `build` wrote.

        tantivy puts a lock beside what it opens. Copies or links in a folder that goes at once
        leave the index as it was written, and let one be read where nothing can be written.

        Raises:
            StoreError: it is not what was written.
        """
        links = tempfile.mkdtemp(prefix="pilcrow-terms-")
        files = [path for path in folder.iterdir() if path.suffix != ".lock"]
        few = sum(path.stat().st_size for path in files) <= COPIED_BYTES
        try:
            for path in files:
                place = Path(links) / path.name
                if few:
                    shutil.copyfile(path, place)
                else:
                    place.symlink_to(path.resolve())
            with _believed(folder):
                return cls(tantivy.Index.open(links), folder)
        finally:
            # A thread of tantivy looks once more at what was opened, and may put a lock there.
            for _ in range(3):
                shutil.rmtree(links, ignore_errors=True)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def terms(self, text: str) -> list[str]:
        """The stems of a text, each once, in order of first use."""
        return list(dict.fromkeys(stems(text)))

    def search(
        self, query: str, k: int, within: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Rows]:
        """The k rows that score best for any of the query's words, among `within` if given.

        Returns:
            row numbers and BM25 scores (above 0), best first, ties by row number; fewer than k
            when fewer rows hold a word of the query.

        Raises:
            StoreError: the index is not what was written.
        """
        words = self._words(query)
        k = min(k, len(self) if within is None else len(within))
        if words is None or k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if within is not None:
            words = _both(self._among(within), words)
        with _believed(self._folder):
            hits = self._searcher.search(words, k, count=False).hits
            addresses = [address for _, address in hits]
            rows = np.array(self._searcher.fast_field_values("row", addresses), np.int64)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def scores(self, query: str, rows: NDArray[np.int64]) -> Rows:
        """The BM25 scores of these rows; 0 where no word is shared."""
        found, scores = self.search(query, len(rows), rows)
        order = np.argsort(rows)
        result = np.zeros(len(rows), np.float32)
        result[order[np.searchsorted(rows, found, sorter=order)]] = scores
        return result

    def has(self, word: str) -> bool:
        """Whether a text holds the word, whatever its ending; true for a stop word."""
        return all(len(self.search(stem, 1)[0]) for stem in stems(word))

    def spelled_like(
        self, word: str, k: int, within: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Up to k rows that hold a word whose stem differs from this one's by two letters."""
        alike = [
            (
                tantivy.Occur.Should,
                tantivy.Query.fuzzy_term_query(self._schema, "body", stem, LETTERS_APART),
            )
            for stem in stems(word)
        ]
        if not alike or k == 0 or (within is not None and not len(within)):
            return np.empty(0, np.int64)
        query = tantivy.Query.boolean_query(alike)
        if within is not None:
            query = _both(self._among(within), query)
        with _believed(self._folder):
            hits = self._searcher.search(query, k, count=False).hits
            addresses = [address for _, address in hits]
            return np.sort(np.array(self._searcher.fast_field_values("row", addresses), np.int64))

    def _words(self, query: str) -> tantivy.Query | None:
        any_of = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "body", term))
            for term in self.terms(query)
        ]
        return tantivy.Query.boolean_query(any_of) if any_of else None

    def _among(self, rows: NDArray[np.int64]) -> tantivy.Query:
        """A query for these rows that adds nothing to a score; a run of rows is asked as one."""
        first, last = int(rows.min()), int(rows.max())
        if last - first + 1 == len(rows):
            kind = tantivy.FieldType.Unsigned
            return tantivy.Query.range_query(self._schema, "row", kind, first, last)
        return tantivy.Query.term_set_query(self._schema, "row", rows.tolist())


@contextmanager
def _believed(folder: Path) -> Iterator[None]:
    """Tell of files that tantivy cannot make sense of as of a damaged store.

    It panics over some, which is no Exception.
    """
    try:
        yield
    except (ValueError, OSError, OverflowError) as error:
        raise changed(folder) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise changed(folder) from error


def _both(rows: tantivy.Query, words: tantivy.Query) -> tantivy.Query:
    silent = tantivy.Query.const_score_query(rows, 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, silent), (tantivy.Occur.Must, words)])
