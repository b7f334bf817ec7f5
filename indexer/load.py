"""A report file and its sidecar to a Report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from indexer.abbreviations import find_abbreviations
from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats import read_blocks
from indexer.formats.encoding import doubts
from indexer.metadata.document import read_document
from indexer.metadata.fields import with_fields
from indexer.metadata.sidecar import read_sidecar
from indexer.numbering import count_paragraphs, split_blocks
from indexer.numbering.accept import refusal
from indexer.references import link_references
from indexer.report import Metadata, Report

ID = re.compile(r"[^\W_][\w.-]*")
LONGEST_ID = 120


def load_report(path: Path, allow_unnumbered: bool = False, name: str = "") -> Report:
    """Read, split and audit one report file.

    Args:
        path: the report file; a sidecar NAME.toml beside it gives metadata.
        allow_unnumbered: count the paragraphs of a report that prints no numbers; the audit and
            every citation say that the count is ours.
        name: the id it is to have; by default that of its file.

    Raises:
        ReportError: the file cannot be read, or no numbering is found in it.
    """
    with doubts() as told:
        blocks = read_blocks(path)
    split = split_blocks(blocks)
    reason = refusal(split.passages, split.audit)
    if reason and allow_unnumbered:
        split = count_paragraphs(blocks)
        reason = None if split.audit.count else reason
    if reason:
        raise ReportError(
            f"{path.name} has no numbered paragraphs: {reason}; give a report whose paragraphs are "
            "numbered, or --allow-unnumbered to have them counted"
        )
    passages = link_references(split.passages)
    return Report(
        id=checked_id(name) if name else report_id(path),
        source=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        text=split.text,
        passages=passages,
        audit=replace(split.audit, doubtful=(*told, *split.audit.doubtful)),
        metadata=load_metadata(path, blocks),
        glossary=find_abbreviations(passages),
    )


def report_id(path: Path) -> str:
    """The report's id: its file name without the extension, fit to stand in a link.

    Raises:
        ReportError: it is not fit.
    """
    name = path.name.removesuffix(path.suffix).removesuffix(".akn")
    if not ID.fullmatch(name):
        raise ReportError(
            f"{path.name}: the name must be letters, digits, '.', '-' or '_', because links "
            "are made of it; rename the file"
        )
    return name


def checked_id(name: str) -> str:
    """An id that a report was given, if it can stand in a link.

    Raises:
        ReportError: it cannot.
    """
    if not ID.fullmatch(name) or len(name) > LONGEST_ID:
        raise ReportError(
            f"'{name[:LONGEST_ID]}' cannot be an id: links are made of it; use letters, digits, "
            "'.', '-' or '_'"
        )
    return name


def load_metadata(path: Path, blocks: Sequence[Block]) -> Metadata:
    """What the sidecar NAME.toml says of a report, and the document itself besides.

    Raises:
        ReportError: the sidecar is not valid TOML or a field has the wrong type.
    """
    sidecar = path.with_name(f"{report_id(path)}.toml")
    return with_fields(
        read_document(path, blocks), read_sidecar(sidecar), f"sidecar {sidecar.name}"
    )
