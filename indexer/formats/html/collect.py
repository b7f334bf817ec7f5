"""Blocks of a page as they come about: text runs together until an element ends the block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from indexer.blocks import Block, Kind
from indexer.formats.fold import BREAK, fold, is_bullet, lines_of

SHORTEST_CONTENTS = 3
CONTENTS_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Place:
    """The state of the walk at a point of the text.

    `level` is that of the heading it is in, `depth` counts the lists and numbered parts around,
    `unit` is true inside a part that a paragraph number stands before.
    """

    kind: Kind = "text"
    style: str = ""
    level: int | None = None
    depth: int = 0
    unit: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """The label, kind and depth that the next block takes from a list item or numbered element."""

    label: str | None
    kind: Kind
    level: int | None
    style: str


class Collector:
    """Collects blocks from the text, numbers and footnote calls that a walk meets in order."""

    def __init__(self, print_note: Callable[[str, etree._Element], None]) -> None:
        self.blocks: list[Block] = []
        self.label: str | None = None
        self._print_note = print_note
        self._linked: list[bool] = []
        self._run: list[str] = []
        self._has_text = False
        self._opening: Opening | None = None
        self._calls: list[str] = []
        self._called: list[tuple[str, etree._Element]] = []
        self._in_link = 0
        self._link_chars = 0

    @property
    def is_blank(self) -> bool:
        """True where no text has come since the last block."""
        return not self._has_text

    def add(self, text: str | None) -> None:
        """Go on with the current block."""
        if text:
            self._run.append(text.replace(BREAK, " "))
            self._has_text = self._has_text or not text.isspace()
            if self._in_link:
                self._link_chars += sum(map(str.isalnum, text))

    def add_break(self) -> None:
        """A forced line break."""
        self._run.append(BREAK)

    def link(self, step: int) -> None:
        """Enter (1) or leave (-1) a link into the page itself."""
        self._in_link += step

    def call(self, mark: str, note: etree._Element | None) -> None:
        """The current block calls a footnote."""
        self._calls.append(mark)
        if note is not None:
            self._called.append((mark, note))

    def plain(self, gather: Callable[[], None]) -> str:
        """The text that `gather` adds, as one line that is no block yet."""
        outer, had_text, self._run = self._run, self._has_text, []
        gather()
        text, self._run = fold("".join(self._run).replace(BREAK, " ")), outer
        self._has_text = had_text
        return text

    def add_lines(self, blocks: list[Block], place: Place) -> None:
        """Text laid out in lines, split as a plain text file is."""
        for block in blocks:
            kind = block.kind if place.kind == "text" else place.kind
            line = len(self.blocks) + 1
            self.blocks.append(replace(block, line=line, kind=kind, style=place.style))
            self._linked.append(False)

    def open(self, opening: Opening | None) -> None:
        """Expect an item; a number that got no text becomes a block of its own."""
        before, self._opening = self._opening, None
        if before is not None and before.label is not None:
            self.emit("", before)
        self._opening = opening

    def flush(self, place: Place) -> None:
        """End the blocks that the current run of text makes up, if it has any."""
        if not self._run:
            return
        run = "".join(self._run)
        self._run.clear()
        self._has_text = False
        for text in lines_of(run):
            self._end(text, place)

    def _end(self, text: str, place: Place) -> None:
        opening = self._opening or Opening(None, place.kind, place.level, place.style)
        if place.kind == "heading":
            opening = replace(opening, kind="heading", level=place.level)
        if self.label is not None and is_bullet(self.label):
            if opening.kind == "text":
                opening = replace(opening, kind="item", level=max(1, place.depth))
        elif self.label is not None:
            opening = replace(opening, label=self.label)
        self._opening = self.label = None
        self.emit(text, opening)

    def expect_numbered(self, place: Place) -> None:
        """The number stood alone in its block: it belongs to the block after."""
        label, self.label = self.label or "", None
        kind, level = place.kind, None
        if kind == "text" and (is_bullet(label) or place.depth > 0):
            kind, level = "item", max(1, place.depth)
        self.open(Opening(None if is_bullet(label) else label, kind, level, place.style))

    def emit(self, text: str, opening: Opening) -> None:
        """Put down a block, and the footnotes called in it."""
        letters = sum(map(str.isalnum, text)) if self._link_chars else 0
        self._linked.append(letters > 0 and self._link_chars >= CONTENTS_SHARE * letters)
        self._link_chars = 0
        calls, called = tuple(self._calls), list(self._called)
        self._calls.clear()
        self._called.clear()
        self.blocks.append(
            Block(
                text,
                len(self.blocks) + 1,
                opening.kind,
                gap=True,
                label=opening.label,
                style=opening.style,
                level=opening.level,
                calls=calls,
            )
        )
        for mark, note in called:
            self._print_note(mark, note)

    def finish(self) -> list[Block]:
        """The blocks; runs of links into the page itself are its contents list."""
        blocks = self.blocks
        start = 0
        for index, linked in enumerate([*self._linked, False]):
            if not linked:
                if index - start >= SHORTEST_CONTENTS:
                    for i in range(start, index):
                        blocks[i] = replace(blocks[i], kind="contents", level=None)
                start = index + 1
        return blocks
