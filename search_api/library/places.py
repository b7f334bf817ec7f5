"""Places in a report: of a paragraph, a range or a sub-item."""

from __future__ import annotations

import re

from indexer.errors import NotFoundError
from indexer.numbers import as_ranges, read_numbers, sub_items
from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api.library.headings import find_heading
from search_api.library.positions import positions_of
from search_api.types.reports import Item

# A passage's index in the report, and the label of a sub-item, the key of a heading, or "".
Place = tuple[int, str]
# Of one pointer; each may be a range of the whole report.
MOST_NAMED = 200
ITEM_MARK = re.compile(
    r"^[^\S\n]*(?P<mark>\([a-z]{1,4}\)|\(\d{1,2}\)|[a-z]\)|[ivx]{1,4}\.)(?=\s)", re.MULTILINE
)


def place_of(report: Report, key: str) -> Place:
    """The place of a key or number among the report's passages, with the sub-item it names.

    The key of a heading is taken for the sub-item of the first passage under it.

    Raises:
        NotFoundError: the report has no such paragraph or sub-item.
    """
    places = positions_of(report).by_name
    heading = find_heading(report, key)
    if heading is not None:
        return heading[0], key
    for number, item in ((key, ""), *sub_items(key)):
        index = _find(places, number)
        if index is not None:
            if item:
                find_item(report.passages[index], item)
            return index, item
    audit = report.audit
    raise NotFoundError(
        f"{report.id} has no paragraph '{key}'; its paragraphs run from {audit.first} to "
        f"{audit.last}"
    )


def _repeat(key: str) -> str:
    """The key of a number's second printing, which links made before wrote "2-2" for "2~2"."""
    head, hyphen, count = key.rpartition("-")
    return f"{head}~{count}" if hyphen and count.isdigit() else key


def _find(places: dict[str, int], number: str) -> int | None:
    small = number.lower()
    names = (number, small, _repeat(number))
    spelled = (f"{mark}{name}" for name in names for mark in ("", "§ ", "¶"))
    return next((places[name] for name in spelled if name in places), None)


def passage_of(report: Report, key: str) -> Passage:
    """The passage or heading that a quote's key names.

    Raises:
        NotFoundError: the report has none of this key.
    """
    return passage_at(report, place_of(report, key))


def passage_at(report: Report, place: Place) -> Passage:
    """The passage or heading at a place."""
    index, label = place
    heading = find_heading(report, label)
    return heading[1] if heading is not None else report.passages[index]


def find_item(passage: Passage, label: str) -> Item:
    """The sub-item of a passage that is printed with this label: "(b)", "(b)(ii)".

    Raises:
        NotFoundError: the passage has no such item.
    """
    start, end = 0, len(passage.text)
    for step in re.findall(r"\([^()]{0,9}\)", label):
        marks = [
            match
            for match in ITEM_MARK.finditer(passage.text, start, end)
            if match["mark"].strip("().") == step.strip("()")
        ]
        if not marks:
            raise NotFoundError(f"para {passage.number} has no item {label}; see the paragraph")
        start = marks[0].start("mark")
        kind = _kind_of(step)
        later = ITEM_MARK.finditer(passage.text, marks[0].end(), end)
        ends = [m.start() for m in later if _kind_of(m["mark"]) == kind]
        end = ends[0] if ends else end
    text = passage.text[start:end].rstrip()
    return Item(label=label, text=text, start=start, end=start + len(text))


def _kind_of(mark: str) -> str:
    """The kind of an item's mark: figure, roman numeral or letter."""
    inner = mark.strip("().")
    if inner.isdigit():
        return "figure"
    return "roman" if re.fullmatch(r"[ivxl]+", inner) and inner not in ("l", "x", "v") else "letter"


def places_of(report: Report, numbers: str) -> list[Place]:
    """The places that a pointer such as `29`, `30-35`, `29(b)` or `paras 29, 31-33` names.

    In the order given; see indexer.numbers for what is read.

    Raises:
        NotFoundError: a number is not in the report, or a range runs backwards.
    """
    return list(dict.fromkeys(place for group in place_groups(report, numbers) for place in group))


def place_groups(report: Report, numbers: str) -> list[list[Place]]:
    """The places that each number or range of a pointer names; see places_of."""
    known = positions_of(report).by_name
    if (whole := _find(known, numbers.strip())) is not None:
        return [[(whole, "")]]
    read = read_numbers(numbers)
    if read is not None:
        if len(read) > MOST_NAMED:
            raise NotFoundError(f"that names {len(read)} numbers; name at most {MOST_NAMED}")
        return [_between(report, first, last) for first, last in as_ranges(read)]
    # Not a number: keys made of headings, "front-page, 3".
    parts = [part.strip() for part in numbers.split(",")]
    if len(parts) == 1:
        return [[place_of(report, parts[0])]]
    if len(parts) > MOST_NAMED:
        raise NotFoundError(f"that names {len(parts)} paragraphs; name at most {MOST_NAMED}")
    return [places for part in parts for places in place_groups(report, part)]


def _between(report: Report, first: str, last: str) -> list[Place]:
    begin = place_of(report, first)
    if not last:
        return [begin]
    end = place_of(report, last)[0]
    if end < begin[0]:
        raise NotFoundError(f"'{first}-{last}' runs backwards; write the lower number first")
    return [(place, "") for place in range(begin[0], end + 1)]


def owners_of(store: Engine, number: str) -> list[int]:
    """Places in `store.reports` of those that may have this number, or one it is a sub-item of."""
    names = {number, number.upper(), *(base.rstrip(".") for base, _ in sub_items(number))}
    spelled = {mark + name for name in names for mark in ("", "§ ", "¶")}
    return sorted({place for name in spelled for place in store.naming(name)})
