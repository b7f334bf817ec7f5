"""A passage to its short citation and its link."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from indexer.history import text_hash
from indexer.report import Passage, Report


def short_citation(report: Report, passage: Passage) -> str:
    """The one-line citation: "Northumberland (Ofsted, 14 May 2012), para 29"."""
    about = report.metadata
    name = about.short_title or about.title or report.id
    when = day(about.published) if about.published else ""
    source = ", ".join(part for part in (about.publisher, when) if part)
    return f"{name} ({source}), {pinpoint(passage)}" if source else f"{name}, {pinpoint(passage)}"


def day(when: date) -> str:
    """A date in words: "14 May 2012"."""
    return f"{when.day} {when:%B %Y}"


def pinpoint(passage: Passage) -> str:
    """The place in words: `para 29`, `Article 8`, or the heading of an unnumbered passage."""
    if passage.number is None:
        return f"‘{passage.section[-1]}’"
    if passage.number.startswith("¶"):
        return f"{passage.number} (our count)"
    if passage.number.startswith("§"):
        return passage.number
    return f"{passage.unit or 'para'} {passage.number}"


def report_url(report: Report) -> str:
    """The report's permalink."""
    return f"/reports/{quote(report.id)}"


def passage_url(report: Report, passage: Passage) -> str:
    """The passage's permalink; a key's slash stays a slash."""
    return f"{report_url(report)}/paragraphs/{quote(passage.key)}"


def quote_url(report: Report, passage: Passage, start: int, end: int) -> str:
    """The permalink that shows a slice of the passage marked, and knows the text it was made of."""
    return f"{passage_url(report, passage)}?quote={start}-{end}&v={text_hash(passage)}"
