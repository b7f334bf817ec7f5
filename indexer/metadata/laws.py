"""The first page of an Act, an instrument, a treaty: its name, number and date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.metadata.dates import dates_in
from indexer.metadata.findings import Finding
from indexer.metadata.lines import FrontLine
from indexer.metadata.names import spoken

SOURCE = "first page"
UNION = re.compile(
    r"(?:(?:commission|council) )?(?:(?:delegated|implementing) )?"
    r"(?:regulation|directive|decision)\b",
    re.IGNORECASE,
)
UNION_NUMBER = re.compile(
    r"\((?:EU|EC|EEC|Euratom)\)(?: No\.?)? \d{1,4}/\d{1,4}|\d{1,4}/\d{1,4}/E[UC]"
)
MAKERS = {
    "parliament and of the council": "European Parliament and Council of the European Union",
    "commission": "European Commission",
    "council": "Council of the European Union",
}
PURPOSE = (
    "on ",
    "laying ",
    "concerning ",
    "amending ",
    "establishing ",
    "relating ",
    "supplementing ",
)
ACT = re.compile(r"(?:the )?[A-Z][^.;:]{3,150} act,? \d{4}", re.IGNORECASE)
CHAPTER = re.compile(r"(?:\d{4} )?(?:chapter|c\.?) (?P<number>\d{1,3})", re.IGNORECASE)
INSTRUMENT = re.compile(
    r"(?:the )?[A-Z][^.;:]{3,150} (?:regulations|order|rules|scheme|direction)s? \d{4}",
    re.IGNORECASE,
)
INSTRUMENT_NUMBER = re.compile(r"(?P<year>\d{4}) no\.? (?P<number>\d{1,5})\b", re.IGNORECASE)
TREATY = re.compile(
    r"(?:[\w-]+ ){0,4}(?:convention|treaty|covenant|protocol|charter|agreement)"
    r"(?: (?:no\.? \d{1,3} )?(?:for|on|of|relating|concerning|against|between|to|establishing)\b"
    r".{3,250})?",
    re.IGNORECASE,
)
PARTIES = re.compile(
    r"high contracting parties|states parties|governments signatory|contracting (?:states|parties)|"
    r"signatory (?:governments|states)|parties to th(?:is|e present)",
    re.IGNORECASE,
)
HEAD = 12


def law_findings(lines: Sequence[FrontLine]) -> list[Finding]:
    """What the first page of a law says; nothing where it is none."""
    texts = [line.text for line in lines]
    return _of_union(texts[:HEAD]) or _act(texts[:HEAD]) or _treaty(texts)


def _of_union(texts: Sequence[str]) -> list[Finding]:
    """A regulation, directive or decision of the European Union."""
    for i, text in enumerate(texts[:4]):
        number = UNION_NUMBER.search(text)
        if not (UNION.match(text) and number):
            continue
        parts = [text]
        for more in texts[i + 1 : i + 4]:
            if not more.lower().startswith(("of ", *PURPOSE)):
                break
            parts.append(more)
        title = " ".join(parts)
        days = dates_in(title)
        maker = next((MAKERS[name] for name in MAKERS if name in title.lower()), "")
        whole = len(parts) > 1
        return [
            Finding("kind", "regulation", SOURCE, True),
            Finding("title", _calmed(title), SOURCE, whole),
            Finding("number", number[0], SOURCE, True),
            Finding("published", days[0][2] if days else None, SOURCE, True),
            Finding("publisher", maker, SOURCE, True),
        ]
    return []


def _calmed(title: str) -> str:
    """A title of which some words are in capitals, those in small letters but for their first."""
    small = {"OF", "THE", "AND", "ON"}
    words = [
        word if not (word.isupper() and word.isalpha() and len(word) > 1)
        else word.lower() if word in small
        else word.capitalize()
        for word in title.split()
    ]  # fmt: skip
    return " ".join(words)


def _act(texts: Sequence[str]) -> list[Finding]:
    """An Act with its chapter, or an instrument with its number."""
    notes = any("explanatory" in text.lower() for text in texts)
    for pattern, numbered, kind in (
        (ACT, CHAPTER, "legislation"),
        (INSTRUMENT, INSTRUMENT_NUMBER, "regulation"),
    ):
        title = next((text for text in texts[:6] if pattern.fullmatch(text)), "")
        match = next((found for text in texts if (found := numbered.fullmatch(text))), None)
        if title and match and not notes:
            number = (
                f"c {match['number']}"
                if kind == "legislation"
                else f"SI {match['year']}/{match['number']}"
            )
            return [
                Finding("kind", kind, SOURCE, True),
                Finding("title", title, SOURCE, True),
                Finding("number", number, SOURCE, True),
            ]
    return []


def _treaty(texts: Sequence[str]) -> list[Finding]:
    """A treaty, which names its parties where it begins."""
    title = next((text for text in texts[:6] if TREATY.fullmatch(text.rstrip(" .*"))), "")
    if not title or not any(PARTIES.search(text) for text in texts):
        return []
    return [Finding("kind", "treaty", SOURCE, True), Finding("title", spoken(title), SOURCE, True)]
