"""An aligned quotation and its source to what differs: words changed, and changes permitted.

Permitted is what quoting allows: another case, spacing, kind of quote mark or dash, an ellipsis, a
[bracketed insertion]. All else changes the words, a comma as well; marks at the ends do not count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from search_api.verify.alignment.align import Alignment, Step
from search_api.verify.alignment.pattern import ELLIPSIS, Item, Pattern
from search_api.verify.words import INVISIBLE, Word

QUOTE_MARKS = re.compile("[\"“”„«»‹›'‘’‚`´′″]+")
DASHES = re.compile(r"[-‐‑‒–—―−]+")
# Marks of lists and of emphasis are layout.
LAYOUT = re.compile(r"[•▪◦‣●■□*_]+|(?<=\n)[^\S\n]*o(?=\s)")
MINUS = re.compile(r"(?:^|(?<=[\s(£$€]))[-−–]$")
SPACE = re.compile(r"\s+")
ORDER = ("case", "spacing", "quote marks", "dashes", "ellipsis", "bracketed insertion")
# Words shown on either side of a change.
CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs: `edits` words, `changes` to show, `permitted` kinds of change; the slice."""

    edits: int
    words: int
    changes: str
    permitted: tuple[str, ...]
    start: int
    end: int

    @property
    def is_faithful(self) -> bool:
        """True when all that differs is permitted."""
        return not self.changes

    @property
    def likeness(self) -> float:
        """The part of the quotation's words that stand in the source, 0..1."""
        return max(0.0, 1 - self.edits / self.words)


@dataclass(slots=True)
class _Piece:
    """Words as the draft and the source have them; equal pieces are context."""

    mine: str
    theirs: str
    same: bool


def compare(pattern: Pattern, alignment: Alignment, text: str, words: Sequence[Word]) -> Comparison:
    """Compare a quotation with the passage it was aligned to.

    Args:
        pattern: the reading of the quotation.
        alignment: of its items with the passage's words.
        text: the passage's text.
        words: the passage's words.
    """
    work = _Comparer(pattern, text, words)
    steps = alignment.steps
    at = 0
    while at < len(steps):
        if work.is_same(steps[at]):
            work.same(steps[at])
            at += 1
            continue
        until = at
        while until < len(steps) and not work.is_same(steps[until]):
            until += 1
        work.differing(steps[at:until])
        at = until
    first, last = alignment.first, alignment.last
    end = words[max(last, first + 1) - 1].end
    closing = pattern.quotation[pattern.items[-1].end :].strip()
    if closing in (".", "?", "!", ")", ").") and text.startswith(closing, end):
        end += len(closing)
    return Comparison(
        edits=work.edits,
        words=len(pattern.keys),
        changes=_shown(work.pieces),
        permitted=tuple(kind for kind in ORDER if kind in work.permitted),
        start=words[first].start,
        end=end,
    )


