"""Headings of a report: which blocks they are, and what they carry besides."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.blocks import Block
from indexer.labels import opens_chapter, parse_label
from indexer.numbering.contents import fold
from indexer.numbering.levels import COUNTED, infer_levels, nest_marks

MOST_WORDS = 22
SHORT_LINE = 80
MOST_UNDECLARED = 2
TERMINAL = tuple(".!?:;")
CLOSERS = "\"'”’)]»*_"
# A rating printed with a heading: "Grade 2 (Good)", "Judgement: requires improvement", "Good".
GRADE = (
    r"(?:overall\s+)?(?:graded?|rat(?:ing|ed)|judge?ment|score)\b\s*"
    r"(?:[:–-]\s*[\w ]{1,40}(?:\([^()]{1,40}\))?|\d+(?:\s*\([^()]{1,40}\))?|\([^()]{1,40}\))"
)
WORD = (
    r"(?:outstanding|excellent|good|adequate|satisfactory|fair|requires improvement|inadequate|"
    r"unsatisfactory|poor|weak|strong|(?:not |partially |fully )?met)"
)
WHOLE_NOTE = re.compile(rf"[(\[]?(?P<note>{GRADE}|{WORD})[)\]]?", re.IGNORECASE)
# A longer line is left whole.
LONGEST_HEADING = 300
TRAILING_NOTE = re.compile(
    rf"(?P<title>.*?\S)(?:\s*[:–—-]?\s+(?P<grade>{GRADE})|\s*[:–—]\s*(?P<word>{WORD})"
    rf"|\s+-\s+(?P<dash>{WORD})|\s+[(\[](?P<inside>{GRADE}|{WORD})[)\]]"
    r"|\s+(?P<marked>\*\*[^*]+\*\*|__[^_]+__))",
    re.IGNORECASE,
)
SENTENCE_INSIDE = re.compile(r"[a-z][.!?]\s+[(\[“]?[A-Z]")
EMPHASIS = re.compile(r"(?:\*\*|__)(?P<inner>.+?)(?:\*\*|__)")
PART = re.compile(
    r"(?:annex|appendix|part|chapter|section|schedule)\s+(?:[A-Z]\b|\d|[IVX]+\b)", re.I
)
# What is printed under a figure is the name of no section.
CAPTION = re.compile(r"(?:figure|fig\.|chart|photo(?:graph)?|map|plate)\s+\d", re.I)
# Between a chapter's title and its first paragraph stand no more headings than this.
MOST_HEADINGS = 3
# A line that ends so goes on after the break.
HANGING = re.compile(
    r"\b(?:the|a|an|of|in|to|for|and|or|by|with|from|on|at|as|that|is|are|was|were|"
    r"paragraphs?|paras?\.?|articles?|sections?)$"
)
INITIALS = re.compile(r"\b(?:[A-Z]\.)+$")
DATED = re.compile(r"\b(?:1[89]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its clean title, its note, its level from 1, and the blocks it is printed in."""

    title: str
    note: str | None
    level: int
    blocks: tuple[int, ...]


def is_complete(text: str) -> bool:
    """True when a text ends as sentences do."""
    return text.rstrip(CLOSERS).endswith(TERMINAL) or text.endswith(TERMINAL)


def find_headings(
    blocks: Sequence[Block], starts: Collection[int], contents: dict[int, str]
) -> list[Heading]:
    """The headings among the blocks, with levels.

    Where the format declares headings, they are what it declares, with few exceptions. Else a
    block is one when the contents list names it, when it leads straight to a numbered paragraph,
    or when it stands alone between complete paragraphs.
    """
    named = {fold(title) for title in contents.values() if title}
    if any(block.kind == "heading" for block in blocks):
        chosen = [i for i in _declared(blocks, starts, named) if i not in contents]
        guessed = _guess(blocks, starts, contents, named)
        first = min(starts, default=0)
        guessed = [i for i in guessed if blocks[i].kind != "heading" and i >= first - 1]
        # A template may declare a few of its headings, and only set the others apart.
        if len(guessed) > MOST_UNDECLARED * len(chosen):
            chosen = sorted({*chosen, *guessed})
    else:
        chosen = _guess(blocks, starts, contents, named)
    return _with_levels(blocks, _merge_notes(blocks, chosen, named), max(starts, default=-1))


