"""Notes at the foot of a page: where they begin, their marks, and where the text calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.formats.pdf.furniture import Sheet
from indexer.formats.pdf.lines import Row
from indexer.formats.pdf.model import Line, Page, Rule, Run

# Notes are set smaller than the text by this factor, or stand under a rule of this length.
SMALLER = 0.93
SHORTEST_RULE, LONGEST_RULE = 0.08, 0.5
HIGHEST_RULE = 0.2
# Rules at one height belong to a table.
SAME_HEIGHT = 2.0
# A raised mark is this much smaller than its line, or raised by this many ems, or both.
MARK_SIZE = 0.8
MARK_RISE = 0.12
MARK = re.compile(r"\d{1,3}|[*†‡§¶]{1,3}|[a-z]")
MARKS = re.compile(r"[\s,;]+")
PLAIN_MARK = re.compile(r"(?P<mark>\d{1,3}|[*†‡§¶]{1,3})[.)]?\s+(?=\S)")
GLUED_SIGN = re.compile(r"(?P<mark>[*†‡]{1,3})\s*(?=\S)")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: its mark, and the lines of its text."""

    page: int
    mark: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A page's lines without its notes, and the marks each line calls, by the line's identity."""

    sheet: Sheet
    lines: tuple[Line | Row, ...]
    calls: dict[int, tuple[str, ...]]


def without_footnotes(sheets: Sequence[Sheet], body_size: float) -> tuple[list[Body], list[Note]]:
    """Take the notes from the feet of the pages, and their marks from the text."""
    bodies: list[Body] = []
    notes: list[Note] = []
    for sheet in sheets:
        may_run_over = bool(notes) and notes[-1].page == sheet.page.number - 1
        foot = _foot(sheet, body_size, may_run_over)
        found = list(_notes(sheet.page.number, foot))
        if found and not found[0].mark and notes:
            # A note that ran over from the page before.
            notes[-1] = replace(notes[-1], lines=notes[-1].lines + found[0].lines)
            found = found[1:]
        notes += found
        gone = {id(line) for line in foot}
        kept = [line for line in sheet.lines if id(line) not in gone]
        bodies.append(_called(sheet, kept, {note.mark for note in found}))
    return bodies, notes


def _foot(sheet: Sheet, body_size: float, may_run_over: bool) -> list[Line]:
    """The lines of a page's notes: below a short rule, or in small type down to the foot."""
    lines = [line for line in sheet.lines if isinstance(line, Line)]
    for rule in _note_rules(sheet.page, lines):
        below = [line for line in lines if line.y > rule.y]
        if not below or any(line.size > body_size + 0.1 for line in below):
            continue
        if any(isinstance(item, Row) and item.y > rule.y for item in sheet.lines):
            continue
        small = all(line.size <= SMALLER * body_size for line in below)
        if _mark_of(below[0]) is not None or (small and may_run_over):
            return below
    return _small_foot(lines, body_size)


def _note_rules(page: Page, lines: Sequence[Line]) -> Iterator[Rule]:
    """The rules that may part notes from the text, the lowest first."""
    for rule in sorted(page.rules, key=lambda rule: -rule.y):
        length = (rule.x1 - rule.x0) / page.width
        underlines = any(
            line.x0 - 2 < rule.x1 and rule.x0 < line.x1 and 0 <= rule.y - line.y < 0.35 * line.size
            for line in lines
        )
        alone = not any(
            other is not rule and abs(other.y - rule.y) < SAME_HEIGHT for other in page.rules
        )
        if (
            alone
            and SHORTEST_RULE <= length <= LONGEST_RULE
            and rule.y > HIGHEST_RULE * page.height
            and not underlines
        ):
            yield rule


def _small_foot(lines: Sequence[Line], body_size: float) -> list[Line]:
    """The lowest lines, all in small type, from the first that begins with a mark."""
    by_y = sorted(lines, key=lambda line: line.y)
    start = len(by_y)
    while start > 0 and by_y[start - 1].size <= SMALLER * body_size:
        start -= 1
    if start == 0:
        return []
    first = next((i for i in range(start, len(by_y)) if _mark_of(by_y[i]) is not None), None)
    return [] if first is None else by_y[first:]


def _notes(page: int, lines: Sequence[Line]) -> Iterator[Note]:
    held: list[Line] = []
    mark = ""
    for line in lines:
        found = _mark_of(line)
        if found is None or (held and not _follows(found[0], mark)):
            held.append(line)
            continue
        if held:
            yield Note(page, mark, tuple(held))
        mark, rest = found
        held = [rest] if rest.text else []
    if held:
        yield Note(page, mark, tuple(held))


def _follows(mark: str, before: str) -> bool:
    """True when a mark may come after another: numbers grow by one."""
    if mark.isdigit() and before.isdigit():
        return int(mark) == int(before) + 1
    return mark != before


def _mark_of(line: Line) -> tuple[str, Line] | None:
    """The mark at the head of a note's first line, and the line without it."""
    first = line.runs[0]
    text = first.text.strip().translate(SUPERSCRIPTS)
    if (
        len(line.runs) > 1
        and MARK.fullmatch(text)
        and (_is_raised(first, line) or line.runs[1].x0 > first.x1 or first.text[-1:].isspace())
    ):
        if text.isalpha() and not _is_raised(first, line):
            return None
        return text, Line(line.page, line.runs[1:], line.column)
    plain = PLAIN_MARK.match(first.text) or GLUED_SIGN.match(first.text)
    if plain is None:
        return None
    rest = replace(first, text=first.text[plain.end() :])
    return plain["mark"], Line(line.page, (rest, *line.runs[1:]), line.column)


def _is_raised(run: Run, line: Line) -> bool:
    small = run.size <= MARK_SIZE * line.size
    risen = line.y - run.y >= MARK_RISE * line.size
    return run is not line.main and (risen or (small and line.y - run.y > -0.5))


def _called(sheet: Sheet, lines: Sequence[Line | Row], marks: set[str]) -> Body:
    """Take the raised marks of the page's own notes out of its text."""
    kept: list[Line | Row] = []
    calls: dict[int, tuple[str, ...]] = {}
    for line in lines:
        if isinstance(line, Row) or not marks:
            kept.append(line)
            continue
        found: list[str] = []
        runs: list[Run] = []
        for run in line.runs:
            called = _marks_in(run, line, marks)
            found += called
            runs.append(replace(run, text=_spaces(run.text)) if called else run)
        kept.append(Line(line.page, tuple(runs), line.column) if found else line)
        calls[id(kept[-1])] = tuple(found)
    return Body(sheet, tuple(kept), calls)


def _marks_in(run: Run, line: Line, marks: set[str]) -> list[str]:
    named = [part for part in MARKS.split(run.text.translate(SUPERSCRIPTS)) if part]
    raised = _is_raised(run, line) or run.text.strip() != run.text.translate(SUPERSCRIPTS).strip()
    return named if named and raised and all(part in marks for part in named) else []


def _spaces(text: str) -> str:
    """The rest of a run whose mark is taken out: a space, if it held one at an end."""
    return " " if text != text.strip() else ""
