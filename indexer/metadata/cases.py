"""A judgment's first page: parties, court, neutral citation, the date it was given."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.metadata.courts import court_of
from indexer.metadata.findings import Finding
from indexer.metadata.lines import FrontLine
from indexer.metadata.names import spoken

SOURCE = "first page"
NEUTRAL = re.compile(
    r"\[\d{4}\] [A-Z][A-Za-z]{1,9}(?: [A-Z][a-z]{2,5})? \d{1,5}(?: \([A-Z][A-Za-z]{0,9}\))?"
)
LABELLED = re.compile(r"neutral citation(?: number| no\.?)?\s?[:.]?\s?", re.IGNORECASE)
APPEALED = re.compile(r"appeal(?:ed)? from|on appeal|reversing|affirming", re.IGNORECASE)
CASE_OF = re.compile(r"CASE OF (?P<name>.{5,400})")
VERSUS = re.compile(r" (?:v|v\.|vs|vs\.|-v-|–v–|versus) ", re.IGNORECASE)
APART = re.compile(r"[-–— ]*(?:and|v|v\.|vs|vs\.|versus)[-–— ]*:?", re.IGNORECASE)
BETWEEN = re.compile(r"(?:in the matter )?between ?:?", re.IGNORECASE)
ROLE = re.compile(
    r"\(?(?:(?:first|second|third|\d(?:st|nd|rd|th)) )?(?:and )?(?:cross-)?"
    r"(?:(?:plaintiff|defendant|petitioner|respondent)s?[-–])?(?:appell(?:ant|ee)|respondent|"
    r"claimant|defendant|applicant|plaintiff|petitioner|prosecutor|interested part(?:y|ies)|"
    r"intervener)(?: ?\(s\)|s)?(?:/(?:appellant|respondent|claimant|defendant)s?)?\)?",
    re.IGNORECASE,
)
ASIDE = re.compile(
    r" ?\((?:previously|formerly|trading|also|by|as|obo|on behalf)\b[^()]{0,200}\)", re.I
)
STOP = re.compile(
    r"before ?:?|judg?ment|j u d g m e n t|decision|order|approved judgment|[-–_ ]{3,}|date ?:.*|"
    r"case no.*|\[.*\]|not reportable|reportable|in the matter.*",
    re.IGNORECASE,
)
OF_COURT = re.compile(r"\b(?:court|tribunal|division|jurisdiction|circuit)\b", re.IGNORECASE)
APPLICATION = re.compile(
    r"\b(?P<word>application|case|claim|appeal|civil appeal|criminal appeal)s? (?:no|number|ref)s?"
    r"\.? ?:? ?(?P<number>[\w./-]{0,20}\d[\w./-]{0,20}(?: of \d{4})?)",
    re.IGNORECASE,
)
CROWN = re.compile(r"(?:the )?(?:king|queen|rex|regina) \(on the application of", re.IGNORECASE)
HEAD = 25
LONGEST_NAME = 300


def case_findings(lines: Sequence[FrontLine]) -> list[Finding]:
    """What a judgment's first page says; nothing where it is none."""
    texts = [line.text for line in lines]
    neutral = _neutral(texts)
    if not (neutral or _is_judgment(texts)):
        return []
    found = [Finding("kind", "legal_case", SOURCE, True)]
    found += [Finding("neutral_citation", neutral[0], SOURCE, neutral[1])] if neutral else []
    found += _title(texts)
    found += court_of(texts, neutral[0] if neutral else "")
    for text in texts[:HEAD]:
        match = APPLICATION.search(text)
        if match:
            found.append(Finding("number", _number(match), SOURCE, True))
            break
    return found


def _number(match: re.Match[str]) -> str:
    """A case by its number, as a citation writes it: "App no 17224/11"."""
    word, number = match["word"].lower(), match["number"].rstrip(".").lower()
    number = number if " of " in number else match["number"].rstrip(".")
    if word == "application":
        return f"App no {number}"
    return f"{word.title()} No {number}" if word.endswith("appeal") else number


def _neutral(texts: Sequence[str]) -> tuple[str, bool] | None:
    """The first neutral citation that is not of the judgment below."""
    labelled = False
    for text in texts[:HEAD]:
        match = NEUTRAL.search(text)
        labelled = labelled or LABELLED.match(text) is not None
        if match and not APPEALED.search(text[: match.start()]):
            return match[0], labelled or len(text) < 90
    return None


