"""Reports and their paragraphs, looked up by id, key or number."""

from __future__ import annotations

import re

from indexer.errors import NotFoundError
from indexer.report import Passage, Report
from indexer.store import Store
from search_api.citation import passage_url, short_citation
from search_api.types import (
    Audit,
    Doubtful,
    Neighbour,
    OutlineEntry,
    Paragraph,
    ReportDetail,
    ReportSummary,
)

RANGE = re.compile(r"(?P<first>[^\s–]+?)\s*(?:–|-|\bto\b)\s*(?P<last>[^\s–]+)")


def summaries(store: Store) -> list[ReportSummary]:
    """Every report in the store, by id."""
    return [summary(report) for report in store.reports]


def summary(report: Report) -> ReportSummary:
    """A report in short."""
    about = report.metadata
    return ReportSummary(
        id=report.id,
        title=about.title or report.id,
        short_title=about.short_title or about.title or report.id,
        publisher=about.publisher,
        authors=list(about.authors),
        published=about.published.isoformat() if about.published else None,
        kind=about.kind,
        url=about.url,
        licence=about.licence,
        attribution=about.attribution,
        missing=list(about.missing),
        examples=list(about.examples),
        paragraphs=len(report.paragraphs),
        passages=len(report.passages),
        sentences=sum(len(passage.sentences) for passage in report.passages),
    )


def detail(report: Report) -> ReportDetail:
    """A report with its outline and audit."""
    return ReportDetail(
        **summary(report).model_dump(), outline=outline(report), audit=audit_of(report)
    )


def audit_of(report: Report) -> Audit:
    """The report's numbering audit."""
    found = report.audit
    return Audit(
        count=found.count,
        first=found.first,
        last=found.last,
        gaps=list(found.gaps),
        repeats=list(found.repeats),
        disorder=list(found.disorder),
        share=found.share,
        doubtful=[Doubtful(line=d.line, text=d.text, reason=d.reason) for d in found.doubtful],
    )


def new_headings(report: Report, index: int) -> list[tuple[int, str, str | None]]:
    """The headings printed between passage `index` and the one before: (level, title, note)."""
    passage = report.passages[index]
    before = report.passages[index - 1].section if index else ()
    same = 0
    while same < min(len(before), len(passage.section)) and before[same] == passage.section[same]:
        same += 1
    last = len(passage.section)
    return [
        (level, title, passage.note if level == last else None)
        for level, title in enumerate(passage.section, start=1)
        if level > same
    ]


def outline(report: Report) -> list[OutlineEntry]:
    """The report's headings with the numbers each spans."""
    entries = []
    for index, passage in enumerate(report.passages):
        for level, title, note in new_headings(report, index):
            path = passage.section[:level]
            under = [p.number for p in _run(report, index, path) if p.number is not None]
            entries.append(
                OutlineEntry(
                    heading=title,
                    level=level,
                    note=note,
                    key=passage.key,
                    first=under[0] if under else None,
                    last=under[-1] if under else None,
                )
            )
    return entries


def _run(report: Report, start: int, path: tuple[str, ...]) -> list[Passage]:
    run = []
    for passage in report.passages[start:]:
        if passage.section[: len(path)] != path:
            break
        run.append(passage)
    return run


def paragraph(report: Report, index: int) -> Paragraph:
    """One passage of a report, by its place in it."""
    passage = report.passages[index]
    return Paragraph(
        report=report.id,
        number=passage.number,
        key=passage.key,
        section=list(passage.section),
        note=passage.note,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        page=passage.page,
        page_label=passage.page_label,
        citation=short_citation(report, passage),
        url=passage_url(report, passage),
        previous=_neighbour(report, index - 1),
        next=_neighbour(report, index + 1),
    )


def _neighbour(report: Report, index: int) -> Neighbour | None:
    if not 0 <= index < len(report.passages):
        return None
    passage = report.passages[index]
    return Neighbour(key=passage.key, number=passage.number, url=passage_url(report, passage))


def place_of(report: Report, key: str) -> int:
    """Where in the report's passages a key stands.

    Raises:
        NotFoundError: the report has no such paragraph.
    """
    for index, passage in enumerate(report.passages):
        if passage.key == key:
            return index
    audit = report.audit
    raise NotFoundError(
        f"{report.id} has no paragraph '{key}'; its paragraphs run from {audit.first} to "
        f"{audit.last}"
    )


def places_of(report: Report, numbers: str) -> list[int]:
    """The places that `29`, `30-35` or `29, 31-33` name, in the order given.

    Raises:
        NotFoundError: a number is not in the report, or a range runs backwards.
    """
    places: list[int] = []
    for part in (part.strip() for part in numbers.split(",")):
        keys = {passage.key for passage in report.passages}
        match = None if part in keys else RANGE.fullmatch(part)
        if match is None:
            places.append(place_of(report, part))
            continue
        first, last = place_of(report, match["first"]), place_of(report, match["last"])
        if last < first:
            raise NotFoundError(f"'{part}' runs backwards; write the lower number first")
        places += range(first, last + 1)
    return list(dict.fromkeys(places))
