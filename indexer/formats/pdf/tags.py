"""The structure that a tagged PDF declares: table cells, contents entries and headings."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium

from indexer.formats.pdf.model import NO_TAG, Tag

MOST_ELEMENTS = 50_000
DEEPEST = 60
LEVELS = {"Title": 1, **{f"H{level}": level for level in range(1, 7)}}
CONTENTS = ("TOC", "TOCI")
ROW, CELLS, TABLE, PARAGRAPH = "TR", ("TD", "TH"), "Table", "P"


@dataclass(slots=True)
class _Walk:
    """The state of the walk: elements seen, and numbers given to the parts of tables."""

    seen: int = 0
    table: int = 0
    row: int = 0
    cell: int = 0
    part: int = 0


def page_tags(page: object) -> dict[int, Tag]:
    """The tag of each piece of marked content on a page, by its id; empty for untagged files."""
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if not tree:
        return {}
    try:
        found: dict[int, Tag] = {}
        walk = _Walk()
        for index in range(max(0, pdfium.FPDF_StructTree_CountChildren(tree))):
            element = pdfium.FPDF_StructTree_GetChildAtIndex(tree, index)
            found.update(_marks(element, NO_TAG, walk, 0))
        return found
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _marks(element: object, above: Tag, walk: _Walk, depth: int) -> Iterator[tuple[int, Tag]]:
    walk.seen += 1
    if not element or depth > DEEPEST or walk.seen > MOST_ELEMENTS:
        return
    tag = _tag(_type(element), above, walk)
    if tag != NO_TAG:
        for index in range(pdfium.FPDF_StructElement_GetMarkedContentIdCount(element)):
            mark = pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index)
            if mark >= 0:
                yield mark, tag
    for index in range(max(0, pdfium.FPDF_StructElement_CountChildren(element))):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, index)
        yield from _marks(child, tag, walk, depth + 1)


def _tag(kind: str, above: Tag, walk: _Walk) -> Tag:
    if kind in CONTENTS:
        return replace(above, contents=True)
    if kind in LEVELS:
        return replace(above, level=LEVELS[kind])
    # A table within a cell stays in that cell.
    if kind == TABLE and above.cell is None:
        walk.table += 1
    elif kind == ROW and above.cell is None:
        walk.row += 1
    elif kind in CELLS and above.cell is None:
        walk.cell += 1
        return replace(above, cell=(walk.table, walk.row, walk.cell))
    elif kind == PARAGRAPH and above.cell is not None:
        walk.part += 1
        return replace(above, part=walk.part)
    return above


def _type(element: object) -> str:
    buffer = ctypes.create_string_buffer(128)
    size = pdfium.FPDF_StructElement_GetType(element, buffer, len(buffer))
    return buffer.raw[: min(size, len(buffer))].decode("utf-16-le", "replace").rstrip("\0")
