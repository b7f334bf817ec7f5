"""Words in a BM25 index (tantivy), English stems, stop words left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from indexer.encoder import Rows

ANALYZER = "report_english"
# Tantivy refuses less; one thread, so that the same texts give the same index.
HEAP_BYTES = 32_000_000


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
    builder.add_unsigned_field("row", stored=True, fast=True)
    return builder.build()


class TermIndex:
    """BM25 over texts; row i is the i-th text of `build`."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._analyzer = _analyzer()
        index.register_tokenizer(ANALYZER, self._analyzer)
        index.reload()
        self._searcher = index.searcher()

    @classmethod
    def build(cls, texts: list[str], folder: Path) -> TermIndex:
        """Index the texts into a new folder."""
        folder.mkdir(parents=True)
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
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> TermIndex:
        """Open an index that `build` wrote."""
        return cls(tantivy.Index.open(str(folder)))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def terms(self, text: str) -> list[str]:
        """The stems of a text, each once, in order of first use."""
        return list(dict.fromkeys(self._analyzer.analyze(text)))

    def search(self, query: str, k: int) -> tuple[NDArray[np.int64], Rows]:
        """The k rows that score best for any of the query's words.

        Returns:
            row numbers and BM25 scores (k1 1.2, b 0.75, above 0), best first, ties by row number;
            fewer than k when fewer rows hold a word of the query.
        """
        schema = self._index.schema
        words = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", term))
            for term in self.terms(query)
        ]
        if not words or len(self) == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        hits = self._searcher.search(tantivy.Query.boolean_query(words), min(k, len(self))).hits
        found = sorted((-score, self._searcher.doc(address)["row"][0]) for score, address in hits)
        rows = np.array([row for _, row in found], np.int64)
        return rows, np.array([-score for score, _ in found], np.float32)
