"""Paragraph references in the forms people write: "paras 30-35", "[42]", "¶ 29", "para 29(b)"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from search_api.verify.document import NOTHING, Block, Draft

DASH = r"\s*(?:[-‐‑–—−]{1,2}|(?:to|through)\b)\s*"
COMMA = r"\s*(?:[,;]\s*(?:(?:and|or)\b|&)?|(?:and|or)\b|&)\s*"
NUMBER = (
    r"(?:[A-Z]{1,2}[.-]?)?\d{1,7}(?:\.\d{1,3})*[A-Za-z]?(?![^\W_])(?:\((?:[a-z]{1,4}|\d{1,2})\))*"
)
ITEM = re.compile(rf"(?P<open>\[?)(?P<number>{NUMBER})(?P<close>\]?)")
SEPARATOR = re.compile(rf"(?P<dash>{DASH})|{COMMA}")
MANY = r"(?i:paragraphs|paras\.?|pars\.|¶¶|§§)"
ONE = r"(?i:paragraph|para\.?|par\.|¶|§)"
COUNT = r"(?:\s*(?i:nos?\.?|numbers?))?"
# A bracketed year before a court's letters is a law report, not a paragraph.
LAW_REPORT = re.compile(r"\[(?:1[89]|20)\d\d\]\s+(?:\(?\d{1,2}\)?\s+)?[A-Z]")
# After a number in the singular, another one belongs to it only where the list then ends.
ENDS = re.compile(r"\s*(?:$|[.,;:)\]”\"’'—])")
YEAR = re.compile(r"(?:19|20)\d\d")
# How far back, in characters, an opening bracket may stand.
REACH = 300


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference at clean[start:end]; `numbers` are the paragraphs and ranges it names.

    `enclosed` is true for one in brackets or a note, which belongs to what comes before it.
    """

    start: int
    end: int
    numbers: tuple[str, ...]
    enclosed: bool

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
        numbers, at = _list_at(text, begin, bare=bare, single=match["one"] is not None)
        enclosed = bare or block.kind == "note" or _in_brackets(text, match.start())
        found.append(Reference(block.start + match.start(), block.start + at, numbers, enclosed))
    return found


@cache
def _pattern(units: frozenset[str]) -> re.Pattern[str]:
    own = "".join(rf"|(?i:{re.escape(unit)})" for unit in sorted(units))
    named = rf"(?<![^\W_])(?P<unit>{MANY}|(?P<one>{ONE}{own})){COUNT}\s*(?=\[?{NUMBER})"
    return re.compile(rf"{named}|\[{NUMBER}(?=\]|\s*[-–—,;])")


def _in_brackets(text: str, start: int) -> bool:
    low = max(0, start - REACH)
    return text.rfind("(", low, start) > text.rfind(")", low, start)


def _list_at(text: str, at: int, *, bare: bool, single: bool) -> tuple[tuple[str, ...], int]:
    """The numbers and ranges listed from an offset, and where the list ends."""
    first = ITEM.match(text, at)
    assert first is not None
    numbers, at = [first["number"]], first.end()
    inside = bool(first["open"]) and not first["close"]
    while (separator := SEPARATOR.match(text, at)) is not None:
        item = ITEM.match(text, separator.end())
        if item is None or (bare and not inside and not item["open"]):
            break
        is_range = separator["dash"] is not None
        if not is_range and (
            YEAR.fullmatch(item["number"])
            or (single and not item["open"] and ENDS.match(text, item.end()) is None)
        ):
            break
        if is_range and "-" in numbers[-1]:
            break
        if is_range:
            numbers[-1] = f"{numbers[-1]}-{item['number']}"
        else:
            numbers.append(item["number"])
        at = item.end()
        inside = (inside or bool(item["open"])) and not item["close"]
    return tuple(numbers), at