def _is_judgment(texts: Sequence[str]) -> bool:
    head = texts[:HEAD]
    named = any(CASE_OF.match(text) for text in head)
    apart = any(APART.fullmatch(text) for text in head) or any(map(BETWEEN.fullmatch, head))
    roles = sum(ROLE.fullmatch(text.rstrip(" ,.")) is not None for text in head)
    court = any(OF_COURT.search(text) and len(text) < 90 for text in head)
    return named or (court and (roles > 1 or (apart and roles > 0)))


def _title(texts: Sequence[str]) -> list[Finding]:
    for make in (_called, _cited, _in_line, _between):
        name, sure = make(texts)
        if name:
            parties = tuple(part.strip() for part in VERSUS.split(name))
            return [
                Finding("title", name, SOURCE, sure),
                Finding("parties", parties if len(parties) == 2 else (), SOURCE, sure),
            ]
    return []


def _called(texts: Sequence[str]) -> tuple[str, bool]:
    """The name after "CASE OF", as the text writes it in small letters."""
    for text in texts[:HEAD]:
        match = CASE_OF.match(text)
        if match:
            parts, text = VERSUS.split(match["name"].strip()), " ".join(texts)
            return " v ".join(spoken(part, text) for part in parts), True
    return "", False


def _cited(texts: Sequence[str]) -> tuple[str, bool]:
    """The name in a labelled citation: "Neutral citation: A v B (272/2022) [2024] ZASCA 21"."""
    for i, text in enumerate(texts):
        label = LABELLED.match(text)
        if not label:
            continue
        whole = " ".join([text[label.end() :], *texts[i + 1 : i + 4]])
        match = NEUTRAL.search(whole)
        name = whole[: match.start()] if match else ""
        name = re.split(r" \(\d", name)[0].strip()
        if VERSUS.search(f" {name} "):
            return name, True
    return "", False


def _in_line(texts: Sequence[str]) -> tuple[str, bool]:
    """A line with both parties: "Sharp Corp Ltd (Respondent) v Viterra BV (Appellant)"."""
    for text in texts[:HEAD]:
        if not VERSUS.search(text) or len(text) > LONGEST_NAME or text.endswith("."):
            continue
        name = ASIDE.sub("", NEUTRAL.sub("", text))
        roles = ROLE.search(name) is not None
        parts = VERSUS.split(" ".join(ROLE.sub("", name).split()).strip(" ,;"))
        if len(parts) == 2 and all(part[:1].isupper() or part[:1] == "(" for part in parts):
            return " v ".join(spoken(part.strip()) for part in parts), roles or len(text) < 120
    return "", False


def _between(texts: Sequence[str]) -> tuple[str, bool]:
    """Two parties set one above the other, with a line between that parts them."""
    for i, text in enumerate(texts[: HEAD + 5]):
        if not APART.fullmatch(text):
            continue
        first, role = _party(list(reversed(texts[max(0, i - 8) : i])))
        second, other = _party(texts[i + 1 : i + 9])
        if first and second:
            names = (_alone(" ".join(reversed(first))), _alone(" ".join(second)))
            return " v ".join(_crown(spoken(name)) for name in names), role and other
    return "", False


def _crown(name: str) -> str:
    """A party as cases are named: the King who sues on someone's application is R."""
    return CROWN.sub("R (on the application of", name)


def _party(texts: Sequence[str]) -> tuple[list[str], bool]:
    """The lines of a party's name from the line that parts them, and whether its role is said."""
    kept: list[str] = []
    role = False
    for text in texts:
        if ROLE.fullmatch(text.rstrip(" ,.")):
            role = True
            if kept:
                break
            continue
        if STOP.fullmatch(text) or BETWEEN.fullmatch(text) or _is_court(text):
            break
        kept.append(ROLE.sub("", text).strip(" ,"))
        role = role or ROLE.search(text) is not None
    return [text for text in kept if text], role


def _is_court(text: str) -> bool:
    return text.isupper() and (OF_COURT.search(text) is not None or text.startswith("FOR THE"))


def _alone(name: str) -> str:
    """The first of several parties, without what is said of it in brackets."""
    first = re.split(r" ?\(2\)", name.removeprefix("(1)"))[0]
    return ASIDE.sub("", first).replace(" (obo", "\x00").split("\x00")[0].strip(" .,;")
