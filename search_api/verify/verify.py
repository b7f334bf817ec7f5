"""A draft against the reports: for each quotation and reference, what is right and what is not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from indexer.errors import NotFoundError
from indexer.report import Report
from search_api.turn import go_on
from search_api.types import Check, Verdict
from search_api.verify.claims import Claim, find_claims
from search_api.verify.document import Draft, parse_draft
from search_api.verify.match import Match, find_match, nearest_sentence
from search_api.verify.passage_index import PassageIndex, Scope, spoken
from search_api.verify.quotations import Quotation
from search_api.verify.references import Reference
from search_api.verify.sources import (
    Claimed,
    Mention,
    find_mentions,
    lacks_item,
    reports_meant,
    resolve,
    stands_in_item,
)
from search_api.verify.words import keys_of


@dataclass(frozen=True, slots=True)
class Finding:
    """A check, the slice of the draft it is about, and the row that it found, if any."""

    check: Check
    start: int
    end: int
    row: int | None


def verify(reports: Sequence[Report], text: str, report_id: str | None = None) -> list[Check]:
    """Check the quotations and paragraph references of a draft, in the order they stand.

    To check many drafts, make the PassageIndex once and call `check_draft`.

    Args:
        reports: the reports it may quote.
        text: the draft, as plain text, Markdown or HTML.
        report_id: the report it is about; else each citation says, or all are searched.

    Raises:
        NotFoundError: no such report.
    """
    return check_draft(PassageIndex(reports), text, report_id)


def check_draft(index: PassageIndex, text: str, report_id: str | None = None) -> list[Check]:
    """Check a draft against an index made before.

    Raises:
        NotFoundError: no such report.
    """
    return [finding.check for finding in examine(index, text, report_id)]


def examine(index: PassageIndex, text: str, report_id: str | None = None) -> list[Finding]:
    """The checks of a draft with where they stand in it.

    Raises:
        NotFoundError: no such report.
        OverdueError: the time that a server gives it is up.
    """
    draft = parse_draft(text)
    only = _place_of(index, report_id) if report_id is not None else None
    mentions = find_mentions(index, draft) if only is None else []
    found = []
    for claim in find_claims(draft, index.units):
        go_on()
        found.append(_examine_claim(index, draft, mentions, claim, only))
    return found


def _place_of(index: PassageIndex, report_id: str) -> int:
    if report_id in index.ids:
        return index.ids.index(report_id)
    known = ", ".join(index.ids[:5]) or "none"
    raise NotFoundError(f"no report '{report_id}' in the store; it has: {known}")


def _examine_claim(
    index: PassageIndex, draft: Draft, mentions: Sequence[Mention], claim: Claim, only: int | None
) -> Finding:
    quotation, reference = claim.quotation, claim.reference
    place = reference or quotation
    assert place is not None
    end = reference.end if reference is not None else place.end + 1
    reports: tuple[int, ...]
    if only is not None:
        reports, named = (only,), True
    else:
        reports, named = reports_meant(index, draft, mentions, place.start, end)
    numbers = reference.numbers if reference is not None else ()
    # A report named far off is only the likelier one: the number may be another's.
    claimed = resolve(index, numbers, reports if named else tuple(range(len(index.reports))))
    if quotation is None:
        assert reference is not None
        return _of_reference(index, claimed, reference)
    scopes: list[Scope] = [tuple(index.rows_of(report) for report in reports)]
    if only is None and len(reports) < len(index.reports):
        scopes.append(None)
    found = _find(index, draft, quotation, claimed, scopes)
    under = [] if found.match is not None else _under(index, found.quotation, scopes[-1])
    if under:
        return _of_heading(index, found, under, claimed, reference, quotation.start)
    check = _check(index, found, claimed, reference, reports if named else ())
    return Finding(check, quotation.start, found.end, found.row)


@dataclass(frozen=True, slots=True)
class _Found:
    """A quotation as it was read, and its match or else the sentence nearest to it."""

    quotation: str
    end: int
    match: Match | None
    nearest: tuple[int, int, int] | None

    @property
    def row(self) -> int | None:
        """The row of what was found."""
        if self.match is not None:
            return self.match.row
        return self.nearest[0] if self.nearest is not None else None


def _find(
    index: PassageIndex,
    draft: Draft,
    quotation: Quotation,
    claimed: Claimed,
    scopes: Sequence[Scope],
) -> _Found:
    """Search for a quotation; of ends in doubt, the one that makes it faithful is right."""
    first: _Found | None = None
    for end in (quotation.end, *reversed(quotation.others)):
        text = draft.text(quotation.start, end)
        match = find_match(index, text, claimed.rows, scopes)
        if match is not None and match.is_faithful:
            return _Found(text, end, match, None)
        first = first or _Found(text, end, match, None)
    assert first is not None
    if first.match is not None:
        return first
    nearest = nearest_sentence(index, first.quotation, claimed.rows, scopes[0])
    return _Found(first.quotation, first.end, None, nearest)


def _under(index: PassageIndex, quotation: str, scope: Scope) -> list[int]:
    """The rows under the heading that a quotation is; a heading is in no passage's text."""
    rows = index.headings.get(spoken(keys_of(quotation)), [])
    return rows if scope is None else [row for row in rows if any(row in part for part in scope)]


