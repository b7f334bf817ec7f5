"""The characters PDFium finds on a page to runs of type, and the rules drawn there."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.formats.pdf.model import LONGEST_MARK, MARK_ONLY, NO_TAG, SPACES, Page, Rule, Run, Tag
from indexer.formats.pdf.tags import page_tags

# A gap wider than this, in ems, ends a run.
RUN_GAP = 0.8
# Text turned by more than this part of a quarter turn stands askew.
SKEW = 0.05
NORMAL, BOLD = 400, 700
# A font name with a word in it tells its weight; one like "TT18At00" does not.
TELLING_NAME = re.compile(r"[a-z]{4}")
BOLD_NAMES = ("bold", "black", "heavy", "demi")
ITALIC_NAMES = ("italic", "oblique")
ITALIC_FLAG = 1 << 6
FORCE_BOLD_FLAG = 1 << 18
THICKEST_RULE = 2.5
SHORTEST_RULE = 36.0
# A page of more is a drawing, whose lines part no text.
MOST_OBJECTS = 50_000
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"}
# PDFium writes 2 for a hyphen at a line's end.
OTHER_CODES = {0x02: "-", 0xA0: " "}
# Symbol fonts keep their signs in private use; these are the bullets among them. Others are
# logos and ornaments, without a meaning as text.
BULLETS = {0xF0B7: "•", 0xF06C: "●", 0xF0A7: "▪", 0xF06E: "■", 0xF06F: "□", 0xF071: "□"}
ARROWS = {0xF0D8: "➢", 0xF0E0: "→", 0xF0FC: "✓", 0xF02D: "-"}
PRIVATE_USE = range(0xE000, 0xF900)
DROPPED = {0x00, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF}
MEANING = {**LIGATURES, **OTHER_CODES, **BULLETS, **ARROWS}


@dataclass(frozen=True, slots=True)
class _Look:
    """The look of a text object's characters. `turn` counts quarter turns; -1 is askew."""

    size: float
    turn: int
    weight: int
    italic: bool
    tag: Tag


@dataclass(frozen=True, slots=True)
class _Char:
    """A character, measured along its own reading direction; `up` grows away from its foot.

    `made` is true for a space PDFium sees but the file does not hold; it has no width.
    """

    text: str
    x0: float
    x1: float
    up: float
    look: _Look
    made: bool


