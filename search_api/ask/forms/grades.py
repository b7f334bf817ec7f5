"""Questions about grades, answered by the headings that carry them."""

from __future__ import annotations

import re

from indexer.report import Passage, Report
from search_api.ask.forms.lists import SURE, Listed, Slice
from search_api.ask.question.content import content_stems, covered, stems_of
from search_api.library.headings import heading_passages

RATINGS = (
    r"outstanding|excellent|good|adequate|satisfactory|fair|requires? improvement|inadequate"
    r"|unsatisfactory|poor|weak|strong"
)
# "how was leadership rated", "what grade did ... get", "what is the rating of ...".
ASKS_GRADE = re.compile(
    r"\b(?:what|which)\b[^?]{0,200}\b(?:grades?|ratings?|scores?|judge?ments?)\b"
    r"|\bhow\b[^?]{0,200}\b(?:rated|graded|judged|scored)\b|\b(?:grades?|ratings?) (?:for|of)\b",
    re.IGNORECASE,
)
# "which services were outstanding", "what was rated good".
ASKS_GRADED = re.compile(
    r"\b(?:which|what|list)\b[^?]{0,200}?\b(?:were|was|are|is|been|rated|graded|judged|found"
    r"|considered|deemed)\s{1,9}(?:to be |as |judged |rated |graded |found ){0,3}"
    rf"(?P<rating>{RATINGS})\W{{0,9}}$",
    re.IGNORECASE,
)
# Of a grade asked for, the words that the headings must have.
LEAST_COVERED = 0.6
MOST_GRADES = 3
NOT_THE_MATTER = stems_of(
    "grade grades graded rating ratings rated score scores scored judgement judgment judged "
    "service services area areas aspect aspects part parts section sections heading headings list "
    "receive received given awarded inspector inspectors inspection ofsted overall"
)


def find_grades(report: Report, question: str) -> tuple[Listed, bool] | None:
    """The headings whose grade answers a question, and whether they are a list.

    None when the question asks for no grade, or no heading that has one is about it.
    """
    graded = [item for item in heading_passages(report) if item[1].note]
    if not graded:
        return None
    named = ASKS_GRADED.search(question)
    if named is not None:
        rating = re.compile(rf"\b{re.escape(named['rating'])}\b", re.IGNORECASE)
        there = [(p, h) for p, h in graded if h.note and rating.search(h.note)]
        wanted = content_stems(question[: named.start("rating")]) - NOT_THE_MATTER
        about = [item for item in there if covered(wanted, item[1].section) == 1]
        return (_listed(about), True) if about else None
    if ASKS_GRADE.search(question) is None:
        return None
    wanted = content_stems(question) - (NOT_THE_MATTER - stems_of("overall"))
    shares = [_share(wanted, heading) for _, heading in graded]
    best = max(shares)
    if not wanted or best[0] < LEAST_COVERED:
        return None
    chosen = [item for item, share in zip(graded, shares, strict=True) if share == best]
    return _listed(chosen[:MOST_GRADES], best[0]), False


def _share(wanted: frozenset[str], heading: Passage) -> tuple[float, float]:
    """How much of the question stands in a heading's path, and in its own title."""
    return covered(wanted, heading.section), covered(wanted, heading.section[-1:])


def _listed(found: list[tuple[int, Passage]], share: float = 1.0) -> Listed:
    slices = (Slice(place, 0, len(heading.text), heading) for place, heading in found)
    return Listed(tuple(slices), SURE * share)
