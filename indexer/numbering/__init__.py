"""Blocks to numbered paragraphs, unnumbered passages and an audit of the printed numbers."""

from indexer.numbering.split import Split, count_paragraphs, split_blocks

__all__ = ["Split", "count_paragraphs", "split_blocks"]
