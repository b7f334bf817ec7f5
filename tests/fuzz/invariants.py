"""What must hold whatever the input was."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from indexer.errors import PilcrowError
from indexer.report import Passage, Report
from indexer.sentences import with_sentences
from search_api.types.answers import Answer, Hit, Quote

# Characters that steer a terminal, hide text or turn it round, and halves of pairs.
LINES = {"\t", "\n"}
TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
LONGEST_MESSAGE = 2_000


def check_error(error: PilcrowError) -> None:
    """One line that a terminal shows as it is."""
    said = str(error)
    assert said
    assert len(said) <= LONGEST_MESSAGE, len(said)
    check_printable(said, lines=False)


def check_printable(text: str, lines: bool = True) -> None:
    """No character that steers a terminal, turns the text round, or cannot be written."""
    for char in set(text) - (LINES if lines else {"\t"}):
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"), ascii(char)
        assert char not in TURNING, ascii(char)


def check_report(report: Report) -> None:
    """Passages are slices of the text, in order; keys are unique; offsets lie inside."""
    check_printable(report.text)
    keys = [passage.key for passage in report.passages]
    assert len(set(keys)) == len(keys)
    assert report.audit.count == len(report.paragraphs)
    assert 0 <= report.audit.share <= 1
    end = 0
    for passage in with_sentences(report).passages:
        assert end <= passage.start < passage.end <= len(report.text)
        end = passage.end
        assert passage.text == report.text[passage.start : passage.end]
        _check_passage(passage, set(keys))
    for short in report.glossary:
        assert short.key in keys
        check_printable(f"{short.short} {short.long}", lines=False)


def _check_passage(passage: Passage, keys: set[str]) -> None:
    assert passage.text.strip()
    check_printable(passage.key, lines=False)
    check_printable(" ".join((*passage.section, passage.note or "", passage.number or "")), False)
    at = 0
    for sentence in passage.sentences:
        assert at <= sentence.start < sentence.end <= len(passage.text)
        at = sentence.end
    for reference in passage.references:
        assert 0 <= reference.start < reference.end <= len(passage.text)
        assert reference.key in keys
    for note in passage.footnotes:
        check_printable(note.mark + note.text)


def check_answer(answer: Answer, reports: Iterable[Report]) -> None:
    """Quotes and hits are verbatim; a confidence is a probability; no quotes when not found."""
    texts = {
        (report.id, passage.key): passage.text for report in reports for passage in report.passages
    }
    assert 0 <= answer.confidence <= 1
    assert bool(answer.quotes) == (answer.status == "answered")
    for quote in answer.quotes:
        _check_quote(quote, texts)
    check_hits(answer.hits, texts)


def check_hits(hits: Iterable[Hit], texts: dict[tuple[str, str], str]) -> None:
    """Each hit is a passage whose text it gives, its quote a slice of it."""
    for hit in hits:
        assert hit.text == texts[hit.report, hit.key]
        if hit.quote is not None:
            _check_quote(hit.quote, texts)


def _check_quote(quote: Quote, texts: dict[tuple[str, str], str]) -> None:
    assert quote.text
    assert quote.text == texts[quote.report, quote.key][quote.start : quote.end]
