"""Ranked passages to quotes: whole sentences of a passage, or a few that lean on each other."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.report import Passage
from indexer.store.index import Engine
from search_api.ask.ranking import Ranked

MOST_QUOTES = 3
# A further quote must come this near to the best one, and stand among the first passages; less
# near where the question asks for several things.
NEAR_BEST, NEAR_FOR_SEVERAL = 0.9, 0.85
FIRST_PASSAGES = 5
SEVERAL = re.compile(
    r"^\W*(?:which|list|what (?:are|were|kinds?|sorts?|types?))\b|\b(?:compar\w+|differen\w+"
    r"|differs?|versus|vs|both|ways|reasons|examples|strengths|weaknesses|steps|measures)\b",
    re.IGNORECASE,
)
# Sentences as like as this say the same; the second is not quoted too.
SAME = 0.9
# A sentence of fewer words ("Being healthy Good") says too little to stand as an answer.
FEWEST_WORDS = 5
# A sentence that opens so leans on the one before it, which is quoted with it.
LEANS_BACK = re.compile(
    r"(?:however|nevertheless|but|this|these|those|such|it|they|as a result|therefore|consequently"
    r"|in addition|furthermore|also|similarly)\b",
    re.IGNORECASE,
)
# A sentence that opens so turns the one before it round: to quote one without it would mislead.
TURNS_ROUND = re.compile(r"(?:however|nevertheless|but)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """A quote of one to three whole sentences: its passage row, offsets into it, its score.

    `sentence` is the place in its passage of the sentence that was chosen. With a `heading` it is
    of that, whose first passage `row` is.
    """

    row: int
    start: int
    end: int
    score: float
    sentence: int = 0
    heading: Passage | None = None


def best_sentence(store: Engine, ranked: Ranked) -> Span | None:
    """The best sentence of a passage, with the neighbours it leans on.

    That is the one nearest to the question, or, where a cross-encoder read the passage, the one
    that it holds the likeliest to answer. None for a passage without a sentence.
    """
    _, passage = store.rows[ranked.row]
    if not passage.sentences:
        return None
    scores = ranked.sentence_scores if ranked.judged is None else ranked.judged
    best = int(np.where(quotable(passage), scores, scores - 1).argmax())
    start, end = leaning(passage, best)
    return Span(ranked.row, start, end, float(scores.max()), best)


def quotable(passage: Passage) -> NDArray[np.bool_]:
    """Which sentences of a passage say enough to be quoted; all of them if none does."""
    words = [len(passage.text[s.start : s.end].split()) for s in passage.sentences]
    enough = np.array(words) >= FEWEST_WORDS
    return enough | ~enough.any()


def leaning(passage: Passage, place: int) -> tuple[int, int]:
    """Offsets of a sentence of a passage, together with the neighbours it leans on."""
    first = last = place
    texts = [passage.text[s.start : s.end] for s in passage.sentences]
    if first > 0 and LEANS_BACK.match(texts[first]):
        first -= 1
    if last + 1 < len(texts) and TURNS_ROUND.match(texts[last + 1]):
        last += 1
    return passage.sentences[first].start, passage.sentences[last].end


def choose_quotes(store: Engine, question: str, ranked: list[Ranked]) -> list[Span]:
    """One to three quotes, each from another passage and none that says the same, best first."""
    near = NEAR_FOR_SEVERAL if SEVERAL.search(question) else NEAR_BEST
    spans: list[Span] = []
    said: list[Rows] = []
    for item in ranked[:FIRST_PASSAGES]:
        span = best_sentence(store, item)
        if span is None or (spans and item.score < near * ranked[0].score):
            continue
        vector = store.sentence_vectors_of(item.row)[span.sentence]
        if all(float(vector @ other) < SAME for other in said):
            spans.append(span)
            said.append(vector)
    return spans[:MOST_QUOTES]
