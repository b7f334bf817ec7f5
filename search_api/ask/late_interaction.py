"""How well sentences cover a question, token by token (Khattab and Zaharia 2020).

Each token of the question is as well covered by a sentence as by the token of it that is nearest
(MaxSim); a token counts by how rare it is in the report, and by what the encoder learned of it.
Products are of whole numbers, so that they are the same to the last bit whatever stands beside
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.encoders.base import Rows, TokenRows
from indexer.store.index import Engine
from indexer.store.token_vectors import SentenceTokens, step_of

LARGEST = 127
# A token counts between a quarter and seven quarters of how rare it is.
LEAST_SALIENCE, SALIENCE = 0.25, 1.5


@dataclass(frozen=True, slots=True)
class QuestionTokens:
    """The tokens of a question that carry something.

    `codes` are whole numbers, shape (n, dim), which times `scale` are their vectors; `weights` how
    rare each is, adding up to 1; `spans` their offsets in the question.
    """

    codes: Rows
    scale: float
    weights: Rows
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What covers a question's tokens in a passage; similarities, at most 1.

    `sentences` is for each sentence the weighted mean over the tokens; `tokens` for each token its
    best in the passage.
    """

    sentences: Rows
    tokens: Rows

    @property
    def most(self) -> float:
        """How well the sentence that covers most does."""
        return float(self.sentences.max())


def question_tokens(store: Engine, tokens: TokenRows, report: str | None) -> QuestionTokens | None:
    """A question's tokens with their weights; None when none carries anything."""
    kept = np.flatnonzero(tokens.content)
    if not len(kept):
        return None
    vectors = tokens.vectors[kept]
    scale = float(np.abs(vectors).max()) / LARGEST
    rare = store.token_weights(tokens.ids[kept], report)
    weights = rare * (LEAST_SALIENCE + SALIENCE * tokens.salience[kept])
    return QuestionTokens(
        codes=np.rint(vectors / np.float32(scale)),
        scale=scale * step_of(vectors.shape[1]),
        weights=weights / weights.sum(),
        spans=tuple(tokens.spans[place] for place in kept.tolist()),
    )


def cover(question: QuestionTokens, passage: SentenceTokens) -> Coverage:
    """What a passage's sentences cover of a question."""
    sizes = np.diff(passage.starts)
    best = np.full((len(question.codes), len(sizes)), -1, np.float32)
    if len(passage.codes):
        products = question.codes @ passage.codes.T
        some = sizes > 0
        best[:, some] = question.scale * np.maximum.reduceat(
            products, passage.starts[:-1][some], axis=1
        )
    sentences = np.einsum("ij,i->j", best, question.weights)
    return Coverage(sentences, best.max(axis=1))
