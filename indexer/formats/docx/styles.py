"""The properties that a Word document's styles give a paragraph, inherited ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from xml.etree.ElementTree import Element

from indexer.formats.docx.package import W, number, switch, val

BODY_TEXT_LEVEL = 9
CONTENTS = re.compile(r"(?:toc|toa|index|contents|table of (?:contents|figures|authorities))\b")
QUOTE = re.compile(r"\b(?:block ?text|block ?quotes?|quot(?:e[ds]?|ations?)?|extracts?)\b")
HEADING = re.compile(r"(sub\s*)?heading\D*([1-9])?")
NAME_LIMIT = 200
LONGEST_CHAIN = 20
# Word keeps no more than 4,079.
MOST_STYLES = 5000


@dataclass(frozen=True, slots=True)
class Style:
    """One style as resolved: what it does not say itself comes from those it is based on.

    `heading` is the level, from 1, if it declares headings. `num_id` is its list and `ilvl` its
    level there, from 0; `chain` holds its id and those of the styles it is based on, nearest
    first.
    """

    id: str = ""
    chain: tuple[str, ...] = ()
    use: Literal["quote", "contents"] | None = None
    heading: int | None = None
    hidden: bool | None = None
    num_id: str | None = None
    ilvl: int | None = None


class Styles:
    """The styles of one document, by id."""

    def __init__(self, root: Element) -> None:
        self._elements = {
            s.get(f"{W}styleId", ""): s for s in islice(root.iter(f"{W}style"), MOST_STYLES)
        }
        self._resolved: dict[str, Style] = {}
        defaults = (
            style_id
            for style_id, s in self._elements.items()
            if s.get(f"{W}type") == "paragraph" and s.get(f"{W}default") in ("1", "true", "on")
        )
        self._default = next(defaults, "")

    def of(self, style_id: str | None) -> Style:
        """The style with this id; without one, the document's default paragraph style."""
        style_id = style_id or self._default
        if style_id not in self._resolved:
            self._resolved[style_id] = self._resolve(style_id)
        return self._resolved[style_id]

    def _resolve(self, style_id: str) -> Style:
        chain = list(self._chain(style_id))
        names = [_plain_name(val(element, "name") or "") for element in chain]
        hidden = (switch(element.find(f"{W}rPr"), "vanish") for element in chain)
        return Style(
            id=style_id,
            chain=tuple(element.get(f"{W}styleId", "") for element in chain),
            use=_use(names),
            heading=_heading_level(chain, names),
            hidden=next((state for state in hidden if state is not None), None),
            num_id=_first(val(element, "pPr/numPr/numId") for element in chain),
            ilvl=next((n for e in chain if (n := number(e, "pPr/numPr/ilvl")) is not None), None),
        )

    def _chain(self, style_id: str) -> Iterator[Element]:
        """The style and those it is based on, nearest first."""
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen and len(seen) < LONGEST_CHAIN:
            seen.add(style_id)
            yield self._elements[style_id]
            style_id = val(self._elements[style_id], "basedOn") or ""


def _first(values: Iterator[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _plain_name(name: str) -> str:
    """The name in small words: "Ju_Quot" and "BlockQuote" give "ju quot" and "block quote"."""
    main = name.split(",")[0][:NAME_LIMIT]
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", main)
    return re.sub(r"[\W_]+", " ", parted).strip().lower()


def _use(names: list[str]) -> Literal["quote", "contents"] | None:
    if any(CONTENTS.match(name) for name in names):
        return "contents"
    return "quote" if any(QUOTE.search(name) for name in names) else None


def _heading_level(chain: list[Element], names: list[str]) -> int | None:
    """The level by the nearest outline level, else by the nearest style named a heading."""
    for element in chain:
        outline = number(element, "pPr/outlineLvl")
        if outline is not None:
            return None if outline >= BODY_TEXT_LEVEL else max(outline, 0) + 1
    for name in names:
        if found := HEADING.search(name):
            below = 1 if "sub" in name else 0
            return int(found[2] or 1) + below
    return None
