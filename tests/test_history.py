"""A report that is issued again: what moved, what changed, what went, and the old links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.errors import NotFoundError
from indexer.history import compare, text_hash, with_history
from indexer.load import load_report
from indexer.store import build_store, open_store
from search_api.library.links.old_links import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.report import Report
    from tests.conftest import LetterEncoder

FIRST = [
    "The ferry runs on weekdays between the town and the island.",
    "Fares are set by the harbour board once a year, in March.",
    "Dogs travel free of charge when they are kept on a lead.",
    "The board publishes the timetable at least a month ahead.",
    "Complaints are answered within ten days of being received.",
]
SECOND = [
    "This is the second issue of the rules.",
    FIRST[0],
    "Fares are set by the harbour board twice a year, in March and in October.",
    FIRST[3],
    FIRST[4],
]
THIRD = [*SECOND[1:], "Bicycles cost two crowns."]


def report_of(folder: Path, paragraphs: list[str]) -> Report:
    path = folder / "rules.txt"
    path.write_text("\n\n".join(f"{n}. {text}" for n, text in enumerate(paragraphs, start=1)))
    return load_report(path)


def test_each_paragraph_is_followed_by_its_words(tmp_path: Path) -> None:
    first, second = report_of(tmp_path, FIRST), report_of(tmp_path, SECOND)

    assert [(move.key, move.now) for move in compare(first, second)] == [
        ("1", "2"),
        ("2", "3"),
        ("3", None),
        ("4", "4"),
        ("5", "5"),
    ]


def test_an_old_link_leads_to_where_the_paragraph_stands_now(tmp_path: Path) -> None:
    first, second = report_of(tmp_path, FIRST), report_of(tmp_path, SECOND)
    hashes = {p.key: text_hash(p) for p in first.passages}
    again = with_history(first, second)

    def follow(key: str) -> tuple[str, str]:
        found = resolve(again, key, hashes[key])
        return again.passages[found.place[0]].key, found.notice

    assert follow("1") == ("2", "This was paragraph 1 in an earlier issue.")
    assert follow("2") == (
        "3",
        "This was paragraph 2 in an earlier issue. Its text has changed since.",
    )
    assert follow("4") == ("4", "")
    with pytest.raises(NotFoundError, match="earlier issue"):
        resolve(again, "3", hashes["3"])
    assert resolve(again, "4").notice == ""
    assert (
        resolve(again, "1").notice == "What was paragraph 1 in an earlier issue is now paragraph 2."
    )
    assert resolve(again, "3").notice.endswith("is not in this one.")
    with pytest.raises(NotFoundError, match="run from 1 to 5"):
        resolve(again, "9")


def test_links_are_followed_over_several_issues(tmp_path: Path) -> None:
    first, second, third = (report_of(tmp_path, text) for text in (FIRST, SECOND, THIRD))
    latest = with_history(with_history(first, second), third)

    assert len(latest.history) == 2
    moved = {move.key: move.now for move in latest.history[0].moves}
    assert moved == {"1": "1", "2": "2", "3": None, "4": "3", "5": "4"}


def test_the_same_text_again_is_no_new_issue(tmp_path: Path) -> None:
    first = report_of(tmp_path, FIRST)

    assert with_history(first, report_of(tmp_path, FIRST)).history == ()


def test_the_history_is_kept_in_the_store(tmp_path: Path, letters: LetterEncoder) -> None:
    again = with_history(report_of(tmp_path, FIRST), report_of(tmp_path, SECOND))
    build_store(tmp_path / "store", [again], letters)

    assert open_store(tmp_path / "store").report("rules").history == again.history
