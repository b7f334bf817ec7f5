"""Chosen numbers and headings to the extracted text and the passages in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.blocks import Block
from indexer.labels import Label
from indexer.numbering.evidence import (
    SHORTEST_BROKEN,
    Candidate,
    begins_again,
    body_of,
    is_unit,
)
from indexer.numbering.headings import HANGING, Heading, is_complete
from indexer.report import Footnote


@dataclass(slots=True)
class Opened:
    """A passage while its blocks are being collected."""

    label: Label | None
    run: int
    section: tuple[str, ...]
    note: str | None
    start: int
    page: int | None
    page_label: str | None
    end: int
    footnotes: list[Footnote]


def assemble(
    blocks: Sequence[Block],
    starts: dict[int, Candidate],
    headings: Sequence[Heading],
    contents: set[int],
) -> tuple[str, list[Opened]]:
    """Write the extracted text and note where each passage lies in it."""
    heading_at = {heading.blocks[0]: heading for heading in headings}
    printed_in_heading = {index for heading in headings for index in heading.blocks}
    pieces: list[str] = []
    length = run = 0
    opened: list[Opened] = []
    path: list[Heading] = []
    current: Opened | None = None
    previous: Block | None = None
    last: Candidate | None = None
    unit_titles: set[int] = set()
    waiting: list[Footnote] = []

    def write(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    def close() -> None:
        nonlocal current, previous
        for note in current.footnotes if current else ():
            write(f"\n{note.mark} {note.text}".rstrip())
        current = previous = None

    for index, block in enumerate(blocks):
        if block.kind == "footnote":
            # A heading's note goes with the passage under it.
            (waiting if current is None else current.footnotes).append(
                Footnote(block.label or "", block.text)
            )
            continue
        if index in heading_at:
            heading = heading_at[index]
            path = [*(above for above in path if above.level < heading.level), heading]
            if index - 1 in starts and is_unit(starts[index - 1].label):
                unit_titles.add(index)
        if index in printed_in_heading or index in contents:
            close()
            write("\n" if index in contents and index - 1 in contents else "\n\n" if length else "")
            write(_printed(block))
            continue
        start = starts.get(index)
        label = start.label if start else None
        if start is not None and is_unit(start.label):
            # The title under an article's number ends with the article.
            path = [above for above in path if above.blocks[0] not in unit_titles]
        if start is not None or current is None:
            close()
            write("\n\n" if length else "")
            body = body_of(block, label)
            if start is not None:
                write(f"{block.label} " if block.label else block.text[: start.label.end])
                run += bool(last and begins_again(last, start))
                last = start
            else:
                body = _printed(block)
            section = tuple(heading.title for heading in path)
            if block.part and block.part not in section:
                section = (block.part, *section)
            note = path[-1].note if path else None
            current = Opened(
                label, run, section, note, length, block.page, block.page_label, length, waiting
            )
            waiting = []
            opened.append(current)
        else:
            body = _printed(block)
            if previous is not None and current.start < length:
                write(_join(previous, block))
        write(body)
        current.end = length
        previous = block
    close()
    for left in waiting:
        write(f"\n{left.mark} {left.text}".rstrip())
    return "".join(pieces), opened


def _printed(block: Block) -> str:
    """A block as it is printed: the number that the format carries, then the text."""
    return f"{block.label} {block.text}".strip() if block.label else block.text


def _join(before: Block, block: Block) -> str:
    """White space between two blocks of one passage: a space inside a sentence, else a line end."""
    runs_on = before.kind in ("text", "item") and block.kind == "text"
    broken = block.gap and not is_complete(before.text)
    opens_small = (
        block.text[:1].islower() or before.text.endswith(",") or HANGING.search(before.text)
    )
    middle = len(before.text) >= SHORTEST_BROKEN or opens_small
    return " " if runs_on and (block.wraps or (broken and middle)) else "\n"
