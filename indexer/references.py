"""Cross-references in a report: "paragraph 3.12", "paragraphs 12 to 15 above", "Article 8"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.report import Passage, Reference

NUMBER = r"\d{1,4}(?:\.\d{1,3})*[A-Z]?(?:\.?\(\d{1,3}\))?|[A-Z]\.?\d{1,3}"
SINGLE = rf"(?:§\s{{0,9}}|\[)?(?:{NUMBER})\]?(?:\([a-z]{{1,4}}\))*"
JOINED = rf"(?:{SINGLE})(?:\s{{0,9}}(?:,|and|or|to|[-–—]|,\s{{0,9}}and)\s{{0,9}}(?:{SINGLE}))*"
CITED = re.compile(
    r"(?P<unit>\b(?:[Pp]aragraphs?|[Pp]aras?\.?|Articles?|Arts?\.|[Rr]ecommendations?|Rules?"
    r"|Principles?)|§§?)"
    rf"\s*(?P<list>{JOINED})(?![\d%])",
)
ONE = re.compile(
    rf"(?P<range>\s{{0,9}}(?:to|[-–—])\s{{0,9}})?(?:§\s{{0,9}}|\[)?(?P<number>{NUMBER})\]?"
)
# "paragraph 12 of the Schedule" is in another document; "of this report" is not.
ELSEWHERE = re.compile(
    r"\]?\s{0,5}(?:\([a-z0-9]{1,4}\)\s{0,5})*"
    r"(?:,?\s{0,5}(?:of|to|in|under)\s{1,5}(?!this\b|the present\b)"
    r"(?:(?:the|that|its|his|her|Annex|Schedule|Appendix|Part|Chapter)\b|[A-Z“\"])"
    r"|ECHR|TFEU|TEU|GDPR)"
)


def link_references(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The same passages with the references that lead to another passage of the report.

    A reference within a part that is numbered anew leads to that part first.
    """
    keys = {passage.key for passage in passages}
    targets = {_said_first(passage): passage.key for passage in reversed(passages)}
    return tuple(
        replace(passage, references=tuple(_references(passage, keys, targets)))
        for passage in passages
    )


def _said_first(passage: Passage) -> str:
    """How a passage names itself, if it does: "recommendation 7"."""
    match = re.match(r"(recommendation|rule|principle)\s+(\d+)\b", passage.text, re.IGNORECASE)
    return f"{match[1].lower()} {match[2]}" if match else ""


def _references(passage: Passage, keys: set[str], targets: dict[str, str]) -> list[Reference]:
    prefix = passage.key.rpartition("/")[0]
    found = []
    for match in CITED.finditer(passage.text):
        if ELSEWHERE.match(passage.text, match.end()):
            continue
        unit = match["unit"].lower().rstrip("s.")
        named: list[str] = []
        for one in ONE.finditer(match["list"]):
            number = one["number"]
            if unit in ("recommendation", "rule", "principle"):
                key = targets.get(f"{unit} {number}", "")
            else:
                inner = f"{prefix}/{number}"
                key = inner if prefix and inner in keys else number
            if key not in keys or key == passage.key:
                continue
            through = bool(one["range"]) and bool(named)
            start, end = match.start("list") + one.start("number"), match.start("list") + one.end()
            found.append(Reference(start, end, key, through))
            named.append(key)
    return found
