"""The unit every format reader hands to the numbering engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "heading", "item", "row", "quote", "footnote", "contents"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line or paragraph of a source file, stripped, before anything is decided about it.

    `kind` is what the format itself says: running text, a declared heading, a list item, a table
    row (cells parted by tabs), a passage quoted from elsewhere, a footnote's text, or an entry of
    a contents list. `line` counts blocks or lines from 1 in the source. `gap` is true after a
    blank line or in formats whose blocks are paragraphs. `wraps` is true when the line may only
    run on from a full line before it.

    `label` is a number the format carries outside the text, as it prints it ("12.", "(a)", "1.1");
    for a footnote, its mark. `style` is the format's own name for the kind of paragraph, opaque:
    paragraphs of one sequence share it. `level` is a declared heading's level, or an item's depth,
    from 1. `calls` holds the marks of the footnotes called in the text. `part` names the separately
    numbered document within the file (an annex, an opinion), if the format tells it.
    """

    text: str
    line: int
    kind: Kind = "text"
    gap: bool = False
    wraps: bool = False
    label: str | None = None
    style: str = ""
    level: int | None = None
    page: int | None = None
    page_label: str | None = None
    calls: tuple[str, ...] = ()
    part: str | None = None
