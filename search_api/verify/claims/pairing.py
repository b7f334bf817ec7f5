"""Which reference claims which quotation: the nearest after it in its sentence, else before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from search_api.verify.claims.citing import IBID, Known
from search_api.verify.claims.marking import SKIPPED, Marked, mark_blocks
from search_api.verify.claims.other_works import is_title
from search_api.verify.claims.quotations import Quotation
from search_api.verify.claims.references import Reference
from search_api.verify.drafts.document import Draft
from search_api.verify.words import keys_of

# Looked for in AROUND characters.
CONTRAST = re.compile(
    r"[\s\x00]{0,200}+(?:unlike|while|whereas|apart from|besides|beyond|in contrast|as against|"
    r"though|although|if)\b[^,]{0,200}+,",
    re.IGNORECASE,
)
SEE = re.compile(
    r"\b(?:see|cf|compare|contrast)\b[.,]?(?:\s{1,20}also)?[\s\x00]{0,99}$", re.IGNORECASE
)
POINTS = re.compile(r"[\s\x00]{0,99}(?:(?:see|as|at|in|but|and)\s{1,99})?$", re.IGNORECASE)
TOGETHER = re.compile(
    r"[\s\x00,;&“”\"‘’'*_–—-]*+(?:(?:and|or|but|nor|as well as)\b)?[\s\x00“\"‘'*_]*+"
)
BIBLIOGRAPHY = re.compile(
    r"[\s\x00*_]*(?:\d+\.?\s+)?(?:references|bibliography|works cited|sources|literature|"
    r"further reading|list of (?:references|works))[\s\x00:*_]*",
    re.IGNORECASE,
)
SHORT_LEAD = 70
# How much of a sentence says what a quotation in it is of, in characters on each side.
AROUND = 200
# A reference claims at most so many quotations before it.
MOST_CLAIMED = 8
# A block that opens so names the source of the quotation before it, when it is short.
AT = re.compile(r"\bat[\s\x00]{1,5}$")
OPENS_BYLINE = re.compile(r"[\s\x00]*(?:[(\[—–]|-{1,3}\s)")
DASHED = re.compile(r"[\s\x00]*+[—–]")
SHORT_BYLINE = 160
Item = TypeVar("Item", Quotation, Reference)


@dataclass(frozen=True, slots=True)
class Claim:
    """A quotation with the reference that claims it; one of the two may be missing."""

    quotation: Quotation | None
    reference: Reference | None
    # Bounds of the sentence that it is in.
    sentence_start: int = 0
    sentence_end: int = 0
    # False where the reference stands by another quotation, and may be that one's alone.
    is_nearest: bool = True
    # True where the reference may be about something else, so that only a match confirms it.
    is_weak: bool = False
    in_bibliography: bool = False

    def context(self, draft: Draft) -> tuple[str, str]:
        """What the sentence says before the quotation, and after it."""
        quotation = self.quotation
        assert quotation is not None
        low, high = self.sentence_start, max(quotation.outer, self.sentence_end)
        before = draft.text(max(low, quotation.start - AROUND), max(low, quotation.start - 1))
        return before, draft.text(quotation.outer, min(high, quotation.outer + AROUND))

    @property
    def start(self) -> int:
        """Where it stands in the draft."""
        if self.quotation is not None:
            return self.quotation.start
        assert self.reference is not None
        return self.reference.start


def find_claims(draft: Draft, known: Known) -> list[Claim]:
    """The quotations and references of a draft, paired, in the order they stand."""
    marked = mark_blocks(draft, known)
    notes = {m.block.mark: m.references for m in marked if m.block.kind == "note"}
    claims: list[Claim] = []
    used: set[int] = set()
    waiting: list[Claim] = []
    around = _around(marked)
    listed = False
    for place, here in enumerate(marked):
        listed = listed or _opens_bibliography(draft, here)
        for number, quotation in enumerate(here.quotations):
            if quotation.is_block:
                claim = _of_block(draft, here, number, *around[place], notes)
            else:
                claim = _beside(draft, here, number, notes)
            claim = replace(claim, in_bibliography=listed)
            if quotation.goes_on and claim.reference is None:
                waiting.append(claim)
                continue
            used |= {claim.reference.start} if claim.reference else set()
            claims += [replace(one, reference=claim.reference) for one in waiting]
            claims.append(claim)
            waiting.clear()
    claims += waiting
    claims += [
        Claim(None, one)
        for here in marked
        for one in here.references
        if one.start not in used and one.numbers and not IBID.match(draft.clean, one.start)
    ]
    return sorted(claims, key=lambda claim: claim.start)


def _opens_bibliography(draft: Draft, here: Marked) -> bool:
    text = draft.clean[here.block.start : here.block.end]
    return BIBLIOGRAPHY.fullmatch(text.splitlines()[0]) is not None if text.strip() else False


def _around(marked: list[Marked]) -> list[tuple[Marked | None, Marked | None]]:
    """For each block, the one that leads to the quoted blocks it is among, and the one after."""
    leads: list[Marked | None] = []
    for here in marked:
        passes = _is_quoted(here) and not here.references
        leads.append(leads[-1] if passes and leads else None if passes else here)
    follows: list[Marked | None] = []
    for here in reversed(marked):
        follows.append(here if not _is_quoted(here) else follows[-1] if follows else None)
    follows.reverse()
    return list(zip([None, *leads[:-1]], [*follows[1:], None], strict=True)) if marked else []


def _sentence(here: Marked, at: int) -> tuple[int, int]:
    """The bounds of the sentence around an offset."""
    index = bisect_left(here.breaks, at)
    start = here.breaks[index - 1] if index else here.block.start
    return start, here.breaks[index] if index < len(here.breaks) else here.block.end


def _beside(draft: Draft, here: Marked, number: int, notes: dict[str, list[Reference]]) -> Claim:
    """A quotation in running text with the reference that claims it."""
    quotation = here.quotations[number]
    low, _ = _sentence(here, quotation.start)
    _, high = _sentence(here, quotation.outer)
    after = _within(here.references, quotation.end, high)[:1]
    before = _within(here.references, low, quotation.start)[-1:]
    noted = _noted(draft, quotation, high, notes)
    nearest = after[0] if after else None
    claim = Claim(quotation, None, low, high)
    if noted is not None and (nearest is None or noted[0] <= nearest.start):
        return replace(claim, reference=noted[1])
    if nearest is None:
        if before:
            contrasts = (
                CONTRAST.match(draft.clean, low, min(quotation.start, low + AROUND)) is not None
            )
            return replace(claim, reference=before[-1], is_weak=contrasts)
        return _led(draft, here, claim)
    if before and _runs_on(draft, nearest) and _introduces(here, low, before[-1], quotation, high):
        return replace(claim, reference=before[-1])
    between = draft.clean[max(quotation.outer, nearest.start - AROUND) : nearest.start]
    aside = not nearest.enclosed and ";" in between and SEE.search(between) is not None
    return replace(
        claim,
        reference=nearest,
        is_nearest=_is_nearest(draft, here, number, nearest),
        is_weak=aside,
    )


def _is_nearest(draft: Draft, here: Marked, number: int, reference: Reference) -> bool:
    """True unless other quotations, with words of the draft between, stand nearer to it."""
    one = here.quotations[number]
    for following in here.quotations[number + 1 : number + MOST_CLAIMED]:
        if following.start >= reference.start:
            break
        if not TOGETHER.fullmatch(
            draft.clean[one.outer : min(following.start, one.outer + AROUND)]
        ):
            return False
        one = following
    return True


def _within(items: Sequence[Item], start: int, end: int) -> Sequence[Item]:
    """Those that begin within bounds."""
    first = bisect_left(items, start, key=lambda item: item.start)
    return items[first : bisect_left(items, end, key=lambda item: item.start)]


def _runs_on(draft: Draft, reference: Reference) -> bool:
    """True for a reference that is part of its sentence: "para 31 says", "at [31] that"."""
    start = reference.start
    return not reference.enclosed or AT.search(draft.clean, max(0, start - 9), start) is not None


def _introduces(here: Marked, low: int, before: Reference, quotation: Quotation, high: int) -> bool:
    """True where "Para 29 says “A” and para 31 says “B”": each reference leads its quotation."""
    first = _within(here.references, low, high)[0]
    if _within(here.quotations, low, first.start):
        return False
    parted = _within(here.quotations, before.end, quotation.start)
    # Another quotation between this one and the reference after, or after that one.
    return not parted and bool(_within(here.quotations, quotation.end, high))


def _led(draft: Draft, here: Marked, claim: Claim) -> Claim:
    """With the reference of the sentence before, where that one quotes nothing.

    "See para 29. “...”" leads to the quotation; "Para 29 is about cells. The food, “...”" may not.
    """
    low = claim.sentence_start
    if low <= here.block.start or claim.quotation is None:
        return claim
    start, end = _sentence(here, low - 1)
    led = [r for r in _within(here.references, start, end) if not r.enclosed]
    if not led or _within(here.quotations, start, end):
        return claim
    opens = not keys_of(draft.text(low, claim.quotation.start))
    points = POINTS.fullmatch(draft.clean[start : min(led[-1].start, start + AROUND)]) is not None
    strong = opens and points and end - start <= SHORT_LEAD
    return replace(claim, reference=led[-1], is_weak=not strong)


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
    here: Marked,
    number: int,
    lead: Marked | None,
    after: Marked | None,
    notes: dict[str, list[Reference]],
) -> Claim:
    """A block quotation with its reference: its own, of the line after, or of the lead-in."""
    quotation = here.quotations[number]
    low = quotation.start
    if lead is not None and not _is_quoted(lead):
        low, _ = _sentence(lead, lead.block.end)
    claim = Claim(quotation, None, low, quotation.outer)
    if here.references:
        return replace(claim, reference=here.references[0])
    noted = _noted(draft, quotation, here.block.end, notes)
    if noted is not None:
        return replace(claim, reference=noted[1])
    if after is not None and after.block.kind == "text":
        text = draft.clean[after.block.start : after.block.end]
        # A byline may have its work's title in quotation marks.
        first = [draft.text(q.start, q.end) for q in after.quotations[:1]]
        titled = DASHED.match(text) is not None and all(map(is_title, first))
        # What is markup counts for nothing.
        begun = after.block.start
        near = [r for r in after.references if len(draft.text(begun, r.start)) <= SHORT_BYLINE]
        size = len(draft.text(begun, after.block.end))
        is_byline = OPENS_BYLINE.match(text) or size <= SHORT_BYLINE
        is_byline = (is_byline and not after.quotations) or titled
        is_byline = is_byline or (bool(near) and _is_sentence(draft, after, near[0]))
        if near and is_byline and (near[0].enclosed or text.lstrip(SKIPPED)[0] in "—–-"):
            return replace(claim, reference=near[0])
    return claim if lead is None else replace(claim, reference=_last_of(draft, lead))


def _is_sentence(draft: Draft, here: Marked, reference: Reference) -> bool:
    """True for a block's first reference where it ends a first sentence that quotes nothing."""
    begun = here.block.start
    _, stop = _sentence(here, begun + 1)
    quoted = _within(here.quotations, begun, stop)
    inside = begun < reference.end <= stop and not SEE.search(draft.clean, begun, reference.start)
    return inside and not quoted and not keys_of(draft.text(reference.end, stop))


def _is_quoted(here: Marked) -> bool:
    return any(quotation.is_block for quotation in here.quotations)


def _last_of(draft: Draft, lead: Marked) -> Reference | None:
    """The last reference of the sentence that leads to a block quotation."""
    if _is_quoted(lead):
        return None
    start, _ = _sentence(lead, lead.block.end)
    if not draft.text(start, lead.block.end) and lead.breaks:
        start, _ = _sentence(lead, start - 1)
    led = [r for r in lead.references if r.start >= start]
    quoted = [q for q in lead.quotations if led and q.start > led[-1].start]
    return led[-1] if led and not quoted else None
