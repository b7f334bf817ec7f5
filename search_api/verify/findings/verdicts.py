"""What was found of a quotation or a reference to the Check that says so."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from search_api.library.links.short_citation import passage_url, quote_url
from search_api.types.checks import Check, Verdict
from search_api.verify.alignment.compare import Comparison
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.sense import Sense
from search_api.verify.sense import lexicon as lex
from search_api.verify.words import keys_of, word_set

# How sure a verdict is, by what it stands on; set by judgement, not measured.
CERTAIN, SURE, LIKELY, UNSURE = 0.99, 0.95, 0.85, 0.6
FEW_WORDS = 3
# A draft that says so only reports.
PLAINLY = word_set("said says say saying stated states told tells tell considered maintained view")


@dataclass(frozen=True, slots=True)
class Finding:
    """A check, the slice of the draft it is about, and the row that it found, if any."""

    check: Check
    start: int
    end: int
    row: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft says something: the words between two offsets, and the numbers it names."""

    start: int
    end: int
    quotation: str | None
    claimed: str | None


@dataclass(frozen=True, slots=True)
class Slice:
    """The report's words at `text[start:end]` of the rows' passages; no words for a whole row."""

    rows: tuple[int, ...]
    actual: str | None = None
    start: int = 0
    end: int = 0


def finding(
    index: PassageIndex,
    place: Place,
    verdict: Verdict,
    where: Slice | None = None,
    difference: str = "",
    confidence: float = SURE,
) -> Finding:
    """A finding with its check, permalink and report."""
    row = where.rows[0] if where is not None and where.rows else None
    check = Check(
        quotation=place.quotation,
        claimed=place.claimed,
        verdict=verdict,
        paragraph=named(index, where.rows) if where is not None and where.rows else None,
        actual=where.actual if where is not None else None,
        difference=difference or None,
        report=None if row is None else index.ids[index.report_of(row)],
        start=place.start,
        end=place.end,
        url=_url(index, where) if where is not None else None,
        confidence=round(confidence, 2),
    )
    return Finding(check, place.start, place.end, row)


def _url(index: PassageIndex, where: Slice) -> str | None:
    if not where.rows:
        return None
    passage = index.passages[where.rows[0]]
    report = index.reports[index.report_of(where.rows[0])]
    if not where.actual:
        return passage_url(report, passage)
    return quote_url(report, passage, where.start, min(where.end, len(passage.text)))


def named(index: PassageIndex, rows: tuple[int, ...]) -> str:
    """Rows as one cites them: "29", "106-107", "29, 99"."""
    keys = [index.passages[row].key for row in rows]
    runs = all(after == row + 1 for row, after in pairwise(rows))
    return f"{keys[0]}-{keys[-1]}" if len(rows) > 1 and runs else ", ".join(keys)


def turned(sense: Sense, before: str) -> tuple[str, ...]:
    """What turns the sense of a quotation, given what the draft says right before it."""
    lead = () if sense.lead and denies(before) else sense.lead
    return tuple(dict.fromkeys([*sense.turned, *lead]))


def denies(before: str) -> bool:
    """True where a draft's own words deny, doubt or limit what they lead to."""
    keys = keys_of(before)[-12:]
    known = lex.HEDGES | (lex.ATTITUDES - PLAINLY) | lex.CONDITIONS | lex.ONLY | lex.FEW
    return any(lex.is_negation(key) or key in known or key in lex.MODALS for key in keys)


def sureness(verdict: Verdict, comparison: Comparison | None) -> float:
    """How sure a verdict is, 0..1, by how many words it stands on and how much differs."""
    if comparison is None:
        return LIKELY
    if verdict == "distorted":
        return LIKELY
    if verdict == "altered":
        return max(UNSURE, min(CERTAIN, comparison.likeness))
    if comparison.words <= FEW_WORDS:
        return LIKELY
    return CERTAIN if not comparison.permitted else SURE
