"""Questions that only point at paragraphs: "what does paragraph 29 say", "what follows 29"."""

from __future__ import annotations

import re

from indexer.errors import NotFoundError
from indexer.report import Report
from search_api.library.places import Place, places_of

NUMBER = (
    r"(?:§\s*)?(?:[A-Z]{1,2}[.-]?)?\d{1,4}(?:\.\d{1,3}|\.?\(\d{1,3}\))*[A-Za-z]?(?:\([a-z]{1,4}\))*"
)
LIST = rf"\[?{NUMBER}\]?(?:\s*(?:,|and|&|to|through|[-–—])\s*\[?{NUMBER}\]?)*"
UNIT = r"(?:paragraphs?|paras?\.?|articles?|rules?|sections?|no\.?|numbers?|§§?|¶¶?)"
NEXT = re.compile(
    rf"(?:what|which|show me)?\s*(?:paragraphs?\s+)?(?:follows|comes after|is after|after)\s+"
    rf"(?:{UNIT}\s*)?(?P<after>{NUMBER})|(?:what\s+)?(?:precedes|comes before|is before|before)\s+"
    rf"(?:{UNIT}\s*)?(?P<before>{NUMBER})",
    re.IGNORECASE,
)
FIRST = re.compile(NUMBER, re.IGNORECASE)
# What may stand around a pointer without making it a question about something.
ASKING = (
    r"(?:(?:please|can|could|you|i|want|to|read|show|me|give|us|the|text|of|full|quote|cite|open|"
    r"go|get|print|see|what|whats|what's|does|do|did|is|are|in|it|says?|said|state[sd]?|about|"
    r"contain|summari[sz]e|summary|explain|tell|report|find|look|up|at)\s+)*"
)
SAYING = (
    r"(?:\s+(?:say|says|state|states|contain|mean|about|please|of|in|the|report|read|reads|to))*"
)
WHOLE = re.compile(rf"{ASKING}(?P<unit>{UNIT}\s*)?(?P<list>{LIST}){SAYING}", re.IGNORECASE)
BARE = re.compile(r"\d{1,4}(?:\.\d{1,3})+|\[\d{1,4}\]|\d{1,4}[A-Z]?|§.*|[A-Z]\.\d.*")


def pointed_at(report: Report, question: str) -> list[Place] | None:
    """The places a question asks to be shown; None when it asks about something else.

    An empty list means that it points at paragraphs the report does not have.
    """
    text = " ".join(question.split()).strip(" ?.!")
    beside = NEXT.fullmatch(text)
    if beside is not None:
        step, number = (1, beside["after"]) if beside["after"] else (-1, beside["before"])
        found = _places(report, number)
        near = [place + step for place, _ in found[-1:]]
        return [(place, "") for place in near if 0 <= place < len(report.passages)]
    match = WHOLE.fullmatch(text)
    if match is None:
        return None
    if match["unit"] is None and not BARE.fullmatch(text):
        return None
    found = _places(report, match["list"])
    # A bare figure that is no paragraph is a figure to search for.
    return None if not found and match["unit"] is None else found


def names_first(question: str) -> str | None:
    """The first number that a question points at; None when it asks about something."""
    text = " ".join(question.split()).strip(" ?.!")
    beside = NEXT.fullmatch(text)
    if beside is not None:
        return beside["after"] or beside["before"]
    match = WHOLE.fullmatch(text)
    if match is None or (match["unit"] is None and not BARE.fullmatch(text)):
        return None
    first = FIRST.search(match["list"])
    return first[0] if first else None


def _places(report: Report, numbers: str) -> list[Place]:
    listed = re.sub(r"\s*(?:\band\b|&)\s*", ", ", numbers)
    listed = re.sub(r"\bthrough\b", "to", re.sub(r"[\[\]]", "", listed))
    try:
        return places_of(report, listed)
    except NotFoundError:
        return []