def _declared(blocks: Sequence[Block], starts: Collection[int], named: set[str]) -> list[int]:
    """The headings that the format declares, and lines like "Section 27: Fees" it forgot."""
    lettered = [_is_lettered(block) for block in blocks]
    alone = [
        one and not (index and lettered[index - 1]) and index + 1 in starts
        for index, one in enumerate(lettered)
    ]
    several = sum(alone) > 1
    forgotten = [
        index not in starts
        and (
            (block.kind == "text" and block.label is None and PART.match(block.text) is not None)
            or (alone[index] and several)
            or _stands_between(blocks, index, starts)
            or _opens_chapter(blocks, index, starts)
        )
        and _is_plausible(block, named)
        for index, block in enumerate(blocks)
    ]
    passed = [one or block.kind == "heading" for one, block in zip(forgotten, blocks, strict=True)]
    leading = _leading(len(blocks), passed, starts)
    return [
        index
        for index, block in enumerate(blocks)
        if (forgotten[index] and leading[index] and _is_parted(blocks, index))
        or (
            block.kind == "heading"
            and index not in starts
            and _may_be_title(block)
            and not _is_title_of_unit(blocks, index, starts)
            and not _is_in_sentence(blocks, index, starts)
        )
    ]


def _may_be_title(block: Block) -> bool:
    """False for what heads no section: a lead-in that a dash ends, dots, a figure's caption."""
    text = block.text
    worded = any(char.isalnum() for char in text)
    return worded and not text.endswith(("—", "―")) and CAPTION.match(text) is None


def _opens_chapter(blocks: Sequence[Block], index: int, starts: Collection[int]) -> bool:
    """True for a chapter's numbered title: "2. Introduction" before 2.1."""
    block = blocks[index]
    if block.kind not in ("text", "item") or len(block.text) > SHORT_LINE:
        return False
    after = range(index + 1, min(index + 1 + MOST_HEADINGS, len(blocks)))
    first = next((j for j in after if j in starts), None)
    if first is None:
        return False
    label, below = (parse_label(_numbered(blocks[j])) for j in (index, first))
    return label is not None and below is not None and opens_chapter(label, below)


def _stands_between(blocks: Sequence[Block], index: int, starts: Collection[int]) -> bool:
    """True for a line of words between a whole paragraph and the number of the next one."""
    block = blocks[index]
    if block.kind != "text" or block.label is not None or not index or index + 1 not in starts:
        return False
    before = blocks[index - 1]
    worded = not any(char.isdigit() for char in block.text) and block.text[-1:].isalnum()
    ended = before.kind in ("text", "item", "quote", "footnote") and is_complete(before.text)
    return worded and block.gap and ended and len(block.text) <= SHORT_LINE


def _is_lettered(block: Block) -> bool:
    """True for a line counted as headings are: "C. Five objectives", "IV. The evidence"."""
    if block.kind not in ("text", "item"):
        return False
    match = COUNTED.match(_numbered(block))
    return match is not None and not match["mark"].isdigit()


def _is_in_sentence(blocks: Sequence[Block], index: int, starts: Collection[int]) -> bool:
    """True for bold words that a sentence runs on into and out of: the name of a case."""
    around = [
        next((j for j in places if blocks[j].kind != "footnote"), None)
        for places in (range(index - 1, -1, -1), range(index + 1, len(blocks)))
    ]
    before, after = around
    if before is None or after is None or after in starts:
        return False
    first, last = blocks[before], blocks[after]
    hangs = HANGING.search(first.text[-20:]) or INITIALS.search(first.text[-20:])
    broken = not is_complete(first.text) and len(first.text) >= SHORT_LINE
    goes_on = bool(hangs) or (broken and last.text[:1].islower())
    return first.kind == last.kind == "text" and goes_on


