"""Questions that only point at paragraphs: "what does paragraph 29 say", "what follows 29"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.errors import NotFoundError
from indexer.numbers import Number, in_short, read_numbers
from indexer.report import Passage, Report
from search_api.library.places import Place, place_of, places_of

# What may stand around a pointer without making it a question about something.
# fmt: off
BEFORE = frozenset((
    "a", "about", "and", "are", "at", "can", "cite", "contain", "contains", "could", "did",
    "display", "do", "does", "explain", "find", "from", "full", "get", "give", "go", "i", "in",
    "is", "it", "like", "look", "me", "need", "of", "on", "open", "please", "print", "quote",
    "read", "report", "s", "said", "say", "says", "see", "show", "state", "stated", "states",
    "summarise", "summarize", "summary", "tell", "text", "that", "the", "to", "up", "us",
    "verbatim", "want", "what", "what's", "whats", "which", "would", "you",
))
AFTER = frozenset((
    "about", "above", "again", "are", "below", "contain", "contains", "deal", "deals", "do",
    "does", "for", "full", "here", "in", "is", "it", "mean", "means", "me", "of", "out",
    "please", "read", "reads", "report", "said", "say", "says", "state", "stated", "states",
    "text", "that", "the", "there", "to", "us", "verbatim", "with",
))
# fmt: on
BESIDE = re.compile(
    r"(?:(?:the|next|paragraphs?|paras?|one|text|that|comes?|is|stands?|just|immediately|directly"
    r"|right|straight)\s){0,6}(?:(?P<after>follows|following|after)|(?P<before>precedes|preceding"
    r"|before))\s(?P<rest>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pointing:
    """What a question points at; `step` is 1 for what follows it, -1 for what comes before."""

    numbers: tuple[Number, ...]
    step: int

    @property
    def text(self) -> str:
        """The pointer in short: "para 29", "after para 29", "paras 30-35"."""
        beside = {1: "after ", -1: "before ", 0: ""}[self.step]
        return f"{beside}para{'s' if len(self.numbers) > 1 else ''} {in_short(self.numbers)}"

    @property
    def is_told(self) -> bool:
        """True where the question says that paragraphs are meant, be they there or not."""
        return self.step != 0 or any(number.told for number in self.numbers)


def read_pointing(question: str) -> Pointing | None:
    """What a question only points at; None when it asks about something."""
    words = question.split()
    first, last = 0, len(words)
    while first < last and _plain(words[first]) in BEFORE:
        first += 1
    while last > first and _plain(words[last - 1]) in AFTER:
        last -= 1
    text = " ".join(words[first:last]).strip(" ?.!,:;“”\"'")
    beside = BESIDE.fullmatch(text)
    numbers = read_numbers(beside["rest"] if beside is not None else text)
    if numbers is None:
        return None
    return Pointing(numbers, 0 if beside is None else 1 if beside["after"] else -1)


def _plain(word: str) -> str:
    return word.strip("?.!,:;“”\"'‘’").lower().replace("’", "'")


def pointed_at(report: Report, question: str) -> list[Place] | None:
    """The places a question asks to be shown; None when it asks about something else.

    An empty list means that it points at paragraphs the report does not have.
    """
    pointing = read_pointing(question)
    if pointing is None:
        return None
    try:
        found = places_of(report, in_short(pointing.numbers))
    except NotFoundError:
        # A bare figure that is no paragraph is a figure to search for.
        return [] if pointing.is_told else None
    if pointing.step:
        place = found[-1 if pointing.step > 0 else 0][0] + pointing.step
        return [(place, "")] if 0 <= place < len(report.passages) else []
    if not all(_is_printed_so(report, number) for number in pointing.numbers if number.kind):
        return None
    return found


def _is_printed_so(report: Report, number: Number) -> bool:
    """False for "section 47" of a report whose paragraph 47 is no section: an Act's is meant."""
    passage: Passage = report.passages[place_of(report, number.number)[0]]
    unit, printed = passage.unit.lower(), passage.number or ""
    return bool(unit and number.kind.startswith(unit[:3])) or not printed.isdecimal()


def names_first(question: str) -> str | None:
    """The first number that a question points at; None when it asks about something."""
    pointing = read_pointing(question)
    return pointing.numbers[0].number if pointing else None
