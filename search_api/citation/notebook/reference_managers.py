"""Quotes for reference managers: a reference for each report, with its quotes as notes."""

from __future__ import annotations

from collections.abc import Iterable

from search_api.citation.exports import TEX, bibtex, ris
from search_api.citation.locators import Pinpoint, find_pinpoint
from search_api.citation.notebook.items import Quoted


def to_ris(quotes: Iterable[Quoted], base: str) -> str:
    """A RIS record a report, with a note for each quote."""
    records = []
    for mine in _by_report(quotes):
        end = "ER  - \n"
        record = ris(mine[0].report, _pinpoint(mine), base).removesuffix(end)
        notes = "".join(f"N1  - {_one_line(_noted(quote))}\n" for quote in mine)
        records.append(record + notes + end)
    return "\n".join(records)


def to_bibtex(quotes: Iterable[Quoted], base: str) -> str:
    """An entry a report, with its quotes in the field that reference managers take for notes."""
    entries = []
    for mine in _by_report(quotes):
        entry = bibtex(mine[0].report, _pinpoint(mine), base).removesuffix("}\n")
        notes = "\n\n    ".join(
            "".join(TEX.get(char, char) for char in _one_line(_noted(quote))) for quote in mine
        )
        entries.append(f"{entry}  annote = {{{notes}}},\n}}\n")
    return "\n".join(entries)


def _by_report(quotes: Iterable[Quoted]) -> list[list[Quoted]]:
    grouped: dict[str, list[Quoted]] = {}
    for quote in quotes:
        grouped.setdefault(quote.report.id, []).append(quote)
    return list(grouped.values())


def _pinpoint(quotes: list[Quoted]) -> Pinpoint:
    """Every passage quoted, once, in the order of the report."""
    report = quotes[0].report
    wanted = {quote.passage.key for quote in quotes}
    return find_pinpoint(report, ",".join(p.key for p in report.passages if p.key in wanted))


def _noted(quote: Quoted) -> str:
    place = find_pinpoint(quote.report, quote.passage.key).text
    return f"{place}: “{quote.words}”" + (f" — {quote.note}" if quote.note else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
