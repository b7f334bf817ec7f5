"""The printed contents list of a report: which blocks it is, and the titles it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indexer.blocks import Block
from indexer.labels import parse_label

ENTRY = re.compile(r"(?P<title>.*?[^\s.…])(?:\t+|(?:\s*[.…]){3,}\s*|\s*…\s*|\s{3,})\d{1,4}")
PAGED = re.compile(r"(?P<title>.*\S)\s+\d{1,4}")
TITLE = re.compile(r"(?:table of )?contents(?: page)?:?", re.IGNORECASE)
EMPHASIS = re.compile(r"\*\*|__")
SHORTEST = 3
LONGEST_ENTRY = 250
LONGEST_TITLE = 30


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
    # A list's own heading is no heading of the report, whatever the list looks like.
    found.update((i, "") for i, b in enumerate(blocks) if b.kind == "heading" and _is_title(b.text))
    return found


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
