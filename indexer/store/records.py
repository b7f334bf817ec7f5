"""Reports and passages as lines of JSON, and files of such lines read where they stand."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from indexer.report import (
    Abbreviation,
    Doubt,
    Footnote,
    Known,
    Metadata,
    Move,
    NumberingAudit,
    Passage,
    Reference,
    Report,
    Sentence,
    Version,
)
from indexer.store.mapped import OpenFile
from indexer.store.sums import changed, check

Item = TypeVar("Item")
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Lines read at once when many are searched.
AT_ONCE = 256


class Lines:
    """The lines of a file by number; what is not asked for is not read, what is read is checked.

    `starts` are the offsets of the lines, and of the file's end; `sums` their checksums, as many,
    which an older store lacks.
    """

    def __init__(
        self, path: Path, starts: NDArray[np.int64], sums: NDArray[np.int64] | None = None
    ) -> None:
        self.starts = starts
        self.sums = sums
        self._path = path
        self._file = OpenFile(path)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, line: int) -> bytes:
        return self.between(line, line + 1)

    def between(self, first: int, last: int) -> bytes:
        """The bytes of lines first..last-1.

        Raises:
            StoreError: they are not what was written.
        """
        try:
            found = self._file.read(int(self.starts[first]), int(self.starts[last]))
        except OSError as error:
            raise changed(self._path) from error
        self._check(memoryview(found), first, last)
        return found

    def holding(self, pattern: bytes, first: int, last: int) -> Iterator[int]:
        """Those of lines first..last-1 in which a regular expression is found, in order.

        Raises:
            StoreError: the lines are not what was written.
        """
        for block in range(first, last, AT_ONCE):
            data, begin = self.between(block, min(last, block + AT_ONCE)), int(self.starts[block])
            at = 0
            while found := re.compile(pattern).search(data, at):
                line = bisect_right(self.starts, begin + found.start()) - 1
                yield line
                at = int(self.starts[line + 1]) - begin

    def _check(self, data: memoryview, first: int, last: int) -> None:
        if self.sums is None:
            return
        places = (self.starts[first : last + 1] - self.starts[first]).tolist()
        lines = (data[begin:end] for begin, end in pairwise(places))
        check(self._path, lines, self.sums[first:last].astype(np.uint32))


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
    """A report without its passages, as a line of JSON."""
    fields = asdict(replace(report, passages=()))
    del fields["passages"]
    return _line(fields)


def report_from(line: bytes, passages: Sequence[Passage]) -> Report:
    """The report of a line, with these passages."""
    stored = from_json(line)
    audit = stored["audit"]
    lists = ("gaps", "repeats", "disorder", "restarts")
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
        metadata=metadata_from(stored["metadata"]),
    )


def metadata_from(stored: dict[str, Any]) -> Metadata:
    """Metadata as they were written; stores of earlier releases lack some fields."""
    lists = {name: tuple(stored.get(name, ())) for name in ("authors", "examples", "parties")}
    dates = {
        name: date.fromisoformat(stored[name]) if stored.get(name) else None
        for name in ("published", "accessed")
    }
    known = tuple(Known(**each) for each in stored.get("known", ()))
    return Metadata(**{**stored, **lists, **dates, "known": known})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n"


class OnDemand(Sequence[Item], Generic[Item]):
    """A sequence whose items are made when asked for; equal to any other with equal items."""

    def __init__(self, make: Callable[[int], Item], size: int) -> None:
        self._make = make
        self._size = size

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(index, slice):
            return tuple(self._make(i) for i in range(*index.indices(self._size)))
        place = index + self._size if index < 0 else index
        if not 0 <= place < self._size:
            raise IndexError(index)
        return self._make(place)

    def __iter__(self) -> Iterator[Item]:
        return map(self._make, range(self._size))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))


class Glossary:
    """Short and long forms; read from the reports' lines once, each pair kept once."""

    def __init__(self, lines: Sequence[bytes] | Lines) -> None:
        self._lines = lines
        self._by_short: defaultdict[str, list[int]] = defaultdict(list)
        self._by_first_word: defaultdict[str, list[int]] = defaultdict(list)
        self._pairs: list[tuple[str, str]] = []
        known: set[tuple[str, str]] = set()
        for line in range(len(lines)):
            for pair in self._pairs_of(line):
                if pair not in known:
                    known.add(pair)
                    self._add(pair)

    def other_forms(self, question: str, place: int | None = None) -> list[str]:
        """The long forms of abbreviations in a question, and the short ones of long forms.

        `place` keeps to the abbreviations of one report. Each form comes once, in order.
        """
        folded = question.casefold()
        words = set(WORD.findall(folded))
        likely = {i for word in words for i in self._by_short.get(word, ())}
        likely |= {i for word in words for i in self._by_short.get(f"{word}s", ())}
        likely |= {i for word in words for i in self._by_first_word.get(word, ())}
        pairs = [self._pairs[i] for i in sorted(likely)]
        if place is not None:
            own = self._pairs_of(place)
            pairs = [pair for pair in own if pair in pairs]
        added = []
        for short, long in pairs:
            has_short = not words.isdisjoint({short.casefold(), short.casefold().removesuffix("s")})
            has_long = long.casefold() in folded
            if has_short != has_long:
                added.append(long if has_short else short)
        return list(dict.fromkeys(added))

    def _add(self, pair: tuple[str, str]) -> None:
        place = len(self._pairs)
        self._pairs.append(pair)
        self._by_short[pair[0].casefold()].append(place)
        first = WORD.search(pair[1].casefold())
        self._by_first_word[first[0] if first else ""].append(place)

    def _pairs_of(self, line: int) -> list[tuple[str, str]]:
        return [(short, long) for short, long in json.loads(self._lines[line])]
