"""Numbers that Word's fields count: LISTNUM in three lists of its own, AUTONUM from 1 on.

Such a field holds no result: Word prints its number wherever it shows the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indexer.formats.docx.lists import PLACE
from indexer.formats.docx.numerals import write_number

DECIMAL, LETTER, ROMAN = "decimal", "lowerLetter", "lowerRoman"
# The pattern and format of each level.
NUMBERS = (
    *(("%1)", DECIMAL), ("%2)", LETTER), ("%3)", ROMAN), ("(%4)", DECIMAL), ("(%5)", LETTER)),
    *(("(%6)", ROMAN), ("%7.", DECIMAL), ("%8.", LETTER), ("%9.", ROMAN)),
)
OUTLINE = (
    *(("%1.", "upperRoman"), ("%2.", "upperLetter"), ("%3.", DECIMAL), ("%4)", LETTER)),
    *(("(%5)", DECIMAL), ("(%6)", LETTER), ("(%7)", ROMAN), ("(%8)", LETTER), ("(%9)", ROMAN)),
)
LEGAL = tuple(
    ("".join(f"%{place}." for place in range(1, level + 1)), DECIMAL) for level in range(1, 10)
)
LISTS = {"legaldefault": LEGAL, "outlinedefault": OUTLINE}
AUTOMATIC = {"AUTONUM": LEGAL, "AUTONUMLGL": LEGAL, "AUTONUMOUT": OUTLINE}
CODE = re.compile(r'\s*(?P<kind>LISTNUM|AUTONUM(?:LGL|OUT)?)\b\s*"?(?P<name>[^\\"]{0,80})')
SWITCH = re.compile(r"\\(?P<name>[lsLS])\s*(?P<value>\d{1,4})")


@dataclass(slots=True)
class FieldNumbers:
    """The counters of a document's fields, by list and level."""

    _at: dict[str, list[int]] = field(default_factory=dict)

    def of(self, code: str) -> str:
        """The number that a field prints; nothing for one that counts nothing."""
        found = CODE.match(code)
        if found is None:
            return ""
        kind, name = found["kind"], found["name"].strip().casefold()
        said = {each["name"].lower(): int(each["value"]) for each in SWITCH.finditer(code)}
        levels = AUTOMATIC.get(kind) or LISTS.get(name, NUMBERS)
        level = min(max(said.get("l", 1), 1), len(levels))
        at = self._at.setdefault(f"{kind} {name}" if kind == "LISTNUM" else kind, [])
        # Levels above that were not used yet stand at their first number.
        at.extend([1] * (level - 1 - len(at)))
        start = said.get("s")
        if start is not None:
            at[level - 1 :] = [start]
        elif len(at) < level:
            at.append(1)
        else:
            at[level - 1 :] = [at[level - 1] + 1]
        pattern, _ = levels[level - 1]
        return PLACE.sub(
            lambda place: write_number(at[int(place[1]) - 1], levels[int(place[1]) - 1][1]), pattern
        )
