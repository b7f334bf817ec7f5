"""The vocabulary of Akoma Ntoso: which elements are paragraphs, items, headings, quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from indexer.blocks import Kind
from indexer.formats.fold import is_bullet

DOCUMENTS = {
    "act", "bill", "doc", "judgment", "statement", "portion", "amendment", "debate",
    "debateReport",
}  # fmt: skip
# What people cite in legislation. A section that holds articles only groups them.
CITED = {"article", "section", "rule", "regulation"}
GROUPS = {
    "part", "subpart", "chapter", "subchapter", "title", "subtitle", "book", "tome", "division",
    "subdivision",
}  # fmt: skip
ITEMS = {
    "subparagraph", "subsection", "subclause", "subrule", "point", "indent", "item", "li",
    "sublist",
}  # fmt: skip
ANNEXES = {"schedule", "annex", "appendix"}
QUOTES = {"embeddedStructure", "quotedStructure"}
NOTES = {"authorialNote", "noteRef"}
NOT_TEXT = {"meta", "img", "componentRef", "documentRef"}
# Names that generic containers give to what a page repeats.
RUNNING = {"header", "footer"}
BREAKS = {"br", "eol", "marker"}
BLOCKS = {
    "p", "block", "num", "heading", "subheading", "crossHeading", "content", "table", "tr", "td",
    "th", "li", "tocItem", "intro", "wrapUp", "listIntroduction", "listWrapUp", "blockContainer",
}  # fmt: skip
# Elements that say nothing of the paragraph in them; its style is that of the element around.
TRANSPARENT = {"content", "intro", "wrapUp", "list", "p"}
QUOTE_STYLE = re.compile(r"quot(?:e|ation)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """The position of the walk in the document.

    `level` is that of the last heading above, `depth` counts the numbered elements around that
    lie in a `unit`: a numbered paragraph, or in legislation an article or section.
    """

    kind: Kind = "text"
    style: str = ""
    level: int = 0
    depth: int = 0
    unit: bool = False
    legislation: bool = False
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The label and depth that the next block takes because it begins a numbered element."""

    label: str | None
    kind: Kind
    level: int | None
    style: str


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_of(element: etree._Element, name: str) -> etree._Element | None:
    """The element's first child of that name."""
    return next((child for child in element if name_of(child) == name), None)


def find_in(element: etree._Element, names: set[str]) -> Iterator[etree._Element]:
    """The elements of those names inside, at any depth."""
    return (found for found in element.iterdescendants() if name_of(found) in names)


def own_name(element: etree._Element) -> str:
    """The element's name, or what a generic hierarchical container calls itself."""
    name = name_of(element)
    return element.get("name", name) if name == "hcontainer" else name


def _is_cited(element: etree._Element) -> bool:
    return own_name(element) in CITED and child_of(element, "num") is not None


def rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The table's own rows, not those of tables in its cells."""
    for child in table:
        if name_of(child) == "tr":
            yield child
        elif name_of(child) in ("thead", "tbody", "tfoot"):
            yield from rows_of(child)


def is_legislation(document: etree._Element) -> bool:
    """True where articles or sections are what is cited; a portion does not say what it is of."""
    if name_of(document) == "portion":
        return any(_is_cited(found) for found in find_in(document, {*CITED, "hcontainer"}))
    return name_of(document) in ("act", "bill")


def role_of(element: etree._Element, label: str, headed: bool, place: Place) -> Kind:
    """The role of a numbered or headed element: paragraph of its own, item in one, or group.

    In legislation an article or section is the paragraph and what it holds are its items;
    elsewhere the numbered paragraph is.
    """
    name = own_name(element)
    if name == "li" or (label and is_bullet(label)):
        return "item"
    if name in GROUPS:
        return "heading"
    if place.unit or name in ITEMS:
        return "item" if label else "heading"
    if not label:
        return "heading"
    if place.legislation and name in CITED:
        grouping = any(_is_cited(found) for found in find_in(element, {*CITED, "hcontainer"}))
        return "heading" if grouping else "text"
    return "heading" if headed and name != "paragraph" else "text"
