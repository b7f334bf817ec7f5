"""Paragraph references in the forms people write: "paras 30-35", "[42]", "¶ 29", "para 29(b)"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from indexer.numbers import COUNT, MANY, NUMBER, ONE, in_short, numbers_at
from search_api.verify.drafts.document import NOTHING, Block, Draft

# A bracketed year before a court's letters is a law report, not a paragraph.
LAW_REPORT = re.compile(r"\[(?:1[89]|20)\d\d\]\s+(?:\(?\d{1,2}\)?\s+)?[A-Z]")
# How far back, in characters, an opening bracket may stand.
REACH = 300


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference at clean[start:end]; `numbers` are the paragraphs and ranges it names.

    `enclosed` is true for one in brackets or a note, which belongs to what comes before it. `of` is
    the other work that it cites, when it is no indexed report's; it may name no paragraph then.
    """

    start: int
    end: int
    numbers: tuple[str, ...]
    enclosed: bool
    of: str = ""

    @property
    def claimed(self) -> str:
        """The numbers as one would cite them: "29", "30-35", "29, 31"."""
        return ", ".join(self.numbers)


def find_references(draft: Draft, block: Block, units: Collection[str]) -> list[Reference]:
    """The references of a block; `units` are words that reports print numbers with ("Article")."""
    text = draft.clean[block.start : block.end].replace(NOTHING, " ")
    found: list[Reference] = []
    at = 0
    # A bracket that opens a block begins an entry of a list.
    lead = len(text) - len(text.lstrip())
    for match in _pattern(frozenset(units)).finditer(text):
        if match.start() < at:
            continue
        bare = match["unit"] is None
        if bare and (match.start() == lead or LAW_REPORT.match(text, match.start())):
            continue
        begin = match.start() if bare else match.end()
        single = match["one"] is not None
        listed, at = numbers_at(text, begin, bracketed=bare, single=single)
        numbers = tuple(in_short(listed).split(", "))
        enclosed = bare or block.kind == "note" or _in_brackets(text, match.start())
        found.append(Reference(block.start + match.start(), block.start + at, numbers, enclosed))
    return found


@cache
def _pattern(units: frozenset[str]) -> re.Pattern[str]:
    own = "".join(rf"|(?i:{re.escape(unit)})" for unit in sorted(units))
    unit = rf"(?P<unit>(?i:{MANY})|(?P<one>(?i:{ONE}){own}))(?i:{COUNT})"
    return re.compile(rf"(?<![^\W_]){unit}\s{{0,20}}(?=\[?{NUMBER})|\[{NUMBER}(?=\]|\s*[-–—,;])")


def _in_brackets(text: str, start: int) -> bool:
    low = max(0, start - REACH)
    return text.rfind("(", low, start) > text.rfind(")", low, start)
