"""What the tests of marked-up formats share: the documents that may not be committed, and checks."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indexer.blocks import Block

DOCUMENTS = ROOT.parent / "shared" / "documents"
with_documents = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="no ../shared/documents")


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def shape(blocks: Sequence[Block]) -> list[tuple[str, str | None, str]]:
    """Kind, label and text of each block."""
    return [(block.kind, block.label, block.text) for block in blocks]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def missing_numbers(name: str, blocks: Sequence[Block]) -> list[str]:
    """The expected paragraphs that no block begins with the number and first words of.

    A heading and the text under it stand in blocks of their own, so the words may run on.
    """
    running = [b for b in blocks if b.kind not in ("footnote", "contents")]
    starts: dict[str, list[str]] = {}
    for index, block in enumerate(running):
        rest = islice(running, index + 1, index + 6)
        after = letters(" ".join(f"{b.label or ''} {b.text}" for b in rest))
        if block.label is not None:
            starts.setdefault(letters(block.label), []).append(letters(block.text) + after)
        else:
            whole = letters(block.text) + after
            for size in range(1, 12):
                starts.setdefault(whole[:size], []).append(whole[size:])
    missing = []
    for line in (DOCUMENTS / "numbering" / f"{name}.jsonl").read_text("utf-8").splitlines():
        wanted = json.loads(line)
        number = letters(wanted["printed"].split(" / ")[-1])
        words = letters(wanted["start"])[:40]
        if not any(start.startswith(words) for start in starts.get(number, ())):
            missing.append(f"{wanted['printed']} {wanted['start'][:40]}")
    return missing
