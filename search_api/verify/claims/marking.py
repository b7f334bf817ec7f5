"""A draft's blocks with the quotations, references and ends of sentences in each."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from indexer.numbers import NUMBER
from search_api.verify.claims.citing import Known, cite_blocks
from search_api.verify.claims.quotations import Quotation, find_quotations
from search_api.verify.claims.references import Reference
from search_api.verify.drafts.document import NOTHING, Block, Draft
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
DASHED = re.compile(r"[\s\x00]{0,20}(?:--?-?|[–—])[^\n]{1,220}")
IN_BRACKETS = re.compile(
    r"[(\[](?!\s*(?:see|cf|but|also)\b)[^()\n]{1,200}[)\]]?[\s.]*$", re.IGNORECASE
)
LABEL = re.compile(
    r"\s{0,20}(?:\[(?P<bracketed>\d{1,4}[A-Z]?)\]\s+(?=\S)|"
    r"(?P<plain>\d{1,4}(?:\.\d{1,3}){0,9}[A-Z]?)(?:[.)]\s+(?=\S)|\s+(?=[\"“‘'(]?[A-Z])))"
)
# A quoted paragraph's last line may be its number alone.
LAST_LINE = re.compile(rf"\n[ \t]*[(\[]?(?P<number>{NUMBER})[)\]]?\.?\s{0, 99}$")
# How far on, in characters, the next sentence's first letter is looked for.
NEXT_WORD = 50
SKIPPED = f" \t\n{NOTHING}"


@dataclass(frozen=True, slots=True)
class Marked:
    """A block with what was found in it; `breaks` are the ends of its sentences."""

    block: Block
    quotations: list[Quotation]
    references: list[Reference]
    breaks: list[int]


def mark_blocks(draft: Draft, known: Known) -> list[Marked]:
    """The blocks of a draft, marked; a block quotation of several paragraphs becomes several."""
    marked = []
    cited = cite_blocks(draft, known)
    for place, block in enumerate(draft.blocks):
        following = draft.blocks[place + 1] if place + 1 < len(draft.blocks) else None
        quotations = find_quotations(draft, block, following)
        references = cited[place]
        if block.kind == "quote" and references and _is_dashed(draft, block):
            block = replace(block, kind="text")
            references = [replace(one, enclosed=True) for one in references]
        if block.kind == "quote" and not _is_marked(draft, block, quotations):
            marked += _whole(draft, block, references, known)
            continue
        starts = [q.start for q in quotations]
        outside = []
        for reference in references:
            before = bisect_right(starts, reference.start) - 1
            if before < 0 or quotations[before].end <= reference.start:
                outside.append(reference)
        marked.append(Marked(block, quotations, outside, _breaks(draft, block, quotations)))
    return marked


def _is_dashed(draft: Draft, block: Block) -> bool:
    """True for a byline in a block of its own: "— Code of Practice, para 7.10"."""
    return DASHED.fullmatch(draft.clean[block.start : block.end].rstrip(SKIPPED)) is not None


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


def _whole(draft: Draft, block: Block, references: list[Reference], known: Known) -> list[Marked]:
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
        Marked(
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
