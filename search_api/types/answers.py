"""The answers and search results that every face returns: Answer, Quote, Hit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from search_api.types.base import Frozen, NextPage, Tabular


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
