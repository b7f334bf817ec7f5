"""The vectors of the texts that a report had before it was issued again."""

from __future__ import annotations

from collections.abc import Iterable

from indexer.encoders.base import Rows
from indexer.milvus.connection import Database
from indexer.milvus.issues import Issue
from indexer.milvus.read import Reader
from indexer.milvus.schema import passage_id
from indexer.store import embedded_text, sentence_texts


class Earlier:
    """Texts of the issue in use; of none, where the report is new."""

    def __init__(self, database: Database, issue: Issue | None) -> None:
        self._reader = Reader(database, [issue] if issue else [])
        # Of a text, its passage's number, and which sentence it is; None for the passage.
        self._places: dict[str, tuple[int, int | None]] = {}
        if issue is None:
            return
        for place, passage in enumerate(self._reader.reports.take([0])[0].passages):
            owner = passage_id(issue.number, place)
            self._places[embedded_text(passage)] = (owner, None)
            for sentence, text in enumerate(sentence_texts(passage)):
                self._places[text] = (owner, sentence)

    def __contains__(self, text: str) -> bool:
        return text in self._places

    def vectors(self, texts: Iterable[str]) -> dict[str, Rows]:
        """The vectors of those of the texts that there were."""
        known = [text for text in texts if text in self]
        owners = self._reader.vectors.take([self._places[text][0] for text in known])
        found = {}
        for text, vectors in zip(known, owners, strict=True):
            sentence = self._places[text][1]
            found[text] = vectors.passage if sentence is None else vectors.sentences[sentence]
        return found
