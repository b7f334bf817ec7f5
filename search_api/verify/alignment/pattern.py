"""A quotation to what it asks of the source: words in a row, with gaps where it says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from search_api.verify.words import WORD, Word, key_of, words_of

ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.(?:\s?\.){1,5})\s*[\])]|…|\.(?:\s?\.){2,5}|(?:\*\s?){3}")
BRACKETED = re.compile(r"\[(?P<inside>[^\[\]]{0,300})\]")
LETTERS_BEFORE = re.compile(r"(?<![^\W_])[^\W_]*+\Z")
LETTERS_AFTER = re.compile(r"[^\W_]*")

Kind = Literal["word", "ellipsis", "insertion"]


@dataclass(frozen=True, slots=True)
class Item:
    """A word of the quotation, or a gap at quotation[start:end].

    `stem` is set for a word that is partly in brackets, "[T]he" or "child[ren]": the letters that
    the source's word begins and ends with.
    """

    kind: Kind
    key: str
    start: int
    end: int
    stem: tuple[str, str] | None = None

    def is_like(self, key: str) -> bool:
        """True when a word of the source is this one."""
        if key == self.key:
            return True
        if self.stem is None:
            return False
        before, after = self.stem
        return (
            len(key) >= len(before) + len(after) and key.startswith(before) and key.endswith(after)
        )


@dataclass(frozen=True)
class Pattern:
    """One reading of a quotation."""

    quotation: str
    items: tuple[Item, ...]
    # Gaps before the first word and after the last.
    head: tuple[Item, ...] = ()
    tail: tuple[Item, ...] = ()

    @cached_property
    def keys(self) -> list[str]:
        """The words alone."""
        return [item.key for item in self.items if item.kind == "word"]

    @cached_property
    def is_plain(self) -> bool:
        """True when it is words in a row, each as written."""
        return all(item.kind == "word" and item.stem is None for item in self.items)


def readings(quotation: str) -> list[Pattern]:
    """The ways to read a quotation: all as words of the source; with its gaps, if it has any."""
    plain = Pattern(quotation, tuple(map(_word, words_of(quotation))))
    if not (ELLIPSIS.search(quotation) or BRACKETED.search(quotation)):
        return [plain]
    with_gaps = _trimmed(quotation, _with_gaps(quotation))
    if not with_gaps.keys:
        return [plain]
    # Gaps at the ends alone leave the words as they are, and hide what stands beside them.
    return [with_gaps] if with_gaps.keys == plain.keys else [plain, with_gaps]


def _word(word: Word) -> Item:
    return Item("word", word.key, word.start, word.end)


def _with_gaps(text: str) -> list[Item]:
    items: list[Item] = []
    at = 0
    for match in re.finditer(f"{ELLIPSIS.pattern}|{BRACKETED.pattern}", text):
        if match.start() < at:
            continue
        inside = match["inside"]
        before, after = "", ""
        if inside is not None:
            head = LETTERS_BEFORE.search(text, at, match.start())
            tail = LETTERS_AFTER.match(text, match.end())
            before, after = head[0] if head else "", tail[0] if tail else ""
        items += _words(text, at, match.start() - len(before))
        end = match.end() + len(after)
        if inside is None:
            items.append(Item("ellipsis", "", match.start(), match.end()))
        elif before or after:
            key = key_of(f"{before}{''.join(WORD.findall(inside))}{after}")
            stem = (key_of(before) if before else "", key_of(after) if after else "")
            items.append(Item("word", key, match.start() - len(before), end, stem))
        else:
            items.append(Item("insertion", "", match.start(), match.end()))
        at = end
    return items + _words(text, at, len(text))


def _words(text: str, start: int, end: int) -> list[Item]:
    return [Item("word", w.key, start + w.start, start + w.end) for w in words_of(text[start:end])]


def _trimmed(quotation: str, items: Sequence[Item]) -> Pattern:
    """The gaps before the first word and after the last apart: they ask for no words."""
    words = [place for place, item in enumerate(items) if item.kind == "word"]
    first, last = (words[0], words[-1] + 1) if words else (len(items), len(items))
    return Pattern(quotation, tuple(items[first:last]), tuple(items[:first]), tuple(items[last:]))
