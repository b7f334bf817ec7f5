"""A passage as a row of words with the breaks between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search_api.verify.words import Word, word_set

SENTENCE = re.compile(r"[.?!…][\"”’'»)\]]{0,9}\s{1,20}[\"“‘'(\[]{0,9}$|\n[^\S\n]{0,99}\n")
CLAUSE = re.compile(r"[,;:()\[\]—]|\s[-–]+\s|\n[^\S\n]*+[-–•*]")
STRONG = re.compile(r"[;:]")
# A full stop after one of these ends no sentence.
SHORT = word_set("mr mrs ms dr prof sir st no nos para paras v vs eg ie cf ch art ltd co inc p pp")
# A sentence is looked at no further than this, in words.
FAR = 80


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a passage; a break "at" a word stands before it."""

    text: str
    words: Sequence[Word]

    def key(self, at: int) -> str:
        """A word's key; nothing outside."""
        return self.words[at].key if 0 <= at < len(self.words) else ""

    def keys(self, start: int, end: int) -> list[str]:
        """The keys of a run of words."""
        return [word.key for word in self.words[start:end]]

    def shown(self, start: int, end: int) -> str:
        """A run of words as printed, in one line."""
        if start >= end:
            return ""
        return " ".join(self.text[self.words[start].start : self.words[end - 1].end].split())

    def between(self, at: int) -> str:
        """What stands before a word, after the one before it."""
        start = self.words[at - 1].end if at > 0 else 0
        end = self.words[at].start if at < len(self.words) else len(self.text)
        return self.text[start:end]

    def ends_sentence(self, at: int) -> bool:
        """True where a sentence ends before the word."""
        if at <= 0 or at >= len(self.words):
            return True
        if not SENTENCE.search(self.between(at)):
            return False
        before = self.key(at - 1)
        return (before not in SHORT and len(before) > 1) or before.isdigit()

    def ends_clause(self, at: int) -> bool:
        """True where punctuation stands before the word."""
        return self.ends_sentence(at) or CLAUSE.search(self.between(at)) is not None

    def is_strong(self, at: int) -> bool:
        """True where a semicolon, a colon or a full stop stands before the word."""
        return self.ends_sentence(at) or STRONG.search(self.between(at)) is not None

    def sentence_start(self, at: int) -> int:
        """The first word of the sentence that a word is in."""
        low = max(0, at - FAR)
        while at > low and not self.ends_sentence(at):
            at -= 1
        return at

    def sentence_end(self, at: int) -> int:
        """The end, exclusive, of the sentence that the word before is in."""
        high = min(len(self.words), at + FAR)
        while at < high and not self.ends_sentence(at):
            at += 1
        return at

    def clause_start(self, at: int) -> int:
        """The first word after the last punctuation before a word."""
        low = max(0, at - FAR)
        while at > low and not self.ends_clause(at):
            at -= 1
        return at
