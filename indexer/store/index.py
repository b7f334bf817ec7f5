"""The interface between ranking and an index: whatever finds passages for questions.

`indexer.store.Store` answers from FAISS and tantivy files beside the reports. Another engine gives
the same answers to the same five questions; which passage a row number stands for is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import DEFAULT_MODEL, Encoder, Rows
from indexer.errors import StoreError
from indexer.report import Passage, Report
from indexer.store.token_vectors import Ids, SentenceTokens

PassageRows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scope:
    """A filter of the passages that may be found: those of reports, and those under headings.

    `report` is a report's id, `places` are places in the engine's `reports`. `section` is a text
    that the heading path ("A > B") of a passage holds, whatever its case. None sets no bound.
    """

    report: str | None = None
    section: str | None = None
    places: tuple[int, ...] | None = None

    @property
    def everything(self) -> bool:
        """True when no bound is set."""
        return self.report is None and self.section is None and self.places is None


@dataclass(frozen=True, slots=True)
class Signals:
    """The scores that tell candidates apart; entry i is about the passage row rows[i].

    `passage` is the cosine similarity to the question, `bm25` the BM25 score (0 when no word is
    shared), `numbered` whether the passage carries a number. The similarities of its sentences, in
    their order, are sentences[starts[i]:starts[i + 1]].
    """

    rows: PassageRows
    passage: Rows
    bm25: Rows
    numbered: NDArray[np.bool_]
    sentences: Rows
    starts: NDArray[np.int64]


class Engine(Protocol):
    """Finds passages, and scores those found. Rows are equal-scored in the order of the reports."""

    @property
    def folder(self) -> Path:
        """The store folder; it holds the store's own settings."""
        ...

    @property
    def manifest(self) -> dict[str, Any]:
        """The record of what was indexed; `model` has the encoder's name and fingerprint."""
        ...

    @property
    def model(self) -> str:
        """The name of the model the vectors were made with."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash of what answers are made from."""
        ...

    @property
    def reports(self) -> Sequence[Report]:
        """The reports by id; each is read when it is asked for."""
        ...

    @property
    def rows(self) -> Sequence[tuple[Report, Passage]]:
        """Report and passage of each passage row; each is read when it is asked for."""
        ...

    def report(self, report_id: str) -> Report:
        """A report by id.

        Raises:
            NotFoundError: no such report.
        """
        ...

    def find(self, report_id: str) -> int | None:
        """The place of a report in `reports`; None without it."""
        ...

    def place(self, report_id: str) -> int:
        """The place of a report in `reports`.

        Raises:
            NotFoundError: no such report.
        """
        ...

    def first_row(self, place: int) -> int:
        """The row of the first passage of reports[place]."""
        ...

    def naming(self, name: str) -> Sequence[int]:
        """Places in `reports` of those that may have a passage of this key or number, in order."""
        ...

    def mentioning(self, start: str, most: int) -> Sequence[int]:
        """Places in `reports` of the first `most` that have a word that begins so.

        It stands in a heading, an abbreviation or an example; see `indexer.text.compared_words`.
        """
        ...

    def other_forms(self, question: str, report: str | None = None) -> list[str]:
        """The long forms of abbreviations in a question, and the short ones of long forms."""
        ...

    def stems(self, text: str) -> list[str]:
        """The stems that BM25 looks for, each once, in order of first use."""
        ...

    def words_like(self, word: str, scope: Scope) -> list[str]:
        """Words of passages in scope that hold one spelled nearly like this, as often as printed.

        None come when any passage of the store has the word itself, or the engine cannot tell.
        """
        ...

    def candidates(self, query: Rows, words: str, k: int, scope: Scope) -> PassageRows:
        """The passages in scope worth scoring, each once, in row order.

        They are those among the best k by similarity to a unit vector, those that own the best k
        sentences, and those among the best k by BM25 for any of the words.

        Raises:
            NotFoundError: the scope names no report of the store.
        """
        ...

    def signals(self, query: Rows, words: str, rows: PassageRows) -> Signals:
        """Exact similarities and BM25 scores of these passage rows."""
        ...

    def sentence_vectors_of(self, row: int) -> Rows:
        """The unit vectors of a passage's sentences, shape (sentences, dim)."""
        ...

    @property
    def token_dim(self) -> int:
        """Values of a token's vector; 0 where the index has no tokens."""
        ...

    def tokens_of(self, row: int) -> SentenceTokens | None:
        """The tokens of a passage's sentences; None where the index has none.

        Raises:
            StoreError: they have changed since they were written.
        """
        ...

    def token_weights(self, ids: Ids, report: str | None = None) -> Rows:
        """How rare each token is among the sentences of a report, or of all; shape (len(ids),)."""
        ...

    def check_encoder(self, encoder: Encoder) -> None:
        """See the function of that name."""
        ...


def check_encoder(engine: Engine, encoder: Encoder) -> None:
    """Make sure that questions are encoded by the model the vectors were made with.

    Versions of the shipped encoder are adapted from the same weights, so that the vectors of one
    can be compared with another's; a store of an earlier one answers until it is converted.

    Raises:
        StoreError: the weights differ.
    """
    built_with = engine.manifest["model"]
    versions = built_with["name"] == encoder.name == DEFAULT_MODEL
    if encoder.fingerprint != built_with["fingerprint"] and not versions:
        raise StoreError(
            f"the store was built by model '{built_with['name']}' with other weights than "
            f"'{encoder.name}' has now; build it again: pilcrow index --model {encoder.name}"
        )
