"""Text as it is kept, without characters that steer what shows it, and words as they are compared.

A control character can rewrite a terminal, a mark of direction can turn "12" into "21" before the
reader's eyes, and half of a surrogate pair cannot be written at all.
"""

from __future__ import annotations

import re
import unicodedata

STEERING = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
UNPAIRED = re.compile("[\ud800-\udfff]")
# Line and page breaks of other conventions; tabs and line feeds have a meaning here.
BREAKS = re.compile("[\x0b-\r\x1c-\x1f\x85\u2028\u2029]")
ANY = re.compile("|".join(pattern.pattern for pattern in (STEERING, UNPAIRED, BREAKS)))
WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """The text without steering characters; other breaks as spaces, half a pair as U+FFFD."""
    if ANY.search(text) is None:
        return text
    return BREAKS.sub(" ", UNPAIRED.sub("\ufffd", STEERING.sub("", text)))


def one_line(text: str) -> str:
    """The text in one line, plain, each run of white space as one space."""
    return " ".join(plain(text).split())


def compared_words(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, accents taken off."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return tuple(WORD.findall("".join(c for c in spread if not unicodedata.combining(c))))
