"""Blocks to numbered paragraphs, unnumbered passages and an audit of the printed numbers."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.formats.block import Block
from indexer.headings import Heading, find_contents, find_headings, is_complete
from indexer.labels import Label, parse_label
from indexer.report import Doubt, NumberingAudit, Passage
from indexer.sentences import split_sentences
from indexer.sequence import Candidate, choose_sequence

FRONT_PAGE = "Front page"
YEARS = range(1800, 2100)
MOST_DOUBTS = 100
# A line shorter than this that stands alone is a line of its own, not one a page break cut off.
SHORTEST_BROKEN = 80


@dataclass(frozen=True, slots=True)
class Split:
    """A report's extracted text, its passages as slices of it, and the audit."""

    text: str
    passages: tuple[Passage, ...]
    audit: NumberingAudit


@dataclass(slots=True)
class _Open:
    """A passage while its blocks are being collected."""

    number: str | None
    section: tuple[str, ...]
    note: str | None
    start: int
    page: int | None
    page_label: str | None
    end: int = 0


def split_blocks(blocks: Sequence[Block]) -> Split:
    """Decide what the paragraphs are and cut the extracted text into passages.

    The extracted text is the report's own, block after block; only the white space between
    blocks is ours: one space where a line or page break falls inside a sentence, a line end
    between list items and table rows, a blank line between passages.
    """
    contents = find_contents(blocks)
    candidates = _candidates(blocks, set(contents))
    chosen = choose_sequence(candidates)
    starts = {candidate.block: candidate.label for candidate in chosen}
    headings = find_headings(blocks, starts, contents)
    text, opened = _assemble(blocks, starts, headings, set(contents))
    passages = _close(text, opened)
    doubts = _doubts(blocks, candidates, chosen)
    return Split(text, passages, audit(passages, [c.label for c in chosen], doubts))


def _candidates(blocks: Sequence[Block], contents: set[int]) -> list[Candidate]:
    found = []
    for index, block in enumerate(blocks):
        if index in contents:
            continue
        label = parse_label(block.text)
        if label is None:
            continue
        before = blocks[index - 1] if index > 0 else None
        doubt = _doubt(block, label, before)
        found.append(Candidate(index, label, doubt, _may_follow_heading(before)))
    return found


def _doubt(block: Block, label: Label, before: Block | None) -> float:
    """How unlike a paragraph's beginning the place of a number is; 0 is just like one."""
    rest = block.text[label.end :]
    doubt = 0.0
    if block.wraps:
        doubt += 0.75
    if rest[:1].islower():
        doubt += 1.0
    if not block.gap and before is not None and before.kind == "text":
        broken_off = not is_complete(before.text) and len(before.text) > 60
        doubt += 1.0 if broken_off else 0.0
    if label.style == "n" and label.value[0] in YEARS:
        doubt += 1.0
    return doubt


def _may_follow_heading(before: Block | None) -> bool:
    if before is None or before.kind == "heading":
        return True
    return before.kind == "text" and len(before.text) < 160 and not before.text.endswith((".", ";"))


