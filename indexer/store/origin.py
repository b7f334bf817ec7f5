"""The origin of each row's vector in a new generation: the one before, or the encoder."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.report import Passage, Report
from indexer.store.embedding_cache import Embedded, Keys, Progress, as_keys, text_key
from indexer.store.records import Lines, passage_from
from indexer.store.token_vectors import StoredTokens

if TYPE_CHECKING:
    from indexer.store.store import Store

# In place of a sentence's number: the passage itself.
WHOLE = -1
FRESH = -1


def embedded_text(passage: Passage) -> str:
    """The text indexed of a passage: its heading path gives the context its words leave out."""
    return " > ".join(passage.section) + "\n" + passage.text


def sentence_texts(passage: Passage) -> list[str]:
    """The sentences of a passage, as they stand in it."""
    return [passage.text[s.start : s.end] for s in passage.sentences]


class Origin:
    """Takes reports in row order; vectors may be taken over from the generation `before`."""

    def __init__(self, before: Store | None) -> None:
        self._before = before
        self.passages, self.sentences = _Kind(), _Kind()
        self._rows = 0

    def copied(self, place: int) -> None:
        """A report of the generation before that has not changed."""
        assert self._before is not None
        first, last = self._before.report_table.row[place : place + 2].tolist()
        starts = self._before.sentence_starts
        self.passages.take(np.arange(first, last))
        self.sentences.take(np.arange(starts[first], starts[last]))
        self._rows += last - first

    def added(self, report: Report, digest: str) -> None:
        """A report that was written anew, with the digest of its passages."""
        place = self._before.find(report.id) if self._before else None
        if self._before is not None and place is not None:
            if self._before.manifest["reports"][place]["digest"] == digest:
                self.copied(place)
                return
            whole, parts = self._known(self._before, place)
        else:
            whole, parts = {}, {}
        for passage in report.passages:
            self.passages.add([embedded_text(passage)], whole, self._rows, [WHOLE])
            texts = sentence_texts(passage)
            self.sentences.add(texts, parts, self._rows, range(len(texts)))
            self._rows += 1

    def embed(self, embedded: Embedded, lines: Lines, progress: Progress) -> None:
        """Have a vector for every fresh row; `lines` are the passages of the new generation."""
        kinds = (self.passages, self.sentences)
        keys, first = np.unique(np.concatenate([k.keys for k in kinds]), return_index=True)
        owner, place, length = (
            np.concatenate([np.array(getattr(k, name), np.int64) for k in kinds])[first]
            for name in ("owner", "place", "length")
        )

        def text_of(i: int) -> str:
            passage = passage_from(lines[owner[i]])
            return (
                embedded_text(passage)
                if place[i] == WHOLE
                else sentence_texts(passage)[int(place[i])]
            )

        embedded.embed(keys, length, place != WHOLE, text_of, progress)

    def _known(self, before: Store, place: int) -> tuple[dict[str, int], dict[str, int]]:
        """The rows of the texts that a report had before."""
        row = before.first_row(place)
        passages = before.reports[place].passages
        whole = {embedded_text(passage): row + i for i, passage in enumerate(passages)}
        texts = (text for passage in passages for text in sentence_texts(passage))
        first = int(before.sentence_starts[row])
        return whole, {text: first + i for i, text in enumerate(texts)}


class _Kind:
    """The rows of passages, or of sentences; what is fresh has a key and a place to read it."""

    def __init__(self) -> None:
        self._taken: list[NDArray[np.int64]] = []
        self._keys = bytearray()
        self.owner, self.place, self.length = array("q"), array("q"), array("q")

    @property
    def taken(self) -> NDArray[np.int64]:
        """For each row, the row it is taken over from, or FRESH."""
        return np.concatenate([np.zeros(0, np.int64), *self._taken])

    @property
    def keys(self) -> Keys:
        """The keys of the fresh rows, in order."""
        return as_keys([bytes(self._keys)])

    def take(self, rows: NDArray[np.int64]) -> None:
        """Add rows that are taken over."""
        self._taken.append(rows)

    def add(
        self, texts: list[str], known: dict[str, int], owner: int, places: Iterable[int]
    ) -> None:
        """Add a row a text, fresh unless it is known."""
        rows = [known.get(text, FRESH) for text in texts]
        self._taken.append(np.array(rows, np.int64))
        for text, row, place in zip(texts, rows, places, strict=True):
            if row == FRESH:
                self._keys += text_key(text)
                self.owner.append(owner)
                self.place.append(place)
                self.length.append(len(text))

    def fresh(self, embedded: Embedded) -> Callable[[int, int], Rows]:
        """A function that gives the vectors of the i-th to the (j-1)-th fresh row."""
        keys = self.keys
        return lambda i, j: embedded.rows(keys[i:j])

    def fresh_tokens(self, embedded: Embedded) -> Callable[[int, int], list[StoredTokens]]:
        """What gives the tokens of the i-th to the (j-1)-th fresh row."""
        keys = self.keys
        return lambda i, j: embedded.tokens(keys[i:j])
