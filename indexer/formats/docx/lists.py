"""The automatic numbers of Word: numbering.xml defines the lists, paragraphs advance them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from indexer.formats.docx.numerals import write_number
from indexer.formats.docx.package import W, number, switch, val
from indexer.formats.docx.styles import Style, Styles

OFF = "0"
LEVELS = 9
# Characters; a longer one would be printed again before every paragraph of a hostile file.
LONGEST_PATTERN = 200
PLACE = re.compile(r"%([1-9])")
# Levels numbered like this hold paragraphs; "Part I" or "A." above them would be a heading.
PARAGRAPH_FORMATS = ("decimal", "decimalZero", "lowerLetter", "lowerRoman", "bullet")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. `pattern` holds "%1" for the number of the first level, and so on."""

    start: int = 0
    number_format: str = "decimal"
    pattern: str = ""
    legal: bool = False
    restart: int | None = None
    style_id: str | None = None


@dataclass(frozen=True, slots=True)
class ListDef:
    """A list as paragraphs name it (w:num). Those with the same `sequence` count on together."""

    sequence: str
    levels: tuple[Level, ...]
    start_overrides: dict[int, int]


@dataclass(frozen=True, slots=True)
class Number:
    """A paragraph's place in a list: its printed number (None for a bullet) and its depth from 1.

    `is_item` is true for bullets and for sub-levels such as (a) and (i), whose number does not
    name the paragraph above.
    """

    label: str | None
    sequence: str
    depth: int
    is_item: bool


def define_lists(numbering: Element, styles: Styles) -> dict[str, ListDef]:
    """The lists of the document, by w:numId."""
    abstracts = {a.get(f"{W}abstractNumId", ""): a for a in numbering.iter(f"{W}abstractNum")}
    nums = {n.get(f"{W}numId", ""): n for n in numbering.iter(f"{W}num")}

    def definition(num: Element) -> Element | None:
        """The abstract list, found through the list styles that stand in for it."""
        for _ in range(LEVELS):
            abstract = abstracts.get(val(num, "abstractNumId") or "")
            link = val(abstract, "numStyleLink")
            linked = nums.get(styles.of(link).num_id or "") if link else None
            if linked is None:
                return abstract
            num = linked
        return None

    lists = {}
    for num_id, num in nums.items():
        abstract = definition(num)
        if abstract is not None:
            lists[num_id] = _define(num, abstract)
    return lists


def _define(num: Element, abstract: Element) -> ListDef:
    levels = [Level()] * LEVELS
    starts: dict[int, int] = {}
    for element in abstract.findall(f"{W}lvl"):
        _set_level(levels, element)
    for override in num.findall(f"{W}lvlOverride"):
        ilvl = _ilvl(override)
        if (start := number(override, "startOverride")) is not None and ilvl is not None:
            starts[ilvl] = start
        for element in override.findall(f"{W}lvl"):
            _set_level(levels, element)
    return ListDef(abstract.get(f"{W}abstractNumId", ""), tuple(levels), starts)


def _set_level(levels: list[Level], element: Element) -> None:
    ilvl = _ilvl(element)
    if ilvl is not None:
        levels[ilvl] = Level(
            start=number(element, "start") or 0,
            number_format=_format(element),
            pattern=(val(element, "lvlText") or "")[:LONGEST_PATTERN],
            legal=bool(switch(element, "isLgl")),
            restart=number(element, "lvlRestart"),
            style_id=val(element, "pStyle"),
        )


def _ilvl(element: Element) -> int | None:
    text = element.get(f"{W}ilvl", "")
    return int(text) if text.isascii() and text.isdigit() and int(text) < LEVELS else None


def _format(level: Element) -> str:
    # A custom format stands in an mc:AlternateContent, with a usual one to fall back on.
    formats = [value for e in level.iter(f"{W}numFmt") if (value := e.get(f"{W}val"))]
    usual = [value for value in formats if value != "custom"]
    return usual[0] if usual else "decimal"


