"""A follow-up, read together with the questions before it where it leans on them.

Two things are looked at. Its form: "and for care leavers?", "why?", "what did they do about it?"
say little of their own. And the evidence: what is found for it together with the earlier questions
must cover its own words as well as what is found for it alone; else it is a new subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.encoders.base import Encoder
from indexer.store import terms
from indexer.store.index import Engine
from search_api.ask.question.content import content_words
from search_api.ask.question.pointers import read_pointing
from search_api.ask.question.query import LONGEST_QUESTION, Query, check_question, make_query
from search_api.ask.ranking import rank

# Earlier questions that are looked at, and passages that are taken as the evidence.
MOST_TURNS, NEAREST = 6, 3
# A question of no more words of its own than this may lean without saying so.
FEW = 2
NAMES_ONE, SHORT = 2, 3
# The share that reports answer of follow-ups for which nothing better is found than for what they
# lean on, and whose own words are not there (tests/gold/follow-ups.jsonl).
ADDS_NOTHING = 0.1
OPENS = re.compile(
    r"(?:and|or|but|so|also|then|ok(?:ay)?|what about|how about|what of|in that case|if so|if not|"
    r"why|how so|how come|when was that|where was that|who else|what else|anything else|such as|"
    r"for example|like what|(?:with|in|at|on|by|from|to|of|for) (?:which|what|whom|whose))\b",
    re.IGNORECASE,
)
# "Why was the joint service dropped?" opens so and needs nothing before it.
STANDS = re.compile(r"(?:why|how come|so|then|such as)\b(?:\W+\w+){4,}", re.IGNORECASE)
POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|then|"
    r"one|ones|same|such|else|others?|latter|former|both|neither)\b",
    re.IGNORECASE,
)
# "the share that is adopted", "that there are": words that point forward, not back.
POINTS_ON = re.compile(
    r"\b(?:is|are|was|were|will|how many|how much|do|does|did|has|have) there\b|"
    r"\bthere (?:is|are|was|were|has|have|will|be)\b|"
    r"\b\w+ that (?:is|are|was|were|has|have|had|the)\b|"
    r"\b(?:one|each) (?:of|in|to|or)\b|\bboth \w+ and\b|\bit (?:is|was) \w+ (?:that|to)\b|"
    r"\b(?:and|or) (?:their|his|her|its|others?)\b|"
    r"\b(?:say|said|found|think|thought|show|shows|know) that\b",
    re.IGNORECASE,
)


def read_in_turn(store: Engine, encoder: Encoder, alone: Query, after: Sequence[str]) -> Query:
    """A query, together with the earlier questions that it leans on; as it is where with none.

    `after` are the earlier questions, oldest first.

    Raises:
        QuestionError: one of them is empty or too long.
        NotFoundError: no such report.
    """
    context = leant_on(alone.text, [check_question(each) for each in after])
    if not context or len(context) + len(alone.text) >= LONGEST_QUESTION:
        return alone
    report, section, leaving_out = alone.scope.report, alone.scope.section, alone.leaving_out
    read = f"{context} {alone.text}"
    together = replace(
        make_query(store, read, report, section, leaving_out),
        asked=alone.asked,
        read_as=read,
        context=context,
    )
    own = frozenset(terms.stems(" ".join(content_words(alone.text))))
    by_itself, joined = _look(store, encoder, alone, own), _look(store, encoder, together, own)
    if not _leans_on(alone.text, by_itself, joined):
        return alone
    leant = make_query(store, context, report, section, leaving_out)
    before = _look(store, encoder, leant, own).scores.get(joined.row, 0.0)
    borne_out = joined.covered >= own or joined.best >= before
    return together if borne_out else replace(together, weight=ADDS_NOTHING)


@dataclass(frozen=True, slots=True)
class Look:
    """What is found for a reading: scores by row, the best row, stems in the nearest passages."""

    scores: dict[int, float]
    row: int
    covered: frozenset[str]

    @property
    def best(self) -> float:
        """The score of the best passage; 0 without one."""
        return self.scores.get(self.row, 0.0)


def _look(store: Engine, encoder: Encoder, query: Query, stems: frozenset[str]) -> Look:
    ranked = rank(store, encoder, query).passages
    near = [store.rows[item.row][1].text for item in ranked[:NEAREST]]
    there = stems & {stem for text in near for stem in terms.stems(text)}
    return Look({each.row: each.score for each in ranked}, ranked[0].row if ranked else -1, there)


def _leans_on(question: str, alone: Look, joined: Look) -> bool:
    """Whether the evidence for a question with what came before is at least as good."""
    gained = len(joined.covered) - len(alone.covered)
    if len(content_words(question)) > FEW:
        # Many words stand by themselves, unless better is found with what came before.
        return points_back(question) and gained >= 0 and joined.best >= alone.best
    # A few that do not point back are a new subject as often: only a gain tells.
    return gained > 0 or (gained == 0 and points_back(question))


def leant_on(question: str, earlier: Sequence[str]) -> str:
    """The earlier questions that a question leans on by its form, joined; "" for none.

    They reach back to the last one that stands by itself.
    """
    if not earlier or not leans(question):
        return ""
    taken: list[str] = []
    for each in reversed(earlier[-MOST_TURNS:]):
        taken.insert(0, each if each[-1] in ".?!" else f"{each}?")
        if not leans(each):
            break
    return " ".join(taken)


def leans(question: str) -> bool:
    """Whether a question says too little by itself, or points back at something."""
    if read_pointing(question) is not None:
        return False
    return points_back(question) or len(content_words(question)) <= FEW


def points_back(question: str) -> bool:
    """Whether a question opens as a reply does, or has a word that stands for something said."""
    if OPENS.match(question) and not STANDS.match(question):
        return True
    bare = POINTS_ON.sub(" ", question)
    word = POINTS_BACK.search(bare)
    if word is None:
        return False
    # What a long question names first, a later "they" of it stands for.
    before = len(content_words(bare[: word.start()]))
    return before < NAMES_ONE or len(content_words(bare)) <= SHORT
