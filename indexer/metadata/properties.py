"""What a file's own properties say: of Word, PDF and HTML.

They are often those of a template, or the typist's; so most of them are doubtful, unless the first
page bears them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from lxml import etree

from indexer.metadata.dates import month_of
from indexer.metadata.findings import Finding
from indexer.metadata.lines import FrontLine
from indexer.metadata.names import BODY, may_be_title
from indexer.text import compared_words, one_line

# What programs put in place of a title.
BY_PROGRAM = re.compile(
    r"microsoft (?:word|excel|powerpoint)\b|neutral citation\b|"
    r"\b(?:template|untitled|document\d{0,4}|presentation\d{0,4}|draft v?\d{1,3})\b",
    re.IGNORECASE,
)
FILES = (
    ".doc", ".docx", ".pdf", ".rtf", ".odt", ".indd", ".htm", ".html", ".txt", ".md", ".qxd",
)  # fmt: skip
SITE = re.compile(r" [|–—-] ")
LARGEST_HEAD = 200_000
# Names of meta elements by field, those made for citing first.
CITED = {
    "title": ("citation_title", "dc.title", "dcterms.title", "og:title"),
    "authors": ("citation_author", "dc.creator", "dcterms.creator"),
    "publisher": (
        "citation_technical_report_institution", "citation_publisher", "dc.publisher",
        "dcterms.publisher",
    ),
    "published": (
        "citation_publication_date", "dc.date", "dcterms.issued", "article:published_time",
        "citation_date",
    ),
    "journal": ("citation_journal_title",),
    "volume": ("citation_volume",),
    "issue": ("citation_issue",),
    "number": ("citation_technical_report_number",),
}  # fmt: skip
DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})(?:T.*)?")


def word_findings(core: Element, lines: Sequence[FrontLine]) -> list[Finding]:
    """Of docProps/core.xml."""
    fields = {str(child.tag).rpartition("}")[2]: one_line(child.text or "")[:500] for child in core}
    return _of_office(fields.get("title", ""), fields.get("creator", ""), "Word properties", lines)


def pdf_findings(info: dict[str, str], lines: Sequence[FrontLine]) -> list[Finding]:
    """Of a PDF's information dictionary; the day of making where the page prints the month."""
    found = _of_office(
        one_line(info.get("Title", "")), one_line(info.get("Author", "")), "PDF properties", lines
    )
    made = re.match(r"D:(\d{4})(\d{2})(\d{2})", info.get("CreationDate", ""))
    if made and month_of(lines) == (int(made[1]), int(made[2])):
        found += _date(f"{made[1]}-{made[2]}-{made[3]}", "PDF properties", sure=False)
    return found


def _of_office(title: str, creator: str, source: str, lines: Sequence[FrontLine]) -> list[Finding]:
    found = []
    if may_be_title(title) and not _is_made_up(title) and len(title.split()) > 1:
        found.append(Finding("title", title, source, False))
    printed = {compared_words(line.text) for line in lines if line.page == 1}
    if creator and BODY.fullmatch(creator) and compared_words(creator) in printed:
        found.append(Finding("publisher", creator, source, True))
    return found


def html_findings(path: Path, lines: Sequence[FrontLine]) -> list[Finding]:
    """Of a page's meta elements and its title."""
    head = path.read_bytes()[:LARGEST_HEAD]
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True)
    root = etree.fromstring(head, parser) if head.strip() else None
    if root is None:
        return []
    said: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = one_line(meta.get("content") or "")[:500]
        if name and content:
            said.setdefault(name, []).append(content)
    found = [each for field, names in CITED.items() for each in _cited(field, names, said)]
    title = one_line("".join(next(root.iter("title"), etree.Element("none")).itertext()))[:500]
    own = SITE.split(title)[0].strip()
    if may_be_title(own) and not _is_made_up(own):
        found.append(Finding("title", own, "HTML title", _is_printed(own, lines)))
    return found


def _is_made_up(title: str) -> bool:
    """True for a template's title, or a file's name."""
    named = title.lower().endswith(FILES) or "_" in title
    return named or BY_PROGRAM.search(title) is not None


def _cited(field: str, names: Iterable[str], said: dict[str, list[str]]) -> list[Finding]:
    for name in names:
        values = said.get(name)
        if not values:
            continue
        source, sure = f"HTML meta {name}", not name.startswith(("og:", "article:"))
        if field == "published":
            return _date(values[0], source, sure)
        value = tuple(values) if field == "authors" else values[0]
        return [Finding(field, value, source, sure)]
    return []


def _date(text: str, source: str, sure: bool) -> list[Finding]:
    match = DAY.fullmatch(text)
    try:
        return (
            [Finding("published", date(*map(int, match.groups())), source, sure)] if match else []
        )
    except ValueError:
        return []


def _is_printed(title: str, lines: Sequence[FrontLine]) -> bool:
    return any(compared_words(line.text) == compared_words(title) for line in lines)