def _is_title_of_unit(blocks: Sequence[Block], index: int, starts: Collection[int]) -> bool:
    """True for the title under a number that stands alone ("Article 2", then "Right to life")."""
    if index in starts or index - 1 not in starts or is_complete(blocks[index].text):
        return False
    above = blocks[index - 1]
    label = parse_label(above.text) if above.label is None else None
    return not above.text or (label is not None and label.end == len(above.text))


def _guess(
    blocks: Sequence[Block],
    starts: Collection[int],
    contents: dict[int, str],
    named: set[str],
) -> list[int]:
    """Headings of a text that declares none, by what they look like and where they stand."""
    first_start = min(starts, default=len(blocks))
    plausible = [
        index not in starts and index not in contents and _is_plausible(block, named)
        for index, block in enumerate(blocks)
    ]
    leading = _leading(len(blocks), plausible, starts)
    parted = next((i for i, b in enumerate(blocks) if i and b.gap), len(blocks))
    chosen: list[int] = []
    for index, block in enumerate(blocks):
        if index + 1 in starts and _is_title_of_unit(blocks, index, starts):
            chosen.append(index)
            continue
        if not plausible[index] or (index and _is_asked(blocks[index - 1])):
            continue
        if _is_named(block, named) or _opens_chapter(blocks, index, starts):
            chosen.append(index)
            continue
        after_heading = bool(chosen) and chosen[-1] == index - 1
        parts = PART.fullmatch(block.text) is not None
        if index and plausible[index - 1] and not after_heading and not parts:
            # One of several short lines, the first of which is no heading.
            continue
        if index < first_start and not _may_open(blocks, index, contents, parted):
            continue
        if not after_heading and not _is_free(blocks, index):
            continue
        opens = _opens_text(blocks, index) and (after_heading or _is_parted(blocks, index))
        if leading[index] or ((index > first_start or not named) and opens):
            chosen.append(index)
    return chosen


def _leading(count: int, plausible: Sequence[bool], starts: Collection[int]) -> list[bool]:
    """For each block, whether only further headings stand between it and a numbered paragraph."""
    leading = [False] * count
    for index in range(count - 2, -1, -1):
        after = index + 1
        leading[index] = after in starts or (plausible[after] and leading[after])
    return leading


def _may_open(blocks: Sequence[Block], index: int, contents: Collection[int], parted: int) -> bool:
    """Whether a line before the first paragraph can be a heading: titles and dates cannot.

    `parted` is the first block after a blank line; what stands before it is the title.
    """
    block = blocks[index]
    top = index == 0 or (not contents and index < parted)
    return not top and block.gap and ":" not in block.text and not DATED.search(block.text)


def _is_named(block: Block, named: set[str]) -> bool:
    title, _ = _split_note(block.text, named)
    return fold(title) in named


def _is_plausible(block: Block, named: set[str]) -> bool:
    may_be = block.kind == "text" or _is_lettered(block)
    if not may_be or block.wraps or len(block.text) > LONGEST_HEADING or _is_asked(block):
        return False
    if not _may_be_title(block):
        return False
    text = _split_note(block.text, named)[0]
    if "\t" in text:
        return False
    if fold(text) in named or WHOLE_NOTE.fullmatch(_unmarked(block.text)):
        return True
    label = parse_label(text)
    words = text[label.end :] if label else text
    ends = text.rstrip(CLOSERS).endswith((".", ",", ";", ":", "!"))
    sentences = len(words.split()) > 5 and SENTENCE_INSIDE.search(words) is not None
    return words[:1].isupper() and len(words.split()) <= MOST_WORDS and not (ends or sentences)


def _is_asked(block: Block) -> bool:
    """True for a question put to a witness; what stands below it is the answer."""
    return block.text.startswith(("Q. ", "Q: ")) and block.text.endswith("?")


