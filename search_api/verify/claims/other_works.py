"""Words said of something else than an indexed report: another work, a term, a title.

What names an indexed report, or "the report", is never taken for that.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from search_api.verify.words import keys_of, word_set

NAME = r"(?<![^\W_])[A-Z][\w’'.&-]{0,60}"
# The same where a shorter one is no use, and none is tried.
WHOLE_NAME = f"{NAME}+"
# The same where another name or a year can follow, without a space at that.
JOINED = rf"{NAME}(?=[\s,:(\[12])"
NAMES = (
    rf"{JOINED}(?:(?:,?\s++(?:and|of|for|the|on|in|de|van|von|al|et)\b|,|\s++&)?\s++{JOINED}"
    r"|,?\s++et\s++al\.?){0,8}"
)
YEAR = r"(?:1[5-9]|20)\d\d[a-z]?\b"
# Kinds of works that are cited by their own divisions, not by a report's paragraphs.
STATUTE = re.compile(
    rf"(?P<name>{WHOLE_NAME}(?:\s++(?:(?:and|of|for|the|on|in|to|etc)\b\.?|\([^()]{{1,40}}+\)|"
    rf"{WHOLE_NAME})){{0,20}}?\s++(?:Act|Acts|Regulations?|Rules|Order|Convention|Directive|Treaty"
    rf"|Charter|Code|Constitution|Statute|Bill|Measure|Schedule|Covenant|Protocol)\b(?:\s+{YEAR})?)"
)
NEUTRAL = re.compile(
    r"(?P<name>\[(?:1[5-9]|20)\d\d\]\s+(?:\d{1,2}\s+)?(?:[A-Z][A-Za-z]{0,9}\b\.?\s?){1,4}\d{0,6}|"
    r"\((?:1[5-9]|20)\d\d\)\s+\d{1,3}\s+[A-Z][A-Za-z]+\s+\d+)"
)
VERSUS = re.compile(rf"(?P<name>{WHOLE_NAME}(?:[^.;:“”\"]{{0,60}}?)\s+vs?\.?\s+{NAME})")
AUTHOR_YEAR = re.compile(rf"(?P<name>{NAMES})[,:]?\s*+(?:[(\[]\s*+)?(?P<year>{YEAR})")
WORK = re.compile(
    rf"(?P<name>(?:{NAME}\s+(?:(?:of|and|for|the|on|in)\s+){{0,2}}){{1,6}}"
    r"(?:Review|Report|Inquiry|Enquiry|Study|Survey|Commission|Committee|Paper|Guidance|Handbook|"
    r"Manual|Strategy|Framework|Standards?|Guidelines?|Judgment|Committee)\b"
    rf"|{NAME}(?:['’]s)?\s+(?:review|report|inquiry|study|survey|book|article|paper|essay|speech|"
    r"judgment|guidance|blog|lecture|novel|poem)\b)"
)
PRIVATE = re.compile(
    r"(?P<name>\b(?:interview|personal communication|pers\.? comm|e-?mail|letter|field ?notes?|"
    r"transcript|tweet|website|press release|blog|podcast|Hansard|HC Deb|HL Deb|podcast)\b)",
    re.IGNORECASE,
)
PAGES = re.compile(rf"(?P<name>\b{YEAR}\s*[,:]\s*(?:pp?\.?\s*)?\d{{1,4}}\b)")
# No work is named without one of these: most text has none, and is passed over at once.
CUE = re.compile(
    r"\b(?:1[5-9]|20)\d\d|\bvs?\b|\b[^\WA-Z]*+[A-Z]\w*(?:Act|Bill)|\b(?:Acts?|Regulations?|Rules|"
    r"Order|Convention|Directive|Treaty|Charter|Code|Constitution|Statute|Bill|Measure|Schedule|"
    r"Covenant|Protocol|[Rr]eview|[Rr]eport|[Ii]nquiry|Enquiry|[Ss]tudy|[Ss]urvey|Commission|Committee|"
    r"[Pp]aper|[Gg]uidance|Handbook|Manual|Strategy|Framework|Standards?|Guidelines?|[Jj]udgment|"
    r"book|article|essay|speech|blog|lecture|novel|poem|[Ii]nterview|[Pp]ers|[Ee]-?mail|[Ll]etter|"
    r"[Ff]ield|[Tt]ranscript|[Tt]weet|[Ww]ebsite|[Pp]ress|[Pp]odcast|Hansard|HC|HL)\b|[Pp]ersonal"
)
CITED = (STATUTE, NEUTRAL, VERSUS, AUTHOR_YEAR, WORK, PRIVATE)
# A citation's parts: a name, its year and its court stand right before the number.
JOINTS = re.compile(r"(?:[\s,:()\[\]\x00*_’'”\"]|\d{1,4}\b|at\b|[A-Z][a-z]+(?=\s+\d{4}))*")
OWN = re.compile(
    r"\b(?:the|this|its|that|same)\s+(?:\w+\s+){0,2}?(?:report|inspection|inspectors?|inspectorate|"
    r"inquiry|review|judgment|judgement|court|tribunal|judges?|document|paragraphs?|panel|authors?|"
    r"commission|committee|chapter|section|text)\b|\bparas?\b|\bparagraphs?\b|\binspectors\b|¶|"
    r"\breport['’]s\b|\bibid\b|\babove\b",
    re.IGNORECASE,
)
OWN_WORK = re.compile(
    r"\b(?:the|this|its|in|of|see)\s+(?:\w+\s+)?(?:report|inspection|inquiry|review|judgment)\b",
    re.IGNORECASE,
)
SAYS = re.compile(
    r"\b(?:say|says|said|state[sd]?|find|finds|found|conclude[sd]?|note[sd]?|write|writes|wrote|"
    r"read|reads|call|calls|called|describe[sd]?|held|hold|holds|recommend(?:s|ed)?|words?|quote|"
    r"add|adds|added|warn(?:s|ed)?|judge[sd]?|report(?:s|ed)|observe[sd]?|record(?:s|ed)?|speaks?|"
    r"put|puts|that|claims?|explain(?:s|ed)?|argue[sd]?|admit(?:s|ted)?|accept(?:s|ed)?|as)\b"
    r"[^.!?]{0,40}$",
    re.IGNORECASE,
)
TERM = re.compile(
    r"\b(?:so-called|called|termed|known as|the (?:term|word|phrase|label|slogan)|labell?ed|"
    r"dubbed|means?|hereafter|hereinafter|coined?)\b[^.!?]{0,20}$",
    re.IGNORECASE,
)
NOBODY = re.compile(
    r"[\s,.]*(?:(?:one|you|we|some|many|people|they|critics)\s+(?:\w+\s+)?(?:say|says|said|put|call)|"
    r"(?:as\s+)?the\s+(?:saying|phrase|proverb|joke)\s+(?:goes|has|runs)|so\s+to\s+speak)\b",
    re.IGNORECASE,
)
SMALL = word_set(
    "a an and as at but by de for from in into is la le nor of on or the to van vs with",
)
GENERIC = word_set(
    "the of and in for on an to a report reports review inquiry inspection judgment court act",
    "case annual final interim part volume ltd plc limited company committee commission",
    "services service national public office department government board council authority",
    "appeal high supreme united kingdom state states community society association v",
)
CAPITAL = re.compile(r"(?<![^\W_])[A-Z][\w’'-]{1,40}")
# A citation with so many names of its own to each that is a report's is another work's.
MOST_OTHERS = 3
# A quotation of fewer words that stands nowhere is a term or a scare quote.
PHRASE = 5


def significant(names: Collection[str]) -> frozenset[str]:
    """The words of reports' names by which a draft may mean them."""
    keys = {key for name in names for key in keys_of(name.replace("-", " ").replace("_", " "))}
    return frozenset(key for key in keys - GENERIC if len(key) > 2 and not key.isdigit())


