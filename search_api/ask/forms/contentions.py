"""Whose sentence it is: a party's contention is not what was found."""

from __future__ import annotations

import re

from indexer.report import Passage

PARTY = (
    r"(?:appellants?|applicants?|respondents?|claimants?|defendants?|petitioners?|plaintiffs?"
    r"|prosecution|defence|government|crown|secretary of state|counsel|parties|party)"
)
CLAIMS = (
    r"(?:submit(?:s|ted)?|argue[sd]?|contend(?:s|ed)?|assert(?:s|ed)?|maintain(?:s|ed)?"
    r"|allege[sd]?|claim(?:s|ed)?|complain(?:s|ed)?|disputed?|averred|relied on|relies on)"
)
# "The applicant submitted", "Counsel for the respondent argues", "it was contended".
CONTENDS = re.compile(
    rf"\b{PARTY}\b[^.;:]{{0,80}}\b{CLAIMS}\b"
    r"|\bit (?:is|was) (?:submitted|argued|contended|alleged)\b"
    r"|\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady) \w{1,30}(?: \w{1,30})?(?: [KQ]C)?,?"
    rf"(?: for [^.;:,]{{1,60}},?)? {CLAIMS}\b",
    re.IGNORECASE,
)
SUBMISSIONS = re.compile(
    r"\b(?:submissions?|contentions?|arguments? (?:of|before|by)|the part(?:y|ies)['’]s? )|"
    rf"\b{PARTY}['’]s? (?:case|arguments?|position|views?)\b",
    re.IGNORECASE,
)
ASKS_CONTENTION = re.compile(
    r"\b(?:submi|argu|conten|alleg|claim|complain|assert|maintain|case for|position|disput)",
    re.IGNORECASE,
)


def is_contention(passage: Passage, text: str) -> bool:
    """Whether a report says that a text in a passage is what a party says."""
    return CONTENDS.search(text) is not None or (
        bool(passage.section) and SUBMISSIONS.search(passage.section[-1]) is not None
    )


def asks_contention(question: str) -> bool:
    """Whether a question is about what somebody argues."""
    return ASKS_CONTENTION.search(question) is not None
