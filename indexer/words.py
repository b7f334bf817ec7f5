"""Words as they are compared: without case, accents or marks."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"\w+")


def plain(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, accents taken off."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return tuple(WORD.findall("".join(c for c in spread if not unicodedata.combining(c))))
