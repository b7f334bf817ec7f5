"""Footnotes of a page: links that call them, found by where they lead and what leads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from indexer.formats.fold import fold

MARK = re.compile(
    r"[\[(]?(?:\d{1,4}|[a-z]{1,2}|[ivxlc]{1,6}|[*†‡§¶#]{1,4}|(?:foot|end)?note\s\d{1,4})[\])]?",
    re.IGNORECASE,
)
BLOCKS = {"p", "li", "div", "aside", "dd", "td", "section"}
WRAPPERS = {"li", "div", "aside", "tr", "dd"}
CALLS = re.compile(r"noteref|footnote-?ref", re.IGNORECASE)
# How far around a link or a target its partner's name may be.
REACH = 3


@dataclass(frozen=True, slots=True)
class Notes:
    """`calls`: links that call a footnote, with its mark and element; `backs`: links back."""

    calls: dict[etree._Element, tuple[str, etree._Element | None]]
    backs: set[etree._Element]

    @property
    def elements(self) -> set[etree._Element]:
        """The footnotes that are called."""
        return {note for _, note in self.calls.values() if note is not None}


def find_notes(root: etree._Element) -> Notes:
    """Find the links that call footnotes.

    A call is a short mark that leads to a place further on. It is raised, or declared a call, or
    the footnote leads back to it.
    """
    order: dict[etree._Element, int] = {}
    targets: dict[str, etree._Element] = {}
    links: list[etree._Element] = []
    for position, element in enumerate(root.iter(etree.Element)):
        name = element.get("id") or (element.get("name") if element.tag == "a" else None)
        if name:
            targets.setdefault(name, element)
            order[element] = position
        if element.tag == "a" and element.get("href", "").startswith("#"):
            links.append(element)
            order[element] = position
    calls: dict[etree._Element, tuple[str, etree._Element | None]] = {}
    backs: set[etree._Element] = set()
    for link in links:
        text = fold("".join(str(piece) for piece in link.itertext()))
        if MARK.fullmatch(text) is None:
            continue
        target = targets.get(link.get("href", "")[1:])
        note = _note_around(target, link) if target is not None else None
        declared = _is_declared(link)
        if note is None or target is None:
            if declared:
                calls[link] = (_bare(text), None)
        elif order[target] > order[link]:
            back = _link_back(note, link)
            if declared or back or _is_raised(link):
                calls[link] = (_bare(text), note)
                backs |= back
    return Notes(calls, backs)


def _bare(mark: str) -> str:
    return mark.strip("[]()")


def _near(element: etree._Element) -> Iterator[etree._Element]:
    yield element
    for count, above in enumerate(element.iterancestors()):
        if count == REACH:
            break
        yield above


def _is_declared(link: etree._Element) -> bool:
    for element in (link, link.getparent()):
        if element is not None:
            said = (element.get("role"), element.get("epub:type"), element.get("class"))
            if any(value and CALLS.search(value) for value in said):
                return True
    return False


def _is_raised(link: etree._Element) -> bool:
    return link.find(".//sup") is not None or any(e.tag == "sup" for e in _near(link))


def _link_back(note: etree._Element, call: etree._Element) -> set[etree._Element]:
    """The links in a note that lead to its call."""
    names = {e.get(key) for e in (*_near(call), *call) for key in ("id", "name")} - {None}
    return {a for a in note.iter("a") if a.get("href", "").removeprefix("#") in names}


def _note_around(target: etree._Element, call: etree._Element) -> etree._Element | None:
    """The block that begins with the target: a list item, a paragraph, or what holds only that."""
    block: etree._Element | None = target
    while block is not None and block.tag not in BLOCKS:
        block = _parent_begun_by(block)
    if block is None or block.tag == "section" or block in call.iterancestors():
        return None
    above = _parent_begun_by(block)
    while above is not None and above.tag in WRAPPERS and _holds_one(above):
        if above in call.iterancestors():
            break
        block, above = above, _parent_begun_by(above)
    return block


def _holds_one(element: etree._Element) -> bool:
    return sum(1 for _ in islice(element.iter("p", "li", "div"), REACH + 1)) <= REACH


def _parent_begun_by(element: etree._Element) -> etree._Element | None:
    """The parent, if nothing stands before the element in it."""
    parent = element.getparent()
    if parent is None or (parent.text or "").strip():
        return None
    return parent if element.getprevious() is None else None
