"""Suggestions while a reader types: paragraph numbers, headings, abbreviations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field

from indexer.errors import NotFoundError
from indexer.numbers import in_short, read_numbers
from indexer.report import Report
from indexer.store.index import Engine
from indexer.text import compared_words
from search_api.library import catalog
from search_api.library.links.short_citation import passage_url
from search_api.library.places import owners_of, places_of
from search_api.types.base import Frozen

Kind = Literal["paragraph", "question", "heading", "abbreviation"]
MOST_SUGGESTIONS = 20
LONGEST_QUERY = 200
DETAIL = 90
# Reports looked at for one query, and those whose entries are kept.
MOST_REPORTS, KEPT_REPORTS = 50, 500


class Suggestion(Frozen):
    """Something to ask, or a place to go."""

    text: Annotated[str, Field(description="What to show")]
    kind: Annotated[Kind, Field(description="What it is")]
    detail: Annotated[str, Field(description="What it stands for, or where it leads")]
    report: Annotated[str | None, Field(description="Id of the report; null for a question")]
    key: Annotated[str | None, Field(description="Key of the passage it leads to")]
    through: Annotated[str | None, Field(description="Key of the last passage, for a range")]
    url: Annotated[str, Field(description="Where a browser goes")]


class Suggestions(Frozen):
    """What was typed, and what it may mean."""

    query: Annotated[str, Field(description="What was typed")]
    suggestions: Annotated[list[Suggestion], Field(description="Best first")]


class Section(NamedTuple):
    """A heading as a filter: `value` is the text that the section filter takes."""

    value: str
    heading: str
    level: int
    first: str | None
    last: str | None
    key: str


class _Entry(NamedTuple):
    words: tuple[str, ...]
    suggestion: Suggestion


class Suggester:
    """Suggestions from the reports of a store; what a report offers is worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[_Entry]] = {}

    def suggest(
        self, store: Engine, query: str, report: str | None = None, limit: int = 8
    ) -> Suggestions:
        """What a reader who has typed `query` may mean; best first.

        Raises:
            NotFoundError: no such report.
        """
        only = [store.place(report)] if report else None
        text = " ".join(query[:LONGEST_QUERY].split())
        found = [*_numbered(store, text, only), *self._worded(store, text, only)]
        return Suggestions(query=query, suggestions=found[:limit])

    def _worded(self, store: Engine, text: str, only: list[int] | None) -> list[Suggestion]:
        typed = compared_words(text)
        if not typed:
            return []
        places = only or store.mentioning(typed[-1], MOST_REPORTS)
        reports = (store.reports[place] for place in places)
        ranked: list[tuple[int, int, Suggestion]] = []
        for report in reports:
            for entry in self._entries(report):
                rank = _rank(typed, entry)
                if rank is not None:
                    ranked.append((rank, len(ranked), entry.suggestion))
        return [suggestion for _, _, suggestion in sorted(ranked, key=lambda item: item[:2])]

    def _entries(self, report: Report) -> list[_Entry]:
        name = (report.id, report.sha256)
        if name not in self._known:
            if len(self._known) >= KEPT_REPORTS:
                del self._known[next(iter(self._known))]
            self._known[name] = [
                _Entry(
                    compared_words(f"{each.text} {each.detail}" if _is_short(each) else each.text),
                    each,
                )
                for each in (*_abbreviations(report), *_questions(report), *_headings(report))
            ]
        return self._known[name]


def sections(report: Report) -> list[Section]:
    """The report's headings as filters, in document order, each path once."""
    found: dict[str, Section] = {}
    path: list[str] = []
    for entry in catalog.outline(report):
        path = [*path[: entry.level - 1], entry.heading]
        value = " > ".join(path)
        found.setdefault(
            value, Section(value, entry.heading, entry.level, entry.first, entry.last, entry.key)
        )
    return list(found.values())


def opensearch_suggestions(found: Suggestions, base: str) -> list[object]:
    """The form browsers ask for: the query, then texts, descriptions and addresses."""
    return [
        found.query,
        [each.text for each in found.suggestions],
        [each.detail for each in found.suggestions],
        [base + each.url for each in found.suggestions],
    ]


def opensearch_description(base: str) -> str:
    """The description with which a browser takes the page as a search engine."""
    page = quoteattr(f"{base}/?q={{searchTerms}}")
    suggest = quoteattr(f"{base}/api/v1/suggest?q={{searchTerms}}&format=opensearch")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>Pilcrow</ShortName>
  <Description>Ask reports; read their own sentences with paragraph numbers.</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image type="image/svg+xml">{escape(base)}/static/icon.svg</Image>
  <Url type="text/html" method="get" template={page}/>
  <Url type="application/x-suggestions+json" rel="suggestions" template={suggest}/>
</OpenSearchDescription>
"""


def _numbered(store: Engine, text: str, only: list[int] | None) -> Iterator[Suggestion]:
    read = read_numbers(text)
    if read is None:
        return
    numbers = in_short(read)
    owners = only or owners_of(store, read[0].number)
    for report in (store.reports[place] for place in owners[:MOST_REPORTS]):
        try:
            places = places_of(report, numbers)
        except NotFoundError:
            continue
        first, last = report.passages[places[0][0]], report.passages[places[-1][0]]
        several = first is not last
        yield Suggestion(
            text=f"paras {numbers}" if several else f"para {first.number or first.key}",
            kind="paragraph",
            detail=f"{_name(report)}: {_cut(first.text)}",
            report=report.id,
            key=first.key,
            through=last.key if several else None,
            url=passage_url(report, first),
        )


def _abbreviations(report: Report) -> Iterator[Suggestion]:
    by_key = {passage.key: passage for passage in report.passages}
    for entry in report.glossary:
        yield Suggestion(
            text=entry.short,
            kind="abbreviation",
            detail=entry.long,
            report=report.id,
            key=entry.key,
            through=None,
            url=passage_url(report, by_key[entry.key]),
        )


def _questions(report: Report) -> Iterator[Suggestion]:
    for example in report.metadata.examples:
        yield Suggestion(
            text=example,
            kind="question",
            detail=_name(report),
            report=None,
            key=None,
            through=None,
            url=f"/?q={quote(example)}",
        )


def _headings(report: Report) -> Iterator[Suggestion]:
    by_key = {passage.key: passage for passage in report.passages}
    for section in sections(report):
        above = section.value.rpartition(" > ")[0].replace(" > ", " › ")
        run = section.first if section.first == section.last else f"{section.first}–{section.last}"
        parts = [_name(report), above, f"para {run}" if section.first else ""]
        yield Suggestion(
            text=section.heading,
            kind="heading",
            detail=", ".join(part for part in parts if part),
            report=report.id,
            key=section.key,
            through=None,
            url=passage_url(report, by_key[section.key]),
        )


def _rank(typed: tuple[str, ...], entry: _Entry) -> int | None:
    """0 for what begins as typed, 1 for what holds every word typed; None for the rest."""
    *whole, begun = typed
    if not all(word in entry.words for word in whole):
        return None
    if not any(word.startswith(begun) for word in entry.words):
        return None
    begins = entry.words[: len(typed)]
    return 0 if begins[:-1] == tuple(whole) and begins[-1].startswith(begun) else 1


def _is_short(suggestion: Suggestion) -> bool:
    return suggestion.kind == "abbreviation"


def _name(report: Report) -> str:
    return report.metadata.short_title or report.metadata.title or report.id


def _cut(text: str) -> str:
    line = " ".join(text[: 4 * DETAIL].split())
    return line if len(line) <= DETAIL else f"{line[:DETAIL].rsplit(' ', 1)[0]} …"
