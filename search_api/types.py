"""What every face returns: the product contract's Answer, Quote, Hit, and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

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

    def to_frame(self) -> DataFrame:
        """A pandas frame with a row a quote, or a row a hit: number, key, section, quote, ...

        An answer that was not found has one row, its quote null.

        Raises:
            PilcrowError: pandas is not installed.
        """
        if self.display is None:
            raise PilcrowError("a data frame needs the client; run: import search_api.client")
        return self.display.as_frame(self)

    def _repr_html_(self) -> str | None:
        """What Jupyter shows."""
        return self.display.as_html(self) if self.display is not None else None


class Quote(Frozen):
    """A verbatim slice of a passage: `text == passage_text[start:end]`."""

    text: Annotated[str, Field(description="The report's own words, unchanged")]
    report: Annotated[str, Field(description="Id of the report")]
    paragraph: Annotated[str | None, Field(description="Printed number; null if unnumbered")]
    key: Annotated[str, Field(description="Key of the passage, unique in the report")]
    section: Annotated[list[str], Field(description="Heading path, outermost first")]
    start: Annotated[int, Field(description="Offset into the passage's text, in code points")]
    end: Annotated[int, Field(description="End offset, exclusive")]
    page: Annotated[int | None, Field(description="Index of the page in the file, from 1")]
    score: Annotated[float, Field(description="Ranks the quotes; no other meaning")]
    citation: Annotated[str, Field(description="Short citation with the paragraph number")]
    url: Annotated[str, Field(description="Permalink that shows the quote in its paragraph")]


class Hit(Frozen):
    """A ranked passage, with the sentence in it that matches best."""

    report: Annotated[str, Field(description="Id of the report")]
    paragraph: Annotated[str | None, Field(description="Printed number; null if unnumbered")]
    key: Annotated[str, Field(description="Key of the passage, unique in the report")]
    section: Annotated[list[str], Field(description="Heading path, outermost first")]
    note: Annotated[str | None, Field(description="What the heading carries besides")]
    text: Annotated[str, Field(description="The passage's whole text")]
    score: Annotated[float, Field(description="Ranks the hits; no other meaning")]
    quote: Annotated[Quote | None, Field(description="The best matching sentence")]
    terms: Annotated[
        list[str], Field(description="Words of the passage, as printed, that the question has too")
    ] = []
    url: Annotated[str, Field(description="Permalink of the passage")]


class Receipt(Frozen):
    """What produced an answer."""

    store: Annotated[str, Field(description="Hash of the store's contents")]
    model: Annotated[str, Field(description="Encoder, with the hash of its weights")]
    reader: Annotated[str, Field(description="What judged the sentences")]
    version: Annotated[str, Field(description="Version of pilcrow")]
    report: Annotated[str | None, Field(description="The report asked, or null for all")]
    section: Annotated[str | None, Field(description="The section asked, or null for all")]
    limit: Annotated[int, Field(description="Most hits that were to be returned")]
    paragraphs: Annotated[
        dict[str, str], Field(description="Text hash of each passage in the answer, by report/key")
    ]


def _certainty_by_status(given: dict[str, Any]) -> str:
    """The certainty of an answer that says none, as those of earlier versions."""
    return "likely" if given.get("status") == "answered" else "none"


class Part(Frozen):
    """One of the questions that a question asks, answered by itself."""

    question: str
    status: Literal["answered", "not_found"]
    confidence: Annotated[float, Field(ge=0, le=1)]
    quotes: list[Quote]


class Answer(Displayed):
    """An answer in the report's own sentences, or the finding that it has none."""

    question: str
    status: Literal["answered", "not_found"]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="Probability that the first quote answers")
    ]
    quotes: Annotated[
        list[Quote],
        Field(description="Best first, of a list in the report's order; empty when not_found"),
    ]
    hits: Annotated[list[Hit], Field(description="Ranked passages; nearest ones when not_found")]
    took_ms: float
    receipt: Receipt
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
    read_as: Annotated[
        str | None, Field(description="How the question was read; null when as it stands")
    ] = None


class Answers(Frozen):
    """Answers, in the order of their questions."""

    answers: list[Answer]


class SearchResult(Displayed):
    """Ranked passages for a query."""

    query: str
    hits: list[Hit]


class Neighbour(Frozen):
    """The passage before or after."""

    key: str
    number: str | None
    url: str


class Link(Frozen):
    """A cross-reference in the text, to another passage of the report."""

    start: int
    end: int
    key: str
    url: str


class Note(Frozen):
    """A footnote, kept apart from the text."""

    mark: str
    text: str


class Item(Frozen):
    """A sub-item of a paragraph: `29(b)`; `text == paragraph.text[start:end]`."""

    label: str
    text: str
    start: int
    end: int