class _Comparer:
    """Goes through the steps once; what stands between two words is compared as they meet."""

    def __init__(self, pattern: Pattern, text: str, words: Sequence[Word]) -> None:
        self.pieces: list[_Piece] = []
        self.permitted: set[str] = set()
        self.edits = 0
        self._quotation = pattern.quotation
        self._text = text
        self._words = words
        self._item_before: Item | None = None
        self._word_before: int | None = None

    def is_same(self, step: Step) -> bool:
        """True for a gap, and for a word that the source has."""
        item = step.item
        if item is None or step.first == step.last:
            return item is not None and item.kind != "word"
        return item.kind != "word" or item.is_like(self._words[step.first].key)

    def same(self, step: Step) -> None:
        """Take a word that both have, or a gap."""
        item = step.item
        assert item is not None
        if item.kind != "word":
            self.permitted.add("ellipsis" if item.kind == "ellipsis" else "bracketed insertion")
            self._item_before = None
            return
        word = self._words[step.first]
        self._between(item, step.first)
        mine = self._quotation[item.start : item.end]
        theirs = self._text[word.start : word.end]
        self._spelling(item, mine, theirs)
        self.pieces.append(_Piece(mine, theirs, same=True))
        self._item_before, self._word_before = item, step.first

    def differing(self, steps: Sequence[Step]) -> None:
        """Take a run of steps whose words differ, unless only their spacing does."""
        items = [step.item for step in steps if step.item is not None]
        places = [place for step in steps for place in range(step.first, step.last)]
        mine = SPACE.sub(" ", self._quotation[items[0].start : items[-1].end]) if items else ""
        theirs = ""
        if places:
            start, end = self._words[places[0]].start, self._words[places[-1]].end
            theirs = SPACE.sub(" ", self._text[start:end])
        joined = "".join(item.key for item in items)
        same = bool(joined) and joined == "".join(self._words[place].key for place in places)
        if same:
            bracketed = "bracketed insertion" if "]" in mine or "[" in mine else "spacing"
            self.permitted.add("dashes" if DASHES.search(mine + theirs) else bracketed)
        else:
            self.edits += max(len(items), len(places))
        self.pieces.append(_Piece(mine, theirs, same))
        self._item_before = None

    def _spelling(self, item: Item, mine: str, theirs: str) -> None:
        if item.stem is not None:
            self.permitted.add("bracketed insertion")
            return
        mine, theirs = INVISIBLE.sub("", mine), INVISIBLE.sub("", theirs)
        if mine == theirs:
            return
        straight, other = QUOTE_MARKS.sub("'", mine), QUOTE_MARKS.sub("'", theirs)
        if QUOTE_MARKS.findall(mine) != QUOTE_MARKS.findall(theirs):
            self.permitted.add("quote marks")
        if straight != other:
            self.permitted.add("case")

    def _between(self, item: Item, place: int) -> None:
        """Compare what stands between this word and the one before it, in both."""
        if self._item_before is None or self._word_before != place - 1:
            return
        mine = self._quotation[self._item_before.end : item.start]
        theirs = self._text[self._words[place - 1].end : self._words[place].start]
        if mine == theirs:
            return
        if ELLIPSIS.search(mine) and not ELLIPSIS.search(theirs):
            # It leaves out no word, at most a mark.
            self.permitted.add("ellipsis")
            return
        before_figure = item.key[:1].isdigit()
        mine_left, theirs_left = mine, theirs
        for kind, pattern in (("ellipsis", ELLIPSIS), ("quote marks", QUOTE_MARKS)):
            if pattern.findall(mine_left) != pattern.findall(theirs_left):
                self.permitted.add(kind)
            mine_left, theirs_left = pattern.sub("", mine_left), pattern.sub("", theirs_left)
        signs = [bool(before_figure and MINUS.search(s)) for s in (mine_left, theirs_left)]
        mine_left, theirs_left = LAYOUT.sub("", mine_left), LAYOUT.sub("", theirs_left)
        if DASHES.findall(mine_left) != DASHES.findall(theirs_left) and not _is_list(theirs):
            self.permitted.add("dashes")
        dashed = bool(DASHES.search(mine_left) or DASHES.search(theirs_left))
        mine_left, theirs_left = DASHES.sub("", mine_left), DASHES.sub("", theirs_left)
        if ("[" in mine_left or "]" in mine_left) and not re.search(r"[\[\]]", theirs_left):
            self.permitted.add("bracketed insertion")
            mine_left = re.sub(r"[\[\]]", "", mine_left)
        if bool(SPACE.search(mine_left)) != bool(SPACE.search(theirs_left)) and not dashed:
            self.permitted.add("spacing")
        mine_left = "-" * signs[0] + SPACE.sub("", mine_left)
        theirs_left = "-" * signs[1] + SPACE.sub("", theirs_left)
        if mine_left != theirs_left:
            self.pieces.append(_Piece(mine_left, theirs_left, same=False))


def _is_list(between: str) -> bool:
    """True where the source begins an item of a list: its mark is layout, not words."""
    return re.search(r"\n[^\S\n]*[-‐–—•*]\s", between) is not None


def _shown(pieces: Sequence[_Piece]) -> str:
    """The differing words between a few that are equal, as `wdiff` prints them.

    "[-were-]" is the report's, "{+was+}" the draft's.
    """
    differing = [place for place, piece in enumerate(pieces) if not piece.same]
    if not differing:
        return ""
    shown: list[str] = []
    last = -1
    for place, piece in enumerate(pieces):
        if min(abs(place - other) for other in _around(differing, place)) > CONTEXT:
            continue
        if last >= 0 and place > last + 1:
            shown.append("…")
        last = place
        if piece.same:
            shown.append(piece.theirs)
            continue
        shown += [f"[-{piece.theirs}-]"] if piece.theirs else []
        shown += [f"{{+{piece.mine}+}}"] if piece.mine else []
    return " ".join(shown)


def _around(places: Sequence[int], at: int) -> Sequence[int]:
    """The places just before and just after one."""
    index = bisect_left(places, at)
    return places[max(0, index - 1) : index + 1]
