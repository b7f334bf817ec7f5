"""PDF files to blocks."""

from __future__ import annotations

from indexer.formats.pdf.blocks import read_pdf

__all__ = ["read_pdf"]
