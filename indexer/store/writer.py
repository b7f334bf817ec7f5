"""The lines and tables of a generation, written report by report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from indexer.report import Report
from indexer.store.generation import LAYOUT
from indexer.store.records import Lines, passage_line, report_line
from indexer.store.sums import sums_of
from indexer.store.tables import (
    Column,
    ReportTable,
    RowTable,
    SectionTable,
    hash_name,
    names_of,
    save_columns,
)
from indexer.text import compared_words

if TYPE_CHECKING:
    from indexer.store.store import Store


class Draft:
    """Takes reports in the order of their ids, and gives their texts a place on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passages, self._reports, self._sections, self._outlines, self._abbreviations = (
            _Column(folder / name)
            for name in (
                LAYOUT.passages,
                LAYOUT.reports,
                LAYOUT.sections,
                LAYOUT.outlines,
                LAYOUT.abbreviations,
            )
        )
        self._files = (
            self._passages,
            self._reports,
            self._sections,
            self._outlines,
            self._abbreviations,
        )
        # For each report, the columns of its passages: sentences, section, key, number.
        self._rows: list[NDArray[np.int64]] = []
        self._runs: list[NDArray[np.int64]] = []
        self.entries: list[dict[str, Any]] = []

    def add(self, report: Report) -> None:
        """Write a report whose sentences are marked."""
        assert not self.entries or self.entries[-1]["id"] < report.id
        lines = [passage_line(passage) for passage in report.passages]
        own = report_line(report)
        self._reports.write([own])
        self._passages.write(lines)
        paths = [" > ".join(passage.section) for passage in report.passages]
        first = [i for i, path in enumerate(paths) if i == 0 or path != paths[i - 1]]
        self._sections.write([paths[i].casefold().encode() + b"\n" for i in first])
        self._outlines.write([" ".join(outline(report)).encode() + b"\n"])
        pairs = [[entry.short, entry.long] for entry in report.glossary]
        self._abbreviations.write([json.dumps(pairs, ensure_ascii=False).encode() + b"\n"])
        counts = np.zeros(len(lines), np.int64)
        counts[first] = 1
        self._runs.append(np.array(first, np.int64))
        self._rows.append(
            np.array(
                [
                    [len(passage.sentences) for passage in report.passages],
                    np.cumsum(counts) - 1,
                    [hash_name(passage.key) for passage in report.passages],
                    [hash_name(p.number) if p.number is not None else 0 for p in report.passages],
                ],
                np.int64,
            ).reshape(4, -1)
        )
        self.entries.append(
            {
                "id": report.id,
                "sha256": report.sha256,
                "paragraphs": len(report.paragraphs),
                "passages": len(lines),
                "sentences": int(self._rows[-1][0].sum()),
                "line": hashlib.sha256(own).hexdigest(),
                "digest": hashlib.sha256(b"".join(lines)).hexdigest(),
            }
        )

    def copy(self, store: Store, place: int) -> None:
        """Take a report over from a store as it stands there."""
        reports, rows, sections = store.report_table, store.row_table, store.section_table
        first, last = int(reports.row[place]), int(reports.row[place + 1])
        run, end = int(reports.section[place]), int(reports.section[place + 1])
        self._reports.copy(store.report_lines, place, place + 1)
        self._outlines.copy(store.outline_lines, place, place + 1)
        self._abbreviations.copy(store.abbreviation_lines, place, place + 1)
        self._passages.copy(store.passage_lines, first, last)
        self._sections.copy(store.section_lines, run, end)
        self._runs.append(sections.row[run:end] - first)
        self._rows.append(
            np.stack(
                [
                    np.diff(rows.sentence[first : last + 1]),
                    rows.section[first:last] - run,
                    rows.key[first:last],
                    rows.number[first:last],
                ]
            )
        )
        self.entries.append(store.manifest["reports"][place])

    def finish(self) -> RowTable:
        """Write the tables."""
        for each in self._files:
            each.close()
        sizes = [rows.shape[1] for rows in self._rows]
        first_rows = _ends(sizes)
        first_sections = _ends([len(runs) for runs in self._runs])
        joined = np.concatenate([*self._rows, np.zeros((4, 0), np.int64)], axis=1)
        report = np.repeat(np.arange(len(sizes)), sizes)
        table = RowTable(
            line=self._passages.starts(),
            line_sum=self._passages.sums(),
            sentence=_ends(joined[0]),
            report=np.append(report, len(sizes)),
            section=np.append(joined[1] + first_sections[:-1][report], first_sections[-1]),
            key=np.append(joined[2], 0),
            number=np.append(joined[3], 0),
        )
        runs = [run + first for run, first in zip(self._runs, first_rows, strict=False)]
        sections = SectionTable(
            line=self._sections.starts(),
            row=np.append(_joined(runs), first_rows[-1]),
            line_sum=self._sections.sums(),
        )
        reports = ReportTable(
            line=self._reports.starts(),
            outline=self._outlines.starts(),
            abbreviation=self._abbreviations.starts(),
            row=first_rows,
            section=first_sections,
            line_sum=self._reports.sums(),
            outline_sum=self._outlines.sums(),
            abbreviation_sum=self._abbreviations.sums(),
        )
        save_columns(self._folder / LAYOUT.row_table, table)
        save_columns(self._folder / LAYOUT.section_table, sections)
        save_columns(self._folder / LAYOUT.report_table, reports)
        save_columns(self._folder / LAYOUT.names, names_of(table))
        return table

    def close(self) -> None:
        """Close the files of a draft that will not be finished."""
        for each in self._files:
            each.close()


class _Column:
    """A file of lines being written, and the lengths and checksums of these."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._lengths: list[NDArray[np.int64]] = []
        self._sums: list[NDArray[np.int64]] = []

    def write(self, lines: Sequence[bytes]) -> None:
        self._file.write(b"".join(lines))
        self._lengths.append(np.array([len(line) for line in lines], np.int64))
        self._sums.append(sums_of(lines).astype(np.int64))

    def copy(self, lines: Lines, first: int, last: int) -> None:
        assert lines.sums is not None
        self._file.write(lines.between(first, last))
        self._lengths.append(np.diff(lines.starts[first : last + 1]))
        self._sums.append(lines.sums[first:last])

    def starts(self) -> Column:
        return _ends(_joined(self._lengths))

    def sums(self) -> Column:
        return np.append(_joined(self._sums), 0)

    def close(self) -> None:
        self._file.close()


def outline(report: Report) -> list[str]:
    """The words under which a report is suggested: of headings, abbreviations, examples."""
    paths = dict.fromkeys(" > ".join(passage.section) for passage in report.passages)
    words = [word for path in paths for word in compared_words(path)]
    for entry in report.glossary:
        words += compared_words(f"{entry.short} {entry.long}")
    for example in report.metadata.examples:
        words += compared_words(example)
    return list(dict.fromkeys(words))


def _joined(parts: Sequence[NDArray[np.int64]]) -> Column:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _ends(sizes: Sequence[int] | NDArray[np.int64]) -> Column:
    """The first of each run of these sizes, and the end of the last."""
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
