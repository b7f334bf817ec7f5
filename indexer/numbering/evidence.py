"""What speaks for and against each printed number: its place, its dress, what stands before."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from indexer.blocks import Block
from indexer.labels import Label, opens_chapter, parse_label, parse_roman
from indexer.numbering.headings import HANGING, is_complete

YEARS = range(1800, 2100)
# A number that runs on is believed in the most doubtful place, if no other can have its part.
MOST_DOUBT = 0.95
TYPED_DOUBT, QUOTED_DOUBT = 0.5, 0.75
# A text of this length that does not end as a sentence was cut off by a break; a shorter one may
# be a line of its own.
SHORTEST_BROKEN = 80
# A title is no longer than this, and seldom half as long.
LONGEST_TITLE = 200
CLOSES_QUOTE = re.compile(r"[”’][\"'”’.,;:)\]\s\d]{0,6}$")
# A quotation that is not closed within so many blocks is a slip of the pen.
LONGEST_QUOTE = 30
# Where the first sub-section of a law's section begins: "3. Fees.—(1) The board shall".
FIRST_SUBSECTION = re.compile(r"(?:^|[-.:_—–―]\s{0,2})\[?\(1\)")
# Sub-sections may be missing where they were repealed, but not more than these in a row.
MOST_REPEALED = 2
# Word's lists have nine levels.
DEEPEST_LIST = 9
# A section's title stands before it, and is no longer than this.
SECTION_TITLE = 250
# Headings are numbered among themselves if they begin with one of the first numbers and so many
# of them count on.
SHORTEST_SERIES, SERIES = 2, 0.6
# Where so many of a form's numbers stand over others, they are those of headings.
HEADS = 0.8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A block that begins with a number: where it stands and how well the place fits.

    `doubt` is 0 where a paragraph may well begin, more where it hardly can. `fresh` is 2 right
    after a heading, 1 where a heading may stand before, 0 elsewhere: numbering restarts there.
    `leads` is true for a first number that a colon leads to, or one of several clauses: a list in
    a paragraph, if it stands in one. `look` is the format's name for the kind of block. `titled`
    is true when the block reads like a heading, `heading` when the format says it is one.
    `declared` is true when the format itself carries the number.
    `opens` is true for a number found to begin a numbering of its own. `quoted` is true in what the
    format says is quoted from elsewhere: such a number at most fills a gap.
    """

    block: int
    label: Label
    doubt: float = 0.0
    fresh: int = 0
    leads: bool = False
    look: str = ""
    titled: bool = False
    heading: bool = False
    declared: bool = False
    opens: bool = False
    quoted: bool = False


def find_candidates(
    blocks: Sequence[Block],
    contents: Collection[int],
    read: Callable[[Block], Label | None] | None = None,
) -> list[Candidate]:
    """The blocks that begin with a number, whatever they look like, with how well they fit."""
    read = read or label_of
    found: list[Candidate] = []
    before: Block | None = None
    under_heading: set[str] = set()
    quoted = _quoted(blocks)
    shallowest = _shallowest(blocks)
    undeclared = not any(block.kind == "heading" for block in blocks)
    for index, block in enumerate(blocks):
        if block.kind == "footnote":
            continue
        label = read(block)
        # In an article of a law numbers begin anew, as under a heading.
        parts = block.kind == "heading" or (undeclared and _looks_like_heading(block, before))
        if parts or (label is not None and is_unit(label)):
            under_heading.clear()
        if (
            label is not None
            and index not in contents
            and _may_be_paragraph(blocks, index, label, shallowest)
        ):
            body = body_of(block, label)
            doubt = _doubt(block, label, body, before) + (QUOTED_DOUBT if quoted[index] else 0)
            found.append(
                Candidate(
                    block=index,
                    label=label,
                    doubt=min(doubt, MOST_DOUBT),
                    fresh=_freshness(block, before, label.style not in under_heading),
                    look=block.style,
                    titled=_reads_like_title(block, body or _after(blocks, index)),
                    declared=block.label is not None,
                    heading=block.kind == "heading" and not is_unit(label),
                    quoted=block.kind == "quote",
                )
            )
            under_heading.add(label.style)
        before = block
    found = _without_subsections(blocks, _without_numbered_headings(found))
    return _with_leads(blocks, _preferring_declared(found))


def begins_again(before: Candidate, start: Candidate) -> bool:
    """True when a numbering of its own begins here, with a number that is not the next one."""
    return start.opens and start.label.missing_since(before.label) is None


def is_unit(label: Label) -> bool:
    """True for a number that names a unit of a law: "Article 2", "§ 3"."""
    return "§" in label.style or (bool(label.unit) and label.style.startswith(label.unit))


