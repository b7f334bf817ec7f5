"""What the page that checks a draft shows: each check with its link, the draft with its marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_api.library.links.short_citation import short_citation
from search_api.verify.findings.verdicts import Finding
from search_api.verify.lookup.passage_index import PassageIndex

# What quoting allows, as it is called where one who quotes looks it up.
ALLOWED = {
    "case": "capitals",
    "ellipsis": "words left out",
    "bracketed insertion": "words in brackets",
}


def verify_page(index: PassageIndex, text: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The template's data for a checked draft."""
    return {
        "checked": True,
        "checks": [_shown(index, finding) for finding in findings],
        "right": sum(finding.check.verdict == "found" for finding in findings),
        "mend": sum(finding.check.is_to_mend for finding in findings),
        "pieces": _pieces(text, findings),
    }


def _shown(index: PassageIndex, finding: Finding) -> dict[str, Any]:
    shown = finding.check.model_dump()
    parts = (shown["difference"] or "").split("; ")
    shown["said"] = "; ".join(filter(None, (_in_words(index, part) for part in parts)))
    if finding.row is not None:
        report = index.reports[index.report_of(finding.row)]
        shown["citation"] = short_citation(report, index.passages[finding.row])
    return shown


def _in_words(index: PassageIndex, part: str) -> str:
    """A part of what differs without ids and terms of ours; "" for what the citation says."""
    head, permitted, kinds = part.partition("permitted: ")
    if permitted and not head:
        said = ", ".join(ALLOWED.get(kind, kind) for kind in kinds.split(", "))
        return f"differs only as a quotation may: {said}"
    names = {each.id: each.metadata.short_title or each.metadata.title for each in index.reports}
    if part.removeprefix("in report ") in names:
        return ""
    head, missing, rest = part.partition(" has no paragraph")
    return f"{names.get(head) or head}{missing}{rest}"


def _pieces(text: str, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The draft cut where a finding begins and ends; findings do not overlap."""
    pieces: list[dict[str, Any]] = []
    at = 0
    for number, finding in enumerate(findings, start=1):
        start = max(at, finding.start)
        if start >= finding.end:
            continue
        pieces.append({"number": 0, "text": text[at:start]})
        marked = {"number": number, "verdict": finding.check.verdict}
        pieces.append({**marked, "text": text[start : finding.end]})
        at = finding.end
    return [*pieces, {"number": 0, "text": text[at:]}]
