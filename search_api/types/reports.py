"""Reports and their paragraphs as every face returns them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from search_api.types.base import Displayed, Frozen, NextPage


class Neighbour(Frozen):
    """The passage before or after."""

    key: Annotated[str, Field(description="Key of the passage")]
    number: Annotated[str | None, Field(description="Printed number; null if unnumbered")]
    url: Annotated[str, Field(description="Permalink of the passage")]


class Link(Frozen):
    """A cross-reference in the text, to another passage of the report."""

    start: Annotated[int, Field(description="Offset into the paragraph's text")]
    end: Annotated[int, Field(description="End offset, exclusive")]
    key: Annotated[str, Field(description="Key of the passage referred to")]
    url: Annotated[str, Field(description="Its permalink")]


class Note(Frozen):
    """A footnote, kept apart from the text."""

    mark: Annotated[str, Field(description="What calls it in the text, such as `3`")]
    text: Annotated[str, Field(description="The footnote's words")]


class Item(Frozen):
    """A sub-item of a paragraph: `29(b)`; `text == paragraph.text[start:end]`."""

    label: Annotated[str, Field(description="As printed, without brackets")]
    text: Annotated[str, Field(description="The item's words")]
    start: Annotated[int, Field(description="Offset into the paragraph's text")]
    end: Annotated[int, Field(description="End offset, exclusive")]


class Paragraph(Displayed):
    """One passage of a report; `text` is a slice of the report's extracted text."""

    report: Annotated[str, Field(description="Id of the report")]
    number: Annotated[str | None, Field(description="Printed number; null if unnumbered")]
    key: Annotated[
        str, Field(description="Unique in the report; the number unless numbering restarts")
    ]
    section: Annotated[list[str], Field(description="Heading path, outermost first")]
    note: Annotated[str | None, Field(description="What the heading carries besides")]
    text: Annotated[str, Field(description="The report's own words, whole")]
    start: Annotated[int, Field(description="Offset into the report's extracted text")]
    end: Annotated[int, Field(description="End offset, exclusive")]
    page: Annotated[int | None, Field(description="Index of the page in the file, from 1")]
    page_label: Annotated[str | None, Field(description="The page's number as printed")]
    hash: Annotated[str, Field(description="Identity of the text, whatever its number")]
    notice: Annotated[str, Field(description="What an old link's reader must know; often empty")]
    citation: Annotated[str, Field(description="Short citation with the paragraph number")]
    url: Annotated[str, Field(description="Permalink of the passage")]
    previous: Annotated[Neighbour | None, Field(description="The passage before; null at the head")]
    next: Annotated[Neighbour | None, Field(description="The passage after; null at the end")]
    item: Annotated[Item | None, Field(description="The sub-item asked for, as in 29(b)")]
    footnotes: Annotated[list[Note], Field(description="Footnotes that the text calls")]
    references: Annotated[list[Link], Field(description="Passages that the text refers to")]
    referenced_by: Annotated[list[Neighbour], Field(description="Passages that refer to this one")]


class Paragraphs(Frozen):
    """Passages of a report, in document order."""

    report: Annotated[str, Field(description="Id of the report")]
    paragraphs: Annotated[list[Paragraph], Field(description="In document order, or as asked for")]
    total: Annotated[int | None, Field(description="How many there are without `limit`")] = None
    next: NextPage = None


class Doubtful(Frozen):
    """A line the numbering engine was not sure about."""

    line: Annotated[int, Field(description="Line of the extracted text, from 1")]
    text: Annotated[str, Field(description="The line")]
    reason: Annotated[str, Field(description="What was decided, and why")]


class Audit(Frozen):
    """What the printed numbers skip, repeat or put out of order."""

    count: Annotated[int, Field(description="How many numbered paragraphs there are")]
    first: Annotated[str | None, Field(description="The first number")]
    last: Annotated[str | None, Field(description="The last number")]
    gaps: Annotated[list[str], Field(description="Numbers that are skipped")]
    repeats: Annotated[list[str], Field(description="Numbers printed more than once")]
    disorder: Annotated[list[str], Field(description="Numbers lower than the one before")]
    restarts: Annotated[list[str], Field(description="Where a part is numbered anew")]
    ours: Annotated[bool, Field(description="True when the paragraphs were counted by us")]
    share: Annotated[float, Field(description="Part of the body inside numbered paragraphs, 0..1")]
    doubtful: Annotated[list[Doubtful], Field(description="Lines that could be read otherwise")]


