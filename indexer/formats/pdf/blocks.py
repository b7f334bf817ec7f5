"""A PDF file to blocks: pages, lines, paragraphs, and what kind of block each one is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from indexer.blocks import Block, Kind
from indexer.errors import ReportError
from indexer.formats.pdf.footnotes import Body, Note, without_footnotes
from indexer.formats.pdf.furniture import Sheet, without_furniture
from indexer.formats.pdf.headings import HeadingLevels
from indexer.formats.pdf.hyphens import Joiner
from indexer.formats.pdf.lines import Row, page_lines, row_text
from indexer.formats.pdf.marks import is_contents
from indexer.formats.pdf.measure import SAME_EDGE, Measure
from indexer.formats.pdf.model import Line
from indexer.formats.pdf.paragraphs import Paragraph, paragraphs
from indexer.formats.pdf.source import read_pages
from indexer.formats.pdf.tables import with_rows
from indexer.formats.pdf.typed_rules import with_typed_rules


def read_pages_of(path: Path) -> list[Block]:
    """Read a PDF file.

    Raises:
        ReportError: the file is not a PDF, encrypted, truncated, damaged, too large, or has no
            text that can be read.
    """
    pages = [with_typed_rules(page) for page in read_pages(path)]
    sheets = without_furniture(pages, [page_lines(page) for page in pages])
    size = body_size(sheets)
    bodies, notes = without_footnotes(sheets, size)
    blocks = _Writer(bodies, notes, size).blocks()
    if not blocks:
        raise ReportError(
            f"{path.name} has no text besides headers and page numbers; run OCR on it (for "
            "instance 'ocrmypdf in.pdf out.pdf') and give the result"
        )
    return blocks


def body_size(sheets: Sequence[Sheet]) -> float:
    """The type size most of the text is set in."""
    sizes: Counter[float] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            if isinstance(line, Line):
                sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


# Left edges this near to each other, in points, are of one kind.
SAME_COLUMN = 6.0


class _Writer:
    """Writes the blocks of one file, each note after the block that calls it."""

    def __init__(self, bodies: Sequence[Body], notes: Sequence[Note], size: float) -> None:
        pages = [with_rows(body.lines, body.sheet.page.rules) for body in bodies]
        self._items = list(paragraphs(pages, Measure.of(pages, bodies[0].sheet.page.width)))
        self._joiner = Joiner(
            [[line.text for line in p.lines] for p in self._items if isinstance(p, Paragraph)]
            + [[line.text for line in note.lines] for note in notes]
        )
        self._levels = HeadingLevels(self._items, size)
        self._calls = {key: marks for body in bodies for key, marks in body.calls.items()}
        self._labels = {body.sheet.page.number: body.sheet.label for body in bodies}
        self._aside = {body.sheet.page.number: body.sheet.aside for body in bodies}
        self._notes: dict[int, list[Note]] = defaultdict(list)
        for note in notes:
            self._notes[note.page].append(note)
        self._depths: list[float] = []
        self._columns = _Columns(self._items)
        self._waiting = sorted(self._labels, reverse=True)

    def blocks(self) -> list[Block]:
        """All blocks of the file, in order."""
        written: list[Block] = []
        for item, following in zip_longest(self._items, self._items[1:]):
            written += (
                self._of_row(item) if isinstance(item, Row) else self._of_text(item, following)
            )
            through = (
                following.page
                if isinstance(following, Row)
                else (following.first.page if following else max(self._labels))
            )
            written += self._left_over(through if following else through + 1)
        return [replace(block, line=index) for index, block in enumerate(written, start=1)]

    def _of_row(self, row: Row) -> Iterator[Block]:
        self._depths = []
        yield self._block(row_text(row.cells), row.page, kind="row")

    def _of_text(self, item: Paragraph, following: Paragraph | Row | None) -> Iterator[Block]:
        text = self._joiner.join(_texts(item))
        if not text:
            return
        called = [
            (line.page, mark) for line in item.lines for mark in self._calls.get(id(line), ())
        ]
        level = self._levels.level(item, following)
        kind: Kind = "text"
        if is_contents(item.first):
            kind, level = "contents", None
        elif level is not None:
            kind = "heading"
        elif item.mark is not None and not item.mark.is_number:
            kind, level = "item", self._depth(item.first.x0)
        if kind != "item" and (not self._depths or item.first.x0 < self._depths[0] - SAME_EDGE):
            self._depths = []
        yield self._block(
            text,
            item.first.page,
            kind=kind,
            level=level,
            style=self._columns.name(item),
            calls=tuple(mark for _, mark in called),
        )
        for page, mark in called:
            for note in [note for note in self._notes[page] if note.mark == mark]:
                self._notes[page].remove(note)
                yield self._of_note(note)

    def _of_note(self, note: Note) -> Block:
        text = self._joiner.join([line.text for line in note.lines])
        return self._block(text, note.page, kind="footnote", label=note.mark or None)

    def _left_over(self, before: int) -> Iterator[Block]:
        """The text that no block before a page has taken up: odd notes, text that stands askew."""
        while self._waiting and self._waiting[-1] < before:
            page = self._waiting.pop()
            for note in self._notes.pop(page, []):
                yield self._of_note(note)
            for text in self._aside.pop(page, ()):
                yield self._block(text, page)

    def _block(
        self,
        text: str,
        page: int,
        *,
        kind: Kind = "text",
        level: int | None = None,
        label: str | None = None,
        style: str = "",
        calls: tuple[str, ...] = (),
    ) -> Block:
        return Block(
            text,
            0,
            kind,
            gap=True,
            label=label,
            style=style,
            level=level,
            page=page,
            page_label=self._labels.get(page),
            calls=calls,
        )

    def _depth(self, x0: float) -> int:
        """An item's depth among the items since the last block further left."""
        self._depths = [x for x in self._depths if x < x0 - SAME_EDGE]
        self._depths.append(x0)
        return len(self._depths)


def _texts(item: Paragraph) -> list[str]:
    """The lines' texts; a number set in its own column, touching the text, is parted from it."""
    texts = [line.text for line in item.lines if line.text]
    if item.mark is not None and item.mark.hangs and texts:
        mark, rest = item.mark.text, texts[0][len(item.mark.text) :]
        texts[0] = f"{mark} {rest.lstrip()}"
    return texts


class _Columns:
    """Names for the left edges of text, so that paragraphs of one sequence share a style."""

    def __init__(self, items: Sequence[Paragraph | Row]) -> None:
        edges = sorted({_edge(item) for item in items if isinstance(item, Paragraph)})
        self._starts: list[float] = []
        for before, edge in zip([None, *edges], edges, strict=False):
            if before is None or edge - before > SAME_COLUMN:
                self._starts.append(edge)

    def name(self, item: Paragraph) -> str:
        """The style of a paragraph: the number of its edge, from the left."""
        edge = _edge(item)
        return f"edge {sum(start <= edge for start in self._starts)}"


def _edge(item: Paragraph) -> float:
    edge = item.edge
    return round(edge if edge is not None else item.first.x0, 1)
