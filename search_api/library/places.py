"""Where a paragraph, a range or a sub-item stands in a report."""

from __future__ import annotations

import re
from collections import Counter

from indexer.errors import NotFoundError
from indexer.report import Passage, Report
from indexer.store.index import Engine
from search_api.types import Item

# A passage's index in the report, and the label of a sub-item or "".
Place = tuple[int, str]
SUB_ITEM = re.compile(r"(?P<key>.+?)(?P<item>(?:\([a-z]{1,4}\)|\(\d{1,2}\))+)")
ITEM_MARK = re.compile(
    r"^\s*(?P<mark>\([a-z]{1,4}\)|\(\d{1,2}\)|[a-z]\)|[ivx]{1,4}\.)(?=\s)", re.MULTILINE
)
RANGE = re.compile(r"(?P<first>[^\s–]*\d\S*?)\s*(?:–|-|\bto\b)\s*(?P<last>[^\s–]*\d[^\s–]*)")


def place_of(report: Report, key: str) -> Place:
    """Where in the report's passages a key or number stands, with the sub-item it names.

    Raises:
        NotFoundError: the report has no such paragraph or sub-item.
    """
    places = _places(report)
    wanted = [key, f"§ {key}", f"¶{key}"]
    for name in wanted:
        if name in places:
            return places[name], ""
    match = SUB_ITEM.fullmatch(key)
    if match is not None and match["key"] in places:
        index = places[match["key"]]
        find_item(report.passages[index], match["item"])
        return index, match["item"]
    audit = report.audit
    raise NotFoundError(
        f"{report.id} has no paragraph '{key}'; its paragraphs run from {audit.first} to "
        f"{audit.last}"
    )


def _places(report: Report) -> dict[str, int]:
    """Places by key, and by number where only one passage has it."""
    numbers = Counter(passage.number for passage in report.passages)
    places = {
        passage.number: index
        for index, passage in enumerate(report.passages)
        if passage.number is not None and numbers[passage.number] == 1
    }
    return places | {passage.key: index for index, passage in enumerate(report.passages)}


def find_item(passage: Passage, label: str) -> Item:
    """The sub-item of a passage that is printed with this label: "(b)", "(b)(ii)".

    Raises:
        NotFoundError: the passage has no such item.
    """
    start, end = 0, len(passage.text)
    for step in re.findall(r"\([^)]*\)", label):
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
    """Whether an item is counted by figures, roman numerals or letters."""
    inner = mark.strip("().")
    if inner.isdigit():
        return "figure"
    return "roman" if re.fullmatch(r"[ivxl]+", inner) and inner not in ("l", "x", "v") else "letter"


def places_of(report: Report, numbers: str) -> list[Place]:
    """The places that `29`, `30-35`, `29(b)` or `29, 31-33` name, in the order given.

    Raises:
        NotFoundError: a number is not in the report, or a range runs backwards.
    """
    known = _places(report)
    places: list[Place] = []
    for part in (part.strip() for part in numbers.split(",")):
        match = None if part in known else RANGE.fullmatch(part)
        if match is None:
            places.append(place_of(report, part))
            continue
        first, last = place_of(report, match["first"])[0], place_of(report, match["last"])[0]
        if last < first:
            raise NotFoundError(f"'{part}' runs backwards; write the lower number first")
        places += [(place, "") for place in range(first, last + 1)]
    return list(dict.fromkeys(places))


def owners_of(store: Engine, number: str) -> list[int]:
    """Places in `store.reports` of those that may have this number, or one it is a sub-item of."""
    names = {number, number.partition("(")[0].rstrip(".")}
    spelled = {mark + name for name in names for mark in ("", "§ ", "¶")}
    return sorted({place for name in spelled for place in store.naming(name)})
