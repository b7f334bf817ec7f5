"""reStructuredText's drawn tables: grids of +---+ and columns under ===."""

from __future__ import annotations

import re

# Columns; what is wider is no table, and its cells would be too many.
WIDEST = 200
GRID = re.compile(r"\+(?:[-=]+\+)+\s*$")
SIMPLE = re.compile(r"=+(?:\s+=+)+\s*$")


def is_table(line: str) -> bool:
    """True for the first border of a table."""
    if line.count("+") > WIDEST or len(line[:10_000].split()) > WIDEST:
        return False
    return GRID.match(line) is not None or SIMPLE.match(line) is not None


def read_table(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The rows of a table: each row's first line, counted from 0, and its cells."""
    return _grid(lines) if GRID.match(lines[0]) else _simple(lines)


def _grid(lines: list[str]) -> list[tuple[int, list[str]]]:
    edges = [at for at, char in enumerate(lines[0]) if char == "+"]
    rows: list[tuple[int, list[str]]] = []
    cells: list[str] = []
    for number, line in enumerate(lines):
        if line.startswith("+") and set(line.strip()) <= set("+-="):
            cells = []
            continue
        if not cells:
            cells = [""] * (len(edges) - 1)
            rows.append((number, cells))
        column = 0
        for left, right in zip(range(len(edges) - 1), edges[1:], strict=True):
            # A cell over several columns has no edge where theirs is.
            if line[right : right + 1] in ("|", "+", ""):
                cells[column] += "\n" + line[edges[column] + 1 : right].strip("|")
                column = left + 1
    return rows


def _simple(lines: list[str]) -> list[tuple[int, list[str]]]:
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    ends = [*starts[1:], None]
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines):
        if not line.strip() or set(line.strip()) <= set("=- "):
            continue
        cells = [line[a:b].strip() for a, b in zip(starts, ends, strict=True)]
        if cells[0] or not rows:
            rows.append((number, cells))
        else:
            # No text in the first column: the row above goes on.
            above = rows[-1][1]
            above[:] = [f"{before}\n{more}" for before, more in zip(above, cells, strict=True)]
    return rows
