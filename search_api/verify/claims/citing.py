"""A draft's blocks to what each cites: paragraphs, other works, "ibid", a number alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from indexer.numbers import NUMBER
from search_api.verify.claims.other_works import (
    JOINTS,
    OWN_WORK,
    PAGES,
    is_mainly_own,
    is_own,
    work_in,
)
from search_api.verify.claims.references import Reference, find_references
from search_api.verify.drafts.document import NOTHING, Block, Draft
from search_api.verify.words import word_set

BRACKETS = re.compile(r"[(\[][^()\[\]]{0,250}(?:\([^()]{0,80}\)[^()\[\]]{0,150})?[)\]]")
PART = re.compile(r"[^;]+")
IBID = re.compile(r"(?<![^\W_])(?:[Ii]bid(?:em)?|loc\.?\s?cit|Id)(?![^\W_])\.?")
LONE = re.compile(
    r"\s{0,20}[(\[]?\s{0,20}(?:at\s{1,20})?(?:paras?\.?|paragraphs?|¶+|§+|\[).{0,30}", re.IGNORECASE
)
LONE_NUMBER = re.compile(rf"[\s\x00]*[(\[]?(?P<number>{NUMBER})[)\]]?\.?[\s\x00]*")
DOTTED = re.compile(r"(?<=[”\"’'»])[\s\x00]{0,3}\((?P<number>\d{1,3}(?:\.\d{1,3})+)\)")
DATES = word_set(
    "january february march april may june july august september october november december in",
    "on since by from until spring summer autumn winter between before after around about",
    "during dated published",
)
# How far before a number, in characters, the work it is of may be named, and after it.
BEFORE, AFTER = 200, 60
# A number this near after "ibid" is its own.
NEXT = 12
OF = re.compile(r"[\s,]{0,3}(?:of|in|from)\s+(?=[A-Z]|the\s+[A-Z])")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the reports: words printed with numbers, words of names, the numbers."""

    units: Collection[str]
    own: Collection[str]
    has_number: Callable[[str], bool]


def cite_blocks(draft: Draft, known: Known) -> list[list[Reference]]:
    """The references of each block, in order."""
    found: list[list[Reference]] = []
    last: dict[bool, Reference | None] = {False: None, True: None}
    for place, block in enumerate(draft.blocks):
        before = draft.blocks[place - 1] if place else None
        is_note = block.kind == "note"
        here = _of_block(draft, block, before, known)
        here = _with_ibid(draft, block, here, last[is_note])
        last[is_note] = here[-1] if here else last[is_note]
        found.append(here)
    return found


def _of_block(draft: Draft, block: Block, before: Block | None, known: Known) -> list[Reference]:
    text = draft.clean[block.start : block.end].replace(NOTHING, " ")
    if before is not None and before.kind == "quote" and block.kind == "text":
        lone = LONE_NUMBER.fullmatch(text)
        if lone is not None:
            return [Reference(block.start, block.end, (lone["number"],), enclosed=True)]
    named = find_references(draft, block, known.units)
    if len(text.strip()) <= 40 and len(named) == 1 and LONE.fullmatch(text.strip()):
        named = [replace(named[0], enclosed=True)]
    cited = [replace(one, of=_other(text, one, block, known)) for one in named]
    cited += [
        Reference(block.start + m.start(), block.start + m.end(), (m["number"],), enclosed=True)
        for m in DOTTED.finditer(text)
        if known.has_number(m["number"])
    ]
    taken = sorted(one.start - block.start for one in cited)
    cited += [
        replace(one, start=one.start + block.start, end=one.end + block.start)
        for one in _works(text, taken, known, is_note=block.kind == "note")
    ]
    return sorted(cited, key=lambda one: one.start)


def _other(text: str, reference: Reference, block: Block, known: Known) -> str:
    """The other work that a reference's paragraph is of, or nothing."""
    start, end = reference.start - block.start, reference.end - block.start
    after = text[end : end + AFTER]
    of = OF.match(after)
    if of is not None and not is_own(after[of.end() :], known.own):
        work = work_in(after[of.end() :], known.own)
        if work and after.find(work) <= of.end() + 4:
            return work
    low = _bracket_start(text, start)
    if low is None and block.kind != "note":
        before = text[max(0, start - BEFORE) : start]
        return _just_before(before, known)
    before = text[(low if low is not None else max(0, start - BEFORE)) : start]
    part = re.split(r";|(?<=\w{3})\.\s", before)[-1]
    if is_mainly_own(part, known.own) or OWN_WORK.search(part):
        return ""
    return work_in(part, known.own)


def _bracket_start(text: str, at: int) -> int | None:
    """Where the bracket opens that an offset is in."""
    depth = 0
    for place in range(at - 1, max(-1, at - 300), -1):
        if text[place] == ")":
            depth += 1
        elif text[place] == "(":
            if not depth:
                return place + 1
            depth -= 1
    return None


def _just_before(before: str, known: Known) -> str:
    """The work that is named right before a number: "Munro Review, para", "[2013] EWCA 1, [..]"."""
    part = re.split(r"[;“”\"]", before)[-1]
    work = work_in(part, known.own)
    if not work:
        return ""
    rest = part[part.rfind(work) + len(work) :]
    owned = is_own(part[max(0, part.rfind(work) - 80) : part.rfind(work)], known.own)
    if JOINTS.fullmatch(rest) and not (work.startswith("[") and owned):
        return work
    return ""


def _works(text: str, taken: Sequence[int], known: Known, *, is_note: bool) -> list[Reference]:
    """Citations of other works that name no paragraph: "(Smith 2019, p. 12)", a note."""
    found = []
    for match in BRACKETS.finditer(text):
        at = match.start() + 1
        for part in PART.finditer(match[0][1:-1]):
            start, end = at + part.start(), at + part.end()
            next_one = bisect_left(taken, start)
            if next_one < len(taken) and taken[next_one] < end:
                continue
            work = _work_of(part[0], known)
            if work:
                found.append(Reference(start, end, (), enclosed=True, of=work))
    if is_note and not taken and not found:
        work = _work_of(text[:BEFORE], known)
        if work:
            found.append(Reference(0, len(text), (), enclosed=True, of=work))
    return found


def _work_of(part: str, known: Known) -> str:
    if is_own(part, known.own) or OWN_WORK.search(part):
        return ""
    work = work_in(part, known.own)
    words = work.split()
    if words and words[0].lower().strip(",") in DATES:
        work = ""
    pages = PAGES.search(part)
    return work or (pages["name"] if pages is not None else "")


def _with_ibid(
    draft: Draft, block: Block, cited: list[Reference], last: Reference | None
) -> list[Reference]:
    """With what each "ibid" stands for; one that names a number is of the same work."""
    found = list(cited)
    for match in IBID.finditer(draft.clean, block.start, block.end):
        after = bisect_left(found, match.start(), key=lambda one: one.start)
        meant = found[after - 1] if after else last
        if meant is None:
            continue
        if after < len(found) and found[after].start - match.end() <= NEXT:
            found[after] = replace(found[after], of=found[after].of or meant.of)
        else:
            one = Reference(match.start(), match.end(), meant.numbers, enclosed=True, of=meant.of)
            found.insert(after, one)
    return found
