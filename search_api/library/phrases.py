"""Where the very words of a phrase stand in a report, whatever their case, spacing and quotes."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.errors import QuestionError
from indexer.report import Report

LONGEST = 300
# Spelled in more than one way by typewriters, word processors and typesetters.
SAME = str.maketrans("‘’‛“”„‐‑‒–—\u00a0", "'''\"\"\"----- ")


class Mention(NamedTuple):
    """A passage's place in the report, and the slices of its text that are the phrase."""

    place: int
    spans: tuple[tuple[int, int], ...]


def mentions(report: Report, phrase: str) -> list[Mention]:
    """The passages that hold the words of a phrase next to each other, in the report's order.

    Raises:
        QuestionError: the phrase is empty or too long.
    """
    words = phrase[: LONGEST + 1].translate(SAME).strip(" \"'").split()
    if not words or len(phrase) > LONGEST:
        raise QuestionError(f"give a phrase of 1 to {LONGEST} characters to find")
    # Words and the spaces between them alone: nothing in it can be tried in more than one way.
    wanted = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    found = []
    for place, passage in enumerate(report.passages):
        text = passage.text.translate(SAME)
        spans = tuple(match.span() for match in wanted.finditer(text) if _whole(text, match))
        if spans:
            found.append(Mention(place, spans))
    return found


def _whole(text: str, match: re.Match[str]) -> bool:
    """Whether a match begins and ends where words do."""
    start, end = match.span()
    cut_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cut_after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not cut_before and not cut_after
