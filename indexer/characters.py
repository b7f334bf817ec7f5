"""Characters that steer what shows a text instead of being shown: none of ours holds them.

A control character can rewrite a terminal, a mark of direction can turn "12" into "21" before the
reader's eyes, and half of a surrogate pair cannot be written at all.
"""

from __future__ import annotations

import re

STEERING = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
UNPAIRED = re.compile("[\ud800-\udfff]")
# Line and page breaks of other conventions; tabs and line feeds have a meaning here.
BREAKS = re.compile("[\x0b-\r\x1c-\x1f\x85\u2028\u2029]")
ANY = re.compile("|".join(pattern.pattern for pattern in (STEERING, UNPAIRED, BREAKS)))


def plain(text: str) -> str:
    """The text without steering characters; other breaks as spaces, half a pair as U+FFFD."""
    if ANY.search(text) is None:
        return text
    return BREAKS.sub(" ", UNPAIRED.sub("\ufffd", STEERING.sub("", text)))


def one_line(text: str) -> str:
    """The text in one line, plain, each run of white space as one space."""
    return " ".join(plain(text).split())
