"""Tables: rows of cells, or paragraphs where the table only lays the page out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from statistics import median

from indexer.blocks import Block

Cell = list[Block]
Row = list[Cell]

MARKER = re.compile(r"[(\[]?(?:\d{1,4}(?:\.\d{1,3})*|[A-Za-z]|[ivxlIVXL]{1,6})[.)\]]{0,2}")
# A cell beside a number that is mostly longer than this, in characters, holds paragraphs.
PARAGRAPH_LENGTH = 100


def table_blocks(rows: list[Row]) -> Iterator[Block]:
    """The blocks of a table, whose cells hold blocks in the order of the file."""
    if _holds_numbered_paragraphs(rows):
        for row in rows:
            yield from _join_number(row)
    elif _is_layout(rows):
        yield from chain.from_iterable(chain.from_iterable(rows))
    else:
        for row in rows:
            yield from _row(row)


def _text(cell: Cell) -> str:
    return " ".join(b.text.replace("\t", " ") for b in cell if b.text and b.kind != "footnote")


def _filled(row: Row) -> Row:
    return [cell for cell in row if any(b.text or b.label for b in cell)]


def _is_layout(rows: list[Row]) -> bool:
    """True when the cells hold whole paragraphs rather than the entries of a table."""
    if all(len(_filled(row)) < 2 for row in rows):
        return True
    cells = [cell for row in rows for cell in row]
    if any(_has_numbered_text(cell, row) for row in rows for cell in row):
        return True
    in_paragraphs = sum(len(_text(cell)) for cell in cells if _is_prose(cell))
    return in_paragraphs * 2 > sum(len(_text(cell)) for cell in cells)


def _has_numbered_text(cell: Cell, row: Row) -> bool:
    """True for automatic numbers before text, other than one that numbers the row."""
    numbers = sum(1 for b in cell if b.label and b.text and b.kind != "footnote")
    return numbers > (1 if cell is row[0] and len(cell) == 1 else 0)


def _is_prose(cell: Cell) -> bool:
    sentences = [b for b in cell if b.text.rstrip("”’\"')").endswith((".", ";", ":"))]
    return len(sentences) > 1 and len(_text(cell)) > PARAGRAPH_LENGTH


def _holds_numbered_paragraphs(rows: list[Row]) -> bool:
    """True for a column of numbers beside a column of paragraphs."""
    filled = [row for row in map(_filled, rows) if row]
    beside = [len(_text(row[1])) for row in filled if len(row) == 2 and _number_of(row[0])]
    return (
        all(len(row) <= 2 for row in filled)
        and len(beside) * 2 >= len(filled) > 0
        and median(beside) > PARAGRAPH_LENGTH
    )


def _number_of(cell: Cell) -> Block | None:
    """The block of a cell that holds a number and nothing more, typed or automatic."""
    if len(cell) != 1:
        return None
    block = cell[0]
    bare = block.label is not None if not block.text else MARKER.fullmatch(block.text) is not None
    return block if bare else None


def _join_number(row: Row) -> Iterator[Block]:
    filled = _filled(row)
    number = _number_of(filled[0]) if len(filled) == 2 else None
    if number is None or filled[1][0].label:
        yield from chain.from_iterable(filled)
        return
    first, *others = filled[1]
    joined = replace(first, text=f"{number.text} {first.text}".strip(), label=number.label)
    yield replace(joined, style=number.style if number.label else first.style)
    yield from others


def _row(row: Row) -> Iterator[Block]:
    blocks = list(chain.from_iterable(row))
    body = [b for b in blocks if b.kind != "footnote"]
    text = "\t".join(_text(cell) for cell in row).strip()
    if text:
        yield Block(
            text,
            line=0,
            kind="contents" if all(b.kind == "contents" for b in body if b.text) else "row",
            gap=True,
            label=row[0][0].label if row[0] else None,
            style=next((b.style for b in body if b.text), ""),
            calls=tuple(mark for b in body for mark in b.calls),
        )
    yield from (b for b in blocks if b.kind == "footnote")
