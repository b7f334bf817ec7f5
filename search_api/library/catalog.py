"""Reports and their paragraphs, looked up by id, key or number."""

from __future__ import annotations

from indexer.history import text_hash
from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api.library.headings import find_heading
from search_api.library.links.short_citation import passage_url, short_citation
from search_api.library.places import Place, find_item
from search_api.library.positions import positions_of
from search_api.types.reports import (
    Abbreviated,
    Audit,
    Doubtful,
    KnownField,
    Link,
    Neighbour,
    Note,
    OutlineEntry,
    Paragraph,
    PassageName,
    ReportDetail,
    ReportSummary,
)


def summaries(store: Engine) -> list[ReportSummary]:
    """Every report in the store, by id."""
    entries = store.manifest["reports"]
    return [
        _summary(report, *(entry[name] for name in ("paragraphs", "passages", "sentences")))
        for report, entry in zip(store.reports, entries, strict=True)
    ]


def summary(report: Report) -> ReportSummary:
    """A report in short."""
    sentences = sum(len(passage.sentences) for passage in report.passages)
    return _summary(report, len(report.paragraphs), len(report.passages), sentences)


def _summary(report: Report, paragraphs: int, passages: int, sentences: int) -> ReportSummary:
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
        court=about.court,
        neutral_citation=about.neutral_citation,
        parties=list(about.parties),
        number=about.number,
        journal=about.journal,
        volume=about.volume,
        issue=about.issue,
        pages=about.pages,
        accessed=about.accessed.isoformat() if about.accessed else None,
        known=[KnownField(field=k.field, source=k.source, sure=k.sure) for k in about.known],
        paragraphs=paragraphs,
        passages=passages,
        sentences=sentences,
    )


def detail(report: Report) -> ReportDetail:
    """A report with its outline and audit."""
    return ReportDetail(
        **summary(report).model_dump(),
        order=[PassageName(key=p.key, number=p.number) for p in report.passages],
        outline=outline(report),
        audit=audit_of(report),
        glossary=[Abbreviated(short=a.short, long=a.long, key=a.key) for a in report.glossary],
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
        restarts=list(found.restarts),
        ours=found.ours,
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
    entries: list[OutlineEntry] = []
    # The entries whose sections the passage at hand stands in, the outermost first.
    within: list[int] = []
    for index, passage in enumerate(report.passages):
        for level, title, note in new_headings(report, index):
            del within[level - 1 :]
            within.append(len(entries))
            entries.append(
                OutlineEntry(
                    heading=title, level=level, note=note, key=passage.key, first=None, last=None
                )
            )
        del within[len(passage.section) :]
        if passage.number is not None:
            for place in within:
                entry = entries[place]
                first = entry.first if entry.first is not None else passage.number
                entries[place] = entry.model_copy(update={"first": first, "last": passage.number})
    return entries


def paragraph(report: Report, place: Place, notice: str = "") -> Paragraph:
    """One passage of a report, by its place in it, with a notice for who came by an old link."""
    index, label = place
    heading = find_heading(report, label)
    passage = heading[1] if heading is not None else report.passages[index]
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
        hash=text_hash(passage),
        notice=notice,
        citation=short_citation(report, passage),
        url=passage_url(report, passage),
        previous=_neighbour(report, index - 1),
        next=_neighbour(report, index + (heading is None)),
        item=find_item(passage, label) if label and heading is None else None,
        footnotes=[Note(mark=note.mark, text=note.text) for note in passage.footnotes],
        references=_links(report, passage),
        referenced_by=_referring(report, index) if heading is None else [],
    )


def _links(report: Report, passage: Passage) -> list[Link]:
    if not passage.references:
        return []
    by_key = positions_of(report).by_key
    return [
        Link(
            start=r.start,
            end=r.end,
            key=r.key,
            url=passage_url(report, report.passages[by_key[r.key]]),
        )
        for r in passage.references
    ]


def _referring(report: Report, index: int) -> list[Neighbour]:
    """The passages whose text refers to this one, by name or within a range."""
    neighbours = (_neighbour(report, place) for place in positions_of(report).referring(index))
    return [neighbour for neighbour in neighbours if neighbour is not None]


def _neighbour(report: Report, index: int) -> Neighbour | None:
    if not 0 <= index < len(report.passages):
        return None
    passage = report.passages[index]
    return Neighbour(key=passage.key, number=passage.number, url=passage_url(report, passage))
