"""The moves of paragraphs from one issue of a report to the next.

A paragraph is known by its words: the hash of its text, case and white space aside, stays when its
number changes. What a re-issue did to every paragraph of the issue before is worked out once, when
the new one is indexed, and kept with the report.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from dataclasses import replace

from rapidfuzz import fuzz, process

from indexer.report import Move, Passage, Report, Version

# Token similarity, 0..100, from which a rewritten paragraph is still the same one.
SAME_PLACE = 60.0
ELSEWHERE = 75.0
# Likewise, of a paragraph with the same key, where the question is whether the report is the same.
SAME_WORDS = 75.0
HASH_LENGTH = 16


def text_hash(passage: Passage) -> str:
    """A paragraph's identity: see hash_text."""
    return hash_text(passage.text)


def hash_text(text: str) -> str:
    """16 hex digits of the SHA-256 of a text's words, case and white space folded."""
    folded = " ".join(text.casefold().split())
    return hashlib.sha256(folded.encode()).hexdigest()[:HASH_LENGTH]


def is_version(before: Report, after: Report) -> bool:
    """True when more than half of a report's paragraphs are those of the other one, or nearly."""
    if before.text == after.text:
        return True
    theirs = before.paragraphs or before.passages
    mine = after.paragraphs or after.passages
    hashes = {text_hash(passage) for passage in theirs}
    by_key = {passage.key: passage.text for passage in theirs}
    same = sum(
        text_hash(passage) in hashes
        or fuzz.token_sort_ratio(passage.text, by_key.get(passage.key, "")) >= SAME_WORDS
        for passage in mine
    )
    return 2 * same > len(mine)


def with_history(before: Report, after: Report) -> Report:
    """The new issue of a report, with the history of the one it replaces carried on.

    An issue with the same text adds nothing.
    """
    if before.text == after.text:
        return replace(after, history=before.history)
    moves = compare(before, after)
    now = {move.key: move.now for move in moves}
    older = tuple(
        replace(
            version,
            moves=tuple(
                replace(move, now=now.get(move.now) if move.now is not None else None)
                for move in version.moves
            ),
        )
        for version in before.history
    )
    return replace(after, history=(*older, Version(before.sha256, moves)))


def compare(before: Report, after: Report) -> tuple[Move, ...]:
    """The place in the next issue of each passage of one: by its words, else by what is nearest."""
    same: dict[str, deque[str]] = defaultdict(deque)
    for passage in after.passages:
        same[text_hash(passage)].append(passage.key)
    found: dict[str, str | None] = {}
    for passage in before.passages:
        waiting = same[text_hash(passage)]
        if waiting:
            # Of several with the same words the one that kept its key comes first.
            key = passage.key if passage.key in waiting else waiting[0]
            waiting.remove(key)
            found[passage.key] = key
    left = {p.key: p.text for p in after.passages if p.key not in set(found.values())}
    for passage in before.passages:
        if passage.key not in found:
            nearest = _nearest(passage, left)
            found[passage.key] = nearest
            left.pop(nearest or "", None)
    return tuple(Move(p.key, text_hash(p), found[p.key]) for p in before.passages)


def _nearest(passage: Passage, left: dict[str, str]) -> str | None:
    """The passage that this one was rewritten into, or None when it went."""
    here = left.get(passage.key)
    if here is not None and fuzz.token_sort_ratio(passage.text, here) >= SAME_PLACE:
        return passage.key
    best = process.extractOne(
        passage.text, left, scorer=fuzz.token_sort_ratio, score_cutoff=ELSEWHERE
    )
    return str(best[2]) if best is not None else None
