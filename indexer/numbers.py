"""The grammar of pointers to numbered paragraphs: "paras 30-35", "[29], [31]", "¶ 29(b)", "§ 1a".

    pointer   = item { separator item }
    item      = [ unit ] [ "[" | "(" ] number [ "]" | ")" ]
    number    = { part "/" } [ series ] digits [ letter ] { "." digits } [ "~" digits ] { sub-item }
    separator = "," | ";" | "and" | "or" | "&" (a list)  |  "-" | "–" | "to" | "through" (a range)

Every repetition is bounded, so reading takes time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# Longer text is no pointer.
LONGEST = 2_000
MOST_ITEMS = 6
ITEMS = rf"(?:\((?:[a-z]{{1,4}}|\d{{1,3}})\)){{0,{MOST_ITEMS}}}"
# A.3, 4.17, 29A, 1.1.1.(1), 1.2.Guidance.1; what follows must be no letter or digit.
NUMBER = (
    r"(?:[^\W_][\w-]{0,79}/){0,3}(?:[A-Z]{1,4}[.-]?)?\d{1,7}(?:[A-Za-z]{1,2}(?![^\W_]))?"
    r"(?:\.[A-Z]{0,2}\d{1,4}(?:[A-Za-z](?![^\W_]))?|\.[A-Z][a-z]{2,15}(?=\.\d)"
    rf"|\.?\(\d{{1,3}}[A-Z]?\)){{0,12}}(?:~\d{{1,3}})?(?![^\W_]){ITEMS}"
)
MANY = r"paragraphs|paras\.?|pars\.|¶¶|§§|Randnummern|párrs\.|párrafos|paragraphes"
ONE = r"paragraph|para\.?|par\.|¶|§|Rn\.?|Rz\.?|Rdnr\.?|Randnummer|párr\.|párrafo|paragraphe"
COUNT = r"(?:\s{0,9}(?:nos?\.?|numbers?)(?![^\W_]))?"
# Words that may lead to a number where the whole text is a pointer; kinds other than "paragraph"
# are also names of things outside the report ("section 47 enquiries").
KINDS = (
    "articles?|arts?\\.?|sections?|secs?\\.?|ss?\\.|rules?|regulations?|regs?\\.?|recitals?"
    "|clauses?|principles?|recommendations?|standards?"
)
UNIT = re.compile(
    rf"(?:(?P<paragraph>{MANY}|{ONE}|points?)|(?P<kind>{KINDS})|(?:nos?\.?|numbers?))"
    rf"(?:(?<=\W)|(?![^\W\d_])){COUNT}\s{{0,9}}",
    re.IGNORECASE,
)
DASH = r"\s{0,9}(?:[-‐‑–—−]{1,2}|(?:to|through|until)(?![^\W\d_]))\s{0,9}"
COMMA = r"\s{0,9}(?:[,;]\s{0,9}(?:(?:and|or)(?![^\W\d_])|&)?|(?:and|or)(?![^\W\d_])|&)\s{0,9}"
SEPARATOR = re.compile(rf"(?P<dash>{DASH})|{COMMA}", re.IGNORECASE)
ITEM = re.compile(rf"(?P<open>\[?)(?:§\s{{0,9}})?(?P<number>{NUMBER})(?P<close>\]?)")
# As one writes who means nothing else: any case, in round brackets, with the mark after it.
ALONE = re.compile(
    rf"(?:(?P<open>[\[(])\s?)?(?P<number>{NUMBER})\s?(?P<close>[\])])?[.:]?(?![^\W_])",
    re.IGNORECASE,
)
FURTHER_ITEM = re.compile(r"\([a-z]{1,4}\)")
LAST_ITEM = re.compile(r"(?:\([a-z]{1,4}\)|\(\d{1,3}\))\Z", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)\d\d")
# After a number in the singular, another one belongs to it only where the list then ends.
ENDS = re.compile(r"\s{0,9}(?:$|[.,;:)\]”\"’'—])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a text points at; it is written at text[start:end].

    `through` is true for the end of a range that the number before it begins; `kind` is the word
    it is named by, in small letters, where that is not "paragraph"; `told` is true where a word
    or a bracket says that a paragraph is meant.
    """

    number: str
    start: int
    end: int
    through: bool = False
    kind: str = ""
    told: bool = False


