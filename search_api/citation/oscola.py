"""Cases, legislation and treaties as OSCOLA (4th edition) writes them, which CSL cannot tell apart.

Sharp Corp Ltd v Viterra BV [2024] UKSC 14 [3]                              2.1.2, 2.1.6
Uysal and Osal v Turkey App no 1206/03 (ECtHR, 13 December 2007) [12]       2.6.3
Data Protection Act 2018, s 3(2)                                            2.4.1
Penalties for Disorderly Behaviour Order 2004, SI 2004/3166, art 2          2.5.1
Regulation (EU) 2016/679 of ... [2016] OJ L119/1, art 5                     2.6.1
Convention Relating to Refugees (adopted 28 July 1951) 189 UNTS 137, art 33 2.7.1
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from search_api.citation.csl_item import Item

COURTS = {
    "European Court of Human Rights": "ECtHR",
    "Court of Justice of the European Union": "CJEU",
    "Supreme Court of the United Kingdom": "SC",
    "Court of Appeal": "CA",
    "House of Lords": "HL",
}
YEAR = re.compile(r"\b(?:1[2-9]|20)\d{2}$")


@dataclass(frozen=True, slots=True)
class Primary:
    """A primary source: its name, the rest of its citation, what stands before a pinpoint."""

    name: str
    rest: str
    before: str
    italic: bool


def primary(item: Item) -> Primary | None:
    """The citation of a case, a law or a treaty; None for what is none."""
    make = {"legal_case": _case, "legislation": _law, "regulation": _law, "treaty": _treaty}
    kind = item["custom"]["kind"]
    return make[kind](item) if kind in make else None


def _case(item: Item) -> Primary:
    about = item["custom"]
    name = str(item.get("title-short") or item["title"]).rstrip()
    neutral = about["neutral_citation"]
    reported = _reported(item)
    parts = [part for part in (neutral, reported) if part]
    if parts:
        return Primary(name, ", ".join(parts), " ", True)
    court = COURTS.get(about["court"], about["court"])
    when = _day(item)
    given = ", ".join(part for part in (court, when) if part)
    number = about["number"]
    rest = " ".join(part for part in (number, f"({given})" if given else "") if part)
    return Primary(name, rest, " ", True)


def _reported(item: Item) -> str:
    """Where a case is reported: "[1990] 2 AC 605", "(2009) 51 EHRR 10"."""
    series, pages = item.get("container-title", ""), str(item.get("page", "")).split("-")[0]
    if not series:
        return ""
    year, volume = _year(item), item.get("volume", "")
    # A year that is needed to find the volume is in square brackets, one that is not in round ones.
    dated = f"({year})" if len(volume) > 1 else f"[{year}]"
    return " ".join(part for part in (dated if year else "", volume, series, pages) if part)


def _law(item: Item) -> Primary:
    about, title = item["custom"], item["title"]
    parts = [title if YEAR.search(title) or not _year(item) or _of_union(item) else ""]
    name = parts[0] or f"{title} {_year(item)}"
    if _of_union(item):
        return Primary(name, _reported(item), ", ", False)
    number = about["number"] if about["kind"] == "regulation" else ""
    return Primary(f"{name}, {number}" if number else name, "", ", ", False)


def _of_union(item: Item) -> bool:
    return "(E" in item["custom"]["number"] or item.get("container-title", "") == "OJ"


def _treaty(item: Item) -> Primary:
    short = item["custom"]["short_title"]
    when = _day(item)
    series = " ".join(
        part
        for part in (item.get("volume", ""), item.get("container-title", ""), item.get("page", ""))
        if part
    )
    known = f"({short})" if short and short != item["title"] else ""
    rest = " ".join(part for part in (f"(adopted {when})" if when else "", series, known) if part)
    return Primary(item["title"], rest, " ", False)


def _day(item: Item) -> str:
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    if len(parts) < 3:
        return str(parts[0]) if parts else ""
    day = date(*parts)
    return f"{day.day} {day:%B %Y}"


def _year(item: Item) -> str:
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    return str(parts[0]) if parts else ""