class PageReader:
    """Reads one page; counts its characters and those the file gives no meaning for."""

    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> None:
        self._page = page
        self._text = textpage.raw
        self._tags = page_tags(page.raw)
        self._looks: dict[int, _Look] = {}
        self.count = textpage.count_chars()
        self.unknown = 0

    def page(self, number: int, label: str) -> Page:
        """The page as its main text is read: upright, wherever the paper's top is."""
        left, bottom, right, top = self._page.get_bbox()
        chars = list(self._chars())
        turns = Counter(char.look.turn for char in chars if char is not None)
        turn = max((t for t in turns if t >= 0), key=lambda t: turns[t], default=0)
        low, down = _along(left, bottom, turn)
        high, up = _along(right, top, turn)
        x, y = min(low, high), max(down, up)
        return Page(
            number=number,
            label=label,
            width=abs(high - low),
            height=abs(up - down),
            runs=tuple(_runs(chars, turn, x, y)),
            aside=tuple(_aside(chars, turn)),
            rules=tuple(self._rules(turn, x, y)),
        )

    def _chars(self) -> Iterator[_Char | None]:
        """The characters in the order of the file; None where PDFium sees a line end."""
        x, y = ctypes.c_double(), ctypes.c_double()
        box = pdfium.FS_RECTF()
        look: _Look | None = None
        for index in range(self.count):
            code = pdfium.FPDFText_GetUnicode(self._text, index)
            if code in (10, 13):
                yield None
                continue
            self.unknown += code in (0, 0xFFFD)
            if code in DROPPED or (code in PRIVATE_USE and code not in MEANING):
                continue
            made = pdfium.FPDFText_IsGenerated(self._text, index) == 1
            handle = None if made else pdfium.FPDFText_GetTextObject(self._text, index)
            if handle:
                look = self._look(handle, index)
            if look is None:
                continue
            pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
            pdfium.FPDFText_GetLooseCharBox(self._text, index, box)
            start, up = _along(x.value, y.value, look.turn)
            ends = (_along(box.right, box.top, look.turn), _along(box.left, box.bottom, look.turn))
            end = start if made else max(ends)[0]
            text = MEANING.get(code) or (" " if code < 32 else chr(code))
            yield _Char(text, start, end, up, look, made)

    def _look(self, handle: ctypes._Pointer[ctypes.Structure], index: int) -> _Look:
        key = ctypes.addressof(handle.contents)
        if key not in self._looks:
            self._looks[key] = self._new_look(handle, index)
        return self._looks[key]

    def _new_look(self, handle: ctypes._Pointer[ctypes.Structure], index: int) -> _Look:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self._text, index) * math.hypot(matrix.c, matrix.d)
        angle = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        turn = round(angle) % 4 if abs(angle - round(angle)) < SKEW else -1
        name, flags = self._font(index)
        if flags & FORCE_BOLD_FLAG or any(word in name for word in BOLD_NAMES):
            weight = BOLD
        elif TELLING_NAME.search(name.rpartition("+")[2]):
            weight = NORMAL
        else:
            weight = pdfium.FPDFText_GetFontWeight(self._text, index)
        italic = bool(flags & ITALIC_FLAG) or any(word in name for word in ITALIC_NAMES)
        tag = self._tags.get(pdfium.FPDFPageObj_GetMarkedContentID(handle), NO_TAG)
        return _Look(round(size, 1), turn, weight, italic, tag)

    def _font(self, index: int) -> tuple[str, int]:
        flags = ctypes.c_int()
        buffer = ctypes.create_string_buffer(128)
        pdfium.FPDFText_GetFontInfo(self._text, index, buffer, len(buffer), flags)
        return buffer.value.decode("utf-8", "replace").lower(), flags.value

    def _rules(self, turn: int, x: float, y: float) -> Iterator[Rule]:
        """The level lines drawn on the page, whether as strokes or as thin rectangles."""
        sides = [ctypes.c_float() for _ in range(4)]
        count = pdfium.FPDFPage_CountObjects(self._page.raw)
        for index in range(count if count <= MOST_OBJECTS else 0):
            drawn = pdfium.FPDFPage_GetObject(self._page.raw, index)
            if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
                continue
            if not pdfium.FPDFPageObj_GetBounds(drawn, *sides):
                continue
            left, bottom, right, top = (side.value for side in sides)
            (a, b), (c, d) = _along(left, bottom, turn), _along(right, top, turn)
            if abs(b - d) <= THICKEST_RULE and abs(a - c) >= SHORTEST_RULE:
                yield Rule(min(a, c) - x, max(a, c) - x, y - (b + d) / 2)


def _along(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point measured along and away from a line of text that is turned by quarter turns."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[max(turn, 0)]


def _runs(chars: list[_Char | None], turn: int, x: float, y: float) -> Iterator[Run]:
    """Gather the characters of one turn into runs; `x` and `y` are the page's top left."""
    held: list[_Char] = []
    for char in chars:
        if char is not None and char.look.turn != turn:
            continue
        if held and (char is None or not _goes_on(held, char)):
            yield from _run(held, x, y)
            held = []
        if char is not None:
            held.append(char)
    yield from _run(held, x, y)


def _goes_on(held: list[_Char], char: _Char) -> bool:
    """True when a character belongs to the run; a number drawn by itself is a run by itself."""
    last = held[-1]
    if char.made:
        return True
    if last.look is not char.look and (
        last.look != char.look
        or (len(held) <= LONGEST_MARK and MARK_ONLY.fullmatch("".join(c.text for c in held)))
    ):
        return False
    gap = RUN_GAP * char.look.size
    return abs(last.up - char.up) < 0.5 and -gap < char.x0 - last.x1 < gap


def _run(held: list[_Char], x: float, y: float) -> Iterator[Run]:
    inked = [char for char in held if not char.text.isspace()]
    if not inked:
        return
    look = inked[0].look
    yield Run(
        text="".join(char.text for char in held).replace("\u00ad", ""),
        x0=inked[0].x0 - x,
        x1=inked[-1].x1 - x,
        y=y - inked[0].up,
        size=look.size,
        weight=look.weight,
        italic=look.italic,
        tag=look.tag,
    )


def _aside(chars: list[_Char | None], turn: int) -> Iterator[str]:
    """Texts that stand at another angle than the page's own: stamps, names of a vertical axis."""
    held: list[str] = []
    for char in [*chars, None]:
        if char is not None and char.look.turn != turn:
            held.append(char.text)
        elif held and "".join(held).strip():
            yield SPACES.sub(" ", "".join(held)).strip()
            held = []
