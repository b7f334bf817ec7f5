"""Cross-references in a report: "paragraph 3.12", "paragraphs 12 to 15 above", "Article 8"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.numbers import numbers_at, sub_items
from indexer.report import Passage, Reference

CITED = re.compile(
    r"(?:\b(?P<unit>[Pp]aragraphs?|[Pp]aras?\.?|Articles?|Arts?\.|[Rr]ecommendations?|Rules?"
    r"|Principles?)|§§?|¶¶?)\s{0,20}(?=[\[§A-Z\d])"
)
# "§ 3" in "Article 5 § 3" is a paragraph of that article.
OF_ARTICLE = re.compile(r"\b(?:Articles?|Arts?\.?)\s\d{1,3}[A-Z]?\s{0,3}$")
BEFORE = 24
PERCENT = re.compile(r"\s?%")
# "paragraph 12 of the Schedule" is in another document; "of this report" is not.
ELSEWHERE = re.compile(
    r"\]?\s{0,5}(?:\([a-z0-9]{1,4}\)\s{0,5}){0,9}"
    r"(?:,?\s{0,5}(?:of|to|in|under)\s{1,5}(?!this\b|the present\b)"
    r"(?:(?:the|that|its|his|her|Annex|Schedule|Appendix|Part|Chapter)\b|[A-Z“\"])"
    r"|ECHR|TFEU|TEU|GDPR)"
)


def link_references(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The same passages with the references that lead to another passage of the report.

    A reference within a part that is numbered anew leads to that part first.
    """
    keys = {passage.key for passage in passages}
    # Where the paragraphs are no articles, "Article 5" is one of a treaty or an Act.
    articles = {passage.key for passage in passages if passage.unit.lower().startswith("art")}
    targets = {_said_first(passage): passage.key for passage in reversed(passages)}
    return tuple(
        replace(passage, references=tuple(_references(passage, keys, articles, targets)))
        for passage in passages
    )


def _said_first(passage: Passage) -> str:
    """The name a passage gives itself, if it does: "recommendation 7"."""
    match = re.match(r"(recommendation|rule|principle)\s+(\d+)\b", passage.text, re.IGNORECASE)
    return f"{match[1].lower()} {match[2]}" if match else ""


def _references(
    passage: Passage, keys: set[str], articles: set[str], targets: dict[str, str]
) -> list[Reference]:
    prefix = passage.key.rpartition("/")[0]
    found = []
    for match in CITED.finditer(passage.text):
        unit = (match["unit"] or "").lower().rstrip("s.")
        before = passage.text[max(0, match.start() - BEFORE) : match.start()]
        if not unit and OF_ARTICLE.search(before):
            continue
        own = articles if unit.startswith("art") else keys
        is_plural = match[0].strip().rstrip(".").lower().endswith(("s", "§§", "¶¶"))
        listed, end = numbers_at(passage.text, match.end(), single=not is_plural)
        if not listed or PERCENT.match(passage.text, end) or ELSEWHERE.match(passage.text, end):
            continue
        named: list[str] = []
        for each in listed:
            name, key = _target(each.number, unit, prefix, own, targets)
            if not key or key == passage.key:
                continue
            through = each.through and bool(named)
            found.append(Reference(each.start, each.start + len(name), key, through))
            named.append(key)
    return found


def _target(
    number: str, unit: str, prefix: str, keys: set[str], targets: dict[str, str]
) -> tuple[str, str]:
    """The part of a number that names a passage, seen from within `prefix`, and its key or ""."""
    if unit in ("recommendation", "rule", "principle"):
        return number, targets.get(f"{unit} {number}", "")
    for name in (number, *(base for base, _ in sub_items(number))):
        for key in (f"{prefix}/{name}", name) if prefix else (name,):
            if key in keys:
                return name, key
    return number, ""
