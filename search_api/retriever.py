"""Question and store to ranked passages.

The score of a passage is a weighted sum of three signals that can be read off: how near its text
is to the question, how near its best sentence is, and which words they share. The weights were
chosen by cross-validation (search_api/reader/fit.py).
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import Encoder, Rows
from indexer.errors import QuestionError
from indexer.store import Store
from search_api.settings import Weights, settings_of

LONGEST_QUESTION = 2_000
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Passages fetched by each signal before the exact scores are taken.
CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranked passage row with the signals behind its score.

    `passage` and `sentence` are cosine similarities, `bm25` the BM25 score of the passage;
    `sentences` holds the similarity of each of its sentences, in order.
    """

    row: int
    score: float
    passage: float
    sentence: float
    bm25: float
    sentences: Rows


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question's vector, shape (dim,), and the passages ranked for it, best first."""

    question: Rows
    passages: list[Ranked]


def check_question(question: str) -> str:
    """The question with its white space folded.

    Raises:
        QuestionError: it is empty or too long.
    """
    folded = " ".join(question.split())
    if any("\ud800" <= char <= "\udfff" for char in folded):
        raise QuestionError("the question is not valid text; send it as UTF-8")
    if not any(char.isalnum() for char in folded):
        raise QuestionError("the question is empty; ask something in words")
    if len(folded) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(folded):,} characters; ask in at most {LONGEST_QUESTION:,}"
        )
    return folded


def rows_within(store: Store, report: str | None, section: str | None) -> NDArray[np.int64] | None:
    """The passage rows of a report and of the sections whose path holds a text; None for all.

    Raises:
        NotFoundError: no such report.
    """
    if report is None and section is None:
        return None
    if report is not None:
        store.report(report)
    wanted = section.casefold() if section else ""
    chosen = [
        row
        for row, (owner, passage) in enumerate(store.rows)
        if (report is None or owner.id == report)
        and wanted in " > ".join(passage.section).casefold()
    ]
    return np.array(chosen, np.int64)


def spell_out(store: Store, question: str, report: str | None = None) -> str:
    """The question with each abbreviation's other form added, so that either finds both."""
    words = set(WORD.findall(question.casefold()))
    folded = question.casefold()
    added = []
    for owner in store.reports:
        if report is not None and owner.id != report:
            continue
        for entry in owner.glossary:
            short, long = entry.short.casefold(), entry.long.casefold()
            has_short = short in words or short.removesuffix("s") in words
            has_long = long in folded
            if has_short != has_long:
                added.append(entry.long if has_short else entry.short)
    return f"{question} ({', '.join(dict.fromkeys(added))})" if added else question


def rank(
    store: Store,
    encoder: Encoder,
    question: str,
    report: str | None = None,
    section: str | None = None,
    weights: Weights | None = None,
) -> Ranking:
    """Rank passages for a question; equal scores keep document order.

    Raises:
        QuestionError: the question is empty or too long.
        NotFoundError: no such report.
    """
    weights = weights or settings_of(store).ranking
    question = check_question(question)
    query = encoder.encode([question])[0]
    within = rows_within(store, report, section)
    near, _ = store.passage_vectors.search(query, CANDIDATES, within)
    near_sentences, _ = store.sentence_vectors.search(
        query, CANDIDATES, None if within is None else _sentence_rows(store, within)
    )
    term_rows, term_scores = store.terms.search(spell_out(store, question, report), len(store.rows))
    bm25 = dict(zip(term_rows.tolist(), term_scores.tolist(), strict=True))
    if within is not None:
        allowed = set(within.tolist())
        bm25 = {row: score for row, score in bm25.items() if row in allowed}
    by_terms = list(bm25)[:CANDIDATES]
    rows = sorted({*near.tolist(), *store.owner_of(near_sentences).tolist(), *by_terms})
    ranked = [_score(store, query, row, bm25.get(row, 0.0), weights) for row in rows]
    return Ranking(query, sorted(ranked, key=lambda item: (-item.score, item.row)))


def _sentence_rows(store: Store, passage_rows: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = store.sentence_starts
    spans = [np.arange(starts[row], starts[row + 1]) for row in passage_rows]
    return np.concatenate(spans) if spans else np.empty(0, np.int64)


def weighed(store: Store, item: Ranked) -> tuple[float, ...]:
    """What each weight is multiplied with in the item's score, in the order of Weights' fields."""
    unnumbered = store.rows[item.row][1].number is None
    return item.passage, item.sentence, item.bm25, -float(unnumbered)


def _score(store: Store, query: Rows, row: int, bm25: float, weights: Weights) -> Ranked:
    passage = float(store.passage_vectors.rows(row, row + 1)[0] @ query)
    start, stop = store.sentence_starts[row : row + 2].tolist()
    sentences = store.sentence_vectors.rows(start, stop) @ query if stop > start else np.zeros(0)
    best = float(sentences.max()) if len(sentences) else passage
    found = Ranked(row, 0.0, passage, best, bm25, sentences.astype(np.float32))
    parts = zip(astuple(weights), weighed(store, found), strict=True)
    return replace(found, score=sum(weight * part for weight, part in parts))
