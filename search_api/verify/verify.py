"""A draft against the reports: for each quotation and reference, what is right and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.errors import NotFoundError
from indexer.report import Report
from search_api.timing import go_on
from search_api.types.checks import Check
from search_api.verify.claims.citing import Known
from search_api.verify.claims.pairing import Claim, find_claims
from search_api.verify.claims.quotations import Quotation
from search_api.verify.drafts.document import Draft, parse_draft
from search_api.verify.findings.cited_reports import (
    Mention,
    find_mentions,
    quoting_titles,
    reports_meant,
    resolve,
)
from search_api.verify.findings.judging import Question, judge_quotation, judge_reference
from search_api.verify.findings.verdicts import CERTAIN, Finding, Place, finding
from search_api.verify.lookup.passage_index import PassageIndex


def verify(reports: Sequence[Report], text: str, report_id: str | None = None) -> list[Check]:
    """Check the quotations and paragraph references of a draft, in the order they stand.

    To check many drafts, make the PassageIndex once and call `check_draft`.

    Args:
        reports: the reports it may quote.
        text: the draft, as plain text, Markdown, HTML or LaTeX.
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

    Args:
        index: of the reports it may quote.
        text: the draft.
        report_id: the report it is about; else each citation says, or all are searched.

    Raises:
        NotFoundError: no such report.
        OverdueError: the time that a server gives it is up.
    """
    draft = parse_draft(text)
    only = _place_of(index, report_id)
    mentions = find_mentions(index, draft) if only is None else []
    work = _Work(index, draft, only, mentions, quoting_titles(index, draft))
    found = []
    for claim in find_claims(draft, Known(index.units, index.own_words, index.has_number)):
        go_on()
        found.append(work.examine(claim))
    return found


def _place_of(index: PassageIndex, report_id: str | None) -> int | None:
    if report_id is None:
        return None
    if report_id in index.ids:
        return index.ids.index(report_id)
    known = ", ".join(index.ids[:5]) or "none"
    raise NotFoundError(f"no report '{report_id}' in the store; it has: {known}")


def _is_part(quotation: Quotation, title: Mention) -> bool:
    """True for words in a title that are not all of it."""
    inside = title.start <= quotation.start and quotation.end <= title.end
    return inside and (title.start, title.end) != (quotation.start, quotation.end)


@dataclass(frozen=True)
class _Work:
    """A draft being examined against one report, or all."""

    index: PassageIndex
    draft: Draft
    only: int | None
    mentions: Sequence[Mention]
    titles: Sequence[Mention]

    def examine(self, claim: Claim) -> Finding:
        """What is to be said of one claim."""
        index, reference = self.index, claim.reference
        quoted = claim.quotation
        title = next((each for each in self.titles if quoted and _is_part(quoted, each)), None)
        if quoted is not None and title is not None:
            place = Place(quoted.start, quoted.end, self.draft.text(quoted.start, quoted.end), None)
            said = f"in the title of {index.ids[min(title.reports)]}"
            return finding(index, place, "other_source", None, said, CERTAIN)
        reports, named = self._reports_of(claim)
        numbers = reference.numbers if reference is not None else ()
        # A report named far off is only the likelier one: the number may be another's.
        scope = reports if named else tuple(range(len(index.reports)))
        claimed = resolve(index, numbers, scope)
        question = Question(index, self.draft, claim, claimed, reports, named, self.only)
        return judge_reference(question) if claim.quotation is None else judge_quotation(question)

    def _reports_of(self, claim: Claim) -> tuple[tuple[int, ...], bool]:
        if self.only is not None:
            return (self.only,), True
        place = claim.reference or claim.quotation
        assert place is not None
        end = claim.reference.end if claim.reference is not None else place.end + 1
        return reports_meant(self.index, self.draft, self.mentions, place.start, end)
