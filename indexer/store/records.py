"""Reports and passages as lines of JSON, and files of such lines read where they stand."""

from __future__ import annotations

import json
import mmap
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from indexer.mapped import OpenFile
from indexer.report import (
    Abbreviation,
    Doubt,
    Footnote,
    Metadata,
    Move,
    NumberingAudit,
    Passage,
    Reference,
    Report,
    Sentence,
    Version,
)


class Lines:
    """The lines of a file by number; what is not asked for is not read.

    `starts` are the offsets of the lines, and of the file's end.
    """

    def __init__(self, path: Path, starts: NDArray[np.int64]) -> None:
        self.starts = starts
        self._file = OpenFile(path)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, line: int) -> bytes:
        return self.between(line, line + 1)

    def between(self, first: int, last: int) -> bytes:
        """The bytes of lines first..last-1."""
        return self._file.read(int(self.starts[first]), int(self.starts[last]))

    def holding(self, pattern: bytes, first: int, last: int) -> Iterator[int]:
        """Those of lines first..last-1 in which a regular expression is found, in order."""
        at, end = int(self.starts[first]), int(self.starts[last])
        # An empty file cannot be mapped.
        if at == end:
            return
        with mmap.mmap(self._file.number, 0, access=mmap.ACCESS_READ) as data:
            while found := re.compile(pattern).search(data, at, end):
                line = bisect_right(self.starts, found.start()) - 1
                # What was found refers to the mapping, which could not be closed.
                del found
                yield line
                at = int(self.starts[line + 1])


def passage_line(passage: Passage) -> bytes:
    """A passage as a line of JSON."""
    fields = {name: getattr(passage, name) for name in PLAIN}
    return _line(
        {
            **fields,
            "sentences": [[s.start, s.end] for s in passage.sentences],
            "footnotes": [[note.mark, note.text] for note in passage.footnotes],
            "references": [[r.start, r.end, r.key, r.through] for r in passage.references],
        }
    )


PLAIN = ("key", "number", "section", "note", "text", "start", "end", "page", "page_label", "unit")


def passage_from(line: bytes) -> Passage:
    """The passage of a line."""
    stored = from_json(line)
    return Passage(
        **{
            **stored,
            "section": tuple(stored["section"]),
            "sentences": tuple(Sentence(*each) for each in stored["sentences"]),
            "footnotes": tuple(Footnote(*each) for each in stored["footnotes"]),
            "references": tuple(Reference(*each) for each in stored["references"]),
        }
    )


def report_line(report: Report) -> bytes:
    """What a report is besides its passages, as a line of JSON."""
    fields = asdict(replace(report, passages=()))
    del fields["passages"]
    return _line(fields)


def report_from(line: bytes, passages: Sequence[Passage]) -> Report:
    """The report of a line, with these passages."""
    stored = from_json(line)
    audit = stored["audit"]
    lists = ("gaps", "repeats", "disorder", "restarts")
    metadata = dict(stored["metadata"])
    published = metadata.pop("published")
    return Report(
        **{name: stored[name] for name in ("id", "source", "sha256", "text")},
        passages=passages,
        glossary=tuple(Abbreviation(**entry) for entry in stored["glossary"]),
        history=tuple(
            Version(version["sha256"], tuple(Move(**move) for move in version["moves"]))
            for version in stored["history"]
        ),
        audit=NumberingAudit(
            **{
                **audit,
                **{name: tuple(audit[name]) for name in lists},
                "doubtful": tuple(Doubt(**doubt) for doubt in audit["doubtful"]),
            }
        ),
        metadata=Metadata(
            **{
                **metadata,
                "authors": tuple(metadata["authors"]),
                "examples": tuple(metadata["examples"]),
                "published": date.fromisoformat(published) if published else None,
            }
        ),
    )


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n"
