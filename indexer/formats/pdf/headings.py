"""The paragraphs that are headings by their type, with their depth."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import zip_longest

from indexer.formats.pdf.lines import Row
from indexer.formats.pdf.marks import is_contents
from indexer.formats.pdf.model import Line
from indexer.formats.pdf.paragraphs import Paragraph

LARGER = 1.12
MOST_LINES = 6
LONGEST = 400
NO_END = (".", ",", ";", ":")
# The mark of a lettered heading: "C.", "IV."; one in small letters is a list's.
LETTERED = re.compile(r"(?:[A-Z]|[IVXL]{1,6})[.)]")

Look = tuple[float, bool, bool]


class HeadingLevels:
    """The levels of the file's headings: as it declares them, else by size, weight and slant."""

    def __init__(self, items: Sequence[Paragraph | Row], size: float) -> None:
        self._size = size
        declared: dict[Look, Counter[int]] = defaultdict(Counter)
        looks: set[Look] = set()
        for item, following in zip_longest(items, items[1:]):
            if isinstance(item, Row) or not self._is_heading(item, following):
                continue
            look = _look(item.first)
            looks.add(look)
            level = item.first.main.tag.level
            if level is not None:
                declared[look][level] += 1
        self._levels: dict[Look, int] = {}
        for look in sorted(looks, key=lambda look: (-look[0], not look[1], look[2])):
            above = max(self._levels.values(), default=0)
            said = declared.get(look)
            self._levels[look] = said.most_common(1)[0][0] if said else above + 1

    def level(self, item: Paragraph, following: Paragraph | Row | None) -> int | None:
        """A heading's level from 1; None for what is no heading."""
        if not self._is_heading(item, following):
            return None
        return item.first.main.tag.level or self._levels[_look(item.first)]

    def _is_heading(self, item: Paragraph, following: Paragraph | Row | None) -> bool:
        text = " ".join(line.text for line in item.lines)
        if is_contents(item.first) or not any(char.isalpha() for char in text):
            return False
        if item.first.main.tag.level is not None and not text.endswith("."):
            return True
        if len(item.lines) > MOST_LINES or len(text) > LONGEST or text.endswith(NO_END):
            return False
        if item.mark is not None and not (
            item.mark.is_number or LETTERED.fullmatch(item.mark.text)
        ):
            return False
        if item.first.size >= LARGER * self._size:
            return True
        if item.first.size < self._size - 0.5 or following is None:
            return False
        if all(line.bold for line in item.lines):
            return True
        if isinstance(following, Row):
            return False
        slanted = item.first.italic and not following.first.italic
        return slanted and len(item.lines) == 1 and item.mark is None and text[:1].isupper()


def _look(line: Line) -> Look:
    return round(2 * line.size) / 2, line.bold, line.italic
