"""The part of a page that is the document: by its tags, else by where the text is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from indexer.formats.fold import fold

DROPPED = {
    "script", "style", "template", "noscript", "head", "button", "select", "textarea", "input",
    "svg", "iframe", "object", "audio", "video", "canvas", "dialog", "map", "datalist",
}  # fmt: skip
# Elements that only hold others, and those of them, or lists, that menus are made of.
CONTAINERS = {"div", "section", "center", "form", "main", "article", "tbody", "tr", "td"}
MENUS = {*CONTAINERS, "nav", "footer", "header", "aside", "ul", "ol", "table", "dl"}
PAGE_PARTS = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote")
AROUND = {"nav", "footer", "header", "aside"}
ROLES_AROUND = {
    "navigation", "banner", "contentinfo", "search", "complementary", "dialog", "menu", "menubar",
    "alert", "alertdialog", "toolbar",
}  # fmt: skip
# What sites call their furniture; trusted only for small parts beside the document.
FURNITURE = re.compile(
    r"nav|menu|crumb|footer|header|masthead|cookie|consent|sidebar|share|social|skip|login|"
    r"search|banner|advert|related|credit|copyright",
    re.IGNORECASE,
)
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-element\s*:\s*(?:header|footer)\b"
)
# Shares of text: of the page in its main element, of a part in its chief child, of a part beside
# the chief one to be small, and of links in a part to make it a menu.
MAIN_SHARE = 0.5
CHIEF_SHARE = 0.66
SMALL_SHARE = 0.05
SMALL_LINK_SHARE = 0.1
MENU_LINK_SHARE = 0.6
# A table of so few rows, with more paragraphs in a cell, is the page's frame.
FEW = 3


@dataclass(slots=True)
class Mass:
    """Characters of text in an element, and how many of them lead to other pages."""

    text: int = 0
    links: int = 0


def is_dropped(element: etree._Element) -> bool:
    """True for what a browser does not show as text of the page, and for running headers."""
    if not isinstance(element.tag, str) or element.tag in DROPPED:
        return True
    if not element.attrib:
        return False
    if "hidden" in element.attrib or element.get("role") in ("doc-pagebreak", "doc-pageheader"):
        return True
    style = element.get("style")
    return style is not None and HIDDEN.search(style) is not None


def find_body(root: etree._Element) -> list[etree._Element]:
    """The elements that hold the document, in order."""
    body = root.find("body")
    if body is None:
        return []
    masses = _weigh(body)
    marked = [e for e in body.iter("main", "article", "div") if _is_main(e) and e in masses]
    best = max(marked, key=lambda e: masses[e].text, default=None)
    if best is not None and masses[best].text >= MAIN_SHARE * masses[body].text:
        return [best]
    return _chief(body, masses)


def _is_main(element: etree._Element) -> bool:
    return element.tag in ("main", "article") or element.get("role") == "main"


def _weigh(body: etree._Element) -> dict[etree._Element, Mass]:
    """Count the text and the outward links of every element that is shown."""
    masses: dict[etree._Element, Mass] = {body: Mass(len((body.text or "").strip()))}
    order = [body]
    stack = [(child, False) for child in reversed(body)]
    while stack:
        element, linked = stack.pop()
        if is_dropped(element):
            continue
        href = element.get("href", "") if element.tag == "a" else ""
        linked = linked or (href != "" and not href.startswith("#"))
        own = len((element.text or "").strip())
        own += sum(len(child.tail.strip()) for child in element if child.tail)
        masses[element] = Mass(own, own if linked else 0)
        order.append(element)
        stack += [(child, linked) for child in reversed(element)]
    for element in reversed(order[1:]):
        around = element.getparent()
        if around is not None and around in masses:
            masses[around].text += masses[element].text
            masses[around].links += masses[element].links
    return masses


def is_layout_table(table: etree._Element) -> bool:
    """True for a table whose cells hold whole parts of a page."""
    if table.get("role") in ("presentation", "none"):
        return True
    if any(True for _ in table.iterdescendants(*PAGE_PARTS)):
        return True
    paragraphs = max((sum(1 for _ in cell.iter("p")) for cell in table.iter("td")), default=0)
    return paragraphs > FEW and sum(1 for _ in table.iter("tr")) <= FEW


def _chief(element: etree._Element, masses: dict[etree._Element, Mass]) -> list[etree._Element]:
    """Go down to the child that holds most of the text, leaving out the menus beside it."""
    children = [child for child in element if child in masses]
    if fold("".join([element.text or "", *(child.tail or "" for child in element)])):
        return [element]
    best = max(children, key=lambda child: masses[child].text, default=element)
    if masses[best].text < CHIEF_SHARE * masses[element].text or not _is_container(best):
        return [child for child in children if not _is_menu(child, masses[child])]
    found: list[etree._Element] = []
    for child in children:
        if child is best:
            found += _chief(child, masses)
        elif not _is_furniture(child, masses[child], masses[best]):
            found.append(child)
    return found


def _is_container(element: etree._Element) -> bool:
    return element.tag in CONTAINERS or (element.tag == "table" and is_layout_table(element))


def _is_menu(element: etree._Element, mass: Mass) -> bool:
    if element.tag in ("nav", "footer") or element.get("role") in ROLES_AROUND:
        return True
    return element.tag in MENUS and mass.links > MENU_LINK_SHARE * mass.text


def _is_furniture(element: etree._Element, mass: Mass, chief: Mass) -> bool:
    """True for a menu, and for a small part that is named like furniture or is full of links."""
    if _is_menu(element, mass):
        return True
    if mass.text >= SMALL_SHARE * chief.text or element.tag not in MENUS:
        return False
    names = f"{element.get('id', '')} {element.get('class', '')}"
    hinted = element.tag in AROUND or FURNITURE.search(names) is not None
    return hinted or mass.links > SMALL_LINK_SHARE * mass.text
