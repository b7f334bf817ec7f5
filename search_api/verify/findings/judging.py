"""A claim of a draft to its finding: searched where it says, then elsewhere, then judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search_api.types.checks import Verdict
from search_api.verify.claims.other_works import NOBODY, PHRASE, is_attributed, is_title, work_in
from search_api.verify.claims.pairing import Claim
from search_api.verify.claims.quotations import Quotation
from search_api.verify.drafts.document import Draft
from search_api.verify.findings.cited_reports import Claimed, lacks_item, stands_in_item
from search_api.verify.findings.printed_headings import find_heading
from search_api.verify.findings.verdicts import (
    CERTAIN,
    LIKELY,
    SURE,
    UNSURE,
    Finding,
    Place,
    Slice,
    finding,
    sureness,
    turned,
)
from search_api.verify.lookup.joined import Joined, find_joined
from search_api.verify.lookup.match import Match, find_match, nearest_sentence
from search_api.verify.lookup.passage_index import PassageIndex, Scope
from search_api.verify.words import keys_of

# How much of the draft before a quotation may deny it, in characters.
LEAD = 80


@dataclass(frozen=True, slots=True)
class Question:
    """A claim with the reports and passages that it may mean; `named`: the draft says which."""

    index: PassageIndex
    draft: Draft
    claim: Claim
    claimed: Claimed
    reports: tuple[int, ...]
    named: bool
    only: int | None

    @property
    def other(self) -> str:
        """The work cited, where it is no indexed report."""
        return self.claim.reference.of if self.claim.reference is not None else ""

    @property
    def is_cited(self) -> bool:
        """True when paragraphs of an indexed report are claimed."""
        return self.claim.reference is not None and not self.other

    @property
    def numbers(self) -> str | None:
        """The paragraphs claimed, as one would cite them."""
        reference = self.claim.reference
        return reference.claimed or None if reference is not None else None

    @property
    def scopes(self) -> list[Scope]:
        """Where to search, first things first."""
        scopes: list[Scope] = [tuple(map(self.index.rows_of, self.reports))]
        if self.only is None and len(self.reports) < len(self.index.reports):
            scopes.append(None)
        return scopes

    @property
    def quotation(self) -> Quotation:
        """The quotation that is judged."""
        assert self.claim.quotation is not None
        return self.claim.quotation

    def elsewhere(self, row: int) -> list[str]:
        """A remark where a row's report is another than the draft names."""
        index = self.index
        named = self.reports if self.named else ()
        if len(index.reports) < 2 or index.report_of(row) in named:
            return []
        return [f"in report {index.ids[index.report_of(row)]}"]


@dataclass(frozen=True, slots=True)
class _Found:
    """A quotation as it was read, and its match."""

    place: Place
    match: Match | None

    @property
    def is_faithful(self) -> bool:
        """True when its words are a passage's."""
        return self.match is not None and self.match.is_faithful


def judge_reference(question: Question) -> Finding:
    """Whether the paragraph of a reference without a quotation exists."""
    reference, claimed = question.claim.reference, question.claimed
    assert reference is not None
    place = Place(reference.start, reference.end, None, question.numbers)
    if question.other:
        return finding(question.index, place, "other_source", None, f"of {question.other}", LIKELY)
    missing = claimed.missing
    if claimed.item and not missing:
        missing = lacks_item(question.index, claimed.rows[0], claimed.item)
    if missing:
        return finding(question.index, place, "not_found", None, missing, SURE)
    return finding(question.index, place, "found", Slice(claimed.rows[:1]), confidence=CERTAIN)


def judge_quotation(question: Question) -> Finding:
    """Whether a quotation is the report's, where the draft says."""
    found = _find(question)
    if question.claim.is_weak and found.is_faithful and not _in_claimed(question, found.match):
        # The number named nearby is about something else.
        question = replace(question, claim=replace(question.claim, reference=None))
        found = replace(found, place=replace(found.place, claimed=None))
    right = found.is_faithful and (not question.is_cited or _in_claimed(question, found.match))
    if not right:
        other = _otherwise(question, found)
        if other is not None:
            return other
    if question.other and not (found.is_faithful and _in_claimed(question, found.match)):
        return _of_other(question, found, question.other)
    if found.match is None or not found.is_faithful:
        work = _said_elsewhere(question, found)
        if work is not None:
            return _of_other(question, found, work)
    return _verdict(question, found)


def _find(question: Question) -> _Found:
    """Search for a quotation; of ends in doubt, the one that makes it faithful is right."""
    first: _Found | None = None
    quotation = question.quotation
    for end in (quotation.end, *reversed(quotation.others)):
        text = question.draft.text(quotation.start, end)
        match = find_match(question.index, text, question.claimed.rows, question.scopes)
        found = _Found(Place(quotation.start, end, text, question.numbers), match)
        if found.is_faithful:
            return found
        first = first or found
    assert first is not None
    return first


