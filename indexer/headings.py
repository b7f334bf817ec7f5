"""Headings of a report: which blocks they are, what they carry besides, how they nest."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.formats.block import Block
from indexer.labels import parse_label

LONGEST_HEADING = 160
MOST_WORDS = 22
CONTENTS_ENTRY = re.compile(r"(?P<title>.*\S)(?:\t+|\s*\.{3,}\s*|\s*…\s*|\s{3,})\d{1,4}")
CONTENTS_TITLE = re.compile(r"(?:table of )?contents:?", re.IGNORECASE)
SHORTEST_CONTENTS = 3
TERMINAL = tuple(".!?:;")
CLOSERS = "\"'”’)]»*_"
# A rating printed with a heading: "Grade 2 (Good)", "Judgement: requires improvement".
RATING = (
    r"(?:overall\s+)?(?:graded?|rat(?:ing|ed)|judge?ment|score)\b\s*"
    r"(?:[:–-]\s*[\w ]{1,40}(?:\([^()]{1,40}\))?|\d+(?:\s*\([^()]{1,40}\))?|\([^()]{1,40}\))"
)
WHOLE_NOTE = re.compile(rf"(?:{RATING}|\([^()]{{1,40}}\)|\[[^\[\]]{{1,40}}\])", re.IGNORECASE)
TRAILING_NOTE = re.compile(
    rf"(?P<title>.*?\S)\s*[:–—-]?\s+(?P<note>{RATING}|\*\*[^*]+\*\*|__[^_]+__)", re.IGNORECASE
)
EMPHASIS = re.compile(r"(?:\*\*|__)(?P<inner>.+?)(?:\*\*|__)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its clean title, its note, its level from 1, and the blocks it is printed in."""

    title: str
    note: str | None
    level: int
    blocks: tuple[int, ...]


def find_contents(blocks: Sequence[Block]) -> dict[int, str]:
    """The blocks of a printed contents list, with the title each entry names ("" for its head)."""
    found = {
        index: _without_page(block.text)
        for index, block in enumerate(blocks)
        if block.kind == "contents"
    }
    run: list[tuple[int, str]] = []
    for index, block in enumerate([*blocks, Block("", 0)]):
        entry = None if block.kind == "contents" else CONTENTS_ENTRY.fullmatch(block.text)
        if entry is not None:
            run.append((index, entry["title"]))
            continue
        head = run[0][0] - 1 if run else -1
        titled = head >= 0 and CONTENTS_TITLE.fullmatch(blocks[head].text) is not None
        if len(run) >= SHORTEST_CONTENTS and (titled or _leads_somewhere(run, blocks)):
            found.update(run)
            if titled:
                found[head] = ""
        run = []
    return found


def _without_page(entry: str) -> str:
    match = CONTENTS_ENTRY.fullmatch(entry)
    return match["title"] if match else entry


def _leads_somewhere(run: list[tuple[int, str]], blocks: Sequence[Block]) -> bool:
    """True when most titles of an untitled list stand again further on, so it is no mere table."""
    later = {fold(_unmarked(block.text)) for block in blocks[run[-1][0] + 1 :]}
    return sum(fold(title) in later for _, title in run) >= len(run) / 2


def fold(title: str) -> str:
    """A title for comparing: case, spacing and a closing colon do not matter."""
    return " ".join(title.casefold().split()).rstrip(" :")


def is_complete(text: str) -> bool:
    """True when a text ends as sentences do."""
    return text.rstrip(CLOSERS).endswith(TERMINAL) or text.endswith(TERMINAL)


def find_headings(
    blocks: Sequence[Block], starts: Collection[int], contents: dict[int, str]
) -> list[Heading]:
    """The headings among the blocks, with levels.

    Where the format declares headings, they are what it declares. Else a block is one when the
    contents list names it, when it leads straight to a numbered paragraph, or when it stands
    alone between complete paragraphs.
    """
    named = {fold(title) for title in contents.values() if title}
    first_start = min(starts, default=len(blocks))
    declares = any(block.kind == "heading" for block in blocks)
    chosen: list[int] = []
    for index, block in enumerate(blocks):
        if index in starts or index in contents or _is_title_of_unit(blocks, index, starts):
            continue
        if block.kind == "heading" or (
            not declares
            and _is_plausible(block, named)
            and (
                _is_named(block, named)
                or _leads_to_start(blocks, index, starts, contents, named)
                or ((index > first_start or not named) and _stands_alone(blocks, index))
            )
        ):
            chosen.append(index)
    return _with_levels(blocks, _merge_notes(blocks, chosen, named), max(starts, default=-1))


def _is_title_of_unit(blocks: Sequence[Block], index: int, starts: Collection[int]) -> bool:
    """True for the title under a number that stands alone ("Article 2", then "Right to life")."""
    if index - 1 not in starts:
        return False
    above = blocks[index - 1]
    label = parse_label(above.text) if above.label is None else None
    bare = not above.text or (label is not None and label.end == len(above.text))
    return bare and blocks[index].kind == "heading"