class Paragraph(Frozen):
    """One passage of a report; `text` is a slice of the report's extracted text."""

    report: str
    number: Annotated[str | None, Field(description="Printed number; null if unnumbered")]
    key: str
    section: list[str]
    note: str | None
    text: str
    start: int
    end: int
    page: int | None
    page_label: str | None
    hash: Annotated[str, Field(description="Identity of the text, whatever its number")]
    notice: Annotated[str, Field(description="What an old link's reader must know; often empty")]
    citation: str
    url: str
    previous: Neighbour | None
    next: Neighbour | None
    item: Annotated[Item | None, Field(description="The sub-item asked for, as in 29(b)")]
    footnotes: list[Note]
    references: Annotated[list[Link], Field(description="Passages that the text refers to")]
    referenced_by: Annotated[list[Neighbour], Field(description="Passages that refer to this one")]


class Paragraphs(Frozen):
    """Passages of a report, in document order."""

    report: str
    paragraphs: list[Paragraph]


class Doubtful(Frozen):
    """A line the numbering engine was not sure about."""

    line: int
    text: str
    reason: str


class Audit(Frozen):
    """What the printed numbers skip, repeat or put out of order."""

    count: int
    first: str | None
    last: str | None
    gaps: list[str]
    repeats: list[str]
    disorder: list[str]
    restarts: Annotated[list[str], Field(description="Where a part is numbered anew")]
    ours: Annotated[bool, Field(description="True when the paragraphs were counted by us")]
    share: Annotated[float, Field(description="Part of the body inside numbered paragraphs, 0..1")]
    doubtful: list[Doubtful]


class OutlineEntry(Frozen):
    """A heading with the numbers it spans."""

    heading: str
    level: int
    note: str | None
    key: Annotated[str, Field(description="Key of the first passage under it")]
    first: Annotated[str | None, Field(description="First paragraph number under it")]
    last: Annotated[str | None, Field(description="Last paragraph number under it")]


class KnownField(Frozen):
    """Where a field of a report's metadata came from."""

    field: str
    source: Annotated[str, Field(examples=["first page", "sidecar review.toml", "set by a person"])]
    sure: Annotated[bool, Field(description="False where it was read and may be wrong")]


class ReportSummary(Frozen):
    """A report in the store."""

    id: str
    title: str
    short_title: str
    publisher: str
    authors: list[str]
    published: Annotated[str | None, Field(description="ISO date")]
    kind: str
    url: str
    licence: str
    attribution: str
    missing: Annotated[list[str], Field(description="Metadata a citation needs and lacks")]
    examples: Annotated[list[str], Field(description="Questions to begin with")]
    paragraphs: int
    passages: int
    sentences: int
    court: str = ""
    neutral_citation: str = ""
    parties: list[str] = []
    number: Annotated[str, Field(description="Of an Act or a paper: `SI 2004/3166`")] = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    accessed: Annotated[str | None, Field(description="ISO date")] = None
    known: Annotated[list[KnownField], Field(description="Where each field came from")] = []


class Abbreviated(Frozen):
    """An abbreviation the report defines, and where."""

    short: str
    long: str
    key: str


class PassageName(Frozen):
    """A passage by its names."""

    key: str
    number: str | None


class ReportDetail(ReportSummary):
    """A report with its outline, numbering audit and glossary."""

    order: Annotated[list[PassageName], Field(description="Every passage, as they are printed")]

    outline: list[OutlineEntry]
    audit: Audit
    glossary: list[Abbreviated]


class Reports(Frozen):
    """The reports in the store."""

    reports: list[ReportSummary]


class CslCitationItem(Frozen):
    """The citation item of CSL-JSON, which carries the pinpoint."""

    id: str
    label: str
    locator: Annotated[str, Field(description="The paragraph numbers; a range with a hyphen")]


class CslCitation(Frozen):
    """CSL-JSON: the reference, and the citation item that points into it."""

    item: dict[str, Any]
    citation_item: CslCitationItem


class Citation(Frozen):
    """A pinpoint citation in a style, and for other programs."""

    style: str
    in_text: Annotated[str, Field(description="As it stands in the text, or in the note")]
    bibliography: Annotated[str | None, Field(description="Null for a style that has none")]
    csl_json: CslCitation
    ris: str
    bibtex: str
    permalink: str
    text_fragment_link: Annotated[
        str | None, Field(description="Into the publisher's page; null where none is known")
    ]


Verdict = Literal["found", "wrong_paragraph", "altered", "not_found"]


class Check(Frozen):
    """What a draft quotes or refers to, held against the reports."""

    quotation: Annotated[
        str | None, Field(description="The draft's words; null for a reference without any")
    ]
    claimed: Annotated[
        str | None, Field(description="Paragraphs the draft names: `29`, `30-35`, `29, 31`")
    ]
    verdict: Annotated[
        Verdict,
        Field(description="`found` where claimed, or anywhere if nothing is claimed"),
    ]
    paragraph: Annotated[
        str | None, Field(description="Key of the passage that `actual` is from; null if none")
    ]
    actual: Annotated[
        str | None, Field(description="The report's own words: a slice of the passage's text")
    ]
    difference: Annotated[
        str | None,
        Field(
            description="Words changed, `[-the report's-] {+the draft's+}`; changes that quoting "
            "permits, by name; what else is to be known"
        ),
    ]


class Checks(Frozen):
    """The checks of a draft, in the order of what they are about."""

    checks: list[Check]