def label_of(block: Block) -> Label | None:
    """The number the format carries, else the one typed at the head of the text."""
    if block.label is None:
        return parse_label(block.text)
    label = parse_label(block.label)
    return label if label is not None and label.end == len(block.label) else None


def roman_of(block: Block) -> Label | None:
    """The Roman number at the head of a block of text."""
    return parse_roman(block.text) if block.label is None and block.kind != "heading" else None


def body_of(block: Block, label: Label | None) -> str:
    """A block's text without its number."""
    return block.text if label is None or block.label is not None else block.text[label.end :]


def _without_numbered_headings(found: list[Candidate]) -> list[Candidate]:
    """Drop the headings that are numbered among themselves: 1. Introduction, 2. Findings."""
    found = _without_heads(found)
    by_style: dict[str, list[int]] = defaultdict(list)
    for candidate in found:
        if candidate.heading and candidate.titled and candidate.label.depth == 1:
            by_style[candidate.label.style].append(candidate.label.value[0][0])
    numbered = {
        style
        for style, numbers in by_style.items()
        if numbers[0] <= SHORTEST_SERIES
        and sum(b == a + 1 for a, b in pairwise(numbers)) >= SERIES * (len(numbers) - 1)
    }
    return [
        c
        for c in found
        if not (c.heading and c.titled and c.label.depth == 1 and c.label.style in numbered)
    ]


def _without_heads(found: list[Candidate]) -> list[Candidate]:
    """Drop the titles that stand over the numbers below theirs: 2 or 2.0 before 2.1."""
    heads = {
        candidate.block
        for candidate, after in pairwise(found)
        if candidate.titled and not after.titled and opens_chapter(candidate.label, after.label)
    }
    counts = Counter(c.label.style for c in found if c.label.depth == 1)
    over = Counter(c.label.style for c in found if c.label.depth == 1 and c.block in heads)
    return [
        c
        for c in found
        if c.block not in heads
        or (c.label.depth == 1 and over[c.label.style] < HEADS * counts[c.label.style])
    ]


def _without_subsections(blocks: Sequence[Block], found: list[Candidate]) -> list[Candidate]:
    """Drop (2), (3) of a section whose (1) stands in its first line: they are inside it."""
    kept: list[Candidate] = []
    section: Candidate | None = None
    last = 0
    for candidate in found:
        label = candidate.label
        inner = label.style == "(n)" and label.depth == 1 and not candidate.declared
        if inner and section is not None and 0 <= label.value[0][0] - last - 1 <= MOST_REPEALED:
            last = label.value[0][0]
            continue
        kept.append(candidate)
        if inner or label.unit or label.depth > 1:
            section = section if inner else None
            continue
        opens = FIRST_SUBSECTION.search(body_of(blocks[candidate.block], label)[:SECTION_TITLE])
        section, last = (candidate, 1) if opens else (None, 0)
    return kept


def _preferring_declared(found: list[Candidate]) -> list[Candidate]:
    """Where the format declares numbers as such, doubt those that are merely typed."""
    declared = sum(candidate.declared for candidate in found)
    if declared * 4 < len(found):
        return found
    return [c if c.declared else replace(c, doubt=max(c.doubt, TYPED_DOUBT)) for c in found]


def _with_leads(blocks: Sequence[Block], found: Sequence[Candidate]) -> list[Candidate]:
    """Mark the first members of lists inside a paragraph ("as follows:", then 1. ...; 2. ...)."""
    following = _next_of_style(found)
    # How many whole paragraphs of running text stand before each block.
    whole = (block.kind == "text" and is_complete(block.text) for block in blocks)
    finished = [0, *accumulate(int(one) for one in whole)]
    headings = [0, *accumulate(int(block.kind == "heading") for block in blocks)]
    marked = []
    last = 0
    for candidate in found:
        label, index = candidate.label, candidate.block
        led_in = index > 0 and blocks[index - 1].text.endswith(":")
        # Where more text comes between, the members are paragraphs of their own.
        led_in = led_in and finished[following.get(index, index + 1)] == finished[index + 1]
        # A clause that ends in a semicolon is one of several.
        clause = blocks[index].text.endswith((";", "; and"))
        # What the format declares a numbered text is none of its lists.
        listable = label.is_first and label.depth == 1 and not candidate.declared
        # A paragraph ends where a heading stands, so what comes after it is no list in one.
        leads = listable and (led_in or clause) and headings[last] == headings[index]
        last = index
        marked.append(replace(candidate, leads=True, fresh=0) if leads else candidate)
    return marked


def _next_of_style(found: Sequence[Candidate]) -> dict[int, int]:
    """For each candidate's block, the block of the next candidate in the same style."""
    last: dict[str, int] = {}
    following = {}
    for candidate in found:
        if candidate.label.style in last:
            following[last[candidate.label.style]] = candidate.block
        last[candidate.label.style] = candidate.block
    return following


