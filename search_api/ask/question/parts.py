"""Several questions in one, split where each part asks by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search_api.ask.question.content import content_words

MOST_PARTS = 4
WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must)"
    r"\s{1,9}(?:it|they|he|she|there|the|this|that|these|those|its|their|any|all)\b"
)
# "?" between questions, or "and" before words that open a question of its own.
BETWEEN = re.compile(
    r"\?{1,9}+\s{1,9}(?=\S)|[,;]?\s{1,9}(?:and|but|also|as well as|and also)\s{1,9}"
    rf"(?={WH}\b|{AUXILIARY})"
    rf"|;\s{{1,9}}(?={WH}\b)",
    re.IGNORECASE,
)
LEFT_OPEN = re.compile(r"[,;]?\s{1,9}(?:and|but|also|as well as|and also)\s{0,9}$")
OPENS = re.compile(
    r"\W{0,9}(?:and |but |also )?(?:(?:in|on|at|by|for|to|of|from|with)\s{1,9})?"
    rf"(?:{WH}\b|{AUXILIARY})"
    r"|\W{0,9}(?:list|name|give|tell|describe|explain)\b",
    re.IGNORECASE,
)
POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there)\b", re.IGNORECASE
)
# "the council and how it works": before such a verb or preposition "how" opens no question.
BOUND = re.compile(
    r"\b(?:about|of|on|know|knows|see|say|says|said|explain|describe|tell|understand|whether|if|or"
    r"|decide|decided|assess|consider|considered|review|reviewed)\s+[\w' -]{0,40}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One of several questions: as it stands, and with what it points back to named."""

    text: str
    read_as: str


def split_question(text: str) -> list[AskedPart]:
    """The questions that a question asks; one alone where it asks one thing."""
    pieces = [piece.strip(" ,;") for piece in _pieces(text)]
    if len(pieces) < 2 or len(pieces) > MOST_PARTS or not all(map(OPENS.match, pieces)):
        return [AskedPart(text, text)]
    first = ", ".join(content_words(pieces[0]))
    parts = [AskedPart(pieces[0], pieces[0])]
    for piece in pieces[1:]:
        leans = POINTS_BACK.search(piece) is not None or not content_words(piece)
        parts.append(AskedPart(piece, f"{piece.rstrip('?')} ({first})?" if leans else piece))
    return parts


def _pieces(text: str) -> list[str]:
    """The text cut where another question begins."""
    cuts = [0]
    for match in BETWEEN.finditer(text):
        clause = text[cuts[-1] : match.start()]
        if match[0].startswith("?") or not BOUND.search(clause):
            cuts.append(match.end())
    ends = [*cuts[1:], len(text)]
    return [
        LEFT_OPEN.sub("", text[start:end].strip()) for start, end in zip(cuts, ends, strict=True)
    ]
