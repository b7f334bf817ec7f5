"""Runs of a page to lines in reading order: baselines, columns, and tables the file declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from indexer.formats.pdf.model import MARK_ONLY, Line, Page, Run

# Fewer lines side by side than this are no columns of prose.
SHORTEST_COLUMN = 4
# Columns of prose are about equally wide, and their lines fill them.
NARROWER = 0.6
FILLED = 0.6
GUTTERS = tuple(step / 100 for step in range(35, 66))
# A page with more full-width lines than this share has no columns.
MOST_CROSSING = 0.7
# Baselines this near to each other, in points, are level.
LEVEL = 3.0
# Where a run's middle may lie about a line's baseline to stand on it, in ems up and down.
ABOVE, BELOW = 0.75, 0.15


@dataclass(frozen=True, slots=True)
class Row:
    """A table row: its cells, and where it stands."""

    page: int
    y: float
    cells: tuple[str, ...]


def page_lines(page: Page) -> list[Line | Row]:
    """A page's lines and declared table rows, in reading order."""
    rows, prose = _declared_rows(page)
    lines: list[Line | Row] = []
    for column, group in enumerate(_columns(prose, page.width)):
        lines += _lines(page.number, column, group)
    if not rows:
        return lines
    return sorted([*lines, *rows], key=lambda item: item.y)


def _declared_rows(page: Page) -> tuple[list[Row], list[Run]]:
    """The rows of the tables the file declares, and the runs outside them.

    A table of one column is a box drawn around text. A row of a number and a text is a paragraph
    whose number stands in its own column.
    """
    rows: dict[tuple[int, int], dict[int, list[Run]]] = defaultdict(lambda: defaultdict(list))
    prose: list[Run] = []
    for run in page.runs:
        if run.tag.cell is None:
            prose.append(run)
        else:
            table, row, cell = run.tag.cell
            rows[table, row][cell].append(run)
    wide = {table for (table, _), cells in rows.items() if len(cells) > 1}
    found: list[Row] = []
    for (table, _), by_cell in rows.items():
        for cells in _split_row(list(by_cell.values())):
            texts = tuple(_cell_text(page.number, runs) for runs in cells)
            inked = [run for runs in cells for run in runs]
            if table in wide and not _is_numbered(texts):
                found.append(Row(page.number, min(run.y for run in inked), texts))
            else:
                prose += inked
    return found, prose


def _split_row(cells: list[list[Run]]) -> list[list[list[Run]]]:
    """Part a declared row whose cells hold as many paragraphs each, side by side: it is several."""
    parts: list[list[list[Run]]] = []
    for runs in cells:
        by_part: dict[int, list[Run]] = defaultdict(list)
        for run in runs:
            by_part[run.tag.part].append(run)
        parts.append(list(by_part.values()))
    if len(cells) < 2 or len({len(part) for part in parts}) > 1:
        return [cells]
    rows = [list(row) for row in zip(*parts, strict=True)]
    heights = [[run.y for runs in row for run in runs] for row in rows]
    return rows if all(max(ys) - min(ys) < LEVEL for ys in heights) else [cells]


def _is_numbered(texts: tuple[str, ...]) -> bool:
    number = MARK_ONLY.fullmatch(texts[0]) if len(texts) == 2 else None
    return number is not None and not texts[0].isdigit()


def _cell_text(page: int, runs: Sequence[Run]) -> str:
    return " ".join(line.text for line in _lines(page, 0, runs))


def _lines(page: int, column: int, runs: Sequence[Run]) -> list[Line]:
    """Gather runs by baseline. Large type first, so that raised marks find their line."""
    groups: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.size, run.y)):
        middle = run.y - 0.35 * run.size
        for group in groups:
            head = group[0]
            if head.y - ABOVE * head.size <= middle <= head.y + BELOW * head.size:
                group.append(run)
                break
        else:
            groups.append([run])
    lines = [Line(page, tuple(sorted(group, key=lambda run: run.x0)), column) for group in groups]
    return sorted(lines, key=lambda line: (line.y, line.x0))


def _columns(runs: list[Run], width: float) -> list[list[Run]]:
    """Part a page's runs into groups to be read one after the other."""
    gutter = _gutter(runs, width)
    if gutter is None:
        return [runs]
    crossing = sorted(run.y for run in runs if run.x0 < gutter < run.x1)
    bands: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        above = sum(y <= run.y + BELOW * run.size for y in crossing)
        same = any(abs(y - run.y) <= BELOW * run.size for y in crossing)
        bands[2 * above - same].append(run)
    groups: list[list[Run]] = []
    for _, band in sorted(bands.items()):
        left = [run for run in band if run.x1 <= gutter]
        right = [run for run in band if run.x0 >= gutter]
        if len(left) + len(right) == len(band) and _is_prose(left, right, band):
            groups += [left, right, []]
        elif groups and groups[-1]:
            groups[-1] = groups[-1] + band
        else:
            groups = [*groups[:-1], band]
    return [group for group in groups if group]


def _gutter(runs: list[Run], width: float) -> float | None:
    """The x that fewest runs cross, if there is text enough on both sides of it."""
    best: tuple[int, float] | None = None
    for share in GUTTERS:
        x = share * width
        crossing = sum(run.x0 < x < run.x1 for run in runs)
        if best is None or crossing < best[0]:
            best = (crossing, x)
    if best is None or best[0] > MOST_CROSSING * len(runs):
        return None
    x = best[1]
    sides = (_depth([r for r in runs if r.x1 <= x]), _depth([r for r in runs if r.x0 >= x]))
    return x if min(sides) >= SHORTEST_COLUMN else None


def _depth(runs: Sequence[Run]) -> int:
    return len({round(run.y) for run in runs})


def _is_prose(left: list[Run], right: list[Run], band: list[Run]) -> bool:
    """True for two columns of prose, false for the two columns of a table.

    The lines of prose fill their column, and the file draws one column after the other.
    """
    if min(_depth(left), _depth(right)) < SHORTEST_COLUMN:
        return False
    spans = [max(r.x1 for r in side) - min(r.x0 for r in side) for side in (left, right)]
    if min(spans) < NARROWER * max(spans):
        return False
    for side, span in zip((left, right), spans, strict=True):
        widths = [line.x1 - line.x0 for line in _lines(0, 0, side)]
        if median(widths) < FILLED * span:
            return False
    on_left = {id(run) for run in left}
    switches = sum((id(a) in on_left) != (id(b) in on_left) for a, b in pairwise(band))
    return switches <= max(2, _depth(band) // 5)


def row_text(cells: Sequence[str]) -> str:
    """A table row's text: cells parted by tabs."""
    return "\t".join(cells).strip()
