"""Questions that ask for a list, answered whole: every item, in the report's order.

A list is found by what the report says of it: the heading it stands under, and the lead-in before
it. What it is asked for by must stand there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.report import Passage, Report
from search_api.ask.forms.printed_lists import lists_of
from search_api.ask.question.content import content_stems, covered, stems_of
from search_api.library.headings import heading_passages
from search_api.library.kept import kept_per_report

# Items quoted of one list; `total` says how many there are.
MOST_ITEMS = 30
# How likely a list is the one that was asked for, all words of the question standing in what leads
# to it; the share of them that does is multiplied with it.
SURE = 0.9
LEAST_COVERED = 0.5
DOUBT = 0.65
# A paragraph longer than this is quoted by its first sentences.
LONGEST_ITEM = 1_200

# What makes items actions: the heading they stand under, the lead-in before them, or nothing.
HEADED, LED, OTHER = range(3)
# Paragraphs under a heading are a list from this many on; of fewer, their own lists are.
FEWEST_PARAGRAPHS = 3

ALL = re.compile(
    r"\b(?:list|enumerate|itemi[sz]e)\b|\b(?:all|each|every one) (?:of )?(?:the|its|their|these)\b"
    r"|\bevery\b|^\W*(?:what|which) (?:are|were|is|was)? ?(?:all )?(?:the|its|their)\b",
    re.IGNORECASE,
)
ACTIONS = re.compile(
    r"\b(?:recommendations?|recommended|areas? (?:for|of) (?:improvement|development)"
    r"|action points?|actions? (?:required|needed|to be taken)|required actions?"
    r"|improvements? (?:required|needed))\b",
    re.IGNORECASE,
)
MUST = re.compile(
    r"^\W*(?:what|which (?:things|actions|steps))\b(?: all)?\s{1,9}(?:must|should|shall|does|do|did"
    r"|is|are|were|was|has|have)\s{1,9}(?P<actor>[^?]{0,80}?)\s{0,9}\b(?:(?:have|need|needs"
    r"|required|told|asked|expected|supposed|advised|recommended) to )?"
    r"(?:do|done|take|taken|improved?|address|change|implement|achieve|put right)\b(?P<rest>[^?]*)",
    re.IGNORECASE,
)
OBLIGED = re.compile(
    r"\b(?:must|should|shall|(?:have|has|need|needs|required|told|asked|expected|supposed|advised"
    r"|recommended) to)\b",
    re.IGNORECASE,
)
ACTIONS_HEADING = re.compile(
    r"(?:[\dA-Z.]{1,8}\s+)?(?:(?:summary|list) of |key |main |our |the |full |detailed "
    r"|(?P<mixed>conclusions?|findings|summary) and )*"
    r"(?:(?:recommendations?|areas? (?:for|of) (?:improvement|development|action))"
    r"(?: (?:for|to|from|of|in|on|by)\b.{0,80})?|what needs to improve"
    r"|(?:actions?|requirements?|improvements?)(?: (?:required|needed|points?|plan|to be taken))?"
    r"|required (?:actions?|improvements?))\W*",
    re.IGNORECASE,
)
ACTIONS_LEAD = re.compile(
    r"\brecommend(?:s|ed|ations?)?\b|\b(?:following (?:actions?|steps|improvements?)"
    r"|(?:should|must|shall|(?:is|are) (?:required|asked) to)\W*$)",
    re.IGNORECASE,
)
RECOMMENDS = re.compile(
    r"(?:^|[.;:]\s)(?:recommendation \d|(?:we|I|the \w+(?: \w+)?) (?:therefore |also |further )?"
    r"recommends?\b)|\bit is recommended\b|\bshould\b|\bmust\b",
    re.IGNORECASE,
)
# What some reports print after each paragraph of such a list ("(Recommendation, Paragraph 17)").
TAGGED = re.compile(r"\((?P<kind>recommendation|conclusion)\b[^()]{0,40}\)\W{0,4}$", re.IGNORECASE)
LIST_WORDS = stems_of(
    "list lists recommendation recommendations recommended area areas improvement improvements "
    "development action actions point points required needed item items name names made full "
    "complete things steps taken"
)


@dataclass(frozen=True, slots=True)
class Slice:
    """What is quoted: offsets into the passage at a place of its report, or into a heading."""

    place: int
    start: int
    end: int
    heading: Passage | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was asked for: all its items in order, and how likely it is the one meant."""

    items: tuple[Slice, ...]
    sure: float


@dataclass(frozen=True, slots=True)
class _Group:
    """Items under one lead-in or heading, with all that is said of them before they begin."""

    context: tuple[str, ...]
    items: tuple[Slice, ...]
    kind: int


def find_list(report: Report, question: str) -> Listed | None:
    """The list of a report that a question asks for; None when it asks for none that is there."""
    must = MUST.match(question)
    obliged = must is not None and OBLIGED.search(question[: must.start("rest")]) is not None
    actions = obliged or ACTIONS.search(question) is not None
    if obliged and must is not None:
        wanted = content_stems(must["rest"])
    elif ALL.search(question):
        wanted = content_stems(question)
    else:
        return _under_lead(report, question)
    wanted -= LIST_WORDS
    if actions:
        found = _actions(report, wanted, narrow=obliged)
        actor = content_stems(must["actor"]) if obliged and must is not None else frozenset[str]()
        return _doubted(report, found, actor)
    return _named(report, wanted)