def _of_heading(
    index: PassageIndex,
    found: _Found,
    under: Sequence[int],
    claimed: Claimed,
    reference: Reference | None,
    start: int,
) -> Finding:
    here = [row for row in under if row in claimed.rows]
    row = (here or under)[0]
    check = Check(
        quotation=found.quotation,
        claimed=reference.claimed if reference is not None else None,
        verdict="found" if here or reference is None else "wrong_paragraph",
        paragraph=index.passages[row].key,
        actual=None,
        difference=f"a heading, over {index.passages[under[0]].key}",
    )
    return Finding(check, start, found.end, row)


def _check(
    index: PassageIndex,
    found: _Found,
    claimed: Claimed,
    reference: Reference | None,
    reports: Collection[int],
) -> Check:
    label = reference.claimed if reference is not None else None
    notes = [claimed.missing] if claimed.missing else []
    if found.match is None:
        row, start, end = found.nearest or (None, 0, 0)
        verdict: Verdict = "not_found"
    else:
        row, comparison = found.match.row, found.match.comparison
        start, end = comparison.start, comparison.end
        right = reference is None or row in claimed.rows
        if right and claimed.item:
            lacks = lacks_item(index, row, claimed.item)
            right = bool(lacks) or stands_in_item(index, row, claimed.item, start, end)
            notes += [lacks] if lacks else []
        verdict = "found" if right else "wrong_paragraph"
        if not comparison.is_faithful:
            verdict = "altered"
            notes.insert(0, comparison.changes)
        if comparison.permitted:
            notes.append(f"permitted: {', '.join(comparison.permitted)}")
    if row is not None and len(index.reports) > 1 and index.report_of(row) not in reports:
        notes.append(f"in report {index.reports[index.report_of(row)].id}")
    return Check(
        quotation=found.quotation,
        claimed=label,
        verdict=verdict,
        paragraph=None if row is None else index.passages[row].key,
        actual=None if row is None else index.passages[row].text[start:end],
        difference="; ".join(notes) or None,
    )


def _of_reference(index: PassageIndex, claimed: Claimed, reference: Reference) -> Finding:
    """Whether the paragraph of a reference without a quotation exists."""
    missing = claimed.missing
    if claimed.item and not missing:
        missing = lacks_item(index, claimed.rows[0], claimed.item)
    row = None if missing else claimed.rows[0]
    check = Check(
        quotation=None,
        claimed=reference.claimed,
        verdict="not_found" if row is None else "found",
        paragraph=None if row is None else index.passages[row].key,
        actual=None,
        difference=missing or None,
    )
    return Finding(check, reference.start, reference.end, row)
