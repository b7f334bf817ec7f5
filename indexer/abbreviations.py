"""The abbreviations a report defines, by the method of Schwartz and Hearst.

A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text", Pacific Symposium on Biocomputing 8 (2003): a short form in brackets is defined
by the words before it when its characters can be matched in them, read from the end, the first
one at the beginning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.report import Abbreviation, Passage

IN_BRACKETS = re.compile(
    r"\(\s{0,3}[“\"'‘]?(?:the\s)?[“\"'‘]?"
    r"(?P<short>[^()“”\"‘\s][^()“”\"‘]{1,11}?)"
    r"[.,]?[”\"'’]?\s{0,3}\)"
)
SENTENCE_END = re.compile(r"[.;:!?\n\t]\s|[()]")
LONGEST_SHORT = 10
LONGEST_LONG = 300


def find_abbreviations(passages: Iterable[Passage]) -> tuple[Abbreviation, ...]:
    """Short forms with their long ones, each as first defined, in document order."""
    found: dict[str, Abbreviation] = {}
    for passage in passages:
        for match in IN_BRACKETS.finditer(passage.text):
            short = match["short"]
            if not _is_short_form(short) or short in found:
                continue
            before = passage.text[max(0, match.start() - LONGEST_LONG) : match.start()].rstrip()
            clause = SENTENCE_END.split(before)[-1]
            long = _long_form(short, clause)
            if long is not None:
                found[short] = Abbreviation(short, long, passage.key)
    return tuple(found.values())


def _is_short_form(text: str) -> bool:
    """At most two words of 2 to 10 characters, beginning with a letter, with two capitals."""
    capitals = sum(char.isupper() for char in text)
    return (
        len(text.split()) <= 2
        and len(text) <= LONGEST_SHORT
        and text[0].isalpha()
        and capitals >= 2
        and not re.search(r"\d{3}", text)
    )


def _long_form(short: str, clause: str) -> str | None:
    """The shortest run of words at the clause's end that holds the short form's characters."""
    words = clause.split()
    most = min(len(short) + 5, len(short) * 2)
    text = " ".join(words[-most:])
    place = len(text)
    letters = [char for char in short.lower() if char.isalnum()]
    plural = short.endswith("s") and short[:-1].isupper()
    for index in range(len(letters) - (2 if plural else 1), -1, -1):
        place -= 1
        while place >= 0 and not (
            text[place].lower() == letters[index]
            and (index > 0 or place == 0 or not text[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    long = text[place:].strip(" ,'’")
    too_long = len(long.split()) > min(len(short) + 5, len(short) * 2)
    if too_long or len(long) <= len(short) or short in long.split():
        return None
    return long
