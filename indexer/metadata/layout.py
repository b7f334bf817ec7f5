"""The first page of a report: its title by the type it is set in, who wrote and published it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.metadata.findings import Finding
from indexer.metadata.lines import TEXT, TITLE, FrontLine
from indexer.metadata.names import (
    BODY,
    CODE,
    WORDS_OF_A_DOCUMENT,
    is_body,
    may_be_title,
    person,
    spoken,
)
from indexer.text import compared_words

SOURCE = "first page"
LABEL = re.compile(r"(?:report )?title ?:? ?(?P<title>.{0,300})", re.IGNORECASE)
ADDRESSED = re.compile(r"report (?:to|for) ", re.IGNORECASE)
BY = re.compile(r"(?:report )?(?:prepared |written )?by:? (?P<name>[A-Z].{2,120})")
AUTHORS = re.compile(
    r"(?:authors?|chair|chaired by|rapporteurs?) ?: ?(?P<name>[A-Z].{2,200})", re.I
)
MADE_BY = re.compile(
    r"\b(?:prepared|published|produced|issued|written) by (?:the )?(?P<name>[A-Z][\w’'&-]*"
    r"(?: (?:[A-Z][\w’'&-]*|of|for|and|the|in|on)){0,10})"
)
VOLUME = re.compile(r"(?:volume|vol\.?|part|book) (?:\d{1,2}|[IVX]{1,5}|[A-Z])\b.{0,80}", re.I)
# Type is of one size within this; the title's is larger than the text's by that.
SAME, ALIKE, LARGER, RIVAL = 0.01, 0.06, 1.15, 0.9
FAIR = 0.12
LONGEST_TITLE = 350
# A title that is set no larger than the text is among the first few lines.
FIRST = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one size that follow one another."""

    text: str
    size: float
    page: int
    start: int
    end: int


def report_findings(lines: Sequence[FrontLine], typeset: bool) -> list[Finding]:
    """Title, publisher, authors and number of a report, as far as its first pages say them.

    `typeset` is true where the lines' sizes are those of their type, not their rank.
    """
    title = _title(lines, typeset)
    said = title[0].value if title else ""
    return [*title, *_publisher(lines, said), *_authors(lines), *_number(lines)]


def _title(lines: Sequence[FrontLine], typeset: bool) -> list[Finding]:
    labelled = _labelled(lines)
    if labelled:
        return [Finding("title", labelled, "first page, under ‘Title’", True)]
    groups = [group for group in _groups(lines) if group.page == 1]
    body = _body_size(lines) if typeset else TEXT
    large = [group for group in groups if _may_be(group) and group.size >= LARGER * body]
    first = next((group for group in groups if _is_name(group.text)), None)
    # Without type, a heading below other lines that may be the title is one of the text.
    if large and (typeset or large[0].size >= TITLE or large[0] is first):
        best = max(large, key=lambda group: group.size)
        rivals = [g for g in large if g is not best and g.size > RIVAL * best.size]
        title = best.text + _below(groups, best)
        repeated = sum(_repeats(group, best) for group in _groups(lines)) > 1
        sure = not rivals and (len(best.text.split()) > 2 or repeated)
        source = "largest type of the first page" if typeset else "first heading"
        return [Finding("title", _clean(title), source, sure)]
    return _among_text(lines)


def _labelled(lines: Sequence[FrontLine]) -> str:
    """What stands after or under "Title:"."""
    for i, line in enumerate(lines):
        match = LABEL.fullmatch(line.text) if line.page == 1 else None
        if match and (match["title"] or line.text.endswith(":")):
            below = lines[i + 1].text if i + 1 < len(lines) else ""
            return (match["title"] or below).strip(" .*")
    return ""


def _groups(lines: Sequence[FrontLine]) -> list[Group]:
    groups: list[Group] = []
    for i, line in enumerate(lines):
        last = groups[-1] if groups else None
        joins = (
            last is not None
            and last.page == line.page
            and last.size > TEXT
            and abs(last.size - line.size) <= (SAME if is_body(last.text) else ALIKE) * last.size
            and not (last.start + 1 == last.end and CODE.fullmatch(last.text))
            and CODE.fullmatch(line.text) is None
            and len(last.text) + len(line.text) < LONGEST_TITLE
        )
        if last is not None and joins and not _closes(last.text):
            text = f"{last.text} {line.text}"
            groups[-1] = Group(text, max(last.size, line.size), last.page, last.start, i + 1)
        else:
            groups.append(Group(line.text, line.size, line.page, i, i + 1))
    return groups


