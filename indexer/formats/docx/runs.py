"""A paragraph of Word to the text it shows: runs, fields, notes, symbols, text boxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from indexer.formats.docx.field_numbers import FieldNumbers
from indexer.formats.docx.fields import Fields
from indexer.formats.docx.notes import Notes
from indexer.formats.docx.package import MC, M, W, switch, val
from indexer.formats.docx.styles import Styles

RUN, BOX = f"{W}r", f"{W}txbxContent"
FIELD_MARK, FIELD_CODE, SIMPLE_FIELD = f"{W}fldChar", f"{W}instrText", f"{W}fldSimple"
PAGE_END = f"{W}lastRenderedPageBreak"
RUN_PROPERTIES = f"{W}rPr"
ALTERNATIVES, DENOMINATOR = f"{MC}AlternateContent", f"{M}den"
# Removed text, properties, and what prints outside the text.
SKIPPED = frozenset(
    W + name
    for name in (
        *("del", "moveFrom", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "sdtEndPr"),
        *("rt", "annotationRef", "footnoteRef", "endnoteRef", "pgNum", "softHyphen"),
    )
)
# Soft hyphen, zero-width space, joiners and direction marks, word joiner, byte order mark.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
# Fonts that draw their own signs in the place of letters: the signs met in running text.
SYMBOL_LETTERS = dict(
    zip(
        "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprsVtufcyw",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψω",
        strict=True,
    )
)
SYMBOL_SIGNS = {
    0xA3: "≤", 0xA5: "∞", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD2: "®", 0xD3: "©", 0xD4: "™",
}  # fmt: skip
WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xE0: "→",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
PRIVATE_USE = 0xF000


@dataclass(frozen=True, slots=True)
class Call:
    """A note called in the text: its mark, and its paragraphs."""

    mark: str
    body: Element


@dataclass(slots=True)
class Line:
    """The visible text of one paragraph, white space as it stands, with what hangs on it.

    `calls` are the notes called in the text, `boxes` the text boxes anchored in the paragraph.
    """

    text: str = ""
    calls: list[Call] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    in_contents: bool = False


class LineReader:
    """Reads paragraphs in order; fields and the numbers of notes go on from one to the next."""

    def __init__(self, styles: Styles, footnotes: Notes, endnotes: Notes) -> None:
        self._styles = styles
        self._notes = {f"{W}footnoteReference": footnotes, f"{W}endnoteReference": endnotes}
        self._fields = Fields()
        self._numbers = FieldNumbers()

    def read(self, paragraph: Element, in_contents: bool = False) -> Line:
        """Read one paragraph; `in_contents` when it is known to be part of a contents list."""
        style = self._styles.of(val(paragraph, "pPr/pStyle"))
        line = Line(in_contents=in_contents or style.use == "contents")
        line.text = "".join(self._pieces(paragraph, line, bool(style.hidden)))
        self._fields.end_paragraph()
        return line

    def end_section(self) -> None:
        """A section ends here: notes may be numbered anew."""
        for notes in self._notes.values():
            notes.end_section()

    def _pieces(self, elements: Iterable[Element], line: Line, hidden: bool) -> Iterator[str]:
        for element in elements:
            tag = element.tag
            if tag == RUN:
                yield from self._run(element, line, self._is_hidden(element, line, hidden))
            elif tag in VISIBLE:
                if not hidden and not self._fields.in_code:
                    line.in_contents |= self._fields.in_contents
                    yield VISIBLE[tag](element)
            elif tag in SKIPPED:
                continue
            elif tag == FIELD_MARK:
                yield self._field_mark(element.get(f"{W}fldCharType"), hidden)
            elif tag == FIELD_CODE:
                self._fields.read_code(element.text or "")
            elif tag == SIMPLE_FIELD:
                code = element.get(f"{W}instr", "")
                yield "" if hidden or self._fields.in_code else self._numbers.of(code)
                self._fields.begin(code, has_result=True)
                yield from self._pieces(element, line, hidden)
                self._fields.end()
            elif tag == BOX:
                line.boxes.append(element)
            elif tag == ALTERNATIVES:
                yield from self._pieces(branch(element), line, hidden)
            elif tag == PAGE_END:
                for notes in self._notes.values():
                    notes.end_page()
            elif tag in self._notes:
                line.calls += self._call(self._notes[tag], element, None)
            else:
                # The two parts of a fraction are printed one above the other.
                yield "/" if tag == DENOMINATOR else ""
                yield from self._pieces(element, line, hidden)

    def _run(self, run: Element, line: Line, hidden: bool) -> Iterator[str]:
        for child in run:
            if child.tag in self._notes and _has_own_mark(child):
                # The rest of the run is the mark, which the author typed.
                mark = fold("".join(VISIBLE[c.tag](c) for c in run if c.tag in VISIBLE))
                line.calls += self._call(self._notes[child.tag], child, mark)
                return
        yield from self._pieces(run, line, hidden)

    def _field_mark(self, kind: str | None, hidden: bool) -> str:
        """Note a field's begin, middle or end; gives the number that one without result prints."""
        if kind == "begin":
            self._fields.begin()
        elif kind == "separate":
            self._fields.separate()
        elif kind == "end":
            code = self._fields.end()
            return "" if hidden or self._fields.in_code else self._numbers.of(code)
        return ""

    def _call(self, notes: Notes, reference: Element, own_mark: str | None) -> list[Call]:
        mark = notes.next_mark() if own_mark is None else own_mark
        body = notes.take(reference.get(f"{W}id", ""))
        return [] if body is None else [Call(mark, body)]

    def _is_hidden(self, run: Element, line: Line, paragraph_hidden: bool) -> bool:
        properties = run.find(RUN_PROPERTIES)
        if properties is None:
            return paragraph_hidden
        # In a contents list, "hidden on the web" marks the dots and page numbers.
        in_contents = line.in_contents or self._fields.in_contents
        if in_contents and switch(properties, "webHidden"):
            return True
        stated = switch(properties, "vanish")
        if stated is None and (style_id := val(properties, "rStyle")):
            stated = self._styles.of(style_id).hidden
        return paragraph_hidden if stated is None else stated


