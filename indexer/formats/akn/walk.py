"""The elements of an Akoma Ntoso document to blocks."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from indexer.blocks import Block
from indexer.formats.akn.names import (
    ANNEXES,
    BLOCKS,
    BREAKS,
    DOCUMENTS,
    NOT_TEXT,
    NOTES,
    QUOTE_STYLE,
    QUOTES,
    RUNNING,
    TRANSPARENT,
    Opening,
    Place,
    child_of,
    find_in,
    is_legislation,
    name_of,
    own_name,
    role_of,
    rows_of,
)
from indexer.formats.fold import BREAK, fold, is_bullet, is_layout, lines_of


class Walk:
    """Collects blocks; the text of inline elements runs together until a block begins or ends."""

    def __init__(self, root: etree._Element) -> None:
        self.blocks: list[Block] = []
        self._run: list[str] = []
        self._calls: list[str] = []
        self._called: list[Block] = []
        self._opening: Opening | None = None
        self._in_note = False
        self._parts: dict[str, int] = {}
        self._notes = {note.get("eId", ""): note for note in find_in(root, {"note"})}
        self._containers: set[etree._Element] = set()
        for block in find_in(root, BLOCKS):
            for above in block.iterancestors():
                # A note is taken out of the text around it, which stays one block.
                if above in self._containers or name_of(above) in NOTES:
                    break
                self._containers.add(above)

    def element(self, element: etree._Element, place: Place) -> None:
        """Walk an element: its blocks go to `blocks`, its inline text to the current run."""
        name = name_of(element)
        if name in NOT_TEXT or not name or element.get("name") in RUNNING:
            return
        if name in NOTES:
            self._note(element)
        elif name in BREAKS:
            self._run.append(" " if name == "marker" else BREAK)
        elif name in BLOCKS or element in self._containers:
            self._flush(place)
            if name == "table":
                self._table(element, place)
            else:
                self._block(element, place)
        else:
            self._children(element, place)

    def _children(
        self, element: etree._Element, place: Place, taken: tuple[etree._Element, ...] = ()
    ) -> None:
        self._run.append(element.text or "")
        for child in element:
            if child not in taken:
                self.element(child, place)
            self._run.append(child.tail or "")

    def _block(self, element: etree._Element, place: Place) -> None:
        place = self._inside(element, place)
        num, heading = child_of(element, "num"), child_of(element, "heading")
        if num is not None or heading is not None or name_of(element) == "li":
            place = self._begin(element, num, heading, place)
        taken = tuple(part for part in (num, heading) if part is not None)
        self._children(element, place, taken)
        self._flush(place)
        if num is not None or heading is not None:
            self._open(None, place)

    def _inside(self, element: etree._Element, place: Place) -> Place:
        """The place in a block element, before its number is looked at."""
        name, own, style = name_of(element), own_name(element), element.get("class", "")
        if name in DOCUMENTS:
            place = replace(place, part=self._part(element, place), unit=False, depth=0)
            return replace(place, legislation=is_legislation(element))
        if name in QUOTES:
            self._open(None, place)
            place = replace(place, kind="quote")
        elif name in ("toc", "tocItem"):
            place = replace(place, kind="contents")
        elif name == "crossHeading" or (name == "subheading" and not place.unit):
            place = replace(place, kind="heading", level=place.level + (name == "crossHeading"))
        elif QUOTE_STYLE.search(style) and place.kind == "text":
            place = replace(place, kind="quote")
        if name == "hcontainer" and own in ANNEXES:
            place = replace(place, part=self._count(own), unit=False, depth=0)
        if name not in TRANSPARENT:
            return replace(place, style=own)
        return replace(place, style=f"{place.style}/{name}.{style}") if style else place

    def _begin(
        self,
        element: etree._Element,
        num: etree._Element | None,
        heading: etree._Element | None,
        place: Place,
    ) -> Place:
        """Take the element's number and heading; the place for what follows them."""
        label = self._plain(num) if num is not None else ""
        kind = role_of(element, label, heading is not None, place)
        if kind == "heading":
            inner = replace(place, level=place.level + 1)
            level: int | None = inner.level
        elif kind == "item":
            inner = replace(place, depth=place.depth + 1)
            # Inside a unit of legislation an item is one level further down: the unit is cited.
            level = inner.depth + (place.unit and place.legislation)
        else:
            inner = replace(place, unit=True, depth=0)
            level = None
        if place.kind == "quote" and kind != "heading":
            kind = "quote"
        shown = None if is_bullet(label) else label
        self._open(Opening(shown, kind, level, place.style), place)
        if heading is not None:
            self._children(heading, inner)
            self._flush(inner)
        if kind == "heading":
            self._open(None, inner)
        return inner

    def _open(self, opening: Opening | None, place: Place) -> None:
        """Expect a numbered block; a number that got no text becomes a block of its own."""
        before, self._opening = self._opening, None
        if before is not None and before.label is not None:
            self._emit("", before, place)
        self._opening = opening

    def _flush(self, place: Place) -> None:
        """End the block that the current run of text makes up, if it has any."""
        texts = lines_of("".join(self._run))
        self._run.clear()
        for text in texts:
            taken, self._opening = self._opening, None
            level = place.level if place.kind == "heading" else None
            self._emit(text, taken or Opening(None, place.kind, level, place.style), place)

    def _emit(self, text: str, opening: Opening, place: Place) -> None:
        self.blocks.append(
            Block(
                text,
                len(self.blocks) + 1,
                opening.kind,
                gap=True,
                label=opening.label,
                style=opening.style,
                level=opening.level,
                calls=tuple(self._calls),
                part=place.part,
            )
        )
        for note in self._called:
            self.blocks.append(replace(note, line=len(self.blocks) + 1, part=place.part))
        self._calls.clear()
        self._called.clear()

    def _plain(self, element: etree._Element) -> str:
        """The element's whole text as one line; footnotes in it are called by the next block."""
        outer, self._run = self._run, []
        self._gather(element)
        text, self._run = fold("".join(self._run)), outer
        return text

    def _gather(self, element: etree._Element) -> None:
        self._run.append(element.text or "")
        for child in element:
            name = name_of(child)
            if name in NOTES:
                self._note(child)
            elif name not in NOT_TEXT and name:
                apart = " " if name in BLOCKS or name in BREAKS else ""
                self._run.append(apart)
                self._gather(child)
                self._run.append(apart)
            self._run.append(child.tail or "")

    def _note(self, element: etree._Element) -> None:
        if name_of(element) == "noteRef":
            # Printed once, where it is called first; never within a note, which it may hold.
            name = element.get("href", "").removeprefix("#")
            note = None if self._in_note else self._notes.pop(name, None)
        else:
            note = element
        mark = element.get("marker", "")
        # A note inside a note is part of its text.
        calls, self._calls = self._calls, []
        within, self._in_note = self._in_note, True
        text = self._plain(note) if note is not None else ""
        self._in_note = within
        self._calls = [*calls, mark] if mark else calls
        if text:
            self._called.append(Block(text, 0, "footnote", True, label=mark or None, style="note"))

    def _table(self, table: etree._Element, place: Place) -> None:
        """Rows of cells, or paragraphs where the table only places them."""
        self._open(None, place)
        rows = list(rows_of(table))
        caption = child_of(table, "caption")
        if caption is not None:
            self._children(caption, place)
            self._flush(place)
        texts = [[self._cell_text(cell) for cell in row] for row in rows]
        layout = is_layout(texts) and not any(True for _ in find_in(table, {"th"}))
        for row in rows:
            cells = [self._plain(cell) for cell in row]
            filled = [cell for cell in cells if cell]
            if layout and filled:
                label = filled[0] if len(filled) == 2 else None
                self._emit(filled[-1], Opening(label, place.kind, None, place.style), place)
            elif filled:
                self._emit("\t".join(cells).strip(), Opening(None, "row", None, place.style), place)

    @staticmethod
    def _cell_text(cell: etree._Element) -> str:
        return fold("".join(str(piece) for piece in cell.itertext()))

    def _part(self, document: etree._Element, place: Place) -> str | None:
        """The name of a separately numbered document; None for the main one."""
        around = document.getparent()
        name = document.get("name", name_of(document))
        if around is None or name_of(around) not in ("attachment", "component"):
            return place.part
        if name_of(around) == "attachment":
            return self._count(name)
        return None if name_of(document) in ("act", "bill", "judgment") else name

    def _count(self, name: str) -> str:
        self._parts[name] = self._parts.get(name, 0) + 1
        return f"{name} {self._parts[name]}"
