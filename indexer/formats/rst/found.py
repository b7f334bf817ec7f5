"""The yield of a reStructuredText file: blocks in order, footnotes, substitutions."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace

from indexer.blocks import Block, Kind
from indexer.formats.rst.inline import read_inline

# Marks that many footnotes share: calls and footnotes pair in their order.
SHARED = ("#", "*")
# A substitution may hold others; ones that grow longer than this are meant to fill the memory.
LONGEST_NAME = 5000


@dataclass(slots=True)
class Found:
    """Collects; `signs` are the heading signs in the order of their first use, the levels."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, Block] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    signs: list[tuple[str, bool]] = field(default_factory=list)
    _noted: Counter[str] = field(default_factory=Counter)

    def put(
        self,
        source: str,
        line: int,
        kind: Kind,
        *,
        gap: bool = True,
        label: str | None = None,
        level: int | None = None,
        style: str = "",
    ) -> None:
        """Put down a block, without its markup, unless it has neither text nor number."""
        inline = read_inline(source, self.names)
        if inline.text or label is not None:
            self.blocks.append(
                Block(
                    inline.text,
                    line,
                    kind,
                    gap,
                    label=label,
                    style=style,
                    level=level,
                    calls=inline.calls,
                )
            )

    def put_title(self, text: str, line: int, sign: tuple[str, bool]) -> None:
        """Put down a heading; its level is the rank of its sign."""
        if sign not in self.signs:
            self.signs.append(sign)
        level = self.signs.index(sign) + 1
        self.put(text, line, "heading", level=level, style="title")

    def put_row(self, cells: list[str], line: int) -> None:
        """Put down a table row."""
        inlines = [read_inline(cell, self.names) for cell in cells]
        text = "\t".join(inline.text for inline in inlines).strip()
        calls = tuple(call for inline in inlines for call in inline.calls)
        if text:
            self.blocks.append(Block(text, line, "row", True, style="table", calls=calls))

    def put_note(self, mark: str, source: str, line: int) -> None:
        """Keep a footnote until the block that calls it is known."""
        text = read_inline(source, self.names).text
        self.notes[_key(mark, self._noted)] = Block(
            text, line, "footnote", True, label=mark, style="footnote"
        )

    def finish(self) -> list[Block]:
        """Each footnote after the block that calls it first, those nobody calls at the end."""
        marks = _printed_marks(self.notes)
        waiting = dict(self.notes)
        seen: Counter[str] = Counter()
        lines = sorted(note.line for note in self.notes.values())
        blocks: list[Block] = []
        for index, block in enumerate(self.blocks):
            if block.style == "rubric" and self._heads_notes(index, lines):
                continue
            keys = [_key(call, seen) for call in block.calls]
            shown = tuple(marks.get(key, key) for key in keys)
            blocks.append(replace(block, calls=shown) if keys else block)
            blocks += [
                replace(waiting.pop(key), label=marks[key]) for key in keys if key in waiting
            ]
        return blocks + [replace(note, label=marks[key]) for key, note in waiting.items()]

    def name(self, name: str, source: str) -> None:
        """Keep the text of a substitution."""
        self.names[name] = read_inline(source, self.names).text[:LONGEST_NAME]

    def _heads_notes(self, index: int, notes: list[int]) -> bool:
        """True for a heading with footnotes under it, which stand elsewhere now."""
        first = bisect_right(notes, self.blocks[index].line)
        after = self.blocks[index + 1].line if index + 1 < len(self.blocks) else None
        return first < len(notes) and (after is None or notes[first] < after)


def _key(mark: str, seen: Counter[str]) -> str:
    """The mark, with a count where many footnotes share it."""
    if mark not in SHARED:
        return mark
    seen[mark] += 1
    return f"{mark} {seen[mark]}"


def _printed_marks(notes: dict[str, Block]) -> dict[str, str]:
    """The marks as printed: footnotes marked "#" get the numbers that no other has."""
    marks = {key: note.label or key for key, note in notes.items()}
    number = 0
    for key in notes:
        if key.startswith("#"):
            number += 1
            while str(number) in notes:
                number += 1
            marks[key] = str(number)
    return marks
