"""A document to what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexer.blocks import Block
from indexer.metadata.cases import case_findings
from indexer.metadata.dates import date_findings
from indexer.metadata.findings import Finding, believed
from indexer.metadata.laws import law_findings
from indexer.metadata.layout import report_findings
from indexer.metadata.lines import FrontLine, front_lines
from indexer.report import Metadata


def read_document(path: Path, blocks: Sequence[Block]) -> Metadata:
    """What a document's own properties and its first page say of it.

    A title is never made of the file's name; what is not said stays empty.
    """
    lines = front_lines(path, blocks)
    special = case_findings(lines) or law_findings(lines)
    own = _properties(path, lines)
    marked = path.suffix.lower() in (".xml", ".akn")
    read = [*special, *date_findings(lines)]
    if not special:
        read += report_findings(lines, path.suffix.lower() == ".pdf")
    return believed([*own, *read] if marked else [*read, *own])


def _properties(path: Path, lines: Sequence[FrontLine]) -> list[Finding]:
    suffix = path.suffix.lower()
    if suffix in (".xml", ".akn"):
        from indexer.formats.akn import parse_akn
        from indexer.metadata.akoma_ntoso import akn_findings

        return akn_findings(parse_akn(path.read_bytes(), path.name))
    from indexer.metadata.properties import html_findings, pdf_findings, word_findings

    if suffix in (".html", ".htm"):
        return html_findings(path, lines)
    if suffix == ".docx":
        from indexer.formats.docx.package import open_core

        return word_findings(open_core(path), lines)
    if suffix == ".pdf":
        from indexer.formats.pdf.front import read_info

        return pdf_findings(read_info(path), lines)
    return []