@dataclass(slots=True)
class Counters:
    """The counters of the lists of one story (the body, or a text box)."""

    lists: dict[str, ListDef]
    _at: dict[str, list[int | None]] = field(default_factory=dict)
    _overridden: set[tuple[str, int]] = field(default_factory=set)
    _deepest: dict[str, int] = field(default_factory=dict)
    _tied: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def advance(self, properties: Element | None, style: Style) -> Number | None:
        """Count a paragraph with these properties (w:pPr); None when it is in no list."""
        num_id = val(properties, "numPr/numId") or style.num_id
        defined = self.lists.get(num_id or OFF)
        if num_id is None or num_id == OFF or defined is None:
            return None
        ilvl = self._level_of(properties, style, num_id)
        at = self._at.setdefault(defined.sequence, [None] * LEVELS)
        self._step(at, num_id, defined, ilvl)
        level = defined.levels[ilvl]
        bullet = level.number_format == "bullet"
        label = None if bullet else _print(level, defined.levels, at).strip() or None
        return Number(label, f"{defined.sequence}/{ilvl}", ilvl + 1, _is_item(defined.levels, ilvl))

    def _level_of(self, properties: Element | None, style: Style, num_id: str) -> int:
        """The level the paragraph states, or its style is tied to, or its style states."""
        stated = number(properties, "numPr/ilvl")
        if stated is None and val(properties, "numPr/numId") is None:
            key = (style.id, num_id)
            if key not in self._tied:
                self._tied[key] = _tied_level(style, self.lists[num_id].levels)
            tied = self._tied[key]
            stated = style.ilvl if tied is None else tied
        return min(max(stated or 0, 0), LEVELS - 1)

    def _step(self, at: list[int | None], num_id: str, defined: ListDef, ilvl: int) -> None:
        for above in range(ilvl):
            if at[above] is None:
                at[above] = defined.levels[above].start
        start = defined.start_overrides.get(ilvl)
        now = at[ilvl]
        # Word ignores a level's override once the list was used deeper and the level has a count.
        deeper = self._deepest.get(num_id, -1) > ilvl and now is not None
        self._deepest[num_id] = max(ilvl, self._deepest.get(num_id, -1))
        if start is not None and (num_id, ilvl) not in self._overridden and not deeper:
            self._overridden.add((num_id, ilvl))
            at[ilvl] = start
        elif now is None:
            at[ilvl] = defined.levels[ilvl].start if start is None else start
        else:
            at[ilvl] = now + 1
        for below in range(ilvl + 1, LEVELS):
            # w:lvlRestart names, from 1, the deepest level that makes this one begin again.
            restart = defined.levels[below].restart
            if restart is None or ilvl < restart:
                at[below] = None


def _tied_level(style: Style, levels: tuple[Level, ...]) -> int | None:
    """The level that names the style, or one it is based on, as its own."""
    for style_id in style.chain:
        for ilvl, level in enumerate(levels):
            if level.style_id == style_id:
                return ilvl
    return None


def _print(level: Level, levels: tuple[Level, ...], at: list[int | None]) -> str:
    def write(place: re.Match[str]) -> str:
        index = int(place[1]) - 1
        value = at[index]
        number_format = levels[index].number_format
        if level.legal and number_format != "none":
            number_format = "decimal"
        return write_number(levels[index].start if value is None else value, number_format)

    return PLACE.sub(write, level.pattern)


def _is_item(levels: tuple[Level, ...], ilvl: int) -> bool:
    level = levels[ilvl]
    if level.number_format == "bullet":
        return True
    if ilvl == 0:
        return level.number_format in ("lowerLetter", "lowerRoman")
    if len(PLACE.findall(level.pattern)) > 1:
        return False
    if level.number_format.startswith("decimal"):
        # Plain numbers that run on under numbered headings are those of the main paragraphs.
        return level.restart != 0 and levels[ilvl - 1].number_format in PARAGRAPH_FORMATS
    return True
