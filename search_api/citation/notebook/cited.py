"""Quotes with their citations in a style, as runs of plain and marked text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from search_api.citation.csl_item import csl_item
from search_api.citation.exports import source_line
from search_api.citation.locators import find_pinpoint
from search_api.citation.notebook.items import SHORT, Quoted
from search_api.citation.styles import cite
from search_api.library.links.short_citation import quote_url, short_citation

MARKED = re.compile(r"\\(?P<plain>[\\`*_<])|(?P<mark>\*\*|\*)")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one type."""

    text: str
    italic: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quote, how it is cited where it stands, and its permalink."""

    words: str
    note: str
    citation: tuple[Run, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """A report that was quoted: its entry, and what its licence asks to be said."""

    entry: tuple[Run, ...]
    credit: str


def cite_quotes(quotes: Iterable[Quoted], style: str, base: str) -> list[CitedQuote]:
    """Each quote with its citation.

    Raises:
        StyleError: no such style.
    """
    known: dict[tuple[str, str], tuple[Run, ...]] = {}
    cited = []
    for quote in quotes:
        name = (quote.report.id, quote.passage.key)
        if name not in known:
            known[name] = _in_text(quote, style)
        url = base + quote_url(quote.report, quote.passage, quote.start, quote.end)
        cited.append(CitedQuote(quote.words, quote.note, known[name], url))
    return cited


def list_sources(quotes: Iterable[Quoted], style: str) -> list[Source]:
    """The reports quoted, each once, in order."""
    sources = []
    for quote in {quote.report.id: quote for quote in quotes}.values():
        report = quote.report
        entry = None
        if style != SHORT:
            pinpoint = find_pinpoint(report, quote.passage.key)
            entry = cite(csl_item(report), pinpoint, style, "markdown").bibliography
        line, licence = source_line(report), report.metadata.licence
        credit = [line] if entry else []
        credit += [f"Licence: {licence}"] if licence else []
        credit = [part.rstrip(".") for part in credit]
        sources.append(
            Source(runs(entry) if entry else (Run(line),), "".join(f"{part}. " for part in credit))
        )
    return sources


def _in_text(quote: Quoted, style: str) -> tuple[Run, ...]:
    if style == SHORT:
        return (Run(short_citation(quote.report, quote.passage)),)
    pinpoint = find_pinpoint(quote.report, quote.passage.key)
    return runs(cite(csl_item(quote.report), pinpoint, style, "markdown").in_text)


def runs(markdown: str) -> tuple[Run, ...]:
    """The Markdown that `citation.styles` writes, as runs."""
    found: list[Run] = []
    text, italic, bold, at = "", False, False, 0

    def close() -> None:
        nonlocal text
        if text:
            found.append(Run(text, italic, bold))
        text = ""

    for match in MARKED.finditer(markdown):
        text += markdown[at : match.start()]
        at = match.end()
        if match["plain"]:
            text += match["plain"]
            continue
        close()
        if match["mark"] == "*":
            italic = not italic
        else:
            bold = not bold
    text += markdown[at:]
    close()
    return tuple(found)