def initials(name: str) -> list[str]:
    """What a name of three words or more is called for short: "TAB", of a branch's."""
    short = "".join(word[0] for word in re.findall(r"[^\W\d_][\w’'-]*", name) if word[0].isupper())
    return [short] if len(short) > 2 else []


def is_own(text: str, own: Collection[str]) -> bool:
    """True where a text has a word of an indexed report's name, with a capital as names have."""
    return any(
        key in own
        for word in re.findall(r"[^\W\d_][\w’']*", text)
        if word[0].isupper() or word.islower() is False
        for key in (word, *keys_of(word))
    )


def work_in(text: str, own: Collection[str]) -> str:
    """The other work that a citation names, or nothing.

    Where nothing is known of the reports' names, an author and a year may be theirs.
    """
    if CUE.search(text) is None:
        return ""
    for pattern in CITED:
        if pattern in (AUTHOR_YEAR, WORK) and not own:
            continue
        for match in pattern.finditer(text):
            name = match["name"].strip(" ,:")
            if pattern is STATUTE:
                if not _is_generic(name):
                    return name
                continue
            if pattern is NEUTRAL and is_own(text[: match.start()], own):
                continue
            owned = _is_own_case if pattern is NEUTRAL else is_own
            if not owned(name, own) and not _is_generic(name):
                return name
    return ""


def case_key(citation: str) -> str:
    """A neutral citation as it is compared: "[2024] EWFC 74 (B)" is "2024ewfc74"."""
    found = NEUTRAL.search(citation)
    return "".join(keys_of(found["name"])) if found is not None else ""


def _is_own_case(name: str, own: Collection[str]) -> bool:
    """True for an indexed case's citation; where none is known, its court's letters must do."""
    known = any(key[0].isdigit() and key[-1].isdigit() for key in own)
    return case_key(name) in own if known else is_own(name, own)


def is_mainly_own(text: str, own: Collection[str]) -> bool:
    """True for a citation of an indexed report, whose title may share a word with another."""
    names = {key for word in CAPITAL.findall(text) for key in keys_of(word)} - GENERIC
    mine = sum(is_own(name.capitalize(), own) for name in names)
    return mine > 0 and len(names) - mine <= MOST_OTHERS * mine


def _is_generic(name: str) -> bool:
    """True for "The Review": it may be any."""
    words = [key for key in keys_of(name) if key not in GENERIC]
    return not words and not NEUTRAL.search(name)


def is_title(quotation: str) -> bool:
    """True for words in Title Case: a work's name rather than its words."""
    words = re.findall(r"[^\W\d_][\w’'-]*", quotation)
    heavy = [word for word in words if word.lower() not in SMALL]
    return len(words) > 1 and len(heavy) > 1 and all(word[0].isupper() for word in heavy)


def is_attributed(before: str, after: str, own: Collection[str]) -> bool:
    """True where a sentence says that an indexed report says the quotation in it."""
    if TERM.search(before[-60:]) and not OWN_WORK.search(before[-80:]):
        return False
    says = SAYS.search(before[-80:]) is not None
    about = bool(OWN.search(before) or is_own(before, own))
    return (says and about) or bool(re.match(r"[\s,.]*(?:says|said)\s+(?:the|this)\b", after))
