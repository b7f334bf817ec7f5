"""What every face returns: the product contract's Answer, Quote, Hit, and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, computed_field

from indexer.errors import PilcrowError

if TYPE_CHECKING:
    from pandas import DataFrame


class Frozen(BaseModel):
    """Base of all: immutable values."""

    model_config = ConfigDict(frozen=True)


class Display(Protocol):
    """The layout of results in a notebook."""

    def as_frame(self, result: Any) -> DataFrame:
        """A result as a pandas frame."""
        ...

    def as_html(self, result: Any) -> str:
        """A result as HTML."""
        ...


class Displayed(Frozen):
    """Base of what a notebook shows, laid out by `search_api.client.display` once that is loaded.

    It is whenever a library is: these types know nothing of what shows them.
    """

    display: ClassVar[Display | None] = None

    def _repr_html_(self) -> str | None:
        """What Jupyter shows."""
        return self.display.as_html(self) if self.display is not None else None


class Tabular(Displayed):
    """Base of what is a data frame as well."""

    def to_frame(self) -> DataFrame:
        """A pandas frame with a row a quote, or a row a hit: number, key, section, quote, ...

        An answer that was not found has one row, its quote null.

        Raises:
            PilcrowError: pandas is not installed.
        """
        if self.display is None:
            raise PilcrowError("a data frame needs the client; run: import search_api.client")
        return self.display.as_frame(self)


class Quote(Frozen):
    """A verbatim slice of a passage: `text == passage_text[start:end]`."""

    text: Annotated[str, Field(description="The report's own words, unchanged")]
    report: Annotated[str, Field(description="Id of the report")]
    paragraph: Annotated[
        str | None, Field(description="The same as `number`, by the name it had first")
    ]
    key: Annotated[str, Field(description="Key of the passage, unique in the report")]
    section: Annotated[list[str], Field(description="Heading path, outermost first")]
    start: Annotated[int, Field(description="Offset into the passage's text, in code points")]
    end: Annotated[int, Field(description="End offset, exclusive")]
    page: Annotated[int | None, Field(description="Index of the page in the file, from 1")]
    score: Annotated[float, Field(description="Ranks the quotes; no other meaning")]
    citation: Annotated[str, Field(description="Short citation with the paragraph number")]
    url: Annotated[str, Field(description="Permalink that shows the quote in its paragraph")]

    @computed_field(description="Printed number; null if unnumbered")  # type: ignore[prop-decorator]
    @property
    def number(self) -> str | None:
        """The printed number, as everywhere else; None if unnumbered."""
        return self.paragraph


class Match(Frozen):
    """A word of a passage that the question has too, whatever its ending."""

    start: Annotated[int, Field(description="Offset into the passage's text, in code points")]
    end: Annotated[int, Field(description="End offset, exclusive")]


class Hit(Frozen):
    """A ranked passage, with the sentence in it that matches best."""

    report: Annotated[str, Field(description="Id of the report")]
    paragraph: Annotated[
        str | None, Field(description="The same as `number`, by the name it had first")
    ]
    key: Annotated[str, Field(description="Key of the passage, unique in the report")]
    section: Annotated[list[str], Field(description="Heading path, outermost first")]
    note: Annotated[str | None, Field(description="What the heading carries besides")]
    text: Annotated[str, Field(description="The passage's whole text")]
    score: Annotated[float, Field(description="Ranks the hits; no other meaning")]
    quote: Annotated[Quote | None, Field(description="The best matching sentence")]
    terms: Annotated[
        list[str], Field(description="Words of the passage, as printed, that the question has too")
    ] = []
    matches: Annotated[
        list[Match], Field(description="Where in `text` these words stand, all of them, in order")
    ] = []
    url: Annotated[str, Field(description="Permalink of the passage")]

    @computed_field(description="Printed number; null if unnumbered")  # type: ignore[prop-decorator]
    @property
    def number(self) -> str | None:
        """The printed number, as everywhere else; None if unnumbered."""
        return self.paragraph


class Receipt(Frozen):
    """What produced an answer."""

    store: Annotated[str, Field(description="Hash of the store's contents")]
    model: Annotated[str, Field(description="Encoder, with the hash of its weights")]
    reader: Annotated[str, Field(description="What judged the sentences")]
    version: Annotated[str, Field(description="Version of pilcrow")]
    report: Annotated[str | None, Field(description="The report asked, or null for all")]
    section: Annotated[str | None, Field(description="The section asked, or null for all")]
    limit: Annotated[int, Field(description="Most hits that were to be returned")]
    after: Annotated[list[str], Field(description="The questions before it, oldest first")] = []
    paragraphs: Annotated[
        dict[str, str], Field(description="Text hash of each passage in the answer, by report/key")
    ]


def _certainty_by_status(given: dict[str, Any]) -> str:
    """The certainty of an answer that says none, as those of earlier versions."""
    return "likely" if given.get("status") == "answered" else "none"


class Part(Frozen):
    """One of the questions that a question asks, answered by itself."""

    question: Annotated[str, Field(description="The part of the question")]
    status: Annotated[Literal["answered", "not_found"], Field(description="As of an Answer")]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="Probability that the first quote answers it")
    ]
    quotes: Annotated[list[Quote], Field(description="Best first; empty when not_found")]


class Answer(Tabular):
    """An answer in the report's own sentences, or the finding that it has none."""

    question: Annotated[str, Field(description="As it was asked")]
    status: Annotated[
        Literal["answered", "not_found"],
        Field(description="`not_found` when the reports do not say"),
    ]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="Probability that the first quote answers")
    ]
    quotes: Annotated[
        list[Quote],
        Field(description="Best first, of a list in the report's order; empty when not_found"),
    ]
    hits: Annotated[list[Hit], Field(description="Ranked passages; nearest ones when not_found")]
    took_ms: Annotated[float, Field(description="Milliseconds the answer took")]
    receipt: Annotated[Receipt, Field(description="What produced the answer, to run it again")]
    certainty: Annotated[
        Literal["likely", "possible", "none"],
        Field(
            default_factory=_certainty_by_status,
            description="How sure the answer is, in a word. `possible`: just over the threshold. "
            "`none`: nothing is claimed; with quotes, those that hold the words searched for",
        ),
    ]
    uncovered: Annotated[
        list[str], Field(description="Words of the question that the nearest paragraphs lack")
    ] = []
    parts: Annotated[
        list[Part], Field(description="Of a question that asks several things: each, answered")
    ] = []
    total: Annotated[
        int | None,
        Field(description="Of a list: how many items the report has; the quotes are the first"),
    ] = None
    looked_up: Annotated[
        bool, Field(description="True when the question only points at paragraphs by number")
    ] = False
    read_as: Annotated[
        str | None, Field(description="How the question was read; null when as it stands")
    ] = None


