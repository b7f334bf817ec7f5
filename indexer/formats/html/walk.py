"""The elements of a page to blocks, in the order they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from lxml import etree

from indexer.blocks import Block, Kind
from indexer.formats.fold import fold, is_bullet, is_layout, is_number
from indexer.formats.html.body import is_dropped, is_layout_table
from indexer.formats.html.collect import Collector, Opening, Place
from indexer.formats.html.counters import label_items
from indexer.formats.html.notes import find_notes
from indexer.formats.txt import blocks_of

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr",
    "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
    *HEADINGS,
}  # fmt: skip
CELLS = {"td", "th", "tr"}
# Elements whose style is that of what they hold.
PLAIN = {"div", "section", "article", "main", "body", "center", "form", "font"}
QUOTE_CLASS = re.compile(r"quot(?:e|ation)", re.IGNORECASE)
CONTENTS_CLASS = re.compile(
    r"(?:^|[\s_-])(?:mso)?toc(?:\d|heading|$|[\s_-])|table-of-contents", re.IGNORECASE
)
NOTE_CLASS = re.compile(r"(?:foot|end)note", re.IGNORECASE)
# Classes of elements that hold a paragraph's number and nothing else, and what is not such.
NUMBER_CLASS = re.compile(
    r"num|(?:^|[\s_-])(?:no|label|marker|counter|ordinal|enum)(?:$|[\s_-])", re.IGNORECASE
)
OTHER_NUMBER = re.compile(r"page|note|ref", re.IGNORECASE)
WORD_NUMBER = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
PAGE_NUMBER = re.compile(r"page-?(?:num|no|break)", re.IGNORECASE)


class Walk:
    """Collects blocks; the text of inline elements runs together until a block begins or ends."""

    def __init__(self, root: etree._Element) -> None:
        self._notes = find_notes(root)
        self._set_apart = self._notes.elements
        self._printed: set[etree._Element] = set()
        self._out = Collector(self._print_note)
        self._labels: dict[etree._Element, str | None] = {}
        self._containers: set[etree._Element] = set()
        for block in root.iter(*BLOCKS):
            for above in block.iterancestors():
                if above in self._containers:
                    break
                self._containers.add(above)

    def top(self, element: etree._Element) -> None:
        """Walk one of the elements that hold the document."""
        self._element(element, Place())
        self._out.flush(Place())

    def finish(self) -> list[Block]:
        """The blocks of all that was walked."""
        return self._out.finish()

    def _element(self, element: etree._Element, place: Place) -> None:
        tag = element.tag
        if is_dropped(element) or element in self._notes.backs:
            return
        if element in self._set_apart:
            return
        if tag == "br":
            self._out.add_break()
        elif element in self._notes.calls:
            self._out.call(*self._notes.calls[element])
        elif tag in BLOCKS or element in self._containers:
            self._out.flush(place)
            self._block(element, place)
        elif self._is_number(element):
            self._out.label = _text(element)
        elif tag == "a":
            self._link(element, place)
        elif not PAGE_NUMBER.search(element.get("class", "")):
            self._children(element, place)

    def _children(self, element: etree._Element, place: Place) -> None:
        self._out.add(element.text)
        for child in element:
            self._element(child, place)
            self._out.add(child.tail)

    def _link(self, element: etree._Element, place: Place) -> None:
        inward = element.get("href", "").startswith("#")
        if inward and is_bullet(_text(element)):
            return  # "¶", "↑": a way back, or to this very place
        self._out.link(inward)
        self._children(element, place)
        self._out.link(-inward)

    def _is_number(self, element: etree._Element) -> bool:
        """True for an element that holds the number of the block it begins."""
        if self._out.label is not None or not element.attrib or not self._out.is_blank:
            return False
        names = element.get("class", "")
        word = WORD_NUMBER.search(element.get("style", "")) is not None
        if not word and (not NUMBER_CLASS.search(names) or OTHER_NUMBER.search(names)):
            return False
        text = _text(element)
        return bool(text) and (is_number(text) or is_bullet(text))

    def _block(self, element: etree._Element, place: Place) -> None:
        tag = element.tag
        inner = self._inside(element, place)
        if inner is None or tag == "hr":
            return
        if tag == "table":
            self._table(element, inner)
        elif tag == "pre":
            self._pre(element, inner)
        else:
            if tag == "li":
                kind: Kind = "item" if place.kind == "text" else place.kind
                self._out.open(Opening(self._labels.get(element), kind, inner.depth, inner.style))
            self._children(element, inner)
            if self._out.label is not None and self._out.is_blank:
                # The number stood alone: it belongs to the block after.
                self._out.expect_numbered(place)
            self._out.flush(inner)
            if tag == "li":
                self._out.open(None)

    def _inside(self, element: etree._Element, place: Place) -> Place | None:
        """The place inside a block element; None for what is no part of the document."""
        tag, names = str(element.tag), element.get("class", "")
        if tag not in PLAIN or names:
            style = ".".join([tag, *names.split()])
            place = Place(place.kind, style, place.level, place.depth, place.unit)
        role = element.get("role", "")
        if tag == "nav" or role in ("navigation", "doc-toc"):
            inward = all(a.get("href", "").startswith("#") for a in element.iter("a"))
            return replace(place, kind="contents") if inward or role == "doc-toc" else None
        if (
            CONTENTS_CLASS.search(f"{names} {element.get('id', '')}".strip())
            and tag not in HEADINGS
        ):
            return replace(place, kind="contents")
        if tag in HEADINGS:
            return replace(place, kind="heading", level=HEADINGS[tag])
        if role == "heading":
            level = element.get("aria-level", "")
            return replace(
                place, kind="heading", level=int(level) if re.fullmatch("[1-9]", level) else 2
            )
        if tag == "blockquote" or (QUOTE_CLASS.search(names) and place.kind == "text"):
            return replace(place, kind="quote")
        if tag in ("ol", "ul", "menu"):
            self._labels.update(label_items(element))
            return replace(place, depth=place.depth + 1)
        if place.kind == "text" and (role == "doc-footnote" or NOTE_CLASS.search(names)):
            return replace(place, kind="footnote")
        number = _number_alone(element)
        if number and not is_bullet(number) and place.depth == 0 and not place.unit:
            return replace(place, unit=True)
        return replace(place, depth=place.depth + 1) if number else place

    def _print_note(self, mark: str, note: etree._Element) -> None:
        """The footnote once, after the block that calls it first."""
        if note in self._printed:
            return
        self._printed.add(note)
        text = self._out.plain(lambda: self._gather(note))
        # What is left of the mark where only its digits lead back, or where it is no link.
        typed = "" if note.tag == "li" else rf"(?:[\[(]?{re.escape(mark)}(?!\w))?"
        text = re.sub(rf"^{typed}\[?[\])]*[.:]?\s*", "", text)
        style = ".".join([str(note.tag), *note.get("class", "").split()])
        if text:
            self._out.emit(text, Opening(mark, "footnote", None, style))

    def _gather(self, element: etree._Element) -> None:
        self._out.add(element.text)
        for child in element:
            if child in self._notes.calls:
                self._out.call(*self._notes.calls[child])
            elif child.tag == "br" or (child.tag in BLOCKS or child.tag in CELLS):
                self._out.add(" ")
                if not is_dropped(child):
                    self._gather(child)
                self._out.add(" ")
            elif not is_dropped(child) and child not in self._notes.backs:
                inward = child.tag == "a" and child.get("href", "").startswith("#")
                if not inward or not is_bullet(_text(child)):
                    self._out.link(inward)
                    self._gather(child)
                    self._out.link(-inward)
            self._out.add(child.tail)

    def _table(self, table: etree._Element, place: Place) -> None:
        """Rows of cells, or what the cells hold where the table only places it."""
        self._out.open(None)
        for caption in table.iterchildren("caption"):
            self._element(caption, place)
        rows = [
            [cell for cell in row if cell.tag in CELLS and not is_dropped(cell)]
            for row in _rows(table)
        ]
        texts = [[_text(cell) for cell in row] for row in rows]
        headed = any(True for _ in table.iter("th"))
        if is_layout_table(table) or (not headed and is_layout(texts)):
            for row, cells in zip(rows, texts, strict=True):
                self._cells(row, cells, place)
            return
        for row in rows:
            text = "\t".join(self._out.plain(partial(self._gather, cell)) for cell in row).strip()
            if text:
                self._out.emit(text, Opening(None, "row", None, place.style))

    def _cells(self, row: list[etree._Element], texts: list[str], place: Place) -> None:
        """The cells of a table used for layout; one that holds a number labels the next."""
        filled = [cell for cell, text in zip(row, texts, strict=True) if text]
        if len(filled) == 2 and is_number(_text(filled[0])):
            self._out.open(Opening(_text(filled[0]), place.kind, None, place.style))
            filled = filled[1:]
        for cell in filled:
            self._children(cell, place)
            self._out.flush(place)
        self._out.open(None)

    def _pre(self, element: etree._Element, place: Place) -> None:
        """Text laid out in lines, as in a plain text file."""
        text = "".join(map(str, element.itertext()))
        self._out.add_lines(blocks_of(text), place)


def _number_alone(element: etree._Element) -> str:
    """The number that is all of a part's first heading or paragraph, or nothing."""
    first = next(iter(element), None)
    if element.tag not in PLAIN or first is None or first.tag not in ("p", *HEADINGS):
        return ""
    text = _text(first)
    numbers = (e for e in first.iter("span", "a", "b") if NUMBER_CLASS.search(e.get("class", "")))
    return text if text and any(_text(number) == text for number in numbers) else ""


def _text(element: etree._Element) -> str:
    return fold("".join(map(str, element.itertext())))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The table's own rows, not those of tables in its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