def _assemble(
    blocks: Sequence[Block],
    starts: dict[int, Label],
    headings: Sequence[Heading],
    contents: set[int],
) -> tuple[str, list[_Open]]:
    """Write the extracted text and note where each passage lies in it."""
    heading_at = {heading.blocks[0]: heading for heading in headings}
    printed_in_heading = {index for heading in headings for index in heading.blocks}
    pieces: list[str] = []
    length = 0
    opened: list[_Open] = []
    path: list[Heading] = []
    current: _Open | None = None
    previous: Block | None = None

    def write(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    for index, block in enumerate(blocks):
        if index in heading_at:
            heading = heading_at[index]
            path = [*(above for above in path if above.level < heading.level), heading]
        if index in printed_in_heading or index in contents:
            write("\n" if index in contents and index - 1 in contents else "\n\n" if length else "")
            write(block.text)
            current = previous = None
            continue
        body = block.text
        if index in starts or current is None:
            write("\n\n" if length else "")
            label = starts.get(index)
            if label is not None:
                write(body[: label.end])
                body = body[label.end :]
            section = tuple(heading.title for heading in path)
            note = path[-1].note if path else None
            number = label.number if label is not None else None
            current = _Open(number, section, note, length, block.page, block.page_label)
            opened.append(current)
        elif previous is not None and current.start < length:
            write(_join(previous, block))
        write(body)
        current.end = length
        previous = block
    return "".join(pieces), opened


def _join(before: Block, block: Block) -> str:
    """White space between two blocks of one passage: a space inside a sentence, else a line end."""
    runs_on = before.kind in ("text", "item") and block.kind == "text"
    broken = block.gap and not is_complete(before.text)
    middle = len(before.text) >= SHORTEST_BROKEN or block.text[:1].islower()
    return " " if runs_on and (block.wraps or (broken and middle)) else "\n"


def _close(text: str, opened: list[_Open]) -> tuple[Passage, ...]:
    numbers = Counter(passage.number for passage in opened if passage.number is not None)
    taken: Counter[str] = Counter()
    passages = []
    for item in opened:
        section = item.section or (FRONT_PAGE,)
        if item.number is None:
            wanted = slug(section[-1])
        elif numbers[item.number] > 1 and taken[item.number]:
            wanted = f"{slug(section[0])}/{item.number}"
        else:
            wanted = item.number
        taken[wanted] += 1
        key = wanted if taken[wanted] == 1 else f"{wanted}-{taken[wanted]}"
        body = text[item.start : item.end]
        passages.append(
            Passage(
                key=key,
                number=item.number,
                section=section if item.number is None else item.section,
                note=item.note,
                text=body,
                start=item.start,
                end=item.end,
                page=item.page,
                page_label=item.page_label,
                sentences=split_sentences(body),
            )
        )
    return tuple(passages)


def slug(title: str) -> str:
    """A title as it may stand in a key and a link: lower-case words joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", title.casefold())) or "passage"


def audit(
    passages: Sequence[Passage], labels: Sequence[Label], doubtful: tuple[Doubt, ...] = ()
) -> NumberingAudit:
    """Report what the printed numbers skip, repeat or put out of order."""
    gaps, repeats, disorder = [], [], []
    if labels and not labels[0].is_first:
        gaps.append(f"before {labels[0].number}")
    for before, label in itertools.pairwise(labels):
        missing = label.missing_since(before)
        if label.order == before.order:
            repeats.append(label.number)
        elif missing is None:
            disorder.append(f"{label.number} after {before.number}")
        elif missing:
            gaps.append(_gap(before, label))
    inside = sum(len(p.text) for p in passages if p.number is not None)
    total = sum(len(p.text) for p in passages)
    return NumberingAudit(
        count=len(labels),
        first=labels[0].number if labels else None,
        last=labels[-1].number if labels else None,
        gaps=tuple(gaps),
        repeats=tuple(repeats),
        disorder=tuple(disorder),
        share=round(inside / total, 4) if total else 0.0,
        doubtful=doubtful,
    )


def _gap(before: Label, label: Label) -> str:
    """The missing numbers, as people write them: `13`, `13-15`, or between two far labels."""
    if before.value[:-1] == label.value[:-1] and not (before.letter or label.letter):
        head = "".join(f"{part}." for part in label.value[:-1])
        low, high = before.value[-1] + 1, label.value[-1] - 1
        return f"{head}{low}" if low == high else f"{head}{low}-{head}{high}"
    return f"between {before.number} and {label.number}"


def _doubts(
    blocks: Sequence[Block], candidates: Sequence[Candidate], chosen: Sequence[Candidate]
) -> tuple[Doubt, ...]:
    """Lines a reader should look at: odd ones taken, and numbers of the same style left out."""
    taken = {candidate.block for candidate in chosen}
    styles = {candidate.label.style for candidate in chosen}
    doubts = []
    for candidate in candidates:
        block = blocks[candidate.block]
        if candidate.block in taken and candidate.doubt:
            reason = "taken as a paragraph, though the line before seems to run on into it"
        elif candidate.block not in taken and candidate.label.style in styles:
            reason = "not taken as a paragraph: the number does not run on"
        else:
            continue
        doubts.append(Doubt(block.line, block.text[:120], reason))
    return tuple(doubts[:MOST_DOUBTS])