class Answers(Frozen):
    """Answers, in the order of their questions."""

    answers: Annotated[list[Answer], Field(description="An answer a question, in their order")]


NextPage = Annotated[
    str | None, Field(description="Send it as `cursor` for the next page; null at the end")
]


class FacetValue(Frozen):
    """A value that hits have, with how many do."""

    value: Annotated[str, Field(description="As the filter of that name takes it")]
    count: Annotated[int, Field(description="Of the hits that can be paged to")]


class SearchResult(Tabular):
    """Ranked passages for a query."""

    query: Annotated[str, Field(description="As it was sent")]
    hits: Annotated[list[Hit], Field(description="Best first, unless sorted otherwise")]
    total: Annotated[int | None, Field(description="Hits that can be paged to")] = None
    facets: Annotated[
        dict[str, list[FacetValue]],
        Field(description="Of each facet asked for: its values, those with most hits first"),
    ] = {}
    next: NextPage = None


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


class CslPinpoint(Frozen):
    """The citation item of CSL-JSON, which carries the pinpoint."""

    id: Annotated[str, Field(description="Id of the item cited")]
    label: Annotated[str, Field(description="What the locator counts: `paragraph`")]
    locator: Annotated[str, Field(description="The paragraph numbers; a range with a hyphen")]


class CslCitation(Frozen):
    """CSL-JSON: the reference, and the citation item that points into it."""

    item: Annotated[dict[str, Any], Field(description="The report as a CSL item")]
    citation_item: Annotated[CslPinpoint, Field(description="The pinpoint into it")]


class Citation(Displayed):
    """A pinpoint citation in a style, and for other programs."""

    style: Annotated[str, Field(description="The style asked for")]
    in_text: Annotated[str, Field(description="As it stands in the text, or in the note")]
    bibliography: Annotated[str | None, Field(description="Null for a style that has none")]
    in_text_html: Annotated[str, Field(description="`in_text` with its italics")] = ""
    bibliography_html: Annotated[str | None, Field(description="The same of `bibliography`")] = None
    csl_json: Annotated[CslCitation, Field(description="For citeproc and reference managers")]
    ris: Annotated[str, Field(description="For Zotero and EndNote")]
    bibtex: Annotated[str, Field(description="For LaTeX")]
    permalink: Annotated[str, Field(description="Address of the paragraph here")]
    text_fragment_link: Annotated[
        str | None, Field(description="Into the publisher's page; null where none is known")
    ]


Verdict = Literal["found", "wrong_paragraph", "altered", "distorted", "other_source", "not_found"]


class Check(Displayed):
    """What a draft quotes or refers to, held against the reports."""

    quotation: Annotated[
        str | None, Field(description="The draft's words; null for a reference without any")
    ]
    claimed: Annotated[
        str | None, Field(description="Paragraphs the draft names: `29`, `30-35`, `29, 31`")
    ]
    verdict: Annotated[
        Verdict,
        Field(
            description="`found` where claimed, or anywhere if nothing is claimed; `distorted`: "
            "the words are there, but what is left out or put in turns their sense; "
            "`other_source`: said of something else than an indexed report, not judged"
        ),
    ]
    paragraph: Annotated[
        str | None,
        Field(
            description="Key of the passage that `actual` is from, or of several: `106-107`, "
            "`29, 99`; null if none"
        ),
    ]
    actual: Annotated[
        str | None, Field(description="The report's own words: a slice of the passage's text")
    ]
    difference: Annotated[
        str | None,
        Field(
            description="Words changed, `[-the report's-] {+the draft's+}`; changes that quoting "
            "permits, by name; what an ellipsis leaves out or a bracket puts in; what else is to "
            "be known"
        ),
    ]
    report: Annotated[
        str | None, Field(description="Id of the report that `paragraph` is of; null if none")
    ] = None
    start: Annotated[
        int | None, Field(description="Where in the draft it begins, in code points")
    ] = None
    end: Annotated[int | None, Field(description="Where in the draft it ends, exclusive")] = None
    url: Annotated[
        str | None, Field(description="Permalink that shows `actual` in its paragraph")
    ] = None
    confidence: Annotated[
        float | None, Field(ge=0, le=1, description="How sure the verdict is; ranks the checks")
    ] = None

    @property
    def is_to_mend(self) -> bool:
        """True where the draft says what the report does not."""
        return self.verdict not in ("found", "other_source")


class Checks(Frozen):
    """The checks of a draft, in the order of what they are about."""

    checks: Annotated[list[Check], Field(description="In the order of what they are about")]
