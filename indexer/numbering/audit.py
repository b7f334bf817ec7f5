"""What the printed numbers skip, repeat or put out of order, and the lines in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from indexer.blocks import Block
from indexer.labels import Label, Part
from indexer.numbering.evidence import TYPED_DOUBT, Candidate, begins_again
from indexer.report import Doubt, NumberingAudit, Passage

MOST_DOUBTS = 100


def audit(
    passages: Sequence[Passage], chosen: Sequence[Candidate], doubtful: tuple[Doubt, ...] = ()
) -> NumberingAudit:
    """Report what the printed numbers skip, repeat or put out of order."""
    gaps, repeats, disorder, restarts = [], [], [], []
    labels = [candidate.label for candidate in chosen]
    if labels and not labels[0].is_first:
        gaps.append(f"before {labels[0].number}")
    printed = _printed_in_runs(chosen)
    seen = {labels[0].value} if labels else set()
    for previous, candidate, in_run in zip(chosen, chosen[1:], printed[1:], strict=False):
        before, label = previous.label, candidate.label
        missing = label.missing_since(before)
        if begins_again(previous, candidate):
            restarts.append(f"{label.number} after {before.number}")
            seen = set()
        elif label.value in seen:
            repeats.append(label.number)
        if missing is None and label.value in in_run - {before.value} and seen:
            disorder.append(f"{label.number} after {before.number}")
        elif missing and seen:
            gaps += _gaps(before, label, in_run)
        seen.add(label.value)
    numbered = [passage for passage in passages if passage.number is not None]
    inside = sum(len(passage.text) for passage in numbered)
    total = sum(len(passage.text) for passage in passages)
    return NumberingAudit(
        # A number that is printed without any text is no gap, and no paragraph either.
        count=len(numbered),
        first=labels[0].number if labels else None,
        last=labels[-1].number if labels else None,
        gaps=tuple(gaps),
        repeats=tuple(repeats),
        disorder=tuple(disorder),
        restarts=tuple(restarts),
        share=round(inside / total, 4) if total else 0.0,
        doubtful=doubtful,
    )


def _printed_in_runs(chosen: Sequence[Candidate]) -> list[set[tuple[Part, ...]]]:
    """For each number, all those printed in the same run, which begins where numbers restart."""
    runs: list[set[tuple[Part, ...]]] = []
    for index, candidate in enumerate(chosen):
        again = index == 0 or begins_again(chosen[index - 1], candidate)
        runs.append(set() if again else runs[-1])
        runs[-1].add(candidate.label.value)
    return runs


def _gaps(before: Label, label: Label, printed: set[tuple[Part, ...]]) -> list[str]:
    """The missing numbers, as people write them: `13`, `13-15`, or between two far labels.

    A number that is printed elsewhere in the run is out of order, not missing.
    """
    (old, old_letter), (new, letter) = before.value[-1], label.value[-1]
    if before.value[:-1] != label.value[:-1] or old_letter or letter:
        return [f"between {before.number} and {label.number}"]
    head = label.number[: label.number.rfind(str(new))]
    elsewhere = sorted(
        value[-1][0]
        for value in printed
        if value[:-1] == label.value[:-1] and old < value[-1][0] < new
    )
    found = []
    for low, high in pairwise([old, *elsewhere, new]):
        if high - low == 2:
            found.append(f"{head}{low + 1}")
        elif high - low > 2:
            found.append(f"{head}{low + 1}-{head}{high - 1}")
    return found


def doubts(
    blocks: Sequence[Block], candidates: Sequence[Candidate], chosen: Sequence[Candidate]
) -> tuple[Doubt, ...]:
    """Lines a reader should look at: odd ones taken, and numbers of the same style left out."""
    taken = {candidate.block for candidate in chosen}
    styles = {candidate.label.style for candidate in chosen}
    found = []
    for candidate in candidates:
        block = blocks[candidate.block]
        if candidate.block in taken and candidate.doubt >= TYPED_DOUBT:
            reason = "taken as a paragraph, though the line before seems to run on into it"
        elif candidate.block not in taken and candidate.label.style in styles:
            reason = "not taken as a paragraph: the number does not run on"
        else:
            continue
        found.append(Doubt(block.line, block.text[:120], reason))
    return tuple(found[:MOST_DOUBTS])
