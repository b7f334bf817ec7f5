"""Printed paragraph numbers to comparable values.

`29.`, `29`, `29)`, `[42]`, `(3)`, `4.17`, `1.1.1.(1)`, `2.Guidance.4`, `A.3`, `29A`, `§ 1a`,
`Article 3`, `1.—`, `¶ 1`, `5/`, `１．`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# A mark at the head of a line that is no number.
BULLET = re.compile(r"\s*(?:[-*•▪◦‣–—]|o(?=\s{2,}))\s+(?=\S)")
UNITS = (
    "article|art|section|sec|rule|regulation|reg|paragraph|para|recital|clause|principle|"
    "recommendation|standard"
)
# "Part 1.Chapter 2.3" is a number only where a tab parts it from the text.
DIVISIONS = "Part|PART|Chapter|CHAPTER|Schedule|Annex|Appendix"
PRINTED = re.compile(
    rf"""(?P<bold>\*\*|__)?
        (?:(?P<unit>(?i:{UNITS}))\.?\s+ | (?P<sign>§|¶{{1,2}})\s*
            | (?:{DIVISIONS})\s(?=\S+(?:\s\S+)?\t) )?
        (?P<open>[\[(]?)
        (?P<body>
            (?:(?P<series>[A-Z]{{1,4}})[.-]?)?
            \d{{1,6}}(?P<letter>[A-Z]{{1,2}}|[a-z])?
            (?:[.．][A-Z]{{0,2}}\d{{1,3}}[A-Z]?
              | \.(?:{DIVISIONS})\s[0-9]{{1,3}}[A-Z]?(?=\S*\t)
              | \.?\([0-9]{{1,3}}[A-Z]?\)
              | \.[A-Z][a-z]{{2,15}}(?=\.[0-9]|\t\S)
            ){{0,12}}
        )
        (?P<close>[\])]?)
        (?P<dot>[.:．、。]?)
        (?(bold)(?P=bold))
        (?:(?=\s|$)|(?<=\.)(?=[“‘"]?[A-Z][^\s.]*\s+\w)|(?<=[.:])(?=[—–―])|(?<=[．、。])|/(?=\s))\s*
        (?:(?<=[.:])[—–―]\s*|(?<=\s)[—–―-](?:\s+|(?=\(1\))))?""",
    re.VERBOSE,
)
BRACKETS = {"": "", "[": "]", "(": ")"}
PART = re.compile(
    r"(?P<number>\d+)(?P<letter>[A-Za-z]*)|(?P<word>[A-Z][a-z]+(?! \d))"
    r"|[A-Z]{1,4}[.-]?(?=\d)"
)
ROMAN = re.compile(r"(?P<body>[IVXLC]{1,8})(?P<close>[.)])\s+(?=\S)")
ROMAN_SIGNS = {
    "C": 100, "XC": 90, "L": 50, "XL": 40, "X": 10, "IX": 9, "V": 5, "IV": 4, "I": 1,
}  # fmt: skip
# A word in a number ("1.2.Guidance.1"), which may stand before or after the numbers on its level.
WORD = 1_000_000
# A number with the word after it, which tells some, is no longer than this.
LONGEST_LABEL = 120

Part = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Label:
    """A number at the head of a block.

    `number` is the normalised label, `unit` the word it is printed with ("Article"), `series` a
    letter before it ("A" of A.3), `style` how it is printed: labels of one sequence share it.
    `value` holds a pair a level: the number, and 0 for no letter, 1 for A. `end` is where the
    block's own text begins.
    """

    number: str
    unit: str
    series: str
    style: str
    value: tuple[Part, ...]
    end: int

    @property
    def depth(self) -> int:
        """The number of levels: 2 for 4.17."""
        return len(self.value)

    def missing_since(self, before: Label) -> int | None:
        """The count of numbers skipped between `before` and this label; None if it is not later.

        4.17 is followed by 4.18, 4.17.1 or 5.1, 29 by 30 or 29A.
        """
        old_value, new_value = before.value, self.value
        same = 0
        for old_part, new_part in zip(old_value, new_value, strict=False):
            if old_part != new_part:
                break
            same += 1
        if same == len(new_value):
            return None
        skipped = 0
        if same < len(old_value):
            (old, old_letter), (new, letter) = old_value[same], new_value[same]
            if WORD not in (old, new):
                if (new, letter) < (old, old_letter):
                    return None
                skipped = letter - old_letter if new == old else new - old + max(0, letter - 1)
                skipped -= 1
            same += 1
        return skipped + sum(n - 1 for n, _ in new_value[same:] if n not in (0, WORD))

    @property
    def is_first(self) -> bool:
        """True for a label that begins a sequence: 1, 1.1, 4.1."""
        return self.value[-1] in ((1, 0), (1, 1))


def parse_label(text: str) -> Label | None:
    """The printed number at the head of a text, or None."""
    return _parse_head(text[:LONGEST_LABEL])


@lru_cache(maxsize=4096)
def _parse_head(text: str) -> Label | None:
    match = PRINTED.match(text)
    if match is None:
        return None
    opening, closing = match["open"], match["close"]
    if BRACKETS[opening] != closing and not (opening == "" and closing == ")"):
        return None
    body = match["body"]
    value: list[Part] = []
    for part in PART.finditer(body):
        if part["number"] is not None:
            value.append((int(part["number"]), _letter(part["letter"])))
        elif part["word"] is not None:
            value.append((WORD, 0))
    unit = (match["unit"] or "").rstrip(".").capitalize()
    series = match["series"] or ""
    shape = re.sub(r"[A-Z][a-z]+", "w", body.removeprefix(series))
    shape = re.sub(r"\d+[A-Za-z]*", "n", shape)
    style = f"{unit}{match['sign'] or ''} {opening}{series}{shape}{closing}{match['dot']}".strip()
    number = "".join(str(int(char)) if char.isdigit() else char for char in body)
    number = f"§ {number}" if match["sign"] == "§" else number.replace("．", ".")
    return Label(number, unit, series, style, tuple(value), match.end())


def opens_chapter(label: Label, after: Label) -> bool:
    """True for a chapter's number before its first paragraph's: 2 or 2.0 before 2.1."""
    zero = label.depth == 2 and label.value[-1] == (0, 0)
    chapter = label.value[:-1] if zero else label.value
    return len(chapter) == 1 and after.value == (*chapter, (1, 0)) and not label.unit


def parse_roman(text: str) -> Label | None:
    """The Roman number in capitals at the head of a text ("IV. The board ..."), or None."""
    match = ROMAN.match(text)
    value = roman_value(match["body"]) if match else 0
    if match is None or not value:
        return None
    return Label(match["body"], "", "", f"R{match['close']}", ((value, 0),), match.end())


def roman_value(text: str) -> int:
    """What a Roman number in capitals is worth; 0 for what is none."""
    value = 0
    rest = text
    for sign, worth in ROMAN_SIGNS.items():
        while rest.startswith(sign):
            rest, value = rest[len(sign) :], value + worth
    written, left = "", value
    for sign, worth in ROMAN_SIGNS.items():
        written += sign * (left // worth)
        left %= worth
    return value if not rest and written == text else 0


def _letter(letters: str) -> int:
    """0 for none, 1 for A, 27 for AA."""
    if not letters:
        return 0
    return ord(letters[0].upper()) - ord("A") + 1 + 26 * (len(letters) - 1)
