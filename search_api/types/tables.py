"""What a table is made of: questions, reports, cells, and a reader's marks on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from search_api.types.base import Frozen

MOST_QUESTIONS, MOST_REPORTS, MOST_CELLS = 1_000, 1_000, 10_000
MOST_QUOTES, MOST_CLOSEST = 10, 3
LONGEST_NOTE, LONGEST_PARAGRAPH = 10_000, 200
# Of what is sent to be exported; no passage of a report is as long.
LONGEST_TEXT, LONGEST_NAME = 1_000_000, 2_000

By = Literal["question", "report"]
Verdict = Literal["right", "wrong", "elsewhere"]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]


class TableQuote(Frozen):
    """A verbatim slice of a passage: `text == passage_text[start:end]`."""

    text: Annotated[
        str, Field(max_length=LONGEST_TEXT, description="The report's own words, unchanged")
    ]
    label: Annotated[Name, Field(description="Where it stands: `para 29`, or a heading")]
    number: Annotated[Name | None, Field(description="Printed number; null if unnumbered")]
    key: Annotated[Name, Field(description="Key of the passage, unique in the report")]
    start: Annotated[int, Field(ge=0, description="Offset into the passage's text")]
    end: Annotated[int, Field(ge=0, description="End offset, exclusive")]
    url: Annotated[Name, Field(description="Permalink that shows the quote in its paragraph")]


class Cell(Frozen):
    """What one report says to one question."""

    question: Annotated[Name, Field(description="As it was sent")]
    report: Annotated[Name, Field(description="Id of the report")]
    status: Annotated[
        Literal["answered", "not_found"],
        Field(description="`not_found`: the report does not say; `closest` does not answer"),
    ]
    certainty: Annotated[
        Literal["likely", "possible", "none"], Field(description="As an Answer has it")
    ]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="Calibrated probability that the first quote answers")
    ]
    quotes: Annotated[
        list[TableQuote],
        Field(max_length=MOST_QUOTES, description="Best first; of a list, in order"),
    ]
    closest: Annotated[
        list[TableQuote],
        Field(max_length=MOST_CLOSEST, description="When not_found: the nearest sentences"),
    ]
    total: Annotated[int | None, Field(description="Of a list: how many items the report has")] = (
        None
    )
    uncovered: list[Name] = Field(
        default_factory=list, description="Words of the question that the nearest paragraphs lack"
    )
    read_as: Annotated[
        Name | None, Field(description="How the question was read; null when as it stands")
    ] = None


class TableReport(Frozen):
    """A report that is asked."""

    id: Annotated[Name, Field(description="What addresses and filters call it")]
    name: Annotated[Name, Field(description="Title as short citations have it")]
    published: Annotated[Name | None, Field(description="ISO date; null if unknown")]
    url: Annotated[Name, Field(description="Its page here")]


class Mark(Frozen):
    """What a reader says of a cell."""

    question: Annotated[Name, Field(description="The cell's question")]
    report: Annotated[Name, Field(description="The cell's report")]
    verdict: Annotated[
        Verdict | None,
        Field(
            description="`right`; `wrong`: of an answered cell, the report does not say; "
            "`elsewhere`: the report does say, in `paragraph`; null for a note alone"
        ),
    ] = None
    paragraph: Annotated[
        str, Field(max_length=LONGEST_PARAGRAPH, description="Where it does say: `45`, `45-47`")
    ] = ""
    note: Annotated[str, Field(max_length=LONGEST_NOTE, description="The reader's own words")] = ""


class SavedTable(Frozen):
    """A table as it is kept and sent: whole, or as far as it was filled."""

    questions: Annotated[
        list[Name], Field(min_length=1, max_length=MOST_QUESTIONS, description="In their order")
    ]
    reports: Annotated[
        list[TableReport],
        Field(min_length=1, max_length=MOST_REPORTS, description="In their order"),
    ]
    cells: Annotated[
        list[Cell], Field(max_length=MOST_CELLS, description="A question after another")
    ]
    marks: list[Mark] = Field(default_factory=list, max_length=MOST_CELLS, description="A reader's")


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write: its cells are fetched one by one, so that they need not be in memory.

    `cell` gives None for one that was not filled. `base` is the server's address, before the path
    of each link.
    """

    questions: tuple[str, ...]
    reports: tuple[TableReport, ...]
    cell: Callable[[str, str], Cell | None]
    marks: Mapping[tuple[str, str], Mark]
    base: str = ""
    by: By = "question"


def table_of(saved: SavedTable, base: str = "", by: By = "question") -> Table:
    """A kept table, to write."""
    cells = {(cell.question, cell.report): cell for cell in saved.cells}
    return Table(
        tuple(saved.questions),
        tuple(saved.reports),
        lambda question, report: cells.get((question, report)),
        {(mark.question, mark.report): mark for mark in saved.marks},
        base,
        by,
    )
