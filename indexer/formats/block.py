"""The unit every format reader hands to the numbering engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "heading", "item", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line or paragraph of a source file, stripped, before anything is decided about it.

    `kind` is what the format itself says: running text, a declared heading, a list item or a
    table row (cells parted by tabs). `line` counts from 1 in the source. `gap` is true after a
    blank line. `wraps` is true when the line may only run on from a full line before it.
    `label` is a number the format carries outside the text, `level` a declared heading level.
    """

    text: str
    line: int
    kind: Kind = "text"
    gap: bool = False
    wraps: bool = False
    label: str | None = None
    level: int | None = None
    page: int | None = None
    page_label: str | None = None
