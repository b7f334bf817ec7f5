"""A report's metadata as a CSL-JSON item."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from indexer.report import Metadata, Report

Item = dict[str, Any]

TYPES = {
    "report": "report",
    "legal_case": "legal_case",
    "book": "book",
    "legislation": "legislation",
    "regulation": "legislation",
    "treaty": "treaty",
    "webpage": "webpage",
    "article": "article",
}
# No file name stands in for a title that is not known.
UNTITLED = "[Untitled document]"
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


def today() -> date:
    """The day on which a URL counts as opened, where nobody said when."""
    return datetime.now().astimezone().date()


def csl_item(report: Report) -> Item:
    """The report as a CSL-JSON item; what is not known is left out.

    `custom` has what CSL has no field for.
    """
    about = report.metadata
    case = about.kind == "legal_case"
    neutral = _neutral(about)
    name = about.title.removesuffix(neutral).rstrip() or UNTITLED
    title = f"{name} {neutral}" if neutral else name
    item: Item = {"id": report.id, "type": _type(about), "title": title}
    short = name if neutral else about.short_title
    # A short title that does not begin the title leads nobody to the entry.
    if short and short != title and title.startswith(short):
        item["title-short"] = short
    if about.authors and not case:
        item["author"] = [_name(author) for author in about.authors]
    elif about.publisher and about.kind in ("report", "webpage", "article"):
        item["author"] = [{"literal": about.publisher}]
    court = about.court or about.publisher
    # A neutral citation names the court; OSCOLA forbids to name it again.
    if case and court and not neutral:
        item["authority"] = court
    elif about.publisher and not case:
        item["publisher"] = about.publisher
    if about.published:
        day = about.published
        item["issued"] = {"date-parts": [[day.year, day.month, day.day]]}
    item |= _in_series(about)
    if about.url:
        opened = about.accessed or today()
        item["URL"] = about.url
        item["accessed"] = {"date-parts": [[opened.year, opened.month, opened.day]]}
    item["custom"] = {
        "kind": about.kind,
        "neutral_citation": neutral,
        "court": court,
        "number": about.number,
        "short_title": about.short_title,
    }
    return item


def _neutral(about: Metadata) -> str:
    """The neutral citation of a case, from its own field or the end of its title."""
    if about.kind != "legal_case":
        return ""
    at_end = NEUTRAL.search(about.title)
    return about.neutral_citation or (at_end[0] if at_end else "")


def _type(about: Metadata) -> str:
    return "article-journal" if about.kind == "article" and about.journal else TYPES[about.kind]


def _in_series(about: Metadata) -> Item:
    """Where it is printed: the journal, law report or treaty series, and the number of a paper."""
    fields = {
        "container-title": about.journal,
        "volume": about.volume,
        "issue": about.issue,
        "page": about.pages,
        "number": about.number if about.kind in ("report", "book") else "",
    }
    return {name: value for name, value in fields.items() if value}


def indexed_name(author: str) -> str:
    """A name as indexes have it, "Okafor, Ines"; a comma keeps an organisation's name whole."""
    name = _name(author)
    return f"{author}," if "literal" in name else inverted(name)


def inverted(name: dict[str, str]) -> str:
    """The family name first ("van Dijk, Jan"), or an organisation as it is."""
    if "literal" in name:
        return name["literal"]
    family = f"{name.get('non-dropping-particle', '')} {name['family']}".strip()
    return f"{family}, {name['given']}"


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
