"""Which reference claims which quotation: the nearest after it in its sentence, else before."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from indexer.numbers import NUMBER
from search_api.verify.citing import IBID, Known, cite_blocks
from search_api.verify.document import NOTHING, Block, Draft
from search_api.verify.elsewhere import is_title
from search_api.verify.quotations import Quotation, find_quotations
from search_api.verify.references import Reference
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
    r"\s{0,20}(?:\[(?P<bracketed>\d{1,4}[A-Z]?)\]\s+(?=\S)|"
    r"(?P<plain>\d{1,4}(?:\.\d{1,3}){0,9}[A-Z]?)(?:[.)]\s+(?=\S)|\s+(?=[\"“‘'(]?[A-Z])))"
)
# A quoted paragraph's last line may be its number alone.
LAST_LINE = re.compile(rf"\n[ \t]*[(\[]?(?P<number>{NUMBER})[)\]]?\.?\s{0, 99}$")
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
OPENS_BYLINE = re.compile(r"[\s\x00]*(?:[(\[—–]|-{1,3}\s)")
DASHED = re.compile(r"[\s\x00]*+[—–]")
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


@dataclass(frozen=True, slots=True)
class _Marked:
    """A block with what was found in it; `breaks` are the ends of its sentences."""

    block: Block
    quotations: list[Quotation]
    references: list[Reference]
    breaks: list[int]


def find_claims(draft: Draft, known: Known) -> list[Claim]:
    """The quotations and references of a draft, paired, in the order they stand."""
    marked = _mark(draft, known)
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


def _opens_bibliography(draft: Draft, here: _Marked) -> bool:
    text = draft.clean[here.block.start : here.block.end]
    return BIBLIOGRAPHY.fullmatch(text.splitlines()[0]) is not None if text.strip() else False


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


def _mark(draft: Draft, known: Known) -> list[_Marked]:
    marked = []
    cited = cite_blocks(draft, known)
    for place, block in enumerate(draft.blocks):
        following = draft.blocks[place + 1] if place + 1 < len(draft.blocks) else None
        quotations = find_quotations(draft, block, following)
        references = cited[place]
        if block.kind == "quote" and not _is_marked(draft, block, quotations):
            marked += _whole(draft, block, references, known)
            continue
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


def _whole(draft: Draft, block: Block, references: list[Reference], known: Known) -> list[_Marked]:
    """A block quotation without its printed numbers and its byline, which are references."""
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
    cited = [r for r in references if r.start >= block.start + end]
    line = LAST_LINE.search(text, 0, end)
    if line is not None and not cited and known.has_number(line["number"]):
        at = block.start + line.start()
        cited = [Reference(at, block.start + line.end(), (line["number"],), enclosed=True)]
        end = line.start()
    return [
        _Marked(
            Block(block.start + start, block.start + stop, "quote"),
            [Quotation(block.start + start, block.start + stop, block.start + stop, is_block=True)],
            cited or own,
            [],
        )
        for start, stop, own in _labelled(block, text, end, known)
        if keys_of(text[start:stop])
    ]


def _labelled(
    block: Block, text: str, end: int, known: Known
) -> list[tuple[int, int, list[Reference]]]:
    """A quoted block cut where lines begin with a paragraph's number: (start, end, its number)."""
    pieces: list[tuple[int, int, list[Reference]]] = []
    plain = text.replace(NOTHING, " ")
    at, own = 0, list[Reference]()
    for line in re.finditer(r"(?m)^", plain[:end]):
        label = LABEL.match(plain, line.start(), end)
        if label is None:
            continue
        number = label["bracketed"] or label["plain"]
        before = plain[at : line.start()].rstrip()
        if before and (before[-1] not in '.:;?!”"’)' or not known.has_number(number)):
            continue
        if not before and line.start() and not known.has_number(number):
            continue
        printed = plain[label.start() : label.end()].strip()
        if printed.isdigit() and not known.has_number(number):
            continue
        if before:
            pieces.append((at, line.start(), own))
        start = block.start + label.start()
        own = [Reference(start, block.start + label.end(), (number,), enclosed=True)]
        at = label.end()
    return [*pieces, (at, end, own)]


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


def _beside(draft: Draft, here: _Marked, number: int, notes: dict[str, list[Reference]]) -> Claim:
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
    if before and not nearest.enclosed and _introduces(here, before[-1], quotation, high):
        return replace(claim, reference=before[-1])
    between = draft.clean[max(quotation.outer, nearest.start - AROUND) : nearest.start]
    aside = not nearest.enclosed and ";" in between and SEE.search(between) is not None
    return replace(
        claim,
        reference=nearest,
        is_nearest=_is_nearest(draft, here, number, nearest),
        is_weak=aside,
    )


def _is_nearest(draft: Draft, here: _Marked, number: int, reference: Reference) -> bool:
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


def _introduces(here: _Marked, before: Reference, quotation: Quotation, high: int) -> bool:
    """True where "Para 29 says “A” and para 31 says “B”": each reference leads its quotation."""
    parted = _within(here.quotations, before.end, quotation.start)
    # Another quotation between this one and the reference after, or after that one.
    return not parted and bool(_within(here.quotations, quotation.end, high))


def _led(draft: Draft, here: _Marked, claim: Claim) -> Claim:
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
    here: _Marked,
    number: int,
    lead: _Marked | None,
    after: _Marked | None,
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
        if near and is_byline and (near[0].enclosed or text.lstrip(SKIPPED)[0] in "—–-"):
            return replace(claim, reference=near[0])
    return claim if lead is None else replace(claim, reference=_last_of(draft, lead))


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
