"""Lines to paragraphs: where one ends and the next begins, over columns and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from indexer.formats.pdf.lines import Row
from indexer.formats.pdf.marks import Mark, is_contents, mark_of
from indexer.formats.pdf.measure import SAME_EDGE, Measure
from indexer.formats.pdf.model import Line

# Lines further apart than this share of the usual pitch belong to two paragraphs.
WIDER_PITCH = 1.22
# Type that changes by less is one size; by more, another text, even in mid-sentence.
SAME_SIZE, OTHER_SIZE = 0.08, 0.2
SENTENCE_END = re.compile(r"[.:;!?][\"'”’)\]]*$")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, and the marks of the notes they call."""

    lines: list[Line] = field(default_factory=list)
    mark: Mark | None = None

    @property
    def first(self) -> Line:
        """The line it begins with."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """The line it ends with."""
        return self.lines[-1]

    @property
    def edge(self) -> float | None:
        """The left edge of its further lines, if that can be told."""
        if len(self.lines) > 1:
            return self.lines[1].x0 if self.lines[1].page == self.first.page else self.last.x0
        return self.mark.text_x if self.mark is not None and self.mark.hangs else None


def paragraphs(
    pages: Sequence[Sequence[Line | Row]], measure: Measure
) -> Iterator[Paragraph | Row]:
    """Gather lines into paragraphs. A row or a change of contents state always ends one."""
    held: Paragraph | None = None
    for items in pages:
        for item in items:
            if isinstance(item, Row):
                if held is not None:
                    yield held
                held = None
                yield item
                continue
            mark = mark_of(item)
            if held is not None and not _starts(held, item, mark, measure):
                held.lines.append(item)
                continue
            if held is not None:
                yield held
            held = Paragraph([item], mark)
    if held is not None:
        yield held


def _starts(before: Paragraph, line: Line, mark: Mark | None, measure: Measure) -> bool:
    """True when a line begins a paragraph."""
    last = before.last
    if is_contents(last) or is_contents(line):
        return not _entry_goes_on(last, line)
    if _looks_differ(before, line, measure):
        return True
    if (last.page, last.column) != (line.page, line.column) or line.y < last.y:
        return _starts_after_break(before, line, mark, measure)
    if _is_apart(before, line, measure):
        return True
    if mark is not None and _mark_starts(before, line, mark, measure):
        return True
    return _is_indented(before, line, measure) or (
        _may_begin(line.text)
        and measure.has_room(last, line)
        and (_may_end(last.text) or measure.is_short(last))
    )


def _entry_goes_on(last: Line, line: Line) -> bool:
    """True inside a contents entry of two lines: the first has no page number yet."""
    return (
        is_contents(last) == is_contents(line) == last.main.tag.contents
        and not last.text[-1:].isdigit()
        and last.bold == line.bold
        and line.text[:1].islower()
    )


def _looks_differ(before: Paragraph, line: Line, measure: Measure) -> bool:
    """True where the type changes for good, not for some words in the middle of a sentence."""
    last = before.last
    change = abs(last.size - line.size) / max(last.size, line.size)
    if change > OTHER_SIZE:
        return True
    if change > SAME_SIZE and (_may_end(last.text) or measure.has_room(last, line)):
        return True
    if before.first.main.tag.level != line.main.tag.level:
        return True
    if (_all(before, "bold") != line.bold) and (line.bold or _all(before, "bold")):
        return _may_end(last.text) or not _goes_on_in_lower_case(before, line)
    if _all(before, "italic") and not line.runs[0].italic:
        return not line.text[:1].islower()
    return False


def _goes_on_in_lower_case(before: Paragraph, line: Line) -> bool:
    mixed = not line.runs[0].bold if before.last.bold else before.last.runs[-1].bold
    return line.text[:1].islower() or (mixed and before.last.runs[-1].bold == line.runs[0].bold)


def _all(paragraph: Paragraph, look: str) -> bool:
    return all(getattr(line, look) for line in paragraph.lines)


def _is_apart(before: Paragraph, line: Line, measure: Measure) -> bool:
    """True where more white stands above a line than between the lines before it."""
    step = line.y - before.last.y
    pitch = measure.pitch.get(line.size, 1.25 * line.size)
    if len(before.lines) > 1 and before.lines[-2].page == line.page:
        own = before.last.y - before.lines[-2].y
        pitch = own if 0 < own < pitch * WIDER_PITCH else pitch
    return step > WIDER_PITCH * pitch + 0.5


def _mark_starts(before: Paragraph, line: Line, mark: Mark, measure: Measure) -> bool:
    """True when a mark begins a paragraph; false for a figure that a sentence runs on with."""
    last = before.last
    broke = _may_end(last.text) or (measure.has_room(last, line) and _may_begin(mark.text))
    edge = before.edge
    if mark.is_bullet and mark.text not in "-–—*o":
        return True
    if edge is None:
        own = before.mark is not None and abs(line.x0 - before.first.x0) < SAME_EDGE
        return broke if abs(line.x0 - before.first.x0) < SAME_EDGE and not own else broke or own
    if abs(line.x0 - edge) >= SAME_EDGE:
        return line.x0 < edge or broke or mark.hangs
    return broke and (mark.hangs or measure.has_room(last, line) or _counts_on(before.mark, mark))


def _counts_on(before: Mark | None, mark: Mark) -> bool:
    """True for the number that comes next."""
    if before is None or not (before.is_number and mark.is_number):
        return False
    old, new = (re.findall(r"\d+", m.text) for m in (before, mark))
    return old[:-1] == new[:-1] and int(new[-1]) == int(old[-1]) + 1


def _is_indented(before: Paragraph, line: Line, measure: Measure) -> bool:
    """True where a line's left edge does not carry on the paragraph's."""
    last = before.last
    edge = before.edge
    full = not measure.has_room(last, line)
    if _is_centred(last, line):
        return False
    if len(before.lines) == 1 and before.mark is not None:
        # Where the number is wide, its text may begin further in than the lines below.
        inside = before.first.x0 + SAME_EDGE < line.x0 <= before.mark.text_x + SAME_EDGE
        return not inside and not full and _may_begin(line.text)
    if edge is not None:
        return abs(line.x0 - edge) > SAME_EDGE and not (full and line.text[:1].islower())
    shift = line.x0 - last.x0
    if abs(shift) <= SAME_EDGE:
        return False
    return not full


def _is_centred(last: Line, line: Line) -> bool:
    return (
        abs((last.x0 + last.x1) - (line.x0 + line.x1)) < 2 * SAME_EDGE
        and abs(last.x0 - line.x0) > SAME_EDGE
    )


def _starts_after_break(before: Paragraph, line: Line, mark: Mark | None, measure: Measure) -> bool:
    """True when the first line of a page or column begins a paragraph of its own."""
    last = before.last
    edge = before.edge if before.edge is not None else before.last.x0
    along = abs(line.x0 - edge) <= SAME_EDGE or last.column != line.column
    if mark is not None and not (along and not mark.hangs and not _may_end(last.text)):
        return True
    if line.text[:1].islower():
        return False
    if measure.has_room(last, line) or not along:
        return True
    return _may_end(last.text) and before.first.bold


def _may_end(text: str) -> bool:
    return SENTENCE_END.search(text) is not None


def _may_begin(text: str) -> bool:
    return not text[:1].islower()