def _closes(text: str) -> bool:
    return text.endswith((".", ":", ")"))


def _may_be(group: Group) -> bool:
    return (
        may_be_title(group.text)
        and not (is_body(group.text) and not WORDS_OF_A_DOCUMENT.search(group.text))
        and not ADDRESSED.match(group.text)
    )


def _body_size(lines: Sequence[FrontLine]) -> float:
    """The size of the text: the smallest in which a fair share of the first pages is set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size)] += len(line.text) if line.size else 0
    fair = [size for size in sizes if sizes[size] >= FAIR * sizes.total()]
    return min(fair, default=TEXT)


def _below(groups: Sequence[Group], best: Group) -> str:
    """The subtitle or volume that stands right under a title, with what parts them."""
    following = next((group for group in groups if group.start == best.end), None)
    if following is None or len(following.text) > LONGEST_TITLE or following.size <= TEXT:
        return ""
    if following.text.startswith("("):
        return f" {following.text}"
    if VOLUME.fullmatch(following.text):
        return f": {following.text}"
    return ""


def _repeats(group: Group, best: Group) -> bool:
    return compared_words(group.text) == compared_words(best.text)


def _among_text(lines: Sequence[FrontLine]) -> list[Finding]:
    """A title that is set like the text: the line that says what document it is."""
    first = [line.text for line in lines[:FIRST] if len(line.text) <= LONGEST_TITLE]
    for i, text in enumerate(first):
        if not _is_name(text) or not WORDS_OF_A_DOCUMENT.search(text):
            continue
        above = first[i - 1] if i else ""
        named = _is_name(above) and not is_body(above)
        return [Finding("title", _clean(f"{above}: {text}" if named else text), SOURCE, False)]
    text = next((text for text in first if _is_name(text) and not is_body(text)), "")
    return [Finding("title", _clean(text), SOURCE, False)]


def _is_name(text: str) -> bool:
    return (
        may_be_title(text)
        and not text.endswith(".")
        and len(text.split()) <= 25
        and MADE_BY.search(text) is None
    )


def _clean(title: str) -> str:
    return title.strip(" .*†‡")


def _publisher(lines: Sequence[FrontLine], title: str) -> list[Finding]:
    found = []
    texts = [line.text for line in lines]
    for text in texts:
        match = MADE_BY.search(text)
        if match:
            name = re.sub(r" (?:of|for|and|the|in|on)$", "", match["name"])
            # "prepared by the Institute for the Ministry": who paid for it is another one.
            maker = name.split(" for the ")[0]
            name = maker if BODY.fullmatch(maker) else name
            if BODY.fullmatch(name):
                found.append(Finding("publisher", name, SOURCE, True))
    counted = Counter(compared_words(text) for text in texts)
    before = ""
    for line in lines:
        text = line.text
        if LISTED.match(text):
            break
        labelled = before.endswith(":") and line.page == 1
        if (
            is_body(text)
            and not labelled
            and not ADDRESSED.match(text)
            and text.casefold() not in title.casefold()
        ):
            sure = line.page == 1 and counted[compared_words(text)] > 1
            found.append(Finding("publisher", spoken(text), SOURCE, sure or text in PLAIN))
        before = text
    return found


# Organisations that a report tells of, not those that made it.
LISTED = re.compile(r"abbreviations|glossary|acronyms|contents|table of contents", re.IGNORECASE)
PLAIN = (
    "United Nations",
    "European Commission",
    "EUROPEAN COMMISSION",
    "Ofsted",
    "Council of Europe",
)


def _authors(lines: Sequence[FrontLine]) -> list[Finding]:
    for line in lines:
        match = BY.fullmatch(line.text) or AUTHORS.fullmatch(line.text)
        if match is None or line.page > 1:
            continue
        name = person(match["name"])
        if BODY.fullmatch(name):
            return [Finding("publisher", name, SOURCE, True)]
        if 2 <= len(name.split()) <= 6:
            return [Finding("authors", (name,), SOURCE, True)]
    return []


def _number(lines: Sequence[FrontLine]) -> list[Finding]:
    for line in lines:
        match = CODE.search(line.text)
        if match and len(line.text) < 120:
            return [Finding("number", match[0].strip(), SOURCE, True)]
    return []
