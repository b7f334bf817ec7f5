"""A pinpoint citation for other programs: CSL-JSON, RIS, BibTeX, plain text, Markdown, JSON-LD.

RIS and BibTeX have no field for a pinpoint, so it stands in a note with the permalink. Every export
says the source, its date and the licence.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from indexer.report import Passage, Report
from search_api.citation import styles
from search_api.citation.csl_item import Item, csl_item, inverted
from search_api.citation.locators import HEADING, Pinpoint, find_pinpoint
from search_api.citation.style_files import DEFAULT
from search_api.library.links.permalinks import permalink, text_fragment_link
from search_api.library.links.short_citation import day, short_citation
from search_api.types.citations import Citation, CslCitation, CslPinpoint

Format = Literal["text", "markdown", "csl-json", "ris", "bibtex"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "csl-json", "ris", "bibtex")
RIS_TYPES = {
    "report": "RPRT",
    "legal_case": "CASE",
    "book": "BOOK",
    "legislation": "STAT",
    "webpage": "ELEC",
    "article": "GEN",
    "article-journal": "JOUR",
    "treaty": "STAT",
}
# BibLaTeX entry types. Its data model names types for cases and laws, but gives them no title.
BIB_TYPES = {
    "report": "report",
    "legal_case": "misc",
    "book": "book",
    "legislation": "misc",
    "webpage": "online",
    "article": "misc",
    "article-journal": "article",
    "treaty": "misc",
}
MISC_TYPES = {"legal_case": "Judgment", "legislation": "Legislation", "treaty": "Treaty"}
SCHEMA_TYPES = {
    "report": "Report",
    "book": "Book",
    "legislation": "Legislation",
    "webpage": "WebPage",
    "article": "Article",
    "regulation": "Legislation",
    "treaty": "Legislation",
}
TEX = {char: f"\\{char}" for char in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def make_citation(
    report: Report, numbers: str, style: str = DEFAULT, base: str = "", form: str = "text"
) -> Citation:
    """A paragraph, a range or a list of a report, cited in a style and in every format.

    The citation in the style is "text", "markdown" or "html".

    Raises:
        NotFoundError: a number is not in the report.
        StyleError: no such style.
    """
    pinpoint = find_pinpoint(report, numbers)
    item = csl_item(report)
    formatted = styles.cite(item, pinpoint, style, form)
    rich = styles.cite(item, pinpoint, style, "html")
    return Citation(
        style=style,
        in_text=formatted.in_text,
        bibliography=formatted.bibliography,
        in_text_html=rich.in_text,
        bibliography_html=rich.bibliography,
        csl_json=CslCitation(
            item=_noted(report, pinpoint, base), citation_item=_citation_item(report, pinpoint)
        ),
        ris=ris(report, pinpoint, base),
        bibtex=bibtex(report, pinpoint, base),
        permalink=permalink(report, pinpoint.passage, base),
        text_fragment_link=text_fragment_link(report, pinpoint.passage),
    )


def export(report: Report, numbers: str, form: Format, style: str, base: str = "") -> str:
    """A pinpoint citation as one of FORMATS.

    Raises:
        NotFoundError: a number is not in the report.
        StyleError: no such style.
    """
    pinpoint = find_pinpoint(report, numbers)
    if form == "csl-json":
        items = [_noted(report, pinpoint, base)]
        return json.dumps(items, ensure_ascii=False, indent=2) + "\n"
    if form == "ris":
        return ris(report, pinpoint, base)
    if form == "bibtex":
        return bibtex(report, pinpoint, base)
    cited = styles.cite(csl_item(report), pinpoint, style, form)
    parts = [cited.in_text, cited.bibliography, "\n".join(_notes(report, pinpoint, base)[1:])]
    return "\n\n".join(part for part in parts if part) + "\n"


def source_line(report: Report) -> str:
    """The source and the date of publication, which a licence may ask for."""
    about = report.metadata
    if about.attribution:
        return about.attribution
    when = day(about.published) if about.published else "date not known"
    return ", ".join(part for part in (about.publisher, about.title or report.id, when) if part)


def _notes(report: Report, pinpoint: Pinpoint, base: str) -> list[str]:
    """The pinpoint, then what every export says besides the citation."""
    notes = [pinpoint.text]
    if _opens(base):
        notes.append(f"Permalink: {permalink(report, pinpoint.passage, base)}")
    notes.append(f"Source: {source_line(report)}")
    licence = report.metadata.licence
    return [" ".join(note.split()) for note in [*notes, *([f"Licence: {licence}"] * bool(licence))]]


def _opens(base: str) -> bool:
    """True where a permalink is an address that a browser opens, not a path of this machine's."""
    return base.startswith(("https://", "http://"))


def _citation_item(report: Report, pinpoint: Pinpoint) -> CslPinpoint:
    """The item of a CSL citation, which carries the locator; a range with a hyphen, as in CSL."""
    first, *others = pinpoint.groups
    if first.unit == HEADING:
        return CslPinpoint(id=report.id, label="section", locator=pinpoint.text.strip("‘’"))
    if others or not first.plain:
        return CslPinpoint(id=report.id, label="paragraph", locator=pinpoint.text)
    return CslPinpoint(id=report.id, label="paragraph", locator=first.joined("-"))