def read_numbers(text: str) -> tuple[Number, ...] | None:
    """The numbers of a text that is a pointer and nothing else; None for any other text."""
    if len(text) > LONGEST:
        return None
    end = len(text.rstrip(" \t\r\n?!.,;:"))
    at = len(text) - len(text.lstrip())
    found: list[Number] = []
    through = False
    told, kind = False, ""
    while True:
        unit = UNIT.match(text, at, end)
        if unit is not None:
            told, kind = unit["paragraph"] is not None, (unit["kind"] or "").lower()
            at = unit.end()
        item = ALONE.match(text, at, end)
        further = FURTHER_ITEM.match(text, at, end) if item is None and found else None
        if item is not None:
            number, start, stop = item["number"], item.start("number"), item.end("number")
            at = item.end()
        elif further is not None:
            number, start, stop = _whole(found[-1].number) + further[0], at, further.end()
            at = stop
        else:
            return None
        inside = told or (item is not None and item["open"] == "[" and item["close"] == "]")
        found.append(Number(number, start, stop, through, kind, inside))
        if at >= end:
            return tuple(found)
        separator = SEPARATOR.match(text, at, end)
        if separator is None or (through and separator["dash"] is not None):
            return None
        through, at = separator["dash"] is not None, separator.end()


def numbers_at(
    text: str, at: int, *, bracketed: bool = False, single: bool = False
) -> tuple[list[Number], int]:
    """The numbers listed in running text from an offset on, and where the list ends.

    `bracketed` takes only numbers in brackets; after a unit in the `single` number, another number
    is taken only where the sentence or bracket then ends. Years end a list.
    """
    first = ITEM.match(text, at)
    if first is None:
        return [], at
    numbers, at = [_number(first)], first.end()
    inside = bool(first["open"]) and not first["close"]
    while (separator := SEPARATOR.match(text, at)) is not None:
        item = ITEM.match(text, separator.end())
        if item is None or (bracketed and not inside and not item["open"]):
            break
        is_range = separator["dash"] is not None
        if is_range and numbers[-1].through:
            break
        if not is_range and (
            YEAR.fullmatch(item["number"])
            or (single and not item["open"] and ENDS.match(text, item.end()) is None)
        ):
            break
        numbers.append(_number(item, is_range))
        at = item.end()
        inside = (inside or bool(item["open"])) and not item["close"]
    return numbers, at


def as_ranges(numbers: Iterable[Number]) -> list[tuple[str, str]]:
    """The numbers as pairs of first and last; the last is "" for a number that stands alone."""
    ranges: list[tuple[str, str]] = []
    for each in numbers:
        if each.through:
            ranges[-1] = ranges[-1][0], end_of_range(ranges[-1][0], each.number)
        else:
            ranges.append((each.number, ""))
    return ranges


def in_short(numbers: Sequence[Number]) -> str:
    """The numbers as the command line takes them: "29, 31-33"."""
    return "".join(
        each.number if i == 0 else f"{'-' if each.through else ', '}{each.number}"
        for i, each in enumerate(numbers)
    )


def end_of_range(first: str, last: str) -> str:
    """The end of a range written out: 145 for "142-5", and `last` itself where it is whole."""
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        return first[: len(first) - len(last)] + last
    return last


def sub_items(number: str) -> Iterator[tuple[str, str]]:
    """The ways to part a number from a sub-item of it: of 29(b)(ii), "29(b)" and "(ii)" first."""
    base = number
    for _ in range(MOST_ITEMS):
        match = LAST_ITEM.search(base, max(0, len(base) - 6))
        if match is None or not match.start():
            return
        base = base[: match.start()]
        yield base, number[len(base) :].lower()


def _whole(number: str) -> str:
    return next((base for base, _ in sub_items(number)), number)


def _number(item: re.Match[str], through: bool = False) -> Number:
    return Number(
        item["number"], item.start("number"), item.end("number"), through, told=bool(item["open"])
    )
