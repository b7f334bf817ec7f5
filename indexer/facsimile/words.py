"""Where the words of a passage stand among the letters of the pages it is printed on.

Letters alone are compared: between them a page may have line ends, hyphens, marks of footnotes,
and, where it ends, furniture.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

# A piece of a passage that goes on after an interruption has at least so many letters, and there
# are at most so many pieces.
SHORTEST, MOST_PIECES = 12, 60
# Figures and signs between two letters of one run.
WIDEST = 24


def letters(text: str) -> Iterator[tuple[int, str]]:
    """The letters of a text as compared, each with its place: "ﬁ" gives two, "7" none."""
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if letter.isalpha():
                yield place, letter


def aligned(passage: str, pages: Iterable[str]) -> dict[int, tuple[int, int]]:
    """For letters of a passage, by place: the page and the place there of the same letter.

    The passage is looked for from the first page on, and goes on where it was left; pages after
    its end are not asked for.
    """
    wanted = list(letters(passage))
    needle = "".join(letter for _, letter in wanted)
    found: dict[int, tuple[int, int]] = {}
    done = pieces = 0
    for number, page in enumerate(pages):
        there = list(letters(page))
        hay = "".join(letter for _, letter in there)
        after = 0
        while done < len(needle) and pieces < MOST_PIECES:
            at, size = _longest(needle, done, hay, after)
            if size < min(SHORTEST, len(needle) - done):
                break
            for offset in range(size):
                found[wanted[done + offset][0]] = (number, there[at + offset][0])
            done, after, pieces = done + size, at + size, pieces + 1
        if done == len(needle):
            break
    return found


def _longest(needle: str, done: int, hay: str, after: int) -> tuple[int, int]:
    """Where the longest piece of `needle` from `done` on stands in `hay`, and its size."""
    best = (0, 0)
    # What a longer piece is not found for, a longer one still is not either.
    low, high = 0, min(len(needle) - done, len(hay))
    while low < high:
        size = (low + high + 1) // 2
        piece = needle[done : done + size]
        at = hay.find(piece, after)
        if at < 0:
            # Columns, and boxes beside the text, may come first in the file.
            at = hay.find(piece)
        if at < 0:
            high = size - 1
        else:
            best, low = (at, size), size
    return best


def marked(
    passage: str, start: int, end: int, pages: Iterable[str]
) -> dict[int, list[tuple[int, int]]]:
    """By page, the runs of its characters, from and until, that `passage[start:end]` is."""
    places = aligned(passage, pages)
    spots = sorted({places[at] for at in range(start, min(end, len(passage))) if at in places})
    runs: dict[int, list[tuple[int, int]]] = {}
    for page, at in spots:
        held = runs.setdefault(page, [])
        # What stands between two letters, be it a sign or a figure, is marked with them.
        if held and at - held[-1][1] <= WIDEST:
            held[-1] = (held[-1][0], at + 1)
        else:
            held.append((at, at + 1))
    return runs
