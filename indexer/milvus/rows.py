"""Reports, passages and sentences as rows of the collections."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from indexer.encoders.base import Rows
from indexer.errors import StoreError
from indexer.milvus.schema import (
    PASSAGE_BITS,
    SENTENCE_BITS,
    cut,
    passage_id,
    pieces,
    sentence_id,
)
from indexer.report import Passage, Report
from indexer.store import embedded_text
from indexer.store.records import passage_line, report_line
from indexer.store.terms import stems
from indexer.store.writer import outline


def entry_of(report: Report) -> dict[str, Any]:
    """The manifest's entry for a report whose sentences are marked.

    Raises:
        StoreError: it has more passages or sentences than there are numbers for.
    """
    sentences = [len(passage.sentences) for passage in report.passages]
    if len(sentences) > 1 << PASSAGE_BITS or max(sentences, default=0) > 1 << SENTENCE_BITS:
        raise StoreError(
            f"{report.id} has {len(sentences):,} passages, up to {max(sentences):,} sentences each;"
            f" {1 << PASSAGE_BITS:,} of {1 << SENTENCE_BITS:,} are possible; split it into files"
        )
    lines = b"".join(passage_line(passage) for passage in report.passages)
    return {
        "id": report.id,
        "sha256": report.sha256,
        "paragraphs": len(report.paragraphs),
        "passages": len(sentences),
        "sentences": sum(sentences),
        "digest": hashlib.sha256(lines).hexdigest(),
        "head": hashlib.sha256(report_line(report)).hexdigest(),
    }


def about_of(report: Report) -> dict[str, Any]:
    """The fields of a report's row in ISSUES that its entry does not have."""
    pairs = [[each.short, each.long] for each in report.glossary]
    return {
        # A blank before each word, so that one is found by how it begins.
        "outline": cut("".join(f" {word}" for word in outline(report))),
        "abbreviations": pieces(json.dumps(pairs, ensure_ascii=False).encode()),
        "body": pieces(report_line(report)),
    }


def passage_row(issue: int, place: int, passage: Passage, vector: Rows) -> dict[str, Any]:
    """The row of a passage."""
    return {
        "id": passage_id(issue, place),
        "issue": issue,
        "key": cut(passage.key),
        "number": cut(passage.number or ""),
        "section": folded_section(passage),
        # BM25 reads this much of a longer passage; the passage itself is kept whole.
        "stems": cut(" ".join(stems(embedded_text(passage)))),
        "vector": vector,
        "body": pieces(passage_line(passage)),
    }


def sentence_row(
    issue: int, place: int, sentence: int, passage: Passage, vector: Rows
) -> dict[str, Any]:
    """The row of a passage's sentence."""
    owner = passage_id(issue, place)
    return {
        "id": sentence_id(owner, sentence),
        "issue": issue,
        "passage": owner,
        "key": cut(passage.key),
        "section": folded_section(passage),
        "vector": vector,
    }


def folded_section(passage: Passage) -> str:
    """A heading path as filters compare it."""
    return cut(" > ".join(passage.section).casefold())


def whole(found: Sequence[str]) -> bytes:
    """The text that was cut into these pieces."""
    return "".join(found).encode()
