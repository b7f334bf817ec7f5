"""Which report a reference is about, and which of its passages the numbers name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.errors import NotFoundError
from indexer.report import Report
from search_api.library.places import find_item
from search_api.verify.drafts.document import NOTHING, Draft
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.words import Word, words_of

SUB_ITEM = re.compile(r"(?P<base>[^()]+)(?P<item>(?:\([a-z0-9]{1,4}\))+)")
YEAR = re.compile(r"(?:19|20)\d\d")
# How far from a reference, in characters, its source may be named in the same citation.
NEAR = 160
# How far apart the names of one citation stand: "Northumberland (Ofsted, 14 May 2012)".
APART = 60
Names = dict[str, dict[tuple[str, ...], set[int]]]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of reports at clean[start:end]; `reports` are those it may mean."""

    start: int
    end: int
    reports: frozenset[int]


@dataclass(frozen=True, slots=True)
class Claimed:
    """The rows a reference names, the sub-item it names in them, and what is not there."""

    rows: tuple[int, ...]
    item: str
    missing: str


def find_mentions(index: PassageIndex, draft: Draft) -> list[Mention]:
    """Where the draft names the reports: by id, title, short title, publisher or author."""
    if len(index.reports) < 2:
        return []
    return [
        Mention(start, end, _of_year(index, draft, end, reports))
        for start, end, reports in _named(index.names, draft)
    ]


def quoting_titles(index: PassageIndex, draft: Draft) -> list[Mention]:
    """Where the draft prints a title that has words in quotation marks itself."""
    if not index.quoting_names:
        return []
    found = _named(index.quoting_names, draft)
    return [Mention(start, end, frozenset(reports)) for start, end, reports in found]


def _named(names: Names, draft: Draft) -> Iterator[tuple[int, int, set[int]]]:
    """Where names stand in a draft, the longest at a place."""
    words = words_of(draft.clean.replace(NOTHING, " "))
    at = 0
    while at < len(words):
        longest = _longest(names.get(words[at].key, {}), words, at)
        if longest is None:
            at += 1
            continue
        size, reports = longest
        yield words[at].start, words[at + size - 1].end, reports
        at += size


def _longest(
    names: dict[tuple[str, ...], set[int]], words: Sequence[Word], at: int
) -> tuple[int, set[int]] | None:
    best: tuple[int, set[int]] | None = None
    for keys, reports in names.items():
        spoken = tuple(word.key for word in words[at : at + len(keys)])
        if spoken == keys and (best is None or len(keys) > best[0]):
            best = len(keys), reports
    return best


def _of_year(index: PassageIndex, draft: Draft, end: int, reports: set[int]) -> frozenset[int]:
    """Those of the reports that were published in the year named right after."""
    year = YEAR.search(draft.clean, end, end + 30)
    if year is not None:
        of_year = {
            place
            for place in reports
            if (day := index.reports[place].metadata.published) and str(day.year) == year[0]
        }
        reports = of_year or reports
    return frozenset(reports)


def reports_meant(
    index: PassageIndex, draft: Draft, mentions: Sequence[Mention], start: int, end: int
) -> tuple[tuple[int, ...], bool]:
    """The reports that a citation at start..end may mean, and whether the draft names them."""
    everything = tuple(range(len(index.reports)))
    if len(everything) < 2:
        return everything, True
    at = bisect_left(mentions, end, key=lambda mention: mention.start)
    if at < len(mentions) and _is_of(draft.clean[end : mentions[at].start]):
        return tuple(sorted(mentions[at].reports)), True
    before = [m for m in mentions[:at] if m.end <= start]
    if not before or "\n\n" in draft.clean[before[-1].end : start].replace(" ", ""):
        return everything, False
    meant = before[-1].reports
    for earlier, later in zip(before[-2::-1], before[:0:-1], strict=False):
        if later.start - earlier.end > APART or not meant & earlier.reports:
            break
        meant &= earlier.reports
    return tuple(sorted(meant)), start - before[-1].end <= NEAR


def _is_of(between: str) -> bool:
    return len(between) <= 40 and re.match(r"[\s,]*(?:of|in|from)\b[^.;!?]*$", between) is not None


def resolve(index: PassageIndex, numbers: Sequence[str], reports: Sequence[int]) -> Claimed:
    """The passages that a reference's numbers name in the reports it may mean."""
    rows: list[int] = []
    items: list[str] = []
    missing: list[str] = []
    for number in numbers:
        found: list[int] = []
        for report in reports:
            here, item = _rows_of(index, report, number)
            found += here
            items += [item] if item else []
        rows += found
        if not found:
            missing.append(number)
    about = index.reports[reports[0]] if len(reports) == 1 else None
    item = items[0] if len(numbers) == 1 and items else ""
    return Claimed(tuple(dict.fromkeys(rows)), item, _missing(about, missing))


def _missing(report: Report | None, numbers: Sequence[str]) -> str:
    if not numbers:
        return ""
    which = f"paragraph{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
    if report is None:
        return f"no report has {which}"
    audit = report.audit
    return f"{report.id} has no {which}; its paragraphs run from {audit.first} to {audit.last}"


def _rows_of(index: PassageIndex, report: int, number: str) -> tuple[list[int], str]:
    """The rows of one number or range in a report, with the sub-item it names."""
    known = index.numbers[report]
    name = number.lower()
    for spelled in (name, f"§ {name}", f"¶{name}"):
        if spelled in known:
            return known[spelled], ""
    sub = SUB_ITEM.fullmatch(name)
    if sub is not None and sub["base"] in known:
        return known[sub["base"]], sub["item"]
    first, dash, last = name.partition("-")
    if not dash:
        return [], ""
    firsts, _ = _rows_of(index, report, first)
    # "142-5" is short for "142-145".
    if not known.get(last) and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    lasts, _ = _rows_of(index, report, last) if "-" not in last else ([], "")
    if len(firsts) != 1 or len(lasts) != 1 or firsts[0] > lasts[0]:
        return [], ""
    return list(range(firsts[0], lasts[0] + 1)), ""


def lacks_item(index: PassageIndex, row: int, item: str) -> str:
    """That a passage lacks the sub-item claimed of it, or nothing."""
    try:
        find_item(index.passages[row], item)
    except NotFoundError:
        return f"para {index.passages[row].number} has no item {item}"
    return ""


def stands_in_item(index: PassageIndex, row: int, item: str, start: int, end: int) -> bool:
    """True when a slice of a passage lies in its sub-item."""
    found = find_item(index.passages[row], item)
    return found.start <= start and end <= found.end