def _noted(report: Report, pinpoint: Pinpoint, base: str) -> Item:
    """The CSL-JSON item, with the pinpoint in its note and as a field of our own."""
    located = _citation_item(report, pinpoint)
    return csl_item(report) | {
        "note": ". ".join(note.rstrip(".") for note in _notes(report, pinpoint, base)),
        "custom": {
            "label": located.label,
            "locator": located.locator,
            **({"permalink": permalink(report, pinpoint.passage, base)} if _opens(base) else {}),
        },
    }


def ris(report: Report, pinpoint: Pinpoint, base: str = "") -> str:
    """The reference in RIS."""
    item = csl_item(report)
    published = report.metadata.published
    fields = [("TY", RIS_TYPES[item["type"]]), ("ID", item["id"])]
    fields += [("AU", inverted(name)) for name in item.get("author", [])]
    fields += [("TI", item["title"]), ("PB", report.metadata.publisher)]
    first, _, last = item.get("page", "").replace("–", "-").partition("-")
    fields += [("T2", item.get("container-title", "")), ("VL", item.get("volume", ""))]
    fields += [("IS", item.get("issue", "")), ("SP", first), ("EP", last)]
    fields += [("SN" if item["type"] == "report" else "M1", report.metadata.number)]
    if published:
        fields += [("PY", f"{published.year}"), ("DA", published.strftime("%Y/%m/%d"))]
    fields += [("UR", item.get("URL", ""))]
    fields += [("N1", note) for note in _notes(report, pinpoint, base)]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\n".join([*lines, "ER  - "]) + "\n"


def bibtex(report: Report, pinpoint: Pinpoint, base: str = "") -> str:
    """The reference for BibLaTeX and BibTeX; either takes the date fields it knows."""
    item, about = csl_item(report), report.metadata
    published = about.published
    place, *others = _notes(report, pinpoint, base)
    address = [note for note in others if note.startswith("Permalink: ")]
    source = [note for note in others if note not in address]
    names = " and ".join(
        f"{{{_tex(name['literal'])}}}" if "literal" in name else _tex(inverted(name))
        for name in item.get("author", [])
    )
    house = {"report": "institution", "misc": "organization", "online": "organization"}
    kind = BIB_TYPES[item["type"]]
    fields = {
        "author": names,
        "title": _tex_title(item["title"], item["type"] == "legal_case"),
        "type": {"report": "Report", "misc": MISC_TYPES.get(item["type"], "")}.get(kind, ""),
        house.get(kind, "publisher"): "" if kind == "article" else _tex(about.publisher),
        **_bib_series(kind, item, about.number),
        "date": published.isoformat() if published else "",
        "year": str(published.year) if published else "",
        "month": str(published.month) if published else "",
        "url": re.sub(r"[{}\\\s]", "", item.get("URL", "")),
        "note": _tex(". ".join([place, *address])),
        "annotation": _tex(" ".join(source)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{item['id']},", *lines, "}"]) + "\n"


def _bib_series(kind: str, item: Item, number: str) -> dict[str, str]:
    """Where it is printed and by what number it is known, in the fields that its type has."""
    pages = item.get("page", "").replace("–", "-").replace("-", "--")
    place = (item.get("volume", ""), item.get("container-title", ""), pages)
    if kind == "article":
        names = ("volume", "journaltitle", "pages")
        fields = dict(zip(names, place, strict=True)) | {"number": item.get("issue", "")}
    elif kind == "report":
        fields = {"number": number}
    elif kind == "misc":
        fields = {"howpublished": " ".join(part for part in place if part) or number}
    else:
        fields = {}
    return {name: _tex(value) for name, value in fields.items()}


def _tex(text: str) -> str:
    return "".join(TEX.get(char, char) for char in " ".join(text.split()))


def _tex_title(title: str, whole: bool) -> str:
    """A title with braces around the capitals that a style may not lower, or around it all."""
    if whole:
        return f"{{{_tex(title)}}}"
    first, *words = _tex(title).split()
    first = f"{{{first}}}" if re.search(r"\w[A-Z]", first) else first
    return " ".join(
        [first, *(f"{{{word}}}" if re.search("[A-Z]", word) else word for word in words)]
    )


def json_ld(report: Report, passage: Passage, base: str = "") -> dict[str, Any]:
    """The passage as schema.org data, for search engines and reference managers."""
    about = report.metadata
    authors = [
        {"@type": "Organization", "name": name["literal"]}
        if "literal" in name
        else {"@type": "Person", "familyName": name["family"], "givenName": name["given"]}
        for name in csl_item(report).get("author", [])
    ]
    whole = {
        "@type": SCHEMA_TYPES.get(about.kind, "CreativeWork"),
        "name": about.title or report.id,
        "author": authors,
        "publisher": about.publisher and {"@type": "Organization", "name": about.publisher},
        "datePublished": about.published.isoformat() if about.published else "",
        "url": about.url,
        "license" if about.licence.startswith("https://") else "usageInfo": about.licence,
        "creditText": source_line(report),
    }
    return {
        "@context": "https://schema.org",
        "@type": "Quotation",
        "url": permalink(report, passage, base),
        "name": short_citation(report, passage),
        "position": passage.number or passage.section[-1],
        "text": passage.text,
        "isPartOf": {name: value for name, value in whole.items() if value},
    }
