"""Whether the numbers found are those of paragraphs, or of a bibliography, a form, a short list."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from indexer.numbering.headings import is_complete
from indexer.report import NumberingAudit, Passage

# Fewer numbers than this that hold less of the text than that are a list, not a numbering.
FEW = ((10, 0.3), (20, 0.1))
# A line of this length, or one that ends as a sentence does, says something.
SHORTEST_SENTENCE = 80
# Of paragraphs, at least so many say something; of a bibliography, at least so many are works.
SAYING, WORKS = 0.34, 0.6
SOURCES = re.compile(r"(?:references|bibliography|works cited|literature|sources)\b.*", re.I)
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
WORK = re.compile(
    r"\b[A-Z]\.|\b(?:vol(?:ume)?|pp?|no|eds?|press|journal|proceedings|arxiv|doi)\b|https?:",
    re.I,
)
LONGEST_WORK = 500
PAGED = re.compile(r"[^.!?]*[\s.…]\d{1,4}")


def refusal(passages: Sequence[Passage], audit: NumberingAudit) -> str | None:
    """Why the numbers found do not make a numbered report; None where they do."""
    numbered = [passage for passage in passages if passage.number is not None]
    if not numbered:
        return "nothing in it is numbered so that it runs on (1., 2., 3. ...)"
    if any(len(numbered) < few and audit.share < least for few, least in FEW):
        return "its only numbers are those of a short list in the text"
    texts = [passage.text for passage in numbered]
    if _share(texts, _is_work) >= WORKS and (audit.share < 0.5 or _under_sources(numbered)):
        return "its only numbers are those of a bibliography"
    # The last one holds all that follows it.
    plain = [p.text for p in numbered[:-1] if not p.unit]
    if plain and _share(plain, _is_entry) >= WORKS:
        return "its only numbers are those of a contents list"
    if plain and _share(plain, _says) < SAYING:
        return "its only numbers are those of a form or a list without sentences"
    return None


def _share(texts: Sequence[str], judge: Callable[[str], bool]) -> float:
    return sum(map(judge, texts)) / len(texts)


def _says(text: str) -> bool:
    return any(is_complete(line) or len(line) >= SHORTEST_SENTENCE for line in text.split("\n"))


def _is_work(text: str) -> bool:
    short = len(text) <= LONGEST_WORK
    return short and YEAR.search(text) is not None and len(WORK.findall(text)) >= 2


def _is_entry(text: str) -> bool:
    return len(text) <= LONGEST_WORK and PAGED.fullmatch(text) is not None


def _under_sources(numbered: Sequence[Passage]) -> bool:
    return any(SOURCES.fullmatch(title) for title in numbered[0].section)
