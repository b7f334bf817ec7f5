"""Pinpoints: `29, 31-33` of a report as groups of printed numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from indexer.numbering.keys import slug
from indexer.report import Passage, Report
from search_api.library.places import Place, passage_at, place_groups

HEADING = "heading"
SIGN = "§"
OURS = "¶"
# What tells the numbers of a part from another's; a longer heading is quoted whole.
NAMED_PART = re.compile(
    r"(?:annex|appendix|chapter|part|schedule|section|volume)\s+(?:\d+|[IVX]+|[A-Z])\b", re.I
)
UNITS = {"para": "", "paragraph": "", "art": "Article", "sec": "Section", "reg": "Regulation"}
# What the parts of a law are called: by its kind, or by a word in its title.
OF_KIND = {"legislation": "section", "regulation": "regulation", "treaty": "article"}
OF_TITLE = (
    (re.compile(r"\b(?:regulation|directive|decision)\b[^(]{0,200}\(E", re.I), "article"),
    (re.compile(r"\border\b(?: \d{4})?$", re.I), "article"),
    (re.compile(r"\brules\b(?: \d{4})?$", re.I), "rule"),
)
# How a law's parts are written in short, for one and for several; others spell them out.
LAW = {
    "section": ("s.", "ss."),
    "article": ("art.", "arts."),
    "regulation": ("reg.", "regs."),
    "rule": ("r.", "rr."),
}


WITHIN = re.compile(r"^(\d{1,4}[A-Z]{0,2})\.(\d{1,3})(?=$|\()")


@dataclass(frozen=True, slots=True)
class Span:
    """From one printed label to another, the same one for a single paragraph."""

    first: str
    last: str

    def joined(self, dash: str) -> str:
        """`30-35` with the dash given, `29` for a single paragraph."""
        return self.first if self.first == self.last else f"{self.first}{dash}{self.last}"


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that share a label.

    `unit` is "" for paragraphs, "§", the word printed ("Article"), or HEADING, whose spans are
    headings; `part` is what tells numbers apart that the report prints more than once ("Annex 1");
    `ours` says that the report prints no numbers and the count is ours.
    """

    unit: str
    part: str
    ours: bool
    spans: tuple[Span, ...]

    @property
    def plain(self) -> bool:
        """True for paragraph numbers that need nothing besides a style's own label."""
        return not self.unit and not self.part

    @property
    def several(self) -> bool:
        """True when more than one paragraph is meant."""
        return len(self.spans) > 1 or self.spans[0].first != self.spans[0].last

    def joined(self, dash: str) -> str:
        """The numbers: `29, 31-33` with the dash given."""
        numbers = ", ".join(span.joined(dash) for span in self.spans)
        return f"{numbers} (our count)" if self.ours else numbers


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """Groups in the order asked for, and the first passage of them all."""

    passage: Passage
    groups: tuple[Group, ...]

    @property
    def text(self) -> str:
        """In words, for notes: "para. 29", "paras. 30–35, 41", "Annex 1, para. 1.1".

        With the points, as pandoc and Zotero read a pinpoint in English.
        """
        labels, quotes = ("para.", "paras."), ("‘", "’")
        return ", ".join(in_words(group, labels, quotes) for group in self.groups)


def in_words(
    group: Group,
    paragraph: tuple[str, str],
    quotes: tuple[str, str],
    laws: dict[str, tuple[str, str]] | None = None,
) -> str:
    """A group with its label; `paragraph` is the label for one and for several, `laws` as LAW."""
    numbers = group.joined("–")
    if group.unit == HEADING:
        return ", ".join(f"{quotes[0]}{span.first}{quotes[1]}" for span in group.spans)
    if group.unit == SIGN:
        label = SIGN * 2 if group.several else SIGN
    elif group.unit in LAW:
        label = (laws or LAW)[group.unit][group.several]
    elif group.unit:
        label = _plural(group.unit) if group.several else group.unit
    else:
        label = paragraph[group.several]
    part = f"{quotes[0]}{group.part}{quotes[1]}" if _is_title(group.part) else group.part
    return f"{part}, {label} {numbers}" if part else f"{label} {numbers}"


def find_pinpoint(report: Report, numbers: str) -> Pinpoint:
    """The pinpoint that `29`, `30-35`, `29(b)` or `29, 31-33` names.

    Raises:
        NotFoundError: a number is not in the report, or a range runs backwards.
    """
    found: list[Group] = []
    places = place_groups(report, numbers)
    for each in places:
        found += _runs([_single(report, place) for place in each])
    groups = [
        Group(*label, tuple(group.spans[0] for group in alike))
        for label, alike in groupby(
            dict.fromkeys(found), key=lambda group: (group.unit, group.part, group.ours)
        )
    ]
    return Pinpoint(report.passages[places[0][0][0]], tuple(groups))


def _runs(singles: list[Group]) -> list[Group]:
    """The passages of one range as spans; a table among numbered paragraphs is inside the span."""
    if len(singles) > 1 and any(single.unit != HEADING for single in singles):
        singles = [single for single in singles if single.unit != HEADING]
    runs = []
    for label, alike in groupby(singles, key=lambda each: (each.unit, each.part, each.ours)):
        spans = [single.spans[0] for single in alike]
        if label[0] == HEADING:
            runs += [Group(*label, (span,)) for span in spans]
        else:
            runs.append(Group(*label, (Span(spans[0].first, spans[-1].last),)))
    return runs


def _single(report: Report, place: Place) -> Group:
    passage, item = passage_at(report, place), place[1]
    if passage.number is None:
        heading = passage.section[-1] if passage.section else passage.key
        return Group(HEADING, "", False, (Span(heading, heading),))
    unit = UNITS.get(passage.unit.lower(), passage.unit)
    unit = SIGN if passage.number.startswith(SIGN) else unit
    number = passage.number.removeprefix(SIGN).removeprefix(OURS).strip() + item
    kind = report.metadata.kind
    if kind in OF_KIND and unit != SIGN and not passage.number.startswith(OURS):
        unit = _law_unit(unit, kind, report.metadata.title)
        # 45.2 is the second paragraph of article 45.
        number = WITHIN.sub(r"\1(\2)", number)
    part = _part(passage) if passage.key != passage.number else ""
    return Group(unit, part, passage.number.startswith(OURS), (Span(number, number),))


def _law_unit(printed: str, kind: str, title: str) -> str:
    """What a part of a law is called: as it is printed, else as laws of its kind call them."""
    if printed:
        return printed.lower() if printed.lower() in LAW else printed
    named = (unit for pattern, unit in OF_TITLE if pattern.search(title))
    return next(named, OF_KIND[kind])


def _part(passage: Passage) -> str:
    """The name of the part that numbers anew, from the heading its key is made of."""
    prefix = passage.key.rpartition("/")[0]
    for heading in passage.section:
        if prefix == slug(heading) or prefix.startswith(f"{slug(heading)}-"):
            named = NAMED_PART.match(heading)
            return named[0] if named else heading
    return prefix


def _is_title(part: str) -> bool:
    return bool(part) and not NAMED_PART.fullmatch(part)


def _plural(unit: str) -> str:
    return f"{unit}s"
