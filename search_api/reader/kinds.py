"""What kind of answer a question asks for, and whether a sentence holds one of that kind.

After the expected answer types of question answering (Li and Roth 2002), by a few patterns: a
near miss is often a sentence about the very thing that lacks the figure, date or name asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER_WORD = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|thousand|million|half|third|quarter|none|no"
)
MONTH = r"january|february|march|april|may|june|july|august|september|october|november|december"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: how a question asks for it, how a sentence gives it."""

    name: str
    asks: re.Pattern[str]
    gives: re.Pattern[str]


KINDS = (
    Kind(
        "number",
        re.compile(
            r"\bhow (?:many|much|often|long|old|far|big|large)\b"
            r"|\b(?:numbers?|percentage|proportion|rate|cost|amount|share|figures?|total|percent"
            r"|budget|average)\b",
            re.IGNORECASE,
        ),
        re.compile(rf"\d|\b(?:{NUMBER_WORD})\b", re.IGNORECASE),
    ),
    Kind(
        "time",
        re.compile(r"\b(?:when|(?:what|which) (?:date|year|month|day|time))\b", re.IGNORECASE),
        re.compile(
            rf"\b(?:1[5-9]|20)\d\d\b|\b(?:{MONTH})\b|\b(?:days?|weeks?|months?|years?)\b",
            re.IGNORECASE,
        ),
    ),
    Kind(
        "name",
        re.compile(
            r"\b(?:who|whose|whom|names? of|named|called"
            r"|which (?:company|firm|person|charity|judge|school|council|organisation))\b",
            re.IGNORECASE,
        ),
        # A capital that no sentence's start explains.
        re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+"),
    ),
    Kind(
        "reason",
        re.compile(r"\b(?:why|reasons?|causes?|how come)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:because|since|due|reasons?|result|so that|therefore|as a|in order|given|owing"
            r"|through|led to)\b",
            re.IGNORECASE,
        ),
    ),
)


def kind_signals(question: str, sentence: str) -> list[float]:
    """For each kind two flags: asked for and given; asked for and not given."""
    flags: list[float] = []
    for kind in KINDS:
        asked = bool(kind.asks.search(question))
        given = bool(kind.gives.search(sentence))
        flags += [float(asked and given), float(asked and not given)]
    return flags
