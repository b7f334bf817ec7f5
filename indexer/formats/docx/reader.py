"""A Word document to blocks, in the order of its body."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from indexer.blocks import Block, Kind
from indexer.errors import ReportError
from indexer.formats.docx.lists import Counters, Number, define_lists
from indexer.formats.docx.notes import Notes
from indexer.formats.docx.package import MC, W, number, open_package, switch, val
from indexer.formats.docx.runs import Call, Line, LineReader, branch, fold
from indexer.formats.docx.styles import BODY_TEXT_LEVEL, Style, Styles
from indexer.formats.docx.tables import Row, table_blocks

SENTENCE_END = re.compile(r"[.;:,][”’\"')\]]*$|[;,] (?:and|or)$")
SENTENCE_WORDS = 8
# Longer than this, in characters, a paragraph is no heading whatever its style.
LONGEST_HEADING = 300
# What may part a note's mark from its text.
AFTER_MARK = re.compile(r"^[.):\]] +")
SKIPPED = frozenset(W + name for name in ("sectPr", "sdtPr", "sdtEndPr", "del", "moveFrom"))


def read_docx(path: Path) -> list[Block]:
    """Read a Word document.

    Raises:
        ReportError: the file is damaged, locked, too large, no Word document, or without text.
    """
    package = open_package(path)
    styles = Styles(package.styles)
    sections = _sections(package.document)
    footnotes, endnotes = (
        Notes(kind, root, package.settings, sections)
        for kind, root in (("footnote", package.footnotes), ("endnote", package.endnotes))
    )
    reader = _BodyReader(
        styles=styles,
        lines=LineReader(styles, footnotes, endnotes),
        counters=Counters(define_lists(package.numbering, styles)),
        prose=_prose_styles(package.document, styles),
    )
    try:
        blocks = [block for block in reader.story(package.document) if block.text]
    except RecursionError as error:
        raise ReportError(
            f"{path.name} nests its text too deeply; save a plain copy from Word"
        ) from error
    if not blocks:
        raise ReportError(f"{path.name} holds no text; a scanned report needs text recognition")
    return [replace(block, line=line) for line, block in enumerate(blocks, start=1)]


def _sections(document: Element) -> list[Element]:
    """The properties of each section, in order: they stand where it ends."""
    inner = document.findall(f".//{W}p/{W}pPr/{W}sectPr")
    return inner + document.findall(f"{W}body/{W}sectPr")


def _prose_styles(document: Element, styles: Styles) -> frozenset[str]:
    """Heading styles most of whose paragraphs are sentences.

    Reports often number their paragraphs with the style "Heading 2" to have them counted.
    """
    seen: Counter[str] = Counter()
    prose: Counter[str] = Counter()
    for paragraph in document.iter(f"{W}p"):
        style = styles.of(val(paragraph, "pPr/pStyle"))
        if style.heading is not None:
            text = fold("".join(t.text or "" for t in paragraph.findall(f"{W}r/{W}t")))
            seen[style.id] += bool(text)
            prose[style.id] += _is_prose(text)
    return frozenset(style_id for style_id in seen if prose[style_id] * 2 > seen[style_id])


def _is_prose(text: str) -> bool:
    is_sentence = SENTENCE_END.search(text) is not None and len(text.split()) >= SENTENCE_WORDS
    return is_sentence or len(text) > LONGEST_HEADING


@dataclass(slots=True)
class _Held:
    """Paragraphs whose ends do not show: the next one goes on in their line."""

    texts: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    place: Number | None = None

    def before(self, line: Line, place: Number | None) -> tuple[Line, Number | None]:
        """The line and the number of the next paragraph with these before it."""
        line.text = "".join([*self.texts, line.text])
        line.calls[:0] = self.calls
        return line, self.place or place


@dataclass(slots=True)
class _BodyReader:
    """Walks the body, or a text box within it, from top to bottom."""

    styles: Styles
    lines: LineReader
    counters: Counters
    prose: frozenset[str]
    in_contents: bool = False
    held: _Held = field(default_factory=_Held)

    def story(self, container: Iterable[Element]) -> Iterator[Block]:
        """The blocks of a container; text held back for a next paragraph ends with it."""
        yield from self._blocks(container)
        if self.held.texts:
            held, self.held = self.held, _Held()
            yield self._block(*held.before(Line(), None), None, Style())
            yield from map(self._note, held.calls)

    def _blocks(self, container: Iterable[Element]) -> Iterator[Block]:
        for child in container:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from table_blocks([self._row(row) for row in _parts(child, "tr")])
            elif child.tag == f"{W}sdt":
                before, gallery = self.in_contents, "sdtPr/docPartObj/docPartGallery"
                self.in_contents = before or val(child, gallery) == "Table of Contents"
                yield from self._blocks(child)
                self.in_contents = before
            elif child.tag == f"{MC}AlternateContent":
                yield from self._blocks(branch(child))
            elif child.tag not in SKIPPED:
                yield from self._blocks(child)

    def _row(self, row: Element) -> Row:
        return [list(self.story(cell)) for cell in _parts(row, "tc")]

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        properties = paragraph.find(f"{W}pPr")
        style = self.styles.of(val(properties, "pStyle"))
        line = self.lines.read(paragraph, self.in_contents)
        boxes = line.boxes
        end = None if properties is None else properties.find(f"{W}rPr")
        merges = _end_is_removed(end) or _is_drop_capital(properties)
        hidden_end = switch(end, "vanish") if end is not None else None
        joins = bool(style.hidden) if hidden_end is None else hidden_end
        if merges:
            # Its own number goes with the mark that is gone.
            self._hold(line, None, "")
        elif joins:
            place = self.counters.advance(properties, style) if fold(line.text) else None
            self._hold(line, place, " ")
        else:
            place = self.counters.advance(properties, style)
            line, place = self.held.before(line, place)
            self.held = _Held()
            yield self._block(line, place, properties, style)
            yield from map(self._note, line.calls)
        for box in boxes:
            yield from self._text_box(box)
        if properties is not None and properties.find(f"{W}sectPr") is not None:
            self.lines.end_section()

    def _hold(self, line: Line, place: Number | None, space: str) -> None:
        if fold(line.text):
            self.held.texts.append(line.text + space)
        self.held.calls += line.calls
        self.held.place = self.held.place or place

    def _block(
        self, line: Line, place: Number | None, properties: Element | None, style: Style
    ) -> Block:
        text = fold(line.text)
        kind, level = self._kind(text, line.in_contents, place, properties, style)
        return Block(
            text,
            line=0,
            kind=kind,
            gap=True,
            label=place.label if place else None,
            style=f"list {place.sequence}" if place else style.id,
            level=level,
            calls=tuple(call.mark for call in line.calls),
        )

    def _kind(
        self,
        text: str,
        in_contents: bool,
        place: Number | None,
        properties: Element | None,
        style: Style,
    ) -> tuple[Kind, int | None]:
        if in_contents:
            return "contents", None
        if style.use == "quote":
            return "quote", None
        level = self._heading_level(text, properties, style)
        if level is not None:
            return "heading", level
        if place is not None and place.is_item:
            return "item", place.depth
        return "text", None

    def _heading_level(self, text: str, properties: Element | None, style: Style) -> int | None:
        if _is_prose(text) or style.id in self.prose:
            return None
        # The style's level is the same for all its headings; one stated for a paragraph may stray.
        stated = number(properties, "outlineLvl")
        if stated is None or (stated < BODY_TEXT_LEVEL and style.heading is not None):
            return style.heading
        return max(stated, 0) + 1 if stated < BODY_TEXT_LEVEL else None

    def _note(self, call: Call) -> Block:
        lines = (self.lines.read(paragraph) for paragraph in call.body.iter(f"{W}p"))
        text = fold(" ".join(line.text for line in lines))
        if not call.mark.isalnum():
            # A mark of the author's own is typed in the note as well.
            text = text.removeprefix(call.mark).lstrip()
        text = AFTER_MARK.sub("", text)
        return Block(text, line=0, kind="footnote", gap=True, style="footnote", label=call.mark)

    def _text_box(self, box: Element) -> Iterator[Block]:
        """The blocks of a text box, whose lists count on their own."""
        inside = replace(self, counters=Counters(self.counters.lists), held=_Held())
        return inside.story(box)


def _parts(element: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, within content controls as well."""
    for child in element:
        if child.tag == W + name:
            yield child
        elif child.tag not in SKIPPED and child.tag != f"{W}tbl":
            yield from _parts(child, name)


def _end_is_removed(end: Element | None) -> bool:
    """True when a tracked change takes away the end of the paragraph."""
    return end is not None and any(end.find(W + name) is not None for name in ("del", "moveFrom"))


def _is_drop_capital(properties: Element | None) -> bool:
    frame = None if properties is None else properties.find(f"{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap", "none") != "none"
