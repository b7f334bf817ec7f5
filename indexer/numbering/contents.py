"""The printed contents list of a report: which blocks it is, and the titles it names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from indexer.blocks import Block
from indexer.labels import Label, parse_label

ENTRY = re.compile(r"(?P<title>.*?[^\s.…])(?:\t+|(?:\s*[.…]){3,}\s*|\s*…\s*|\s{3,})\d{1,4}")
PAGED = re.compile(r"(?P<title>.*\S)\s+\d{1,4}")
TITLE = re.compile(
    r"(?:table of )?contents(?: page)?:?|arrangement of [a-z]+(?: and [a-z]+)?|list of sections",
    re.IGNORECASE,
)
EMPHASIS = re.compile(r"\*\*|__")
SHORTEST = 3
LONGEST_ENTRY = 250
LONGEST_TITLE = 30
# A list of numbered titles without pages: so many, so many of them met again, and between two of
# them no more than so many short lines (parts, a second line of a title).
SHORTEST_NUMBERED, MET_AGAIN, BETWEEN = 4, 0.6, 12
# The paragraph that a title opens says at least so much more.
GOES_ON = 20


def fold(title: str) -> str:
    """A title for comparing: case, spacing and a closing colon do not matter."""
    return " ".join(title.casefold().split()).rstrip(" :")


def find_contents(blocks: Sequence[Block]) -> dict[int, str]:
    """The blocks of a printed contents list, with the title each entry names ("" for its head)."""
    found = {
        index: _named(block.text) for index, block in enumerate(blocks) if block.kind == "contents"
    }
    later = Counter(
        fold(_plain(block.text)) for block in blocks if len(block.text) <= LONGEST_ENTRY
    )
    index = 0
    while index < len(blocks):
        run: list[tuple[int, str]] = []
        named: set[str] = set()
        titled = _is_title(blocks[index].text)
        after = index + 1 if titled else index
        while after < len(blocks) and (title := _entry(blocks[after], titled, later, named)):
            run.append((after, title))
            named.add(fold(title))
            after += 1
        if titled and len(run) > 1:
            found[index] = ""
            found.update(run)
        elif len(run) >= SHORTEST and sum(later[fold(title)] > 0 for _, title in run) * 2 >= len(
            run
        ):
            found.update(run)
        index = max(after, index + 1)
    for first, last in _numbered_lists(blocks):
        found.update((i, _unnumbered(blocks[i])) for i in range(first, last) if i not in found)
    # A list's own heading is no heading of the report, whatever the list looks like.
    found.update((i, "") for i, b in enumerate(blocks) if b.kind == "heading" and _is_title(b.text))
    return found


def _numbered_lists(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Where lists of numbered titles without pages stand: "1. Short title", "2. Definitions".

    Each title is met again after the list: as a line of its own, or as the first words of the
    paragraph with its number.
    """
    labels = [_label(block) for block in blocks]
    alone: dict[str, int] = {}
    opening: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for index, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label is not None:
            opening[label.number].append((index, _unnumbered(block)))
        elif len(block.text) <= LONGEST_ENTRY:
            alone[_bare(block.text)] = index
    lasts: dict[tuple[str, int], dict[str, int]] = {}
    found = []
    first = 0
    while first < len(blocks):
        run = _run_of_titles(blocks, labels, first)
        if len(run) >= SHORTEST_NUMBERED:
            head = _list_head(blocks, first)
            # An agenda's points are headings later as well: without a title over it, a list is
            # one of contents only where its numbers are met again.
            lines = {} if head == first else alone
            again = sum(
                _opens_later(blocks[i], labels[i], run[-1], lines, opening, lasts) for i in run
            )
            if again >= MET_AGAIN * len(run):
                found.append((head, _list_end(blocks, run[-1] + 1, alone)))
        first = max(run[-1:], default=first) + 1
    return found


def _run_of_titles(
    blocks: Sequence[Block], labels: Sequence[Label | None], first: int
) -> list[int]:
    """The blocks from `first` on whose numbers count on, with nothing but short lines between."""
    last = labels[first]
    if last is None or not last.is_first or len(blocks[first].text) > LONGEST_ENTRY:
        return []
    run = [first]
    for index in range(first + 1, len(blocks)):
        label = labels[index]
        if len(blocks[index].text) > LONGEST_ENTRY or index - run[-1] > BETWEEN:
            break
        if label is None or label.style != last.style:
            continue
        if label.missing_since(last) is None:
            break
        run.append(index)
        last = label
    return run


def _opens_later(
    block: Block,
    label: Label | None,
    after: int,
    alone: dict[str, int],
    opening: dict[str, list[tuple[int, str]]],
    lasts: dict[tuple[str, int], dict[str, int]],
) -> bool:
    """Whether a title of a list is met after it, over the text that it names.

    `lasts` keeps, by number and length of a title, where each beginning of a text stands last: what
    is looked for in every list is gone through once.
    """
    title = _bare(_unnumbered(block))
    if not title or label is None:
        return False
    key = (label.number, len(title))
    if key not in lasts:
        lasts[key] = {
            fold(text)[: len(title)]: index
            for index, text in opening[label.number]
            if len(text) >= len(title) + GOES_ON
        }
    return alone.get(title, 0) > after or lasts[key].get(title, 0) > after


def _list_head(blocks: Sequence[Block], first: int) -> int:
    """Where a list begins: at its heading, if it has one not far above."""
    above = range(max(0, first - BETWEEN), first)
    return next((index for index in above if _is_title(blocks[index].text)), first)


def _list_end(blocks: Sequence[Block], end: int, alone: dict[str, int]) -> int:
    """Where a list ends: after the names of schedules, which are met again too."""
    while end < len(blocks) and alone.get(_bare(blocks[end].text), 0) > end:
        end += 1
    return end


def _label(block: Block) -> Label | None:
    return parse_label(block.text if block.label is None else block.label)


def _unnumbered(block: Block) -> str:
    label = None if block.label is not None else parse_label(block.text)
    return block.text if label is None else block.text[label.end :]


def _bare(title: str) -> str:
    return fold(title).rstrip(".")


def _plain(text: str) -> str:
    return EMPHASIS.sub("", text) if "**" in text or "__" in text else text


def _is_title(text: str) -> bool:
    return len(text) < LONGEST_TITLE and TITLE.fullmatch(_plain(text)) is not None


def _entry(block: Block, titled: bool, later: Counter[str], named: set[str]) -> str | None:
    """The title an entry of a contents list names, or None for a block that is none.

    Under the word "Contents" an entry may lack the leader, or the page; the title of one without
    a page must stand again later, and only once there, or it is the heading itself.
    """
    text = block.text
    if block.kind not in ("text", "row", "item") or len(text) > LONGEST_ENTRY:
        return None
    if text[-1:].isdigit():
        match = ENTRY.fullmatch(text) or (PAGED.fullmatch(text) if titled else None)
        return match["title"] if match and not match["title"].isdigit() else None
    if not titled or fold(text) in named:
        return None
    label = parse_label(text)
    bare = text[label.end :] if label else text
    return text if later[fold(text)] + (later[fold(bare)] if label else 0) > 1 else None


def _named(entry: str) -> str:
    match = ENTRY.fullmatch(entry) if len(entry) <= LONGEST_ENTRY else None
    return match["title"] if match else entry
