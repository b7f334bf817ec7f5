"""What a report prints that is no paragraph's text: its headings, grades and titles."""

from __future__ import annotations

from collections.abc import Sequence

from search_api.verify.findings.verdicts import CERTAIN, LIKELY, Finding, Place, Slice, finding
from search_api.verify.lookup.passage_index import HEADING_LABEL, PassageIndex, Scope, spoken
from search_api.verify.words import keys_of

# Longer quotations are sentences.
MOST_WORDS = 30


def find_heading(
    index: PassageIndex, place: Place, claimed: Sequence[int], scope: Scope, *, cited: bool
) -> Finding | None:
    """A quotation that is a heading, a grade or a title; None when it is none of them."""
    keys = keys_of(place.quotation or "")
    if not keys or len(keys) > MOST_WORDS:
        return None
    name = spoken(keys)
    under = _under(index, place.quotation or "", scope)
    for row in claimed[:MOST_WORDS]:
        passage = index.passages[row]
        above = [*passage.section, passage.note or ""]
        if row not in under and any(name in spoken(keys_of(part)) for part in above):
            return finding(index, place, "found", Slice((row,)), "in a heading over it", CERTAIN)
    if not under:
        return _title(index, place, name, scope)
    row = next((row for row in under if row in claimed), under[0])
    right = not cited or row in claimed
    said = f"a heading, over {index.passages[under[0]].key}"
    return finding(
        index, place, "found" if right else "wrong_paragraph", Slice((row,)), said, LIKELY
    )


def _under(index: PassageIndex, quotation: str, scope: Scope) -> list[int]:
    """The rows under the heading or grade that a quotation is, with its number or without."""
    for text in (quotation, HEADING_LABEL.sub("", quotation)):
        rows = index.headings.get(spoken(keys_of(text)), [])
        rows = rows if scope is None else [r for r in rows if any(r in part for part in scope)]
        if rows:
            return rows
    return []


def _title(index: PassageIndex, place: Place, name: str, scope: Scope) -> Finding | None:
    """A report's title, whole or one side of its colon."""
    for report, titles in enumerate(index.titles):
        rows = index.rows_of(report)
        if name in titles and (scope is None or rows in scope):
            where = Slice((rows[0],)) if len(rows) else None
            return finding(
                index, place, "found", where, f"the title of {index.ids[report]}", CERTAIN
            )
    return None
