"""The date of a document among the dates on its first pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from indexer.metadata.findings import Finding
from indexer.metadata.lines import FrontLine

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
MONTH = rf"(?P<month>{'|'.join(MONTHS)}|{'|'.join(month[:3] for month in MONTHS)}|sept)\.?"
WRITTEN = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s{MONTH},?\s(?P<year>\d{{4}})\b", re.IGNORECASE
)
AMERICAN = re.compile(
    rf"\b{MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})\b", re.IGNORECASE
)
ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")
# 18/11/2024 is British, 11/18/2024 American; 8/5/2024 may be either.
FIGURES = re.compile(r"\b(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})\b")
MONTH_ALONE = re.compile(rf"{MONTH}\s(?P<year>\d{{4}})", re.IGNORECASE)
# What stands right before a date of publication or judgment, and of something else.
SAID = re.compile(
    r"\b(?:published(?: on)?|publication date|date of publication|date published|issued(?: on)?"
    r"|(?:to be )?printed on|given on|delivered(?: on)?|handed down(?: on)?"
    r"|(?:decided|filed)(?: on)?"
    r"|date of (?:judgment|decision|report|issue)|(?:report|judgment|decision|issue) date|^dated?)"
    r"[\s:,]{0,4}(?:\w{3,9}day,?\s)?$",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"\b(?:hearings?|heard|held|submitted|sitting|lodged|received|private|visit|inspection|"
    r"fieldwork|session|convene|meeting|assent|final|amended|adopted|approved|updated|"
    r"letter dated|in force|commencement|deadline|due|between|until|from|since)\b",
    re.IGNORECASE,
)
SOURCE = "first page"


def date_findings(lines: Sequence[FrontLine]) -> list[Finding]:
    """Dates of publication: those said to be one, then those that stand alone."""
    said, alone = [], []
    before = ""
    for line in lines:
        for start, end, day, plain in dates_in(line.text):
            head = line.text[:start]
            label = head if head.strip() else before + " "
            if SAID.search(label) and not _of_other(label):
                said.append(Finding("published", day, SOURCE, plain))
            elif not line.text[end:].strip(" .]") and not _of_other(label) and line.page == 1:
                whole = not head.strip(" [")
                if whole or len(head.split()) <= 4:
                    alone.append((day, whole and plain))
        before = line.text
    only = len({day for day, _ in alone}) == 1
    return said + [Finding("published", day, SOURCE, whole and only) for day, whole in alone]


def _of_other(label: str) -> bool:
    """True where the words right before a date tell that it is of something else."""
    near = " ".join(label.split()[-5:])
    return OTHER.search(SAID.sub("", near)) is not None or "letter dated" in near.lower()


def dates_in(text: str) -> list[tuple[int, int, date, bool]]:
    """The dates in a line: from where to where, the day, and whether it can be read one way."""
    found = []
    for pattern in (WRITTEN, AMERICAN, ISO, FIGURES):
        for match in pattern.finditer(text):
            made = _day(match)
            if made is not None:
                found.append((match.start(), match.end(), *made))
    return sorted(found)


def month_of(lines: Sequence[FrontLine]) -> tuple[int, int] | None:
    """The year and month of a first page that prints no day: "December 2025"."""
    for line in lines:
        match = MONTH_ALONE.fullmatch(line.text)
        if match and line.page == 1:
            return int(match["year"]), _month(match["month"])
    return None


def _day(match: re.Match[str]) -> tuple[date, bool] | None:
    year, day = int(match["year"]), int(match["day"])
    word = match["month"]
    month, plain = (int(word), True) if word.isdigit() else (_month(word), True)
    if match.re is FIGURES:
        plain = day > 12 or month > 12 or day == month
        if month > 12:
            day, month = month, day
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    # Stand-ins such as 1000-01-01 are no dates of documents.
    return (made, plain) if made.year >= 1200 else None


def _month(word: str) -> int:
    return next(i for i, name in enumerate(MONTHS, start=1) if name.startswith(word[:3].lower()))
