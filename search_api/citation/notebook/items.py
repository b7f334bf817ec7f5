"""What a notebook asks to have exported, looked up in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from indexer.errors import NotFoundError, PilcrowError
from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api.library.links.old_links import resolve
from search_api.library.places import passage_at
from search_api.types.base import Frozen

Format = Literal["markdown", "html", "docx", "ris", "bibtex"]
SHORT = "short"
MOST_ITEMS = 500
LONGEST_NOTE = 10_000


class ExportItem(BaseModel):
    """A quote by its place, with the reader's note."""

    model_config = ConfigDict(extra="forbid")

    report: Annotated[str, Field(description="Id of the report", examples=["northumberland-2012"])]
    key: Annotated[str, Field(description="Key of the passage", examples=["99"])]
    start: Annotated[int, Field(ge=0, description="Offset into the passage's text")]
    end: Annotated[int, Field(ge=1, description="End offset, exclusive", examples=[57])]
    note: Annotated[
        str, Field(max_length=LONGEST_NOTE, description="The reader's own words on it")
    ] = ""
    text: Annotated[
        str | None, Field(description="The words as pinned; refused where the store has others")
    ] = None
    v: Annotated[
        str, Field(description="Text hash of the passage when pinned; follows a new numbering")
    ] = ""


class ExportRequest(BaseModel):
    """Quotes to export, in order."""

    model_config = ConfigDict(extra="forbid")

    format: Annotated[Format, Field(description="What the file is to be")]
    items: Annotated[
        list[ExportItem],
        Field(min_length=1, max_length=MOST_ITEMS, description="The quotes, in the file's order"),
    ]
    style: Annotated[
        str, Field(description="`short`, a common style such as `oscola`, or any CSL style")
    ] = SHORT
    title: Annotated[str, Field(max_length=200, description="Title of the document")] = ""


class ItemFault(Frozen):
    """Why an item cannot be exported."""

    item: Annotated[int, Field(description="Its place in the items, from 0")]
    reason: Annotated[
        Literal["unknown", "changed"], Field(description="Not there, or with other words")
    ]
    detail: Annotated[str, Field(description="What is wrong with it, and the fix")]


class ItemsError(PilcrowError):
    """Items that the store does not have, or not with these words."""

    def __init__(self, faults: list[ItemFault], asked: int) -> None:
        first = faults[0]
        super().__init__(
            f"{len(faults)} of {asked} quotes are not in the store as they were pinned; remove "
            f"them or pin them again. Quote {first.item + 1}: {first.detail}"
        )
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote as the store has it: `words == passage.text[start:end]`."""

    report: Report
    passage: Passage
    start: int
    end: int
    note: str

    @property
    def words(self) -> str:
        """The report's own words."""
        return self.passage.text[self.start : self.end]


def find_quotes(store: Engine, items: list[ExportItem]) -> list[Quoted]:
    """The quotes that the items point at.

    Raises:
        ItemsError: some are unknown to the store, or have other words there.
    """
    found, faults = [], []
    for place, item in enumerate(items):
        try:
            found.append(_find(store, item))
        except NotFoundError as error:
            faults.append(ItemFault(item=place, reason="unknown", detail=str(error)))
        except _ChangedError as error:
            faults.append(ItemFault(item=place, reason="changed", detail=str(error)))
    if faults:
        raise ItemsError(faults, len(items))
    return found


class _ChangedError(PilcrowError):
    """The passage has other words at these offsets."""


def _find(store: Engine, item: ExportItem) -> Quoted:
    report = store.report(item.report)
    keys = {passage.key: passage for passage in report.passages}
    if item.key in keys and not item.v:
        passage = keys[item.key]
    else:
        passage = passage_at(report, resolve(report, item.key, item.v).place)
    quote = Quoted(report, passage, item.start, item.end, item.note.strip())
    where = f"passage {passage.key} of {report.id}"
    if not item.start < item.end <= len(passage.text):
        raise _ChangedError(
            f"{where} has {len(passage.text)} characters, none at {item.start}-{item.end}"
        )
    if item.text is not None and item.text != quote.words:
        raise _ChangedError(f"{where} has other words than those that were pinned")
    return quote
