"""Names on a first page: of organisations, people and parties, and what is no title."""

from __future__ import annotations

import re

KINDS_OF_BODY = (
    "agency|assembly|association|authority|bank|board|bureau|cabinet office|centre|college|"
    "commission|committee|council|department|directorate|executive|federation|foundation|"
    "government|inspectorate|institute|ministry|nations|network|office|ombudsman|parliament|"
    "secretariat|service|society|taskforce|trust|union|university"
)
BODY = re.compile(
    rf"(?:the )?(?:(?:[\w’'&.-]+,? ){{0,7}}(?:{KINDS_OF_BODY})"
    rf"|(?:{KINDS_OF_BODY}) (?:of|for|on) [\w’'&., -]{{2,90}}"
    r"|house of (?:commons|lords)|hm \w+|ofsted)",
    re.IGNORECASE,
)
SMALL = {
    "a", "an", "and", "as", "at", "by", "de", "for", "from",
    "in", "la", "of", "on", "or", "the", "to", "v", "v.", "van", "von", "with",
}  # fmt: skip
SPOKEN = {"ltd", "dr", "mr", "mrs", "ms", "st", "co", "corp", "bros", "jr", "sr", "mc"}
ROMAN = re.compile(r"[IVX]{1,5}")
SURNAMES = ("Mc", "Mac", "O’", "O'", "Le", "De", "Van")
CODE = re.compile(
    r"(?P<hc>\b(?:HC|HL|Cm|CP|Cmd|Cmnd|SP|SG|NIA|HL Paper|HC Paper)\.? ?\d{1,5}"
    r"(?:[-–][IVX]{1,4})?\b)"
    r"|(?P<un>\b[AES]/(?:[A-Z]{1,6}\.?\d{0,3}/){0,4}\d{2,4}/\d{1,4}\b)"
    r"|(?P<com>\b(?:COM|SWD|JOIN|SEC) ?\(\d{4}\) ?\d{1,4}(?: final)?)"
)
WORDS_OF_A_DOCUMENT = re.compile(
    r"\b(?:report|review|inquiry|inspection|code of practice|guidance|guidelines?|strategy|"
    r"framework|white paper|green paper|explanatory (?:notes|memorandum)|handbook|manual|"
    r"assessment|evaluation|audit|survey|study|plan|policy|rulebook|response|minutes|"
    r"agenda|convention|treaty|agreement|charter|protocol|constitution|regulations?|proposal)\b",
    re.IGNORECASE,
)
# What stands large on first pages and is no title.
NO_TITLE = re.compile(
    r"(?:public |final |draft |annual |full )?report|contents|table of contents|foreword|preface|"
    r"introduction|summary|executive summary|overview|acknowledgements|judgment|approved judgment|"
    r"j u d g m e n t|decision|order|confidential|restricted|official|draft|public|final|appendix|"
    r"annex|background|abbreviations.*|part \w+|chapter \w+|volume \w+|the whole .*|no|yes|all|"
    r"(?:presented to|ordered by|printed|published|available|isbn|issn|produced by|crown"
    r" copyright) .*",
    re.IGNORECASE,
)
NUMBER_FIRST = re.compile(r"[\[(]?(?:\d{1,3}|[ivx]{1,4}|[a-z])[.)\]]\d*", re.IGNORECASE)


PART = re.compile(
    r"(?:chapter|part|section|appendix|annex) (?:\d{1,3}|[ivx]{1,5})\b", re.IGNORECASE
)


def is_body(line: str) -> bool:
    """True where a line is the name of an organisation and no more."""
    words = line.split()
    return len(words) <= 10 and line[:1].isupper() and BODY.fullmatch(line) is not None


def may_be_title(line: str) -> bool:
    """False for what stands on first pages besides their title."""
    words = line.split()
    letters = sum(char.isalpha() for char in line)
    return (
        letters > 3
        and len(words) <= 60
        and letters >= 0.5 * len(line.replace(" ", ""))
        and NO_TITLE.fullmatch(line.rstrip(" .:*")) is None
        and NUMBER_FIRST.match(words[0]) is None
        and PART.match(line) is None
        and CODE.fullmatch(line) is None
        and not line.endswith(":")
        and not line.lower().startswith(("www.", "http", "©", "isbn", "issn", "[", "by ", "date"))
        and "@" not in line
    )


def spoken(name: str, text: str = "") -> str:
    """A name in capitals as it would be written; as `text` has it, where that has it."""
    words = [word for word in name.split() if word[:1].isupper() and len(word) > 1]
    if len(name) < 2 or not words or not all(word.isupper() for word in words):
        return name
    place = text.casefold().find(name.casefold())
    while place >= 0:
        found = text[place : place + len(name)]
        if found.casefold() == name.casefold() and not found.isupper():
            return found
        place = text.casefold().find(name.casefold(), place + 1)
    return " ".join(_word(word, i == 0) for i, word in enumerate(name.split()))


def _word(word: str, first: bool) -> str:
    small = word.lower()
    core = re.sub(r"\W", "", small)
    if word == small:
        return word
    if not first and small in SMALL:
        return small
    if core in SPOKEN:
        return small.capitalize()
    # Letters that no one could say as a word stay as they are: BBC, NHS, HMRC.
    unsayable = len(core) > 1 and not re.search(r"[aeiouy]", core)
    if unsayable or ROMAN.fullmatch(word) or (len(core) <= 2 and core not in SMALL):
        return word
    return "-".join(_capital(part) for part in small.split("-"))


def _capital(word: str) -> str:
    lead = len(word) - len(word.lstrip("('‘“\"[&"))
    return word[:lead] + word[lead : lead + 1].upper() + word[lead + 1 :]


def _is_degree(word: str) -> bool:
    """True for BA(Hons), MSc and KC, where McKay and Anne-Marie are names."""
    capitals = sum(char.isupper() for char in word)
    return capitals > 1 and "-" not in word and not word.startswith(SURNAMES)


def person(words: str) -> str:
    """The name at the head of a line, without degrees and honours."""
    kept: list[str] = []
    for word in words.split():
        if _is_degree(word) or not (word[:1].isupper() or word.islower()):
            break
        kept.append(word)
    return " ".join(kept).rstrip(" ,.;")
