"""How deep each heading of a report stands: by its count, or by how the titles recur."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indexer.labels import roman_value

DEEPEST = 9
COUNTED = re.compile(r"(?P<mark>[A-Z]|[IVXL]{1,7}|[0-9]{1,2})[.)]\s")


def nest_marks(titles: Sequence[str], levels: Sequence[int]) -> list[int]:
    """Levels of declared headings, those of one level parted by how they are counted.

    Where "A." stands under "I." and both look alike, the form that comes second is inside the
    first, until that goes on.
    """
    ranks: list[tuple[int, int]] = []
    forms: dict[int, list[str]] = {}
    before: dict[tuple[int, str], int] = {}
    for title, level in zip(titles, levels, strict=True):
        forms = {at: found for at, found in forms.items() if at <= level}
        stack = forms.setdefault(level, [])
        form, count = _form(title, before, level)
        if form in stack:
            del stack[stack.index(form) + 1 :]
        elif form and (not stack or count == 1):
            stack.append(form)
        elif not form:
            stack.clear()
        before[level, form] = count
        ranks.append((level, max(len(stack) - 1, 0)))
    dense = {rank: index for index, rank in enumerate(sorted(set(ranks)), 1)}
    return [dense[rank] for rank in ranks]


def _form(title: str, before: dict[tuple[int, str], int], level: int) -> tuple[str, int]:
    """How a heading is counted ("I", "A" or "1"), and its count; ("", 0) for one that is not."""
    match = COUNTED.match(title)
    if match is None:
        return "", 0
    mark = match["mark"]
    if mark.isdigit():
        return "1", int(mark)
    letter = ord(mark) - ord("A") + 1 if len(mark) == 1 else 0
    roman = roman_value(mark)
    goes_on = letter and before.get((level, "A"), -1) == letter - 1
    if roman and not (goes_on and before.get((level, "I"), -1) != roman - 1) and mark != "C":
        return "I", roman
    return ("A", letter) if letter else ("", 0)


def infer_levels(titles: Sequence[str], opens: Sequence[bool]) -> list[int]:
    """Levels of headings that carry none, from how they recur.

    `opens[i]` is true when heading i is followed by another heading with no text between, so it
    opens a group. Titles that recur are a template that every part of the report repeats: they
    are siblings, and the group heading just before each round of them is a part, one level up.
    Within a part, a group heading holds what follows it up to the next title of the template.
    Without a template, each group heading holds what follows it up to the next one.
    """
    template = {title for title, count in Counter(titles).items() if count > 1}
    parts = _part_openers(titles, opens, template)
    levels: list[int] = []
    base = depth = 1
    for index, title in enumerate(titles):
        if index in parts:
            levels.append(1)
            base = depth = 2
        elif title in template:
            levels.append(base)
            depth = base
        elif opens[index]:
            nested = index > 0 and opens[index - 1] and levels[-1] >= base
            levels.append(depth if nested else base)
            depth = min(levels[-1] + 1, DEEPEST)
        else:
            levels.append(depth)
    return levels


def _part_openers(titles: Sequence[str], opens: Sequence[bool], template: set[str]) -> set[int]:
    """Indexes of the group headings that stand right before a new round of the template."""
    openers: set[int] = set()
    seen: set[str] = set(template)
    for index, title in enumerate(titles):
        if title not in template:
            continue
        if title in seen and index > 0 and opens[index - 1] and titles[index - 1] not in template:
            openers.add(index - 1)
            seen = set()
        seen.add(title)
    return openers