def _in_claimed(question: Question, match: Match | None) -> bool:
    return match is not None and match.row in question.claimed.rows


def _otherwise(question: Question, found: _Found) -> Finding | None:
    """A quotation that no paragraph has alone: a heading, a title, words of several."""
    index, place, rows = question.index, found.place, question.claimed.rows
    if question.other and not is_title(place.quotation or ""):
        return None
    heading = find_heading(
        index,
        place,
        rows,
        question.scopes[-1],
        cited=question.is_cited and not is_title(place.quotation or ""),
    )
    if heading is not None and (heading.check.verdict == "found" or found.match is None):
        return heading
    if found.is_faithful or question.other:
        return None
    joined = find_joined(index, place.quotation or "", rows, question.scopes[0])
    return None if joined is None else _of_joined(question, place, joined)


def _of_joined(question: Question, place: Place, joined: Joined) -> Finding:
    right = not question.is_cited or set(joined.rows) <= set(question.claimed.rows)
    verdict: Verdict = "found" if right else "wrong_paragraph"
    notes = list(turned(joined.sense, _before(question)))
    if notes:
        verdict = "distorted"
    notes += _permitted(joined.comparison.permitted) + question.elsewhere(joined.rows[0])
    where = Slice(joined.rows, joined.actual, joined.start, joined.end)
    sure = min(SURE, sureness(verdict, joined.comparison))
    return finding(question.index, place, verdict, where, "; ".join(notes), sure)


def _before(question: Question) -> str:
    start = question.quotation.start
    return question.draft.text(max(question.claim.sentence_start, start - LEAD), start)


def _permitted(kinds: Sequence[str]) -> list[str]:
    return [f"permitted: {', '.join(kinds)}"] if kinds else []


def _said_elsewhere(question: Question, found: _Found) -> str | None:
    """What a quotation that stands nowhere is said of instead, "" for a term; else None."""
    claim, text = question.claim, found.place.quotation or ""
    words = len(keys_of(text))
    altered = found.match is not None and words > PHRASE
    if question.is_cited and claim.is_nearest:
        return None
    if claim.in_bibliography or (is_title(text) and not altered):
        return ""
    before, after = claim.context(question.draft)
    own = question.index.own_words
    if is_attributed(before, after, own):
        return None
    if words < PHRASE or (NOBODY.match(after) and not (question.is_cited or altered)):
        return ""
    if question.is_cited or altered:
        return None
    return work_in(f"{before} {after}", own) or None


def _of_other(question: Question, found: _Found, work: str) -> Finding:
    said = f"of {work}" if work else "a term, a title or somebody else's words"
    match = found.match
    if match is not None and match.is_faithful and match.comparison.words >= PHRASE:
        said += f"; para {question.index.passages[match.row].key} has these words too"
    return finding(question.index, found.place, "other_source", None, said, LIKELY)


def _verdict(question: Question, found: _Found) -> Finding:
    index, claimed, match = question.index, question.claimed, found.match
    notes = [claimed.missing] if claimed.missing else []
    if match is None:
        return _not_found(question, found, notes)
    row, comparison = match.row, match.comparison
    right = not question.is_cited or row in claimed.rows
    if right and claimed.item:
        lacks = lacks_item(index, row, claimed.item)
        place = (comparison.start, comparison.end)
        inside = not lacks and stands_in_item(index, row, claimed.item, *place)
        right = bool(lacks) or inside
        notes += [lacks] if lacks else []
    verdict: Verdict = "found" if right else "wrong_paragraph"
    turns = turned(match.sense, _before(question))
    if not comparison.is_faithful:
        verdict, notes = "altered", [comparison.changes, *notes]
    elif turns:
        verdict, notes = "distorted", [*turns, *notes]
    elif match.sense.cut:
        notes.append(f"cut off after “{match.sense.cut}”")
    notes += _permitted(comparison.permitted) + question.elsewhere(row)
    actual = index.passages[row].text[comparison.start : comparison.end]
    where = Slice((row,), actual, comparison.start, comparison.end)
    sure = sureness(verdict, comparison)
    return finding(index, found.place, verdict, where, "; ".join(notes), sure)


def _not_found(question: Question, found: _Found, notes: list[str]) -> Finding:
    """Not found, with the sentence that comes nearest."""
    index, text = question.index, found.place.quotation or ""
    nearest = nearest_sentence(index, text, question.claimed.rows, question.scopes[0])
    sure = SURE if question.is_cited else UNSURE
    if nearest is None:
        return finding(index, found.place, "not_found", None, "; ".join(notes), sure)
    row, start, end = nearest
    notes += question.elsewhere(row)
    where = Slice((row,), index.passages[row].text[start:end], start, end)
    return finding(index, found.place, "not_found", where, "; ".join(notes), sure)