class OutlineEntry(Frozen):
    """A heading with the numbers it spans."""

    heading: Annotated[str, Field(description="The heading's words")]
    level: Annotated[int, Field(description="1 for the outermost")]
    note: Annotated[str | None, Field(description="What the heading carries besides")]
    key: Annotated[str, Field(description="Key of the first passage under it")]
    first: Annotated[str | None, Field(description="First paragraph number under it")]
    last: Annotated[str | None, Field(description="Last paragraph number under it")]


class KnownField(Frozen):
    """Where a field of a report's metadata came from."""

    field: Annotated[str, Field(description="Name of the field")]
    source: Annotated[
        str,
        Field(
            description="Where it was read, or who said it",
            examples=["first page", "sidecar review.toml", "set by a person"],
        ),
    ]
    sure: Annotated[bool, Field(description="False where it was read and may be wrong")]


class ReportSummary(Displayed):
    """A report in the store."""

    id: Annotated[str, Field(description="What addresses and filters call it")]
    title: Annotated[str, Field(description="Title in full")]
    short_title: Annotated[str, Field(description="Title as short citations have it")]
    publisher: Annotated[str, Field(description="Who published it; empty if unknown")]
    authors: Annotated[list[str], Field(description="By whom; empty if unknown")]
    published: Annotated[str | None, Field(description="ISO date")]
    kind: Annotated[str, Field(description="`report`, `legal_case`, `legislation`, ...")]
    url: Annotated[str, Field(description="The publisher's page; empty if unknown")]
    licence: Annotated[str, Field(description="Under what it may be used")]
    attribution: Annotated[str, Field(description="Source and date as the licence wants them")]
    missing: Annotated[list[str], Field(description="Metadata a citation needs and lacks")]
    examples: Annotated[list[str], Field(description="Questions to begin with")]
    paragraphs: Annotated[int, Field(description="How many are numbered")]
    passages: Annotated[int, Field(description="How many units can be found")]
    sentences: Annotated[int, Field(description="How many sentences can be quoted")]
    court: Annotated[str, Field(description="Which court, for a judgment")] = ""
    neutral_citation: Annotated[
        str, Field(description="As the court gives it: `[2024] EWFC 74`")
    ] = ""
    parties: Annotated[list[str], Field(description="Parties of a judgment")] = []
    number: Annotated[str, Field(description="Of an Act or a paper: `SI 2004/3166`")] = ""
    journal: Annotated[str, Field(description="Of an article")] = ""
    volume: Annotated[str, Field(description="Of a journal or a law report")] = ""
    issue: Annotated[str, Field(description="Of a journal")] = ""
    pages: Annotated[str, Field(description="First and last, of an article")] = ""
    accessed: Annotated[str | None, Field(description="ISO date")] = None
    known: Annotated[list[KnownField], Field(description="Where each field came from")] = []


class Abbreviated(Frozen):
    """An abbreviation the report defines, and where."""

    short: Annotated[str, Field(description="The short form")]
    long: Annotated[str, Field(description="What it stands for")]
    key: Annotated[str, Field(description="Key of the passage that defines it")]


class PassageName(Frozen):
    """A passage by its names."""

    key: Annotated[str, Field(description="Unique in the report")]
    number: Annotated[str | None, Field(description="Printed number; null if unnumbered")]


class ReportDetail(ReportSummary):
    """A report with its outline, numbering audit and glossary."""

    order: Annotated[list[PassageName], Field(description="Every passage, as they are printed")]

    outline: Annotated[list[OutlineEntry], Field(description="Headings, in document order")]
    audit: Annotated[Audit, Field(description="What its printed numbers are like")]
    glossary: Annotated[list[Abbreviated], Field(description="Abbreviations that it defines")]


class Reports(Frozen):
    """The reports in the store."""

    reports: Annotated[list[ReportSummary], Field(description="By id")]
    total: Annotated[int | None, Field(description="How many there are without `limit`")] = None
    next: NextPage = None
