"""The lines of a Markdown file to blocks, read once from top to bottom."""

from __future__ import annotations

import re
from dataclasses import replace

from indexer.blocks import Block, Kind
from indexer.errors import ReportError
from indexer.formats.html import blocks_of_html
from indexer.formats.markdown.inline import read_inline
from indexer.formats.markdown.lines import (
    BULLET,
    COMMENT,
    DELIMITERS,
    FENCE,
    FOOTNOTE,
    HEADING,
    HTML_BLOCK,
    LETTERED,
    NEAR,
    NUMBER,
    PLACEHOLDER,
    REFERENCE,
    RULE,
    TAB,
    UNDERLINE,
    ListState,
    cells,
    count,
    heading_text,
    unquote,
)

CONTENTS_SHARE = 0.75
# Lists within lists; what is indented further belongs to the last of them.
DEEPEST = 50


class Reader:
    """Goes through the lines once; `_pending` is the block that the next line may continue."""

    def __init__(self, lines: list[str]) -> None:
        self.blocks: list[Block] = []
        self.notes: dict[str, Block] = {}
        self.linked: set[int] = set()
        self._lines = lines
        self._lists: list[ListState] = []
        self._pending: Block | None = None
        self._more: list[str] = []
        self._note_texts: dict[str, list[str]] = {}
        self._unclosed: set[str] = set()
        self._note: str | None = None
        self._quoted = False
        self._after_blank = True

    def read(self, index: int) -> None:
        """Read all lines from `index` on."""
        while index < len(self._lines):
            index = self._line(index)
        self._end()
        for mark, texts in self._note_texts.items():
            self.notes[mark] = replace(self.notes[mark], text=" ".join(texts))

    def _line(self, index: int) -> int:
        """Read what begins at a line; the index of the line after it."""
        line, quoted = unquote(self._lines[index])
        if quoted != self._quoted and line.strip() and (quoted or self._after_blank):
            # A quotation may go on without marks, but it never begins without.
            self._end()
            self._quoted = quoted
            self._lists.clear()
        if not line.strip():
            self._end()
            self._after_blank = True
            return index + 1
        special = self._special(index, line)
        if special is not None:
            self._after_blank = False
            return special
        if not self._item(line, index):
            self._text(line, index)
        self._after_blank = False
        return index + 1

    def _special(self, index: int, line: str) -> int | None:
        """Read a block that has marks of its own; None where none begins."""
        fence = FENCE.match(line)
        if fence is not None:
            return self._fenced(index, fence[1])
        if self._pending is not None and UNDERLINE.match(line) and not self._lists:
            self._pending = replace(
                self._pending, kind="heading", level=1 if "=" in line else 2, style="heading"
            )
            self._end()
            return index + 1
        if RULE.match(line) or PLACEHOLDER.match(line.strip()):
            self._end()
            return index + 1
        heading = HEADING.match(line)
        if heading is not None and self._is_heading(heading, line):
            self._end()
            self._lists.clear()
            text = heading_text(heading[2])
            mark = BULLET.match(text)
            text = text[mark.end() :] if mark else text
            self._begin(text, index, "heading", level=len(heading[1]), style="heading")
            self._end()
            return index + 1
        if COMMENT.match(line):
            self._end()
            return self._after(index, "-->")
        tag = HTML_BLOCK.match(line)
        if tag is not None:
            return self._html(index, tag[1].lower())
        note = FOOTNOTE.match(line)
        if note is not None:
            self._end()
            self._lists.clear()
            self._note = note[1]
            self._begin(line[note.end() :], index, "footnote", label=note[1], style="footnote")
            return index + 1
        if self._pending is None and REFERENCE.match(line):
            return index + 1
        return self._table(index, line)

    @staticmethod
    def _is_heading(heading: re.Match[str], line: str) -> bool:
        """Many leave out the space; but "#5" and "#tag" in a text are no headings."""
        spaced = line.lstrip()[len(heading[1]) :][:1].isspace() or not heading[2]
        return spaced or len(heading[1]) > 1 or heading[2][:1].isupper()

    def _fenced(self, index: int, fence: str) -> int:
        self._end()
        at = index + 1
        while at < len(self._lines):
            line, _ = unquote(self._lines[at])
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                return at + 1
            if line.strip():
                self.blocks.append(Block(line.strip(), at + 1, gap=at == index + 1, style="code"))
            at += 1
        return at

    def _after(self, index: int, closing: str) -> int:
        """The line after the one with `closing`, or the next where it never comes."""
        if closing not in self._unclosed:
            for at in range(index, len(self._lines)):
                if closing in self._lines[at].lower():
                    return at + 1
            self._unclosed.add(closing)
        return index + 1

    def _html(self, index: int, tag: str) -> int:
        self._end()
        end = self._after(index, f"</{tag}")
        if tag in ("table", "pre"):
            source = "\n".join(self._lines[index:end])
            for block in self._blocks_of_html(source):
                self.blocks.append(replace(block, line=index + 1))
        return end

    @staticmethod
    def _blocks_of_html(source: str) -> list[Block]:
        """The blocks of a piece of HTML; its bare lines where it is none."""
        try:
            return blocks_of_html(source, "HTML")
        except ReportError:
            return [
                Block(line, 0, style="code") for line in map(str.strip, source.split("\n")) if line
            ]

    def _table(self, index: int, line: str) -> int | None:
        """Read a table: a line of cells over a line of dashes."""
        if "|" not in line or index + 1 >= len(self._lines):
            return None
        under, _ = unquote(self._lines[index + 1])
        if (
            "-" not in under
            or not DELIMITERS.match(under.strip())
            or len(cells(line)) != len(cells(under))
        ):
            return None
        self._end()
        self._row(line, index)
        at = index + 2
        while at < len(self._lines):
            line, _ = unquote(self._lines[at])
            if not line.strip() or "|" not in line:
                break
            self._row(line, at)
            at += 1
        return at

    def _row(self, line: str, index: int) -> None:
        inlines = [read_inline(cell.replace("\\|", "|")) for cell in cells(line)]
        text = "\t".join(inline.text for inline in inlines).strip()
        calls = tuple(call for inline in inlines for call in inline.calls)
        if text:
            self.blocks.append(Block(text, index + 1, "row", True, style="table", calls=calls))

    def _item(self, line: str, index: int) -> bool:
        """Read a list item; False where the line begins none."""
        match = NUMBER.match(line) or BULLET.match(line)
        if match is None:
            return False
        column = len(match[1].expandtabs(TAB))
        number = int(match[3]) if match.re is NUMBER else None
        if not self._may_begin_item(column, number):
            return False
        self._end()
        while self._lists and column < self._lists[-1].column and len(self._lists) > 1:
            self._lists.pop()
        deeper = bool(self._lists) and column >= self._lists[-1].content
        if not self._lists or (deeper and len(self._lists) < DEEPEST):
            self._lists.append(ListState(column, 0))
        current = self._lists[-1]
        current.content = len(line[: match.end()].expandtabs(TAB))
        if current.broken and (number is None or current.last != number - 1):
            current.last, current.alike = None, 0
        current.broken = False
        label = None
        if number is not None:
            label = f"{count(current, number)}{match[2][-1]}"
        depth = len(self._lists)
        self._begin(line[match.end() :], index, "item", label=label, level=depth, style="list")
        return True

    def _may_begin_item(self, column: int, number: int | None) -> bool:
        """In the middle of a paragraph a number may be its next word: a year, a reference.

        A list goes on there only with the next numbers, and begins only with 1.
        """
        if self._pending is None or number is None:
            return column < TAB or bool(self._lists) or self._pending is not None
        last = (one.last for one in self._lists if one.column <= column + 1)
        return number == 1 or any(n is not None and 0 < number - n <= NEAR for n in last)

    def _text(self, line: str, index: int) -> None:
        indent = len(line.expandtabs(TAB)) - len(line.expandtabs(TAB).lstrip())
        if self._pending is not None:
            if LETTERED.match(line.strip()) and LETTERED.match(self._pending.text):
                self._end()
            else:
                self._more.append(line)
                return
        if self._note is not None and indent >= 2:
            self._begin(line, index, "footnote", label=self._note, style="footnote")
            return
        self._note = None
        for one in self._lists:
            one.broken = one.broken or indent < one.content
        kind: Kind = "item" if LETTERED.match(line.strip()) else "text"
        level = len(self._lists) + 1 if kind == "item" else None
        self._begin(line, index, kind, level=level)

    def _begin(
        self,
        text: str,
        index: int,
        kind: Kind,
        *,
        label: str | None = None,
        level: int | None = None,
        style: str = "",
    ) -> None:
        if self._quoted and kind in ("text", "item"):
            kind, style = "quote", f"quote {style}".strip()
        self._pending = Block(
            text, index + 1, kind, gap=True, label=label, level=level, style=style
        )

    def _end(self) -> None:
        """Put down the block being read."""
        block, self._pending = self._pending, None
        if block is None:
            return
        inline = read_inline("\n".join([block.text, *self._more]))
        self._more.clear()
        if not inline.text and block.label is None:
            return
        block = replace(block, text=inline.text, calls=inline.calls)
        if block.kind == "footnote" and block.label is not None:
            self.notes.setdefault(block.label, block)
            self._note_texts.setdefault(block.label, []).append(block.text)
            return
        if inline.linked >= CONTENTS_SHARE:
            self.linked.add(block.line)
        self.blocks.append(block)
