"""The court of a judgment: as its first page names it, or by the code in its neutral citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.metadata.findings import Finding
from indexer.metadata.names import spoken

SOURCE = "first page"
CODES = {
    "UKSC": "Supreme Court of the United Kingdom", "UKHL": "House of Lords",
    "UKPC": "Judicial Committee of the Privy Council", "EWCA": "Court of Appeal",
    "EWHC": "High Court", "EWFC": "Family Court", "EWCOP": "Court of Protection",
    "EWCC": "County Court", "EAT": "Employment Appeal Tribunal",
    "UKEAT": "Employment Appeal Tribunal", "UKUT": "Upper Tribunal",
    "UKFTT": "First-tier Tribunal", "CSIH": "Court of Session, Inner House",
    "CSOH": "Court of Session, Outer House", "HCJAC": "High Court of Justiciary",
    "NICA": "Court of Appeal in Northern Ireland", "NIKB": "High Court in Northern Ireland",
    "IESC": "Supreme Court of Ireland", "IECA": "Court of Appeal of Ireland",
    "IEHC": "High Court of Ireland", "ZASCA": "Supreme Court of Appeal of South Africa",
    "ZACC": "Constitutional Court of South Africa", "HCA": "High Court of Australia",
    "FCAFC": "Federal Court of Australia", "FCA": "Federal Court of Australia",
    "SCC": "Supreme Court of Canada", "NZSC": "Supreme Court of New Zealand",
    "NZCA": "Court of Appeal of New Zealand", "INSC": "Supreme Court of India",
    "SGCA": "Court of Appeal of Singapore", "HKCFA": "Hong Kong Court of Final Appeal",
}  # fmt: skip
NAME = re.compile(
    r"(?:in )?(?:the )?(?P<name>(?:[\w’'-]+ ){0,4}(?:court|tribunal|privy council)"
    r"(?: (?:of|for|in|sitting) [\w’' -]{2,60})?(?: \([\w’' -]{2,40}\))?)",
    re.IGNORECASE,
)
SITTING = re.compile(r" sitting (?:at|in) .{2,60}$", re.IGNORECASE)
EUROPEAN = "European Court of Human Rights"
HEAD = 25


def court_of(texts: Sequence[str], citation: str) -> list[Finding]:
    """The court, best first."""
    found = []
    for i, text in enumerate(texts[:HEAD]):
        match = NAME.fullmatch(text)
        if match and (text.isupper() or text.istitle() or text.lower().startswith("in the ")):
            below = texts[i + 1] if i + 1 < len(texts) else ""
            division = f", {spoken(below)}" if below.upper().endswith(" DIVISION") else ""
            name = spoken(SITTING.sub("", match["name"])) + division
            found.append(Finding("court", name, SOURCE, True))
            break
        if EUROPEAN in text:
            found.append(Finding("court", EUROPEAN, SOURCE, True))
            break
    code = re.search(r"[A-Z]{2,}", citation)
    if code and code[0] in CODES:
        found.append(Finding("court", CODES[code[0]], "neutral citation", True))
    return found
