"""Text to the words a quotation is compared by: case, quote marks, dashes and spacing left out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Accents written apart, soft hyphens and zero-width signs belong to the word they stand in.
MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
APOSTROPHES = "'’ʼ＇"
# A figure with its separators, a word with its apostrophes, or a sign that is read aloud.
WORD = re.compile(
    rf"\d+(?:[.,]\d+)+|[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
    rf"(?:[{APOSTROPHES}][^\W_]+(?:[{MARKS}]+[^\W_]*)*)*|[%£$€&+=<>§@#°©®]"
)
ASCII_WORD = re.compile(r"\d+(?:[.,]\d+)+|[a-z0-9]+(?:'[a-z0-9]+)*|[%$&+=<>@#]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at text[start:end]; `key` is what it is compared by."""

    key: str
    start: int
    end: int


def word_set(*lists: str) -> frozenset[str]:
    """The words of lines of them."""
    return frozenset(word for line in lists for word in line.split())


def keys_of(text: str) -> list[str]:
    """The keys of a text's words, in order."""
    if text.isascii():
        return ASCII_WORD.findall(text.lower())
    return [key_of(word) for word in WORD.findall(text)]


def words_of(text: str) -> list[Word]:
    """The words of a text with their offsets."""
    return [Word(key_of(m[0]), m.start(), m.end()) for m in WORD.finditer(text)]


def key_of(word: str) -> str:
    """The key of one word: small letters, composed accents, straight apostrophes."""
    if word.isascii():
        return word.lower()
    plain = INVISIBLE.sub("", word)
    for sign in APOSTROPHES:
        plain = plain.replace(sign, "'")
    return unicodedata.normalize("NFKC", plain).casefold()
