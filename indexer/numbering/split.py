"""Blocks to numbered paragraphs, unnumbered passages and an audit of the printed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.blocks import Block
from indexer.labels import Label
from indexer.numbering.assemble import assemble
from indexer.numbering.audit import audit, doubts
from indexer.numbering.choose import choose_sequence
from indexer.numbering.contents import find_contents
from indexer.numbering.evidence import SHORTEST_BROKEN, Candidate, find_candidates, roman_of
from indexer.numbering.headings import find_headings, is_complete
from indexer.numbering.keys import close
from indexer.report import NumberingAudit, Passage


@dataclass(frozen=True, slots=True)
class Split:
    """A report's extracted text, its passages as slices of it, and the audit."""

    text: str
    passages: tuple[Passage, ...]
    audit: NumberingAudit


def split_blocks(blocks: Sequence[Block]) -> Split:
    """Decide what the paragraphs are and cut the extracted text into passages.

    The extracted text is the report's own, block after block; only the white space between
    blocks is ours: one space where a line or page break falls inside a sentence, a line end
    between list items and table rows, a blank line between passages.
    """
    contents = find_contents(blocks)
    candidates = find_candidates(blocks, contents)
    chosen = choose_sequence(candidates)
    if not chosen:
        candidates = find_candidates(blocks, contents, roman_of)
        chosen = choose_sequence(candidates)
    starts = {candidate.block: candidate for candidate in chosen}
    headings = find_headings(blocks, starts, contents)
    text, opened = assemble(blocks, starts, headings, set(contents))
    passages = close(text, opened)
    found = doubts(blocks, candidates, chosen)
    return Split(text, passages, audit(passages, chosen, found))


def count_paragraphs(blocks: Sequence[Block]) -> Split:
    """Cut a report that prints no numbers into paragraphs counted by us: ¶1, ¶2, ...

    A paragraph begins at each block of running text that stands apart from the one before.
    """
    contents = find_contents(blocks)
    starts: dict[int, Candidate] = {}
    for index, block in enumerate(blocks):
        whole = is_complete(block.text) or len(block.text) >= SHORTEST_BROKEN
        if block.kind == "text" and block.gap and whole and index not in contents:
            number = len(starts) + 1
            starts[index] = Candidate(index, Label(f"¶{number}", "", "", "ours", ((number, 0),), 0))
    text, opened = assemble(blocks, starts, find_headings(blocks, starts, contents), set(contents))
    passages = close(text, opened)
    return Split(text, passages, replace(audit(passages, list(starts.values())), ours=True))
