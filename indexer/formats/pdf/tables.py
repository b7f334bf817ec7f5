"""Tables that only the setting shows: text in columns, and the rules drawn between rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.formats.pdf.lines import Row
from indexer.formats.pdf.marks import is_contents
from indexer.formats.pdf.model import MARK_ONLY, Line, Rule, Run, join_runs

# So many lines in columns make a table where no rules are drawn.
FEWEST_LINES = 2
SAME_COLUMN = 4.0
# Rules at one height that span this share of the page's text part two rows.
WIDE_RULE = 0.4
SAME_RULE = 2.0
# More white than this, against the least between the table's lines, parts two rows.
WIDER_STEP = 1.25


def with_rows(items: Sequence[Line | Row], rules: Sequence[Rule]) -> list[Line | Row]:
    """A page's lines, with those that make up tables turned into rows."""
    written: list[Line | Row] = []
    held: list[Line] = []
    borders = _borders(items, rules)
    for item in [*items, None]:
        if isinstance(item, Line) and (not held or _same_band(held[-1], item, borders)):
            held.append(item)
            continue
        written += _band(held, bool(borders))
        held = []
        if isinstance(item, Line):
            held = [item]
        elif item is not None:
            written.append(item)
    return written


def _borders(items: Sequence[Line | Row], rules: Sequence[Rule]) -> list[float]:
    """The heights at which rules run across most of the text."""
    lines = [item for item in items if isinstance(item, Line)]
    if not lines:
        return []
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    heights: list[tuple[float, float]] = []
    for rule in sorted(rules, key=lambda rule: rule.y):
        length = rule.x1 - rule.x0
        if heights and rule.y - heights[-1][0] <= SAME_RULE:
            heights[-1] = (heights[-1][0], heights[-1][1] + length)
        else:
            heights.append((rule.y, length))
    return [y for y, length in heights if length >= WIDE_RULE * width]


def _same_band(above: Line, below: Line, borders: Sequence[float]) -> bool:
    return above.column == below.column and not any(above.y < y < below.y for y in borders)


def _band(lines: Sequence[Line], ruled: bool) -> Iterator[Line | Row]:
    """The rows of the lines between two borders, or the lines where they are no table's."""
    starts = _column_starts(lines)
    if ruled and starts and all(_fits(line, starts) for line in lines):
        yield _row(lines, starts)
        return
    held: list[Line] = []
    for line in lines:
        if held and not (_has_columns(line) or _goes_on(held, line)):
            yield from _table(held)
            held = []
        if held and not _fits(line, _column_starts([*held, line])):
            yield from _table(held)
            held = []
        if held or _has_columns(line):
            held.append(line)
        else:
            yield line
    yield from _table(held)


def _has_columns(line: Line) -> bool:
    """True for text set apart by wide gaps, other than a mark's own column."""
    return len(_cells(line)) > 1 and not is_contents(line)


def _cells(line: Line) -> list[tuple[Run, ...]]:
    """The parts of a line; a mark and what it marks are one."""
    first, *rest = line.cells
    if rest and MARK_ONLY.fullmatch(join_runs(first)):
        return [first + rest[0], *rest[1:]]
    return [first, *rest]


def _column_starts(lines: Sequence[Line]) -> list[float]:
    """The left edges of the lines' columns; empty where no line has any."""
    if not any(_has_columns(line) for line in lines):
        return []
    starts: list[float] = []
    for x in sorted(cell[0].x0 for line in lines if _has_columns(line) for cell in _cells(line)):
        if not starts or x - starts[-1] > SAME_COLUMN:
            starts.append(x)
    return starts


def _fits(line: Line, starts: Sequence[float]) -> bool:
    """True when no part of a line runs from one column on into the next."""
    return not any(
        cell[0].x0 < x - SAME_COLUMN and cell[-1].x1 > x for cell in _cells(line) for x in starts
    )


def _goes_on(held: Sequence[Line], line: Line) -> bool:
    """True when a line of one part stands under a column, other than the first, of a table."""
    starts = _column_starts(held)
    near = line.y - held[-1].y < 2 * line.size
    return near and any(abs(line.x0 - x) <= SAME_COLUMN for x in starts[1:])


def _table(lines: Sequence[Line]) -> Iterator[Line | Row]:
    """The rows of a table without rules: parted by white, else one for each line that opens one."""
    if sum(map(_has_columns, lines)) < FEWEST_LINES:
        yield from lines
        return
    starts = _column_starts(lines)
    steps = [below.y - above.y for above, below in pairwise(lines)]
    spaced = max(steps) > WIDER_STEP * min(steps)
    held = [lines[0]]
    for step, line in zip(steps, lines[1:], strict=True):
        opens = step > WIDER_STEP * min(steps) if spaced else line.x0 < starts[0] + SAME_COLUMN
        if opens:
            yield _row(held, starts)
            held = []
        held.append(line)
    yield _row(held, starts)


def _row(lines: Sequence[Line], starts: Sequence[float]) -> Row:
    cells: list[list[str]] = [[] for _ in starts]
    for line in lines:
        for cell in _cells(line):
            column = sum(x <= cell[0].x0 + SAME_COLUMN for x in starts) - 1
            cells[max(column, 0)].append(join_runs(cell))
    return Row(lines[0].page, lines[0].y, tuple(" ".join(cell) for cell in cells))
