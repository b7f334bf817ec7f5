"""The regular expressions of the page's scripts, as Python's engine reads them.

Both engines backtrack in the same way, so what is slow in one is slow in the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.patterns.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A literal stands where a value may begin.
LITERAL = re.compile(
    r"(?<=[(,=:!&|?\[{};\n ])/((?!\*)(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/([a-z]*)"
)
BUILT = re.compile(r"RegExp\(`([^`]*)`")
OTHER_WORDS = {
    r"\p{L}\p{N}": r"\w",
    r"^\p{L}\p{N}": r"^\w",
    r"\p{L}": "a-z",
    r"\p{N}": r"\d",
    r"[^]": r"[\s\S]",
    "(?<=^|": "(?:^|",
    "(?<": "(?P<",
    "(?P<=": "(?<=",
    "(?P<!": "(?<!",
}


def patterns_in(path: Path) -> Iterator[Found]:
    """Each pattern of a script."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        code = line.partition(" // ")[0]
        if code.lstrip().startswith(("//", "*", "/*")):
            continue
        for match in (*LITERAL.finditer(code), *BUILT.finditer(code)):
            flags = match[2] if match.re is LITERAL else ""
            pattern = re.sub(r"\$\{[^}]*\}", "a1", match[1]) if match.re is BUILT else match[1]
            for theirs, ours in OTHER_WORDS.items():
                pattern = pattern.replace(theirs, ours)
            found = Found(f"{path.name}:{number}", pattern, _flags(flags))
            found.used("search", None)
            yield found


def _flags(letters: str) -> int:
    known = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
    return sum(known.get(letter, 0) for letter in letters)
