"""Markdown to blocks: CommonMark, tables and footnotes, and what converters make of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.encoding import decode
from indexer.formats.markdown.lines import end_of_front_matter
from indexer.formats.markdown.reader import Reader

SHORTEST_CONTENTS = 3


def read_markdown(path: Path) -> list[Block]:
    """Read a Markdown file.

    Raises:
        ReportError: the file is empty, binary, or has no text.
    """
    blocks = blocks_of_markdown(decode(path.read_bytes(), path.name))
    if not blocks:
        raise ReportError(f"{path.name} has no text; give a report file with numbered paragraphs")
    return blocks


def blocks_of_markdown(text: str) -> list[Block]:
    """Split decoded Markdown into blocks; `line` is the line of the source."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    reader = Reader(lines)
    reader.read(end_of_front_matter(lines))
    return _with_contents(_with_footnotes(reader.blocks, reader.notes), reader.linked)


def _with_footnotes(blocks: list[Block], notes: dict[str, Block]) -> list[Block]:
    """Each footnote after the block that calls it first; those nobody calls at the end."""
    waiting = dict(notes)
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        found += [waiting.pop(call) for call in block.calls if call in waiting]
    return found + list(waiting.values())


def _with_contents(blocks: list[Block], linked: set[int]) -> list[Block]:
    """Runs of blocks that are links into the file itself are its contents list."""
    found = list(blocks)
    start = 0
    for index in range(len(blocks) + 1):
        if index < len(blocks) and blocks[index].line in linked:
            continue
        if index - start >= SHORTEST_CONTENTS:
            for i in range(start, index):
                found[i] = replace(found[i], kind="contents", level=None)
        start = index + 1
    return found
