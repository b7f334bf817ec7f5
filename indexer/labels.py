"""Printed paragraph numbers: `29.`, `[42]`, `(3)`, `4.17`, `29A` to comparable values."""

from __future__ import annotations

import re
from dataclasses import dataclass

PRINTED = re.compile(
    r"""(?P<open>[\[(]?)
        (?P<parts>\d{1,4}(?:\.\d{1,3}){0,4})
        (?P<letter>[A-Z]{0,2})
        (?P<close>[\])]?)
        (?P<dot>\.?)
        (?=\s|$)\s*""",
    re.VERBOSE,
)
BRACKETS = {"": "", "[": "]", "(": ")"}


@dataclass(frozen=True, slots=True)
class Label:
    """A number at the head of a block.

    `number` is the normalised label, `style` how it is printed (labels of one sequence share it),
    `value` one integer a level, `letter` 0 for none, 1 for A; `end` where the block's own text
    begins.
    """

    number: str
    style: str
    value: tuple[int, ...]
    letter: int
    end: int

    @property
    def order(self) -> tuple[tuple[int, ...], int]:
        """What sorts labels of one style into reading order."""
        return self.value, self.letter

    def missing_since(self, before: Label) -> int | None:
        """How many numbers are skipped between `before` and this label; None if it is not later.

        4.17 is followed by 4.18 or by 5.1, 29 by 30 or 29A; a new top level may skip one unseen.
        """
        if self.order <= before.order:
            return None
        if self.value == before.value:
            return self.letter - before.letter - 1
        level = next(
            i for i, (a, b) in enumerate(zip(before.value, self.value, strict=True)) if a != b
        )
        skipped = self.value[level] - before.value[level] - 1
        return skipped + sum(part - 1 for part in self.value[level + 1 :]) + max(0, self.letter - 1)

    @property
    def is_first(self) -> bool:
        """True for a label that begins a sequence: 1, 1.1, 4.1."""
        return self.value[-1] == 1 and self.letter == 0


def parse_label(text: str) -> Label | None:
    """The printed number at the head of a text, or None."""
    match = PRINTED.match(text)
    if match is None:
        return None
    opening, closing = match["open"], match["close"]
    if BRACKETS[opening] != closing and not (opening == "" and closing == ")"):
        return None
    value = tuple(int(part) for part in match["parts"].split("."))
    letters = match["letter"]
    if len(set(letters)) > 1:
        return None
    # AA comes after Z: 26 letters, then doubled ones.
    letter = ord(letters[0]) - ord("A") + 1 + 26 * (len(letters) - 1) if letters else 0
    style = f"{opening}{'.'.join('n' * len(value))}{closing}{match['dot']}"
    return Label(match["parts"] + letters, style, value, letter, match.end())
