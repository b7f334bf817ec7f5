"""A question that names a report is asked of that report: by id, title, publisher, place, party.

A report is named by words of its own name that no other report's name has and that are a name: its
text never prints them small. "The Coventry inspector", "the Hay judgment" and "according to ..."
say that the report is meant; a name by itself may also be the subject, so then the evidence
decides: where another report's passage that has the name is found first, all are asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.encoders.base import Encoder
from indexer.report import Metadata, Report
from indexer.store.index import Engine, Scope
from indexer.text import compared_words
from search_api.ask.question.query import Query
from search_api.ask.ranking import rank
from search_api.library.kept import Recent

# Larger stores are asked by `report=`: their names are not all read for a question.
MOST_REPORTS = 2_000
SHORTEST = 4
JOINING = frozenset({"and", "or", "the", "with", "than"})
# So many words of a name together are the report's, whatever stands beside them.
WHOLE_NAME = 3
# What is said of a report, beside its name: "the Coventry inspector", "in Coventry's review".
# fmt: off
MEANT = frozenset((
    "report", "reports", "review", "inspection", "inspector", "inspectors", "inquiry", "enquiry",
    "judgment", "judgement", "case", "decision", "ruling", "court", "tribunal", "judge", "plan",
    "document", "paper", "audit", "assessment", "authors", "according",
))
# Every name may have these; none is told apart by them.
PLAIN = MEANT | frozenset((
    "limited", "council", "county", "city", "services", "service", "children",
))
# fmt: on


@dataclass(frozen=True, slots=True)
class Names:
    """What the reports of a store are called: words and whole names, each with its report."""

    words: dict[str, int]
    phrases: dict[tuple[str, ...], int]


def within_named_report(store: Engine, encoder: Encoder, query: Query) -> Query:
    """The query, bound to the one report that it names; as it is where it names none or several."""
    if query.scope.report is not None or not 1 < len(store.reports) <= MOST_REPORTS:
        return query
    words = compared_words(query.text)
    called = list(_called(_names(store), store, words))
    places = {place for place, _, _ in called}
    spoken = [(start, place) for place, start, end in called if _is_meant(words, start, end)]
    meant = {place for _, place in spoken}
    # "the Hay and the Wells report": both are meant.
    meant |= {
        place
        for place, _, end in called
        for start, _ in spoken
        if end < start and JOINING.issuperset(words[end:start])
    }
    for chosen, sure in ((meant, True), (places, False)):
        if len(chosen) == 1:
            return _bound(store, encoder, query, called, chosen.pop(), sure=sure)
    return query


def _bound(
    store: Engine,
    encoder: Encoder,
    query: Query,
    called: list[tuple[int, int, int]],
    place: int,
    *,
    sure: bool,
) -> Query:
    report = store.reports[place]
    if not sure:
        words = compared_words(query.text)
        names = {word for at, start, end in called if at == place for word in words[start:end]}
        best = rank(store, encoder, query).passages[:1]
        for item in best:
            owner, passage = store.rows[item.row]
            if owner.id != report.id and names & set(compared_words(passage.text)):
                return query
    name = report.metadata.short_title or report.metadata.title or report.id
    read = f"{query.read_as or query.text} (in {name})"
    return replace(query, scope=Scope(report.id, query.scope.section), read_as=read)


_kept: Recent[Names] = Recent(4)


def _names(store: Engine) -> Names:
    """What the reports of a store are called; read once for what it holds."""
    found = _kept.get(store.fingerprint)
    if found is None:
        found = _read_names(store)
        _kept.keep(store.fingerprint, found)
    return found


def _read_names(store: Engine) -> Names:
    owners: defaultdict[str, set[int]] = defaultdict(set)
    phrases: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for place, report in enumerate(store.reports):
        for name in _said(report.id, report.metadata):
            words = compared_words(name)
            phrases[words].add(place)
            for word in words:
                owners[word].add(place)
    return Names(
        {
            word: next(iter(of_word))
            for word, of_word in owners.items()
            if len(of_word) == 1 and len(word) >= SHORTEST and word not in PLAIN
        },
        {words: next(iter(own)) for words, own in phrases.items() if len(own) == 1 and words},
    )


def _said(identity: str, about: Metadata) -> Iterator[str]:
    """Whatever a reader may call a report."""
    yield from (re.sub(r"[-_]", " ", identity), identity)
    yield from (about.title, about.short_title, about.publisher, about.court)
    yield from (about.neutral_citation, *about.parties)


def _called(names: Names, store: Engine, words: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
    """Which reports a question's words name, and from which word to which."""
    longest = max((len(phrase) for phrase in names.phrases), default=0)
    for start, word in enumerate(words):
        for end in range(min(len(words), start + longest), start + 1, -1):
            place = names.phrases.get(words[start:end])
            if place is not None:
                yield place, start, end
                break
        place = names.words.get(word)
        if place is not None and _is_name(store.reports[place], word):
            yield place, start, start + 1


def _is_name(report: Report, word: str) -> bool:
    """Whether a word of a report's name is one: printed with a capital there, never small."""
    printed = f"{' '.join(_said(report.id, report.metadata))} {report.text}"
    return (
        re.search(rf"(?<!\w){re.escape(word.capitalize())}(?!\w)", printed) is not None
        and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", report.text) is None
    )


def _is_meant(words: tuple[str, ...], start: int, end: int) -> bool:
    """Whether the report is spoken of, and not only what its name stands for."""
    near = {*words[max(0, start - 2) : start], *words[end : end + 2]}
    return end - start >= WHOLE_NAME or bool(MEANT & near)
