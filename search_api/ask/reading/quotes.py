"""Ranked passages to quotes: whole sentences of a passage, or a few that lean on each other."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.base import Rows
from indexer.report import Passage
from indexer.store.index import Engine
from search_api.ask.forms.contentions import CONTENDS, asks_contention, is_contention
from search_api.ask.forms.printed_lists import lists_in
from search_api.ask.question.content import content_stems
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
    r"(?:however|nevertheless|but|yet|this|these|those|such|it|its|they|their|he|his|she|her|both"
    r"|the (?:former|latter|same)|as a result|therefore|consequently|thus|hence|accordingly"
    r"|in addition|furthermore|moreover|also|similarly|likewise|instead|otherwise|by contrast"
    r"|for (?:example|instance|this reason|these reasons))\b",
    re.IGNORECASE,
)
# Of the sentences before it, so many at most are quoted with one.
MOST_BEFORE = 2
# Items of a list in paragraphs of their own, that are quoted after their lead-in.
MOST_ITEMS = 12
ITEM_GOES_ON = re.compile(r"(?:[;,]|[;,]? (?:and|or))\s*$")
# Quotes that share so much of the fewer words say the same.
SAME_WORDS = 0.8
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
    # A lead-in whose items stand elsewhere says nothing by itself.
    last = passage.sentences[-1] if passage.sentences else None
    if last is not None and passage.text[last.start : last.end].endswith(":"):
        enough[-1] = False
    return enough | ~enough.any()


def leaning(passage: Passage, place: int) -> tuple[int, int]:
    """Offsets of a sentence of a passage, together with the neighbours it leans on."""
    first = last = place
    texts = [passage.text[s.start : s.end] for s in passage.sentences]
    while first > max(0, place - MOST_BEFORE) and (
        LEANS_BACK.match(texts[first]) or (first == place and CONTENDS.search(texts[first - 1]))
    ):
        first -= 1
    if last + 1 < len(texts) and TURNS_ROUND.match(texts[last + 1]):
        last += 1
    end = passage.sentences[last].end
    if texts[last].endswith(":"):
        end = max([end, *_list_after(passage, end)])
    return passage.sentences[first].start, end


def _list_after(passage: Passage, end: int) -> list[int]:
    """Where the items end that a lead-in, which ends here, leads in."""
    following = [found for found in lists_in(passage) if found.items[0][0] >= end]
    return [item[1] for item in following[0].items] if following else []


def choose_quotes(store: Engine, question: str, ranked: list[Ranked]) -> list[Span]:
    """One to three quotes, each from another passage and none that says the same, best first.

    What was found comes before what a party contends, unless that is asked for; a lead-in comes
    with the paragraphs that are its items.
    """
    near = NEAR_FOR_SEVERAL if SEVERAL.search(question) else NEAR_BEST
    spans: list[Span] = []
    said: list[Rows] = []
    told: list[frozenset[str]] = []
    for item in ranked[:FIRST_PASSAGES]:
        span = best_sentence(store, item)
        if span is None or (spans and item.score < near * ranked[0].score):
            continue
        vector = store.sentence_vectors_of(item.row)[span.sentence]
        words = content_stems(_text(store, span))
        if all(float(vector @ other) < SAME for other in said) and all(
            len(words & others) < SAME_WORDS * min(len(words), len(others)) for others in told
        ):
            spans.append(span)
            said.append(vector)
            told.append(words)
    spans = spans[:MOST_QUOTES]
    if not asks_contention(question):
        spans.sort(key=lambda span: is_contention(store.rows[span.row][1], _text(store, span)))
    return [*spans[:1], *_items_after(store, spans[0]), *spans[1:]] if spans else []


def _text(store: Engine, span: Span) -> str:
    return store.rows[span.row][1].text[span.start : span.end]


def _items_after(store: Engine, span: Span) -> list[Span]:
    """The paragraphs that are the items of a lead-in which ends its own."""
    if not _text(store, span).endswith(":"):
        return []
    items: list[Span] = []
    report = store.rows[span.row][0]
    for row in range(span.row + 1, min(span.row + 1 + MOST_ITEMS, len(store.rows))):
        owner, passage = store.rows[row]
        if owner.id != report.id or passage.number is None:
            break
        items.append(Span(row, 0, len(passage.text), span.score))
        if not ITEM_GOES_ON.search(passage.text):
            break
    return items