def _quoted(blocks: Sequence[Block]) -> list[bool]:
    """For each block, whether it stands within a quotation that an earlier block opened."""
    quoted = [False] * len(blocks)
    opened: int | None = None
    for index, block in enumerate(blocks):
        if block.kind == "footnote":
            continue
        if opened is not None and (block.kind == "heading" or index - opened > LONGEST_QUOTE):
            opened = None
        quoted[index] = opened is not None
        if CLOSES_QUOTE.search(block.text[-12:]):
            opened = None
        elif block.text.startswith("“"):
            opened = index
    return quoted


def _looks_like_heading(block: Block, before: Block | None) -> bool:
    """True for a short line that stands alone after a whole text, as headings do."""
    text = block.text
    ended = before is None or before.kind != "text" or is_complete(before.text)
    titled = text[:1].isupper() and len(text) <= LONGEST_TITLE / 2 and text[-1:].isalnum()
    return ended and titled and block.kind == "text" and block.gap and parse_label(text) is None


def _shallowest(blocks: Sequence[Block]) -> dict[str, int]:
    """The depth at which each list begins: Word's may begin at their second level."""
    depths: dict[str, int] = {}
    for block in blocks:
        name, _, level = block.style.partition("/")
        if not (name.startswith("list ") and level.isdigit()):
            continue
        if block.level is not None or block.label is not None:
            depths[name] = min(int(level) + 1, depths.get(name, DEEPEST_LIST))
    return depths


def _may_be_paragraph(
    blocks: Sequence[Block], index: int, label: Label, shallowest: dict[str, int]
) -> bool:
    """Whether a block can be a numbered paragraph at all; cells of tables and pages cannot."""
    block = blocks[index]
    body = body_of(block, label)
    if block.kind == "item":
        first = shallowest.get(block.style.partition("/")[0], 1)
        return block.level is None or block.level - first < label.depth
    if block.kind == "row":
        return "\t" not in body and bool(body)
    # A number that the format counts is printed, whatever the text is dressed as.
    if block.kind == "quote":
        return block.label is not None
    if block.kind not in ("text", "heading"):
        return False
    if body or label.style != "n" or block.label is not None:
        return True
    # A bare figure alone in its block is a cell of a table or a page, unless its text follows.
    after = blocks[index + 1] if index + 1 < len(blocks) else None
    return (
        after is not None
        and after.kind == "text"
        and parse_label(after.text) is None
        and not _reads_like_title(after, after.text)
    )


def _after(blocks: Sequence[Block], index: int) -> str:
    """The text of the next block, which a number that stands alone belongs to."""
    return blocks[index + 1].text if index + 1 < len(blocks) else ""


def _reads_like_paragraph(text: str) -> bool:
    return len(text) > LONGEST_TITLE or (len(text) > SHORTEST_BROKEN and text.endswith("."))


def _reads_like_title(block: Block, body: str) -> bool:
    if block.kind == "heading":
        return not _reads_like_paragraph(body)
    short = len(body) <= LONGEST_TITLE / 2 and not is_complete(body)
    return short and not body[:1].islower() and not body.endswith(",")


def _doubt(block: Block, label: Label, body: str, before: Block | None) -> float:
    """How unlike a paragraph's beginning the place of a number is; 0 is just like one."""
    doubt = 0.0
    titled = bool(body) and _reads_like_title(block, body)
    if block.kind == "row":
        doubt += TYPED_DOUBT
    if block.kind == "item" or (titled and not is_unit(label)):
        doubt += 0.25
    if block.kind == "heading" and not is_unit(label):
        doubt += 0.5 if block.label is None or not titled or label.depth > 1 else 0.7
    if block.label is not None:
        return doubt
    if block.wraps:
        doubt += 0.75
    if body[:1].islower() and block.kind != "heading":
        doubt += 1.0
    if before is not None and before.kind == "text":
        doubt += 1.0 if _breaks_off(before.text) else 0.0
    if label.style == "n" and (not body or label.value[0][0] in YEARS):
        doubt += 1.0 if body else 0.25
    return doubt


def _breaks_off(text: str) -> bool:
    """True when a text stops in the middle of a sentence."""
    if is_complete(text):
        return False
    return len(text) >= SHORTEST_BROKEN or text.endswith(",") or bool(HANGING.search(text))


def _freshness(block: Block, before: Block | None, first_under_heading: bool) -> int:
    """2 for the first number under a heading or in a part, 1 where a heading may stand, else 0."""
    if before is None or first_under_heading or before.part != block.part:
        return 2
    if block.label is not None:
        return int(block.kind == "text" and not before.text.endswith(":"))
    if before.kind != "text" or before.text.endswith((".", ";", ":", ",")):
        return 0
    return int(len(before.text) < LONGEST_TITLE)