def _has_own_mark(reference: Element) -> bool:
    """True when the text after the reference is its mark, not one that Word counts."""
    return reference.get(f"{W}customMarkFollows", "0") not in ("0", "false", "off")


def branch(alternatives: Element) -> Iterable[Element]:
    """The one branch of an mc:AlternateContent to read: the first, which Word prefers."""
    return next(iter(alternatives), ())


def symbol(element: Element) -> str:
    """The sign of a w:sym, which names a font and a place in it."""
    code = element.get(f"{W}char", "")
    try:
        place = int(code, 16)
        sign = chr(place)
    except (ValueError, OverflowError):
        return ""
    low = place - PRIVATE_USE if place >= PRIVATE_USE else place
    font = element.get(f"{W}font", "")
    if font == "Symbol":
        return SYMBOL_SIGNS.get(low) or SYMBOL_LETTERS.get(chr(low), chr(low))
    return WINGDINGS.get(low, sign) if font == "Wingdings" else sign


def fold(text: str) -> str:
    """The text without invisible characters, each run of white space as one space."""
    return " ".join(INVISIBLE.sub("", text).split())


VISIBLE: dict[str, Callable[[Element], str]] = {
    **dict.fromkeys((f"{W}t", f"{M}t"), lambda element: element.text or ""),
    **dict.fromkeys((f"{W}tab", f"{W}ptab"), lambda _: "\t"),
    **dict.fromkeys((f"{W}br", f"{W}cr"), lambda _: "\n"),
    f"{W}noBreakHyphen": lambda _: "-",
    f"{W}sym": symbol,
}
