"""A list counter in the number formats of Word."""

from __future__ import annotations

from collections.abc import Callable

ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = [".", ".", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
NOTE_MARKS = "*†‡§"
# Longer runs than these come from damaged counters, not from documents.
MOST_REPEATS = 30


def write_number(value: int, number_format: str) -> str:
    """Write a counter as Word prints it; a format unknown here prints in decimal."""
    if number_format == "none":
        return ""
    writer = FORMATS.get(number_format)
    return writer(value) if writer and value > 0 else str(value)


def _letters(value: int) -> str:
    # Word goes on from z to aa, bb, cc.
    repeats, letter = divmod(value - 1, 26)
    return chr(ord("a") + letter) * min(repeats + 1, MOST_REPEATS)


def _roman(value: int) -> str:
    text = ""
    for worth, sign in ROMAN:
        count, value = divmod(value, worth)
        text += sign * min(count, MOST_REPEATS)
    return text


def _cardinal(value: int) -> str:
    if value < 20:
        return UNITS[value]
    if value > 99:
        return str(value)
    tens, unit = divmod(value, 10)
    return TENS[tens] + (f"-{UNITS[unit]}" if unit else "")


def _ordinal(value: int) -> str:
    teens = value % 100 in (11, 12, 13)
    return f"{value}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"


def _ordinal_word(value: int) -> str:
    if value > 99:
        return _ordinal(value)
    head, dash, last = _cardinal(value).rpartition("-")
    if last in ORDINALS:
        return head + dash + ORDINALS[last]
    return head + dash + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def _note_mark(value: int) -> str:
    repeats, mark = divmod(value - 1, len(NOTE_MARKS))
    return NOTE_MARKS[mark] * min(repeats + 1, MOST_REPEATS)


FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02d}",
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "ordinal": _ordinal,
    "cardinalText": lambda value: _cardinal(value).capitalize(),
    "ordinalText": lambda value: _ordinal_word(value).capitalize(),
    "hex": lambda value: f"{value:X}",
    "chicago": _note_mark,
    "numberInDash": lambda value: f"- {value} -",
    "decimalEnclosedParen": lambda value: f"({value})",
    "decimalEnclosedFullstop": lambda value: f"{value}.",
}
