"""Lines to running text: words parted at a line's end are joined where the file bears it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"\w+(?:[-‐]\w+)*")
# Looked for only where a word begins, or a line of one long word takes very long.
PARTED = re.compile(r"(?<![^\W\d_])(?<![^\W\d_][-‐])(?P<head>[^\W\d_]++(?:[-‐][^\W\d_]++)*)[-‐]$")
TAIL = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
# A hyphen before these leaves the rest of a word to come: "pre- and post-war".
SUSPENDED = {"and", "or", "to", "und", "oder", "bis", "et", "ou", "en", "of"}
# A file that parts words at line ends does so this many times where it can be proved.
PROVED = 3


class Joiner:
    """Joins lines with what the file's own words say about hyphens at line ends."""

    def __init__(self, texts: Iterable[list[str]]) -> None:
        self._words: Counter[str] = Counter()
        parted: list[tuple[str, str]] = []
        for lines in texts:
            for index, line in enumerate(lines):
                # What a line break touches proves nothing about how the word is written.
                whole = line.rpartition(" ")[0] if PARTED.search(line) else line
                if index and PARTED.search(lines[index - 1]):
                    whole = whole.partition(" ")[2]
                    parted += _halves(lines[index - 1], line)
                self._words.update(word.lower() for word in WORD.findall(whole))
        undone = sum(self._proof(head, tail) is True for head, tail in parted)
        kept = sum(self._proof(head, tail) is False for head, tail in parted)
        self._parts_words = undone >= PROVED and undone > kept

    def join(self, lines: list[str]) -> str:
        """The lines as one text."""
        text = ""
        for line in lines:
            text = self._joined(text, line) if text else line
        return text

    def _joined(self, text: str, line: str) -> str:
        for head, tail in _halves(text, line):
            if tail.lower() in SUSPENDED:
                return f"{text} {line}"
            proof = self._proof(head, tail)
            undo = self._parts_words if proof is None else proof
            return (text[:-1] if undo else text) + line
        return (
            text + line
            if text[-1:] in "-‐" and line[:1].isalnum() and text[-2:-1].isalnum()
            else f"{text} {line}"
        )

    def _proof(self, head: str, tail: str) -> bool | None:
        """True when the file writes the word whole elsewhere, False when with the hyphen."""
        whole = self._words[(head + tail).lower()]
        hyphened = self._words[f"{head}-{tail}".lower()]
        return None if whole == hyphened else whole > hyphened


def _halves(text: str, line: str) -> list[tuple[str, str]]:
    """The two parts of a word parted between two lines, or nothing."""
    head, tail = PARTED.search(text), TAIL.match(line)
    if head is None or tail is None or not line[:1].islower():
        return []
    return [(head["head"], tail[0])]
