"""A report's metadata as a CSL-JSON item."""

from __future__ import annotations

import re
from typing import Any

from indexer.report import Report

Item = dict[str, Any]

TYPES = {
    "report": "report",
    "legal_case": "legal_case",
    "book": "book",
    "legislation": "legislation",
    "webpage": "webpage",
    "article": "article",
}
# "[2008] UKHL 13", "[2019] EWCA Civ 123", "[2020] EWHC 12 (Fam)" at the end of a case's title.
NEUTRAL = re.compile(r"\[\d{4}\]\s[A-Z]\w*(?:\s[A-Z]\w*)?\s\d+(?:\s\(\w+\))?$")
PERSON = re.compile(r"[A-Z][\w.’'-]*(?:\s(?:[A-Z][\w.’'-]*|d[aeiu]|de[lnr]|v[ao]n|bin|al|la)){1,3}")
# Words that tell an organisation from a person with as many names.
ORGANISATION = re.compile(
    r"\b(?:agency|association|assembly|authority|bank|board|bureau|cent(?:re|er)|college|"
    r"commission(?:er)?|committee|company|council|court|department|directorate|executive|force|"
    r"foundation|fund|government|group|hospital|house|inquiry|inspectorate|institut(?:e|ion)|"
    r"limited|ltd|ministry|nations|network|of|office|ombudsman|organi[sz]ation|parliament|police|"
    r"press|review|safety|school|services?|society|standards|tribunal|trust|union|university|"
    r"watch)\b",
    re.I,
)


def csl_item(report: Report) -> Item:
    """The report as a CSL-JSON item; what is not known is left out."""
    about = report.metadata
    case = about.kind == "legal_case"
    item: Item = {"id": report.id, "type": TYPES[about.kind], "title": about.title or report.id}
    neutral = NEUTRAL.search(about.title) if case else None
    short = about.title[: neutral.start()].rstrip() if neutral else about.short_title
    # A short title that does not begin the title leads nobody to the entry.
    if short and short != about.title and about.title.startswith(short):
        item["title-short"] = short
    if about.authors and not case:
        item["author"] = [_name(author) for author in about.authors]
    elif about.publisher and about.kind in ("report", "webpage", "article"):
        item["author"] = [{"literal": about.publisher}]
    # A neutral citation names the court; OSCOLA forbids to name it again.
    if about.publisher and not neutral:
        item["authority" if case else "publisher"] = about.publisher
    if about.published:
        day = about.published
        item["issued"] = {"date-parts": [[day.year, day.month, day.day]]}
    if about.url:
        item["URL"] = about.url
    return item


def _name(author: str) -> dict[str, str]:
    """A person by family and given name ("Okafor, Ines", "Ines Okafor"), else as written."""
    family, comma, given = (part.strip() for part in author.partition(","))
    if comma and family and given and not ORGANISATION.search(author):
        return {"family": family, "given": given}
    if ORGANISATION.search(author) or not PERSON.fullmatch(author):
        return {"literal": author}
    *names, last = author.split()
    particles: list[str] = []
    while len(names) > 1 and names[-1].islower():
        particles.insert(0, names.pop())
    name = {"family": last, "given": " ".join(names)}
    return name | {"non-dropping-particle": " ".join(particles)} if particles else name
