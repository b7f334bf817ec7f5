"""Quotation marks in a block to the quotations between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from search_api.verify.drafts.document import NOTHING, Block, Draft
from search_api.verify.words import WORD

MARKS = re.compile("[\"“”„«»‹›'‘’]")
DOUBLE = {"“": "”", "«": "»", "‹": "›"}
OPENERS = "([{<-–—/=:“„«‹\"‘'"
# What an apostrophe at the head of a word stands for, when it is one: 'tis, '90s, rock 'n' roll.
ELISION = re.compile(r"(?:tis|twas|em|til|cause|bout|n|\d0s)\b", re.IGNORECASE)
# After a plural possessive ("carers' views") the sentence goes on in small letters.
GOES_ON = re.compile(r"\s{1,20}[a-z0-9]")

MOST_ENDS = 3


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation at clean[start:end], inside its marks.

    `outer` is where its closing mark ends. `others` are ends that it may have instead, where a
    single closing mark may be an apostrophe. `goes_on` is true when the next block continues it.
    """

    start: int
    end: int
    outer: int
    others: tuple[int, ...] = ()
    goes_on: bool = False
    is_block: bool = False


def find_quotations(draft: Draft, block: Block, following: Block | None) -> list[Quotation]:
    """The quotations of a block between marks; those inside another one are part of it."""
    text = draft.clean[block.start : block.end]
    around = _Around(text)
    doubles, dangling = _doubles(text, around)
    singles = _singles(text, around, doubles)
    found = [*doubles, *singles]
    if dangling is not None and following is not None:
        # Each paragraph of a long quotation begins with the mark; only the last one ends with it.
        head = draft.clean[following.start : following.end].replace(NOTHING, "").lstrip()
        if head.startswith(text[dangling]):
            end = len(text.rstrip())
            found.append(Quotation(dangling + 1, end, end, goes_on=True))
    outermost: list[Quotation] = []
    for quotation in sorted(found, key=lambda q: (q.start, -q.end)):
        if outermost and quotation.start < outermost[-1].end:
            continue
        if WORD.search(text[quotation.start : quotation.end].replace(NOTHING, "")):
            outermost.append(quotation)
    at = block.start
    return [
        Quotation(
            q.start + at, q.end + at, q.outer + at, tuple(e + at for e in q.others), q.goes_on
        )
        for q in outermost
    ]


class _Around:
    """The visible characters beside an offset."""

    def __init__(self, text: str) -> None:
        self._text = text

    def before(self, at: int) -> str:
        """The character before, or a space at the start."""
        at -= 1
        while at >= 0 and self._text[at] == NOTHING:
            at -= 1
        return self._text[at] if at >= 0 else " "

    def after(self, at: int) -> str:
        """The character after the one at the offset, or a space at the end."""
        at += 1
        while at < len(self._text) and self._text[at] == NOTHING:
            at += 1
        return self._text[at] if at < len(self._text) else " "

    def can_open(self, at: int) -> bool:
        """True where a straight mark may open."""
        before, after = self.before(at), self.after(at)
        return (before.isspace() or before in OPENERS) and not after.isspace()

    def can_close(self, at: int) -> bool:
        """True where a mark may close."""
        return not self.before(at).isspace() and not self.after(at).isalnum()


def _doubles(text: str, around: _Around) -> tuple[list[Quotation], int | None]:
    """Pairs of double marks and guillemets, and a double mark that is left open at the end."""
    found: list[Quotation] = []
    stacks: dict[str, list[int]] = {closing: [] for closing in DOUBLE.values()}
    low: int | None = None
    straight: int | None = None
    for match in MARKS.finditer(text):
        mark, at = match[0], match.start()
        if mark == "„":
            low = at
        elif mark in "“”" and low is not None:
            found.append(Quotation(low + 1, at, at + 1))
            low = None
        elif mark in DOUBLE:
            stacks[DOUBLE[mark]].append(at)
        elif mark in stacks:
            if stacks[mark]:
                found.append(Quotation(stacks[mark].pop() + 1, at, at + 1))
            elif straight is not None:
                # Half of the marks were made curly.
                found.append(Quotation(straight + 1, at, at + 1))
                straight = None
        elif mark == '"':
            if straight is not None and around.can_close(at):
                found.append(Quotation(straight + 1, at, at + 1))
                straight = None
            elif around.can_open(at):
                straight = at
    left = [*stacks["”"][:1], *([straight] if straight is not None else [])]
    return found, min(left, default=None)


def _singles(text: str, around: _Around, doubles: list[Quotation]) -> list[Quotation]:
    """Pairs of single marks, apostrophes told apart by what stands beside them."""
    opened: int | None = None
    ends: list[int] = []
    found: list[Quotation] = []

    def close() -> None:
        nonlocal opened, ends
        if opened is not None and ends:
            last = ends[-1]
            found.append(Quotation(opened + 1, last, last + 1, tuple(ends[:-1][:MOST_ENDS])))
        opened, ends = None, []

    for match in re.finditer("['‘’]", text):
        mark, at = match[0], match.start()
        before, after = around.before(at), around.after(at)
        if before.isalnum() and after.isalnum():
            continue
        opens = mark != "’" and around.can_open(at) and (after.isalnum() or after in '[(.…“"£')
        if opens and (mark == "‘" or not ELISION.match(text, at + 1)):
            close()
            opened = at
        elif opened is not None and mark != "‘" and around.can_close(at) and at > opened + 1:
            ends.append(at)
            if before not in "sS" or not GOES_ON.match(text, at + 1):
                close()
    close()
    return _apart(found, doubles)


def _apart(singles: list[Quotation], doubles: list[Quotation]) -> list[Quotation]:
    """The pairs that do not cut across a pair of double marks."""
    doubles = sorted(doubles, key=lambda q: q.start)
    starts = [q.start for q in doubles]
    reach: list[int] = []
    for quotation in doubles:
        reach.append(max(quotation.end, reach[-1] if reach else 0))
    kept = []
    for single in singles:
        first, last = bisect_left(starts, single.start), bisect_left(starts, single.end)
        covered = first > 0 and single.start <= reach[first - 1] < single.end
        crosses = last > first and max(q.end for q in doubles[first:last]) > single.end
        if not covered and not crosses:
            kept.append(single)
    return kept
