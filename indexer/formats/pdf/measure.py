"""The typesetting of a file: the pitch of its lines, and their right edges."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.formats.pdf.lines import Row
from indexer.formats.pdf.model import Line, Run

# Edges this near to each other, in points, are one edge.
SAME_EDGE = 2.5
# Fewer lines than this on a page say little about where its right edge is.
FEW_LINES = 8
# Lines set double are this far apart at most, in ems.
WIDEST_STEP = 3.2
# Fewer than this in the whole file, and only the left margin tells where the right one is.
FEWEST_LINES = 4
# A word has room on a line if this much, in ems, stays free beside it.
ROOM = 1.1
# A line that fills less of its measure than this is short.
SHORT = 0.6


@dataclass(frozen=True, slots=True)
class Measure:
    """The typesetting of a file: the usual pitch for a type size, and each page's right edges."""

    pitch: dict[float, float]
    right: dict[tuple[int, int], float]

    @classmethod
    def of(cls, pages: Sequence[Sequence[Line | Row]], width: float) -> Measure:
        """Measure all pages' lines; `width` is the paper's."""
        pitches: dict[float, Counter[float]] = defaultdict(Counter)
        ends: dict[tuple[int, int], list[float]] = defaultdict(list)
        starts: list[float] = []
        for items in pages:
            lines = [item for item in items if isinstance(item, Line)]
            starts += [line.x0 for line in lines]
            for line in lines:
                ends[line.page, line.column].append(line.x1)
            for before, line in pairwise(lines):
                near = 0 < line.y - before.y < WIDEST_STEP * line.size
                if near and line.size == before.size and abs(line.x0 - before.x0) < SAME_EDGE:
                    pitches[line.size][round(2 * (line.y - before.y)) / 2] += 1
        every = sorted(end for key, found in ends.items() if not key[1] for end in found)
        usual = every[int(len(every) * 0.98)] if len(every) >= FEWEST_LINES else 0.0
        if not usual:
            usual = width - min(starts, default=0.0)
        right = {
            key: max(found) if len(found) >= FEW_LINES else max(usual, *found)
            for key, found in ends.items()
        }
        pitch = {size: max(found, key=lambda p: found[p]) for size, found in pitches.items()}
        return cls(pitch, right)

    def has_room(self, last: Line, line: Line) -> bool:
        """True when the next line's first word would have fitted on this one."""
        word = line.text.split(" ", 1)[0]
        width = _width(line.runs[0], word)
        return last.x1 + width + ROOM * last.size < self.right[last.page, last.column]

    def is_short(self, line: Line) -> bool:
        """True when a line ends well before the right edge."""
        edge = self.right[line.page, line.column]
        return line.x1 - line.x0 < SHORT * (edge - line.x0)


def _width(run: Run, word: str) -> float:
    """About how wide a word is, by its share of the run's letters."""
    letters = max(len(run.text.strip()), 1)
    return (run.x1 - run.x0) * min(1.0, len(word) / letters)