def _actions(report: Report, wanted: frozenset[str], narrow: bool) -> Listed | None:
    """What the report tells somebody to do, as far as the words of the question narrow it."""
    every = _groups(report)
    groups = [group for group in every if group.kind == HEADED] or _recommending(report)
    groups = groups or [group for group in every if group.kind == LED]
    if not groups:
        return None
    shares = [covered(wanted, group.context) for group in groups]
    best = max(shares)
    about = [] if best == 1 or narrow else _holding(report, groups, wanted)
    if about:
        return _listed(about, 1.0)
    if best < LEAST_COVERED:
        return None
    chosen = [group for group, share in zip(groups, shares, strict=True) if share == best]
    return _listed([item for group in chosen for item in group.items], best)


def _doubted(report: Report, found: Listed | None, actor: frozenset[str]) -> Listed | None:
    """Less sure where whoever is to act is not named in the paragraphs that hold the items."""
    if found is None:
        return None
    texts = {report.passages[item.place].text for item in found.items}
    return found if not actor or covered(actor, texts) else Listed(found.items, found.sure * DOUBT)


def _holding(report: Report, groups: list[_Group], wanted: frozenset[str]) -> list[Slice]:
    """The items that have every word asked for."""
    return [
        item
        for group in groups
        for item in group.items
        if covered(wanted, [report.passages[item.place].text[item.start : item.end]]) == 1
    ]


def _named(report: Report, wanted: frozenset[str]) -> Listed | None:
    """The list, or the paragraphs, under a heading or a lead-in that has every word asked for."""
    if not wanted:
        return None
    named = [group for group in _groups(report) if covered(wanted, group.context[-1:]) == 1]
    return (
        _listed(list(max(named, key=lambda group: len(group.items)).items), 1.0) if named else None
    )


def _under_lead(report: Report, question: str) -> Listed | None:
    """The list whose lead-in has every word of a question ("What did the evidence include?")."""
    wanted = content_stems(question)
    if len(wanted) < 2 or not re.match(r"\W*(?:what|which|who)\b", question, re.IGNORECASE):
        return None
    for place, found in lists_of(report):
        if (
            found.leads
            and found.leads[-1].endswith(":")
            and len(found.items) > 1
            and (covered(wanted, found.leads[-1:]) == 1)
        ):
            return _listed([Slice(place, *item) for item in found.items], 1.0)
    return None


def _listed(items: list[Slice], share: float) -> Listed | None:
    once = sorted(dict.fromkeys(items), key=lambda item: (item.place, item.start))
    return Listed(tuple(once), SURE * share) if once else None


@kept_per_report
def _groups(report: Report) -> list[_Group]:
    """Every list of the report, and the paragraphs under each heading, in order."""
    groups = []
    for place, heading in heading_passages(report):
        items = _paragraphs_under(report, place, heading.section)
        if len(items) >= FEWEST_PARAGRAPHS:
            called = ACTIONS_HEADING.fullmatch(heading.section[-1])
            kind = HEADED if called else OTHER
            if called is not None:
                groups.append(_Group(heading.section, _telling(report, items, called), kind))
            # A heading may name conclusions as well, which can be asked for.
            if called is None or called["mixed"]:
                groups.append(_Group(heading.section, tuple(items), OTHER))
    gathered = {item.place for group in groups if group.kind == HEADED for item in group.items}
    for place, found in lists_of(report):
        if place not in gathered:
            section = report.passages[place].section
            items = [Slice(place, *item) for item in found.items]
            kind = HEADED if any(map(ACTIONS_HEADING.fullmatch, section[-2:])) else OTHER
            if kind == OTHER and any(map(ACTIONS_LEAD.search, found.leads)):
                kind = LED
            groups.append(_Group((*section, *found.leads), tuple(items), kind))
    return groups


def _telling(report: Report, items: list[Slice], called: re.Match[str]) -> tuple[Slice, ...]:
    """Those of the paragraphs under a heading that tell somebody to act, if it holds others too.

    Where the report says of each which it is, that decides.
    """
    tags = [TAGGED.search(report.passages[item.place].text) for item in items]
    if all(tags):
        return tuple(
            item
            for item, tag in zip(items, tags, strict=True)
            if tag is not None and tag["kind"].casefold() == "recommendation"
        )
    telling = [item for item in items if _says(report, item, RECOMMENDS)]
    enough = telling if called["mixed"] else 2 * len(telling) > len(items)
    return tuple(telling if enough else items)


def _paragraphs_under(report: Report, place: int, path: tuple[str, ...]) -> list[Slice]:
    """The numbered paragraphs under a heading."""
    found = []
    for index in range(place, len(report.passages)):
        passage = report.passages[index]
        if passage.section[: len(path)] != path:
            break
        if passage.number is not None:
            found.append(Slice(index, 0, _item_end(passage)))
    return found


def _recommending(report: Report) -> list[_Group]:
    """Where no heading gathers them: the paragraphs that are recommendations by their number."""
    items = tuple(
        Slice(index, 0, _item_end(passage))
        for index, passage in enumerate(report.passages)
        if passage.unit.casefold() == "recommendation"
        or re.match(r"recommendation \d", passage.text, re.IGNORECASE)
    )
    return [_Group((), items, HEADED)] if items else []


def _says(report: Report, item: Slice, words: re.Pattern[str]) -> bool:
    return words.search(report.passages[item.place].text[item.start : item.end]) is not None


def _item_end(passage: Passage) -> int:
    """Where a paragraph that is an item ends: a long one after the sentences that fit."""
    ends = [sentence.end for sentence in passage.sentences if sentence.end <= LONGEST_ITEM]
    return len(passage.text) if len(passage.text) <= LONGEST_ITEM or not ends else ends[-1]
