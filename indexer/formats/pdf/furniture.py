"""Running headers and footers and page numbers: text at the edge of page after page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from indexer.formats.pdf.lines import Row
from indexer.formats.pdf.model import Line, Page

# Headers and footers stand in these shares of the page's height, and are at most so many lines.
TOP, BOTTOM = 0.16, 0.84
MOST_LINES = 5
# As often as this, text at the same place is furniture; files of few pages need less.
REPEATS = 3
FEW_PAGES = 5
# How far apart two baselines at "the same place" may be, in points.
DRIFT = 3.0
# A place where this share of the pages has furniture is a header or footer on every page.
USUAL_PLACE = 0.5
# Furniture stands on about every page of its stretch, or on every other one.
DENSITY = 0.4
# Larger type than this, against the text and in points, makes a numbered line a heading.
LARGER, TEXT_SIZE = 1.15, 12.0
DIGITS = re.compile(r"\d+")
ROMAN_DIGITS = {"c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5, "iv": 4, "i": 1}
ROMAN = re.compile(r"[ivxlc]{1,7}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page without its furniture. `label` is the page number as printed."""

    page: Page
    label: str | None
    lines: tuple[Line | Row, ...]
    aside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line near the top or foot of a page. `rank` counts from that edge, from 0."""

    line: Line
    at_top: bool
    rank: int


def without_furniture(pages: Sequence[Page], lines: Sequence[Sequence[Line | Row]]) -> list[Sheet]:
    """Drop what the pages repeat at their edges, and read the printed page numbers there."""
    edges = [list(_edges(page, found)) for page, found in zip(pages, lines, strict=True)]
    sizes = [line.size for found in lines for line in found if isinstance(line, Line)]
    largest = max(LARGER * median(sizes), TEXT_SIZE) if sizes else TEXT_SIZE
    needed = REPEATS if len(pages) > FEW_PAGES else 2
    repeated = _repeated(edges, needed) | _page_numbers(edges, needed, largest)
    repeated |= _at_usual_places(edges, repeated, len(pages))
    dropped = [_outermost(found, repeated) for found in edges]
    stamps = Counter(text for page in pages for text in set(page.aside))
    labels = _labels(pages, dropped, needed)
    sheets = []
    for page, found, gone, label in zip(pages, lines, dropped, labels, strict=True):
        out = {id(edge.line) for edge in gone}
        kept = tuple(line for line in found if id(line) not in out)
        aside = tuple(text for text in page.aside if stamps[text] < needed)
        sheets.append(Sheet(page, label, kept, aside))
    return sheets


def _edges(page: Page, lines: Sequence[Line | Row]) -> Iterator[_Edge]:
    by_y = sorted((line for line in lines if isinstance(line, Line)), key=lambda line: line.y)
    for rank, line in enumerate(by_y[:MOST_LINES]):
        if line.y < TOP * page.height:
            yield _Edge(line, True, rank)
    for rank, line in enumerate(by_y[: -MOST_LINES - 1 : -1]):
        if line.y > BOTTOM * page.height:
            yield _Edge(line, False, rank)


def _repeated(edges: Sequence[Sequence[_Edge]], needed: int) -> set[int]:
    """Lines whose words stand at the same place on enough pages."""
    groups: dict[tuple[bool, str], list[Line]] = defaultdict(list)
    for page in edges:
        for edge in page:
            groups[edge.at_top, edge.line.text].append(edge.line)
    found: set[int] = set()
    for group in groups.values():
        for near in _by_place(group):
            pages = {line.page for line in near}
            stretch = max(pages) - min(pages) + 1
            if len(pages) >= max(needed, DENSITY * stretch):
                found |= {id(line) for line in near}
    return found


def _page_numbers(edges: Sequence[Sequence[_Edge]], needed: int, largest: float) -> set[int]:
    """Lines that differ only by a number that grows as the pages do, and are no headings."""
    groups: dict[tuple[bool, str, int], list[Line]] = defaultdict(list)
    for page in edges:
        for edge in page:
            if edge.line.size > largest:
                continue
            for skeleton, value in _counted(edge.line.text):
                groups[edge.at_top, skeleton, value - edge.line.page].append(edge.line)
    found: set[int] = set()
    for group in groups.values():
        for near in _by_place(group):
            if len({line.page for line in near}) >= needed:
                found |= {id(line) for line in near}
    return found


def _counted(text: str) -> Iterator[tuple[str, int]]:
    """Each number in a text, with the text around it."""
    for match in DIGITS.finditer(text):
        if len(match[0]) < 6:
            yield f"{text[: match.start()]}#{text[match.end() :]}", int(match[0])
    if ROMAN.fullmatch(text):
        yield "roman", _roman(text)


def _roman(text: str) -> int:
    rest, value = text.lower(), 0
    for digit, worth in ROMAN_DIGITS.items():
        while rest.startswith(digit):
            rest, value = rest[len(digit) :], value + worth
    return value


def _by_place(lines: Sequence[Line]) -> list[list[Line]]:
    """Part lines into those with about the same baseline."""
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.y):
        if groups and line.y - groups[-1][0].y <= DRIFT:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _at_usual_places(edges: Sequence[Sequence[_Edge]], repeated: set[int], pages: int) -> set[int]:
    """Lines where most pages have furniture, in the same size: a chapter's own header."""
    places: Counter[tuple[bool, int, float]] = Counter()
    for page in edges:
        places.update({_place(edge) for edge in page if id(edge.line) in repeated})
    usual = {place for place, count in places.items() if count >= max(USUAL_PLACE * pages, REPEATS)}
    return {id(edge.line) for page in edges for edge in page if _place(edge) in usual}


def _place(edge: _Edge) -> tuple[bool, int, float]:
    return edge.at_top, round(edge.line.y), edge.line.size


def _outermost(edges: Sequence[_Edge], repeated: set[int]) -> list[_Edge]:
    """The repeated lines with nothing else between them and the edge of the page."""
    found: list[_Edge] = []
    for at_top in (True, False):
        for edge in edges:
            if edge.at_top != at_top:
                continue
            if id(edge.line) not in repeated:
                break
            found.append(edge)
    return found


def _labels(
    pages: Sequence[Page], dropped: Sequence[Sequence[_Edge]], needed: int
) -> list[str | None]:
    """The printed number of every page: the file's own labels, unless they merely count."""
    if any(page.label and page.label != str(page.number) for page in pages):
        return [page.label or None for page in pages]
    offsets: Counter[tuple[bool, int]] = Counter()
    seen: list[dict[tuple[bool, int], str]] = []
    for page, edges in zip(pages, dropped, strict=True):
        numbers: dict[tuple[bool, int], str] = {}
        for edge in edges:
            for skeleton, value in _counted(edge.line.text):
                roman = skeleton == "roman"
                numbers[roman, value - page.number] = edge.line.text if roman else str(value)
        offsets.update(numbers.keys())
        seen.append(numbers)
    trusted = [offset for offset, count in offsets.most_common() if count >= needed]
    if not trusted:
        return [page.label or None for page in pages]
    return [next((found[o] for o in trusted if o in found), None) for found in seen]
