"""What an Akoma Ntoso document says of itself in elements made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from indexer.formats.akn.names import name_of
from indexer.metadata.findings import Finding
from indexer.metadata.names import spoken
from indexer.text import one_line

SOURCE = "Akoma Ntoso"
KINDS = {"judgment": "legal_case", "act": "legislation", "bill": "legislation"}
INSTRUMENT = re.compile(r"/(?:uksi|ssi|wsi|nisr)/(?P<year>\d{4})/(?P<number>\d{1,5})(?:/|$)")
CHAPTER = re.compile(r"/ukpga/\d{4}/(?P<number>\d{1,4})(?:/|$)")
# Dates by which a document is no more than filed.
OTHER_DATES = {"generated", "dummy", "transform", "lastModified", "historic-akn-transform"}
MOST = 20_000


def akn_findings(root: etree._Element) -> list[Finding]:
    """The document's title, date, court, parties, number and address, as it is marked up."""
    first = next((child for child in root if name_of(child) != ""), root)
    part = name_of(first) == "portion"
    kind = (
        "legislation"
        if part and "/act" in first.get("includedIn", "")
        else KINDS.get(name_of(first), "")
    )
    named: dict[str, list[etree._Element]] = {}
    for element in _head(root):
        named.setdefault(name_of(element), []).append(element)
    found = [Finding("kind", kind, SOURCE, True)] if kind else []
    found += _titles(named, kind == "legal_case")
    found += [
        Finding("neutral_citation", text, SOURCE, True)
        for text in _texts(named, "neutralCitation", "cite")
    ]
    found += _parties(named)
    found += _organisations(named, kind == "legal_case")
    found += [] if part else _dates(named)
    found += _numbers(named, kind)
    return found + _address(named)


def _head(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of the document's head and its first component, in order."""
    for count, element in enumerate(root.iter()):
        if count > MOST or name_of(element) in ("judgmentBody", "body", "componentRef"):
            return
        yield element


def _text(element: etree._Element) -> str:
    return one_line(" ".join(one_line("".join(element.itertext())).split()))[:600]


def _texts(named: dict[str, list[etree._Element]], *names: str) -> list[str]:
    return [text for name in names for each in named.get(name, [])[:1] if (text := _text(each))]


def _values(named: dict[str, list[etree._Element]], name: str) -> list[str]:
    return [value for each in named.get(name, []) if (value := one_line(each.get("value", "")))]


def _titles(named: dict[str, list[etree._Element]], case: bool) -> list[Finding]:
    found = []
    if case:
        found += [
            Finding("title", " v ".join(map(spoken, name.split(" v "))), SOURCE, True)
            for name in _values(named, "FRBRname")[:1]
        ]
    found += [
        Finding("title", text, SOURCE, True)
        for text in _texts(named, "shortTitle", "docTitle", "longTitle")
    ]
    return found + [Finding("title", text, SOURCE, True) for text in _texts(named, "title")]


def _parties(named: dict[str, list[etree._Element]]) -> list[Finding]:
    sides: dict[str, str] = {}
    for each in named.get("party", []):
        sides.setdefault(each.get("as", ""), spoken(_text(each)))
    names = tuple(sides.values())
    return [Finding("parties", names, SOURCE, True)] if len(names) == 2 else []


def _organisations(named: dict[str, list[etree._Element]], case: bool) -> list[Finding]:
    names = {
        each.get("eId", each.get("id", "")): one_line(each.get("showAs", ""))
        for each in named.get("TLCOrganization", [])
    }
    # Who made the mark-up is the author of the manifestation alone.
    authors = [
        each.get("href", "").lstrip("#")
        for each in named.get("FRBRauthor", [])
        if _parent(each) == "FRBRWork"
    ]
    field = "court" if case else "publisher"
    found = [Finding("publisher", text, SOURCE, True) for text in _texts(named, "publisher")]
    return found + [
        Finding(field, spoken(names[author]), SOURCE, True)
        for author in authors
        if names.get(author)
    ]


def _dates(named: dict[str, list[etree._Element]]) -> list[Finding]:
    marked = [each.get("date", "") for each in named.get("docDate", [])]
    work = [
        each.get("date", "")
        for each in named.get("FRBRdate", [])
        if each.get("name") not in OTHER_DATES and _parent(each) == "FRBRWork"
    ]
    # Dublin Core does not say which of a document's dates it is.
    loose = [_text(each) for each in named.get("date", [])]
    return [
        Finding("published", day, SOURCE, text not in loose)
        for text in (*marked, *work, *loose)
        if (day := _day(text)) is not None
    ]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    # A stand-in such as 1000-01-01 is no date.
    return day if day.year >= 1200 else None


def _numbers(named: dict[str, list[etree._Element]], kind: str) -> list[Finding]:
    if kind == "legislation":
        for uri in _values(named, "FRBRuri"):
            chapter, instrument = CHAPTER.search(uri), INSTRUMENT.search(uri)
            if instrument:
                number = f"SI {instrument['year']}/{instrument['number']}"
                # The narrower kind comes first.
                return [
                    Finding("kind", "regulation", SOURCE, True),
                    Finding("number", number, SOURCE, True),
                ]
            if chapter:
                return [Finding("number", f"c {chapter['number']}", SOURCE, True)]
    return [Finding("number", text, SOURCE, True) for text in _texts(named, "docNumber")]


def _parent(element: etree._Element) -> str:
    above = element.getparent()
    return "" if above is None else name_of(above)


def _address(named: dict[str, list[etree._Element]]) -> list[Finding]:
    """Where the document is published, as its identifier says."""
    pages = [
        each.get("value", "")
        for each in named.get("FRBRthis", [])
        if _parent(each) == "FRBRExpression"
    ]
    return [
        Finding(
            "url", page.replace("http://www.legislation", "https://www.legislation"), SOURCE, True
        )
        for page in pages[:1]
        if page.startswith(("https://", "http://"))
    ]
