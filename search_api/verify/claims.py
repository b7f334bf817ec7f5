"""Which reference claims which quotation: the nearest after it in its sentence, else before."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from search_api.verify.document import NOTHING, Block, Draft
from search_api.verify.quotations import Quotation, find_quotations
from search_api.verify.references import Reference, find_references
from search_api.verify.words import keys_of

SENTENCE_END = re.compile(r"[.!?…](?:\x00|[\"”’'»)\]])*(?=\s)|(?<=[)\]])(?=\s)")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\x00])(?:para|paras|par|pars|pp?|nos?|cf|cp|eg|ie|e\.g|i\.e|ibid|op|loc|cit|mr|mrs|ms|dr|"
    r"prof|sir|st|vs?|ed|eds|vol|art|arts|ss?|ch|al|et|etc|[A-Z])\.$",
    re.IGNORECASE,
)
# A citation in brackets right after a sentence belongs to it.
CITATION = re.compile(r"[\s\x00]{0,20}+[(\[][^()\[\]\n]{0,200}[)\]](?:\.(?!\w))?")
LIST_ITEM = re.compile(r"\n[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
# The source named at the end of a block quotation, on a line of its own or in brackets.
BYLINE = re.compile(r"\n[^\S\n]{0,20}(?:--?-?|[–—])[^\n]{1,220}$")
IN_BRACKETS = re.compile(
    r"[(\[](?!\s*(?:see|cf|but|also)\b)[^()\n]{1,200}[)\]]?[\s.]*$", re.IGNORECASE
)
LABEL = re.compile(
    r"\s{0,20}(?:\[(?P<bracketed>\d{1,4}[A-Z]?)\]|(?P<plain>\d{1,4}(?:\.\d{1,3})*[A-Z]?)[.)])\s+(?=\S)"
)
# A block that opens so names the source of the quotation before it, when it is short.
OPENS_BYLINE = re.compile(r"[\s\x00]*(?:[(\[—–]|-{1,3}\s)")
SHORT_BYLINE = 160
# How far on, in characters, the next sentence's first letter is looked for.
NEXT_WORD = 50
SKIPPED = f" \t\n{NOTHING}"
Item = TypeVar("Item", Quotation, Reference)


@dataclass(frozen=True, slots=True)
class Claim:
    """A quotation with the reference that claims it; one of the two may be missing."""

    quotation: Quotation | None
    reference: Reference | None

    @property
    def start(self) -> int:
        """Where it stands in the draft."""
        if self.quotation is not None:
            return self.quotation.start
        assert self.reference is not None
        return self.reference.start


@dataclass(frozen=True, slots=True)
class _Marked:
    """A block with what was found in it; `breaks` are the ends of its sentences."""

    block: Block
    quotations: list[Quotation]
    references: list[Reference]
    breaks: list[int]


def find_claims(draft: Draft, units: Collection[str]) -> list[Claim]:
    """The quotations and references of a draft, paired, in the order they stand."""
    marked = _mark(draft, units)
    notes = {m.block.mark: m.references for m in marked if m.block.kind == "note"}
    claims: list[Claim] = []
    used: set[int] = set()
    waiting: list[Quotation] = []
    around = _around(marked)
    for place, here in enumerate(marked):
        for number, quotation in enumerate(here.quotations):
            if quotation.is_block:
                reference = _of_block(draft, here, *around[place], notes)
            else:
                reference = _beside(draft, here, number, notes)
            if quotation.goes_on and reference is None:
                waiting.append(quotation)
                continue
            used |= {reference.start} if reference else set()
            claims += [Claim(q, reference) for q in [*waiting, quotation]]
            waiting.clear()
    claims += [Claim(quotation, None) for quotation in waiting]
    claims += [Claim(None, r) for m in marked for r in m.references if r.start not in used]
    return sorted(claims, key=lambda claim: claim.start)


def _around(marked: list[_Marked]) -> list[tuple[_Marked | None, _Marked | None]]:
    """For each block, the one that leads to the quoted blocks it is among, and the one after."""
    leads: list[_Marked | None] = []
    for here in marked:
        passes = _is_quoted(here) and not here.references
        leads.append(leads[-1] if passes and leads else None if passes else here)
    follows: list[_Marked | None] = []
    for here in reversed(marked):
        follows.append(here if not _is_quoted(here) else follows[-1] if follows else None)
    follows.reverse()
    return list(zip([None, *leads[:-1]], [*follows[1:], None], strict=True)) if marked else []


def _mark(draft: Draft, units: Collection[str]) -> list[_Marked]:
    marked = []
    for place, block in enumerate(draft.blocks):
        following = draft.blocks[place + 1] if place + 1 < len(draft.blocks) else None
        quotations = find_quotations(draft, block, following)
        references = find_references(draft, block, units)
        if block.kind == "quote" and not _is_marked(draft, block, quotations):
            quotations, references = _whole(draft, block, references)
        starts = [q.start for q in quotations]
        outside = []
        for reference in references:
            before = bisect_right(starts, reference.start) - 1
            if before < 0 or quotations[before].end <= reference.start:
                outside.append(reference)
        marked.append(_Marked(block, quotations, outside, _breaks(draft, block, quotations)))
    return marked


def _is_marked(draft: Draft, block: Block, quotations: list[Quotation]) -> bool:
    """True for a block quotation that has quotation marks all the same."""
    if not quotations:
        return False
    head = draft.clean[block.start : quotations[0].start].replace(NOTHING, "")
    tail = draft.text(quotations[-1].outer, block.end)
    inside = sum(q.end - q.start for q in quotations)
    return len(head.strip()) <= 1 and (not tail or inside >= 4 * len(tail) or _is_byline(tail))


def _is_byline(tail: str) -> bool:
    return tail[0] in "([—–-" or len(keys_of(tail)) <= 1


def _whole(
    draft: Draft, block: Block, references: list[Reference]
) -> tuple[list[Quotation], list[Reference]]:
    """A block quotation without its printed number and its byline, which are references."""
    text = draft.clean[block.start : block.end]
    end = len(text.rstrip(SKIPPED))
    for pattern in (BYLINE, IN_BRACKETS):
        match = pattern.search(text, max(0, end - 250), end)
        cites = match is not None and any(
            r.start - block.start >= match.start() for r in references
        )
        if match is not None and (cites or pattern is BYLINE) and match.start() > 0:
            end = match.start()
            break
    label = LABEL.match(text.replace(NOTHING, " "), 0, end)
    own: list[Reference] = []
    start = 0
    if label is not None:
        start = label.end()
        number = label["bracketed"] or label["plain"]
        own = [Reference(block.start, block.start + start, (number,), enclosed=True)]
    quotation = Quotation(block.start + start, block.start + end, block.start + end, is_block=True)
    cited = [r for r in references if r.start >= quotation.end]
    return [quotation] if keys_of(text[start:end]) else [], [*(own if not cited else []), *cited]


def _breaks(draft: Draft, block: Block, quotations: list[Quotation]) -> list[int]:
    """Offsets where a sentence of the block ends; what is quoted is taken whole."""
    text = draft.clean
    starts = [q.start for q in quotations]
    breaks = {match.start() for match in LIST_ITEM.finditer(text, block.start, block.end)}
    skip = block.start
    for match in SENTENCE_END.finditer(text, block.start, block.end):
        at = match.end()
        if at <= skip or (not match[0] and text[skip - 1 : skip] != text[at - 1 : at]):
            continue
        inside = bisect_right(starts, match.start()) - 1
        if inside >= 0 and quotations[inside].outer > at:
            continue
        if match[0].startswith(".") and ABBREVIATION.search(
            text[max(0, at - 12) : match.start() + 1]
        ):
            continue
        while (cited := CITATION.match(text, at, block.end)) is not None:
            at = cited.end()
        skip = at
        following = text[at : min(at + NEXT_WORD, block.end)].lstrip(SKIPPED)
        if not following[:1].islower():
            breaks.add(at)
    return sorted(breaks)


def _sentence(here: _Marked, at: int) -> tuple[int, int]:
    """The bounds of the sentence around an offset."""
    index = bisect_left(here.breaks, at)
    start = here.breaks[index - 1] if index else here.block.start
    return start, here.breaks[index] if index < len(here.breaks) else here.block.end


def _beside(
    draft: Draft, here: _Marked, number: int, notes: dict[str, list[Reference]]
) -> Reference | None:
    """The reference that claims a quotation in running text."""
    quotation = here.quotations[number]
    low, _ = _sentence(here, quotation.start)
    _, high = _sentence(here, quotation.outer)
    after = _within(here.references, quotation.end, high)[:1]
    before = _within(here.references, low, quotation.start)[-1:]
    noted = _noted(draft, quotation, high, notes)
    nearest = after[0] if after else None
    if noted is not None and (nearest is None or noted[0] <= nearest.start):
        return noted[1]
    if nearest is None:
        return before[-1] if before else _lead_in(here, low)
    if before and not nearest.enclosed and _introduces(here, before[-1], quotation, high):
        return before[-1]
    return nearest


def _within(items: Sequence[Item], start: int, end: int) -> Sequence[Item]:
    """Those that begin within bounds."""
    first = bisect_left(items, start, key=lambda item: item.start)
    return items[first : bisect_left(items, end, key=lambda item: item.start)]


def _introduces(here: _Marked, before: Reference, quotation: Quotation, high: int) -> bool:
    """True where "Para 29 says “A” and para 31 says “B”": each reference leads its quotation."""
    parted = _within(here.quotations, before.end, quotation.start)
    # Another quotation between this one and the reference after, or after that one.
    return not parted and bool(_within(here.quotations, quotation.end, high))


def _lead_in(here: _Marked, low: int) -> Reference | None:
    """The reference of the sentence before, where that one quotes nothing: "See para 29. “...”"."""
    if low <= here.block.start:
        return None
    start, end = _sentence(here, low - 1)
    if _within(here.quotations, start, end):
        return None
    led = [r for r in _within(here.references, start, end) if not r.enclosed]
    return led[-1] if led else None


def _noted(
    draft: Draft, quotation: Quotation, high: int, notes: dict[str, list[Reference]]
) -> tuple[int, Reference] | None:
    """The first reference in the note that is called after a quotation, and where the call is."""
    at = bisect_left(draft.calls, quotation.end, key=lambda call: call.start)
    for call in draft.calls[at:]:
        if call.start > high + 1:
            return None
        if notes.get(call.mark):
            return call.start, notes[call.mark][0]
    return None


def _of_block(
    draft: Draft,
    here: _Marked,
    lead: _Marked | None,
    after: _Marked | None,
    notes: dict[str, list[Reference]],
) -> Reference | None:
    """The reference of a block quotation: its own, else of the line after, else of the lead-in."""
    if here.references:
        return here.references[0]
    noted = _noted(draft, here.quotations[0], here.block.end, notes)
    if noted is not None:
        return noted[1]
    if after is not None and after.block.kind == "text" and not after.quotations:
        text = draft.clean[after.block.start : after.block.end]
        near = [r for r in after.references if r.start - after.block.start <= SHORT_BYLINE]
        is_byline = OPENS_BYLINE.match(text) or len(text.strip()) <= SHORT_BYLINE
        if near and is_byline and (near[0].enclosed or text.lstrip(SKIPPED)[0] in "—–-"):
            return near[0]
    return _last_of(draft, lead) if lead is not None else None


def _is_quoted(here: _Marked) -> bool:
    return any(quotation.is_block for quotation in here.quotations)


def _last_of(draft: Draft, lead: _Marked) -> Reference | None:
    """The last reference of the sentence that leads to a block quotation."""
    if _is_quoted(lead):
        return None
    start, _ = _sentence(lead, lead.block.end)
    if not draft.text(start, lead.block.end) and lead.breaks:
        start, _ = _sentence(lead, start - 1)
    led = [r for r in lead.references if r.start >= start]
    quoted = [q for q in lead.quotations if led and q.start > led[-1].start]
    return led[-1] if led and not quoted else None
