"""A model's sentence against the paragraphs it cites: kept with its support, or dropped and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from indexer.encoders.base import Encoder
from indexer.sentences import split_sentences
from indexer.store.index import Engine
from search_api.ask.reading.quotes import LEANS_BACK
from search_api.library.links.short_citation import passage_url, pinpoint, short_citation
from search_api.prose.bearing import bears_out
from search_api.prose.sentences import Written
from search_api.prose.sources import Source, find_source
from search_api.prose.tokens import Token, tokens_of
from search_api.types.prose import DroppedSentence, ProseSentence
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.verify import check_draft

# Chosen on tests/golden/prose-pairs.jsonl (see this package's README).
LEAST_SUPPORT = 0.6
LONGEST_SENTENCE = 600
LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:(?:/|\S{0,80}@)|\b(?:javascript|data|mailto):|\bwww\.|\]\(|</?[a-z!]",
    re.IGNORECASE,
)
# What a sentence that opens so is about stands in the one before it.
POINTS_BACK = re.compile(
    r"(?:(?:however|nevertheless|but|and|also|in addition|furthermore|as a result|therefore|"
    r"consequently|similarly|moreover|additionally|for example|instead),?\s+)?"
    r"(?:this|these|those|such|it|they|he|she|his|her|its|their|both|the (?:former|latter)"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|some|most|many|several|few|all|none|"
    r"neither|each|others?) (?:of (?:them|these|those)|ha[sd]|have|is|are|was|were|will|do|did))\b",
    re.IGNORECASE,
)
SAYS = re.compile(
    r"(?:(?:the|this) (?:report|paragraph|text|inspection report) (?:also )?"
    r"(?:says|states|notes|records) that|according to (?:the|this) (?:report|paragraph|text),)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Borne:
    """The support of a sentence: a source, the sentences of it that were used, how near."""

    source: Source
    last: int
    support: float


class Checker:
    """Checks a model's sentences in their order: one may lean on the one before it."""

    def __init__(self, store: Engine, encoder: Encoder, sources: Sequence[Source]) -> None:
        self._stems = cache(store.stems)
        self._encoder = encoder
        self._sources = sources
        # Where the sentence before was borne out, when it was kept.
        self._before: Borne | None = None

    def check(self, written: Written) -> ProseSentence | DroppedSentence:
        """Keep a sentence that each paragraph it cites bears out, else drop it with the reason."""
        try:
            borne = self._borne(written)
        except _Unsupported as found:
            self._before = None
            return DroppedSentence(text=written.text[:LONGEST_SENTENCE], reason=str(found))
        self._before = borne[-1]
        places = [(each.source.report, each.source.passage) for each in borne]
        return ProseSentence(
            text=written.text,
            keys=[each.source.key for each in borne],
            citations=[short_citation(*place) for place in places],
            urls=[passage_url(*place) for place in places],
            support=round(min(each.support for each in borne), 4),
        )

    def _borne(self, written: Written) -> list[Borne]:
        _check_form(written)
        sources = []
        for key in written.keys:
            source = find_source(self._sources, key)
            if source is None:
                raise _Unsupported(f"cites {key[:40]}, which the model was not given")
            sources += [source] if source not in sources else []
        for source in sources:
            _check_quotations(written.text, source)
        return [self._in_source(written.text, source) for source in sources]

    def _in_source(self, text: str, source: Source) -> Borne:
        where = pinpoint(source.passage)
        opening = SAYS.match(text)
        said = text[opening.end() :] if opening else text
        claim = tokens_of(said, self._stems)
        if not claim or _signs(text) - _signs(source.passage.text):
            raise _Unsupported("holds signs or words that cannot be checked")
        spans = source.passage.sentences or split_sentences(source.passage.text)
        texts = [source.passage.text[s.start : s.end] for s in spans]
        tokens = [tokens_of(one, self._stems, place) for place, one in enumerate(texts)]
        missing = _missing(claim, tokens)
        if missing is not None:
            raise _Unsupported(f"“{missing}” is not in {where}")
        found = [
            (first, last)
            for size in (1, 2)
            for first in range(len(texts) - size + 1)
            for last in [first + size - 1]
            if bears_out(tokens[first : last + 1], claim)
        ]
        if not found:
            raise _Unsupported(
                f"{where} has these words, but not so: something is joined, left out or turned"
            )
        standing = [
            (first, last)
            for first, last in found
            if self._goes_on(source, first) or not (POINTS_BACK.match(texts[first]) or _leans(said))
        ]
        if not standing:
            raise _Unsupported("leans on a sentence before it that is not there")
        rows = self._encoder.encode(
            [said, *(" ".join(texts[first : last + 1]) for first, last in standing)]
        )
        support, (_, last) = max(zip((rows[1:] @ rows[0]).tolist(), standing, strict=True))
        if support < LEAST_SUPPORT:
            raise _Unsupported(f"is too far from what {where} says (support {support:.2f})")
        return Borne(source, last, min(1.0, support))

    def _goes_on(self, source: Source, first: int) -> bool:
        """True when the sentence before was kept, and stands just before in the same paragraph."""
        before = self._before
        return before is not None and before.source is source and first - before.last in (0, 1)


class _Unsupported(Exception):  # noqa: N818
    """The reason why a sentence is dropped."""


def _check_form(written: Written) -> None:
    text = written.text
    if not written.ended:
        raise _Unsupported("was cut off")
    if len(text) > LONGEST_SENTENCE:
        raise _Unsupported(f"is longer than {LONGEST_SENTENCE} characters")
    if LINK.search(written.raw):
        raise _Unsupported("holds a link or markup")
    if not written.keys:
        raise _Unsupported("carries no paragraph key")
    if text.rstrip("\"”’')").endswith("?"):
        raise _Unsupported("is a question")
    if text.count("“") != text.count("”") or text.count('"') % 2:
        raise _Unsupported("holds a quotation that does not end")


def _check_quotations(text: str, source: Source) -> None:
    """The words in quotation marks must be the paragraph's."""
    alone = PassageIndex([replace(source.report, passages=(source.passage,))])
    for check in check_draft(alone, text):
        if check.verdict != "found":
            said = f"“{check.quotation}”" if check.quotation else f"para {check.claimed}"
            raise _Unsupported(f"{said} is not in {pinpoint(source.passage)} word for word")


def _missing(claim: Sequence[Token], source: Sequence[Sequence[Token]]) -> str | None:
    """The first word of a claim that the paragraph has nowhere."""
    known = {token.key for sentence in source for token in sentence}
    return next((token.text for token in claim if token.key not in known), None)


def _leans(text: str) -> bool:
    return LEANS_BACK.match(text) is not None or POINTS_BACK.match(text) is not None


def _signs(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in ("Sm", "Sc", "So", "Sk")}