def _is_named(block: Block, named: set[str]) -> bool:
    title, _ = _split_note(block.text, named)
    return fold(title) in named


def _is_plausible(block: Block, named: set[str]) -> bool:
    text = _unmarked(block.text)
    if block.kind != "text" or block.wraps or "\t" in text or len(text) > LONGEST_HEADING:
        return False
    if fold(text) in named:
        return True
    label = parse_label(text)
    words = text[label.end :] if label else text
    first = next((char for char in words if not char.isspace()), "")
    return first.isupper() and len(words.split()) <= MOST_WORDS and not text.endswith((*".,;:!",))


def _leads_to_start(
    blocks: Sequence[Block],
    index: int,
    starts: Collection[int],
    contents: dict[int, str],
    named: set[str],
) -> bool:
    """True when only further headings stand between this block and a numbered paragraph."""
    if index > 0 and not blocks[index].gap and not _is_plausible(blocks[index - 1], named):
        return False
    after = index + 1
    while after < len(blocks) and after not in starts:
        if after in contents or not (
            blocks[after].kind == "heading" or _is_plausible(blocks[after], named)
        ):
            return False
        after += 1
    return after < len(blocks)


def _stands_alone(blocks: Sequence[Block], index: int) -> bool:
    block = blocks[index]
    if not block.gap or index + 1 >= len(blocks) or ":" in block.text:
        return False
    after = blocks[index + 1]
    if index > 0 and blocks[index - 1].kind == "text" and not is_complete(blocks[index - 1].text):
        return False
    return after.kind in ("text", "row") and after.gap and not after.text[:1].islower()


def _unmarked(text: str) -> str:
    """A heading without the emphasis marks that plain-text exports leave around it."""
    return EMPHASIS.sub(r"\g<inner>", text).strip()


def _numbered(block: Block) -> str:
    return f"{block.label} {block.text}" if block.label else block.text


def _split_note(text: str, named: set[str]) -> tuple[str, str | None]:
    """Part a heading line into its clean title and the rating printed on the same line."""
    whole = _unmarked(text)
    if fold(whole) in named:
        return whole.rstrip(" :"), None
    match = TRAILING_NOTE.fullmatch(text)
    if match is not None:
        return _unmarked(match["title"]).rstrip(" :"), _unmarked(match["note"])
    return whole.rstrip(" :"), None


def _merge_notes(
    blocks: Sequence[Block], chosen: list[int], named: set[str]
) -> list[tuple[str, str | None, tuple[int, ...]]]:
    """Join each line that is only a rating to the heading printed before it."""
    merged: list[tuple[str, str | None, tuple[int, ...]]] = []
    for index in chosen:
        text = _unmarked(blocks[index].text)
        follows = merged and merged[-1][2][-1] == index - 1
        if follows and merged[-1][1] is None and WHOLE_NOTE.fullmatch(text):
            title, _, where = merged[-1]
            merged[-1] = (title, text, (*where, index))
        else:
            title, note = _split_note(_numbered(blocks[index]), named)
            merged.append((title, note, (index,)))
    return merged


def _with_levels(
    blocks: Sequence[Block],
    found: list[tuple[str, str | None, tuple[int, ...]]],
    last_start: int,
) -> list[Heading]:
    declared = [blocks[where[0]].level for _, _, where in found]
    if any(level is not None for level in declared):
        deepest = max(level for level in declared if level is not None)
        levels = [deepest + 1 if level is None else level for level in declared]
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


def infer_levels(titles: Sequence[str], opens: Sequence[bool]) -> list[int]:
    """Levels of headings that carry none, from how they recur.

    `opens[i]` is true when heading i is followed by another heading with no text between, so it
    opens a group. Titles that recur are a template that every part of the report repeats: they
    are siblings, and the group heading just before each round of them is a part, one level up.
    Within a part, a group heading holds what follows it up to the next title of the template.
    Without a template, each group heading holds what follows it up to the next one.
    """
    template = {title for title in titles if titles.count(title) > 1}
    parts = _part_openers(titles, opens, template)
    levels: list[int] = []
    base = depth = 1
    for index, title in enumerate(titles):
        if index in parts:
            levels.append(1)
            base = depth = 2
        elif title in template:
            levels.append(base)
            depth = base
        elif opens[index]:
            nested = index > 0 and opens[index - 1] and levels[-1] >= base
            levels.append(depth if nested else base)
            depth = levels[-1] + 1
        else:
            levels.append(depth)
    return levels


def _part_openers(titles: Sequence[str], opens: Sequence[bool], template: set[str]) -> set[int]:
    """Indexes of the group headings that stand right before a new round of the template."""
    openers: set[int] = set()
    seen: set[str] = set(template)
    for index, title in enumerate(titles):
        if title not in template:
            continue
        if title in seen and index > 0 and opens[index - 1] and titles[index - 1] not in template:
            openers.add(index - 1)
            seen = set()
        seen.add(title)
    return openers