def _is_free(blocks: Sequence[Block], index: int) -> bool:
    """Whether what stands before lets a heading follow: it is no lead-in and not cut off."""
    block = blocks[index]
    if not block.gap:
        return False
    if index == 0:
        return True
    before = blocks[index - 1]
    if before.text.endswith((":", ",")):
        # "HAVE ADOPTED THIS REGULATION:", and its first chapter.
        return PART.fullmatch(block.text) is not None
    ended = before.kind != "text" or is_complete(before.text) or len(before.text) < SHORT_LINE
    return ended or _is_set_off(block)


def _is_parted(blocks: Sequence[Block], index: int) -> bool:
    """Whether the text before is at an end, or the line is set off by its form."""
    if index == 0 or blocks[index - 1].kind != "text" or is_complete(blocks[index - 1].text):
        return True
    return _is_set_off(blocks[index])


def _opens_text(blocks: Sequence[Block], index: int) -> bool:
    """Whether unnumbered text that begins afresh follows a line."""
    if index + 1 >= len(blocks):
        return False
    after = blocks[index + 1]
    if after.kind not in ("text", "row") or after.text[:1].islower():
        return False
    return after.gap or _is_set_off(blocks[index])


def _is_set_off(block: Block) -> bool:
    return block.text.isupper() or PART.match(block.text) is not None


def _unmarked(text: str) -> str:
    """A heading without the emphasis marks that plain-text exports leave around it."""
    return EMPHASIS.sub(r"\g<inner>", text).strip()


def _split_note(text: str, named: set[str]) -> tuple[str, str | None]:
    """Part a heading line into its clean title and the rating printed on the same line."""
    whole = _unmarked(text)
    if fold(whole) in named:
        return whole.rstrip(" :"), None
    short = len(text) <= LONGEST_HEADING
    match = TRAILING_NOTE.fullmatch(text[:LONGEST_HEADING]) if short else None
    if match is not None:
        note = next(group for group in match.groups()[1:] if group)
        return _unmarked(match["title"]).rstrip(" :"), _unmarked(note)
    return whole.rstrip(" :"), None


def _merge_notes(
    blocks: Sequence[Block], chosen: list[int], named: set[str]
) -> list[tuple[str, str | None, tuple[int, ...]]]:
    """Join each line that is only a rating to the heading printed before it."""
    merged: list[tuple[str, str | None, tuple[int, ...]]] = []
    for index in chosen:
        note_line = WHOLE_NOTE.fullmatch(_unmarked(blocks[index].text))
        follows = merged and merged[-1][2][-1] == index - 1
        if follows and merged[-1][1] is None and note_line:
            title, _, where = merged[-1]
            merged[-1] = (title, note_line["note"], (*where, index))
        else:
            title, note = _split_note(_numbered(blocks[index]), named)
            merged.append((title, note, (index,)))
    return merged


def _numbered(block: Block) -> str:
    return f"{block.label} {block.text}" if block.label else block.text


def _with_levels(
    blocks: Sequence[Block],
    found: list[tuple[str, str | None, tuple[int, ...]]],
    last_start: int,
) -> list[Heading]:
    declared = [blocks[where[0]].level for _, _, where in found]
    if any(level is not None for level in declared):
        deepest = max(level for level in declared if level is not None)
        levels = nest_marks(
            [title for title, _, _ in found],
            [deepest + 1 if level is None else level for level in declared],
        )
    else:
        opens = [b[2][0] == a[2][-1] + 1 for a, b in pairwise(found)] + [False]
        inferred = infer_levels([fold(title) for title, _, _ in found], opens)
        # What follows the last numbered paragraph is back matter, outside the parts before it.
        levels = [
            1 if where[0] > last_start else level
            for (_, _, where), level in zip(found, inferred, strict=True)
        ]
    return [
        Heading(title, note, level, where)
        for (title, note, where), level in zip(found, levels, strict=True)
    ]
