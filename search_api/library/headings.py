"""Headings of a report as passages of their own: no number, their own text, key and offsets.

The splitter writes every heading into the report's text before the passages under it, so a heading
is found again there: its title, and the grade printed with it.
"""

from __future__ import annotations

import re

from indexer.report import Passage, Report
from search_api.library.kept import kept_per_report

PREFIX = "heading/"
# Marks of emphasis that a text may have around a title or a grade.
MARKS = "*_"
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


@kept_per_report
def heading_passages(report: Report) -> tuple[tuple[int, Passage], ...]:
    """The headings in order, each with the place of the first passage under it."""
    found: list[tuple[int, Passage]] = []
    seen: dict[str, int] = {}
    before: tuple[str, ...] = ()
    end = 0
    for place, passage in enumerate(report.passages):
        path, start = passage.section, end
        same = next(
            (i for i, (a, b) in enumerate(zip(before, path, strict=False)) if a != b),
            min(len(before), len(path)),
        )
        for level in range(same, len(path)):
            note = passage.note if level + 1 == len(path) else None
            span = _printed_at(report.text, path[level], note, start, passage.start)
            if span is None:
                continue
            start = span[1]
            name = NOT_IN_KEYS.sub("-", path[level].casefold()).strip("-") or "untitled"
            seen[name] = count = seen.get(name, 0) + 1
            key = PREFIX + (name if count == 1 else f"{name}~{count}")
            found.append((place, _heading(report, passage, key, path[: level + 1], note, span)))
        before, end = path, passage.end
    return tuple(found)


def find_heading(report: Report, key: str) -> tuple[int, Passage] | None:
    """The heading of this key, with the place of the first passage under it."""
    if not key.startswith(PREFIX):
        return None
    return next((item for item in heading_passages(report) if item[1].key == key), None)


def _heading(
    report: Report,
    first: Passage,
    key: str,
    path: tuple[str, ...],
    note: str | None,
    span: tuple[int, int],
) -> Passage:
    start, end = span
    return Passage(
        key=key,
        number=None,
        section=path,
        note=note,
        text=report.text[start:end],
        start=start,
        end=end,
        page=first.page,
        page_label=first.page_label,
    )


def _printed_at(
    text: str, title: str, note: str | None, start: int, end: int
) -> tuple[int, int] | None:
    """Where a title is printed between two offsets, together with its note."""
    span = _find(text, title, start, end)
    if span is None or note is None:
        return span
    graded = _find(text, note, span[1], end)
    if graded is None:
        return span
    last = graded[1]
    while last < end and text[last] in MARKS and text[graded[0] - 1] in MARKS:
        last += 1
    return span[0], last


def _find(text: str, words: str, start: int, end: int) -> tuple[int, int] | None:
    """The last place of some words between two offsets, whatever white space parts them."""
    at = text.rfind(words, start, end)
    if at >= 0:
        return at, at + len(words)
    loose = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    matches = list(loose.finditer(text, start, end))
    return matches[-1].span() if matches else None
