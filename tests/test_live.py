"""The one follower of the newest store: it answers meanwhile, and a bad store takes nothing away."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.load import load_report
from indexer.store import build_store, open_store
from search_api.library.live import Live, built_with
from search_api.library.positions import positions_of
from tests.conftest import HARBOUR, LetterEncoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.store import Store


def soon(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not happens() and time.monotonic() < until:
        time.sleep(0.02)
    return happens()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("1. Ferries are late.\n\n2. Fares rose.\n")
    return path


def test_what_another_process_indexes_is_answered_from_soon(
    harbour_store: Store, letters: LetterEncoder, note: Path
) -> None:
    live = Live(harbour_store, built_with(letters))
    taken = live.take()
    build_store(harbour_store.folder, [load_report(note)], letters)

    assert soon(lambda: [report.id for report in live.store.reports] == ["note"])
    assert [report.id for report in taken.store.reports] == ["harbour-2031"]
    assert live.take().encoder is letters


def test_a_store_built_with_another_model_is_passed_over_with_a_warning(
    harbour_store: Store, letters: LetterEncoder, note: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(harbour_store, built_with(letters))
    with caplog.at_level(logging.WARNING, "pilcrow"):
        build_store(
            harbour_store.folder, [load_report(note)], LetterEncoder("another", "another-1")
        )
        assert soon(lambda: live.store is not None and "as it was" in caplog.text)

    assert live.store is harbour_store


def test_with_an_encoder_found_for_each_store_another_model_is_followed(
    harbour_store: Store, letters: LetterEncoder, note: Path
) -> None:
    other = LetterEncoder("another", "another-1")
    known = {each.fingerprint: each for each in (letters, other)}
    live = Live(harbour_store, lambda store: known[store.manifest["model"]["fingerprint"]])
    build_store(harbour_store.folder, [load_report(note)], other)

    assert soon(lambda: live.take().encoder is other)


def test_a_damaged_new_store_does_not_stop_the_answers(
    harbour_store: Store, letters: LetterEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(harbour_store, built_with(letters))
    with caplog.at_level(logging.WARNING, "pilcrow"):
        (harbour_store.folder / "CURRENT").write_text("no generation\n")
        assert soon(lambda: live.store is not None and "as it was" in caplog.text)

    assert live.store.reports[0].id == HARBOUR.stem


def test_what_is_made_of_a_store_is_made_once(harbour_store: Store, letters: LetterEncoder) -> None:
    made: list[object] = []

    def make(store: object) -> int:
        made.append(store)
        return len(made)

    now = Live(open_store(harbour_store.folder), built_with(letters)).take()
    assert (now.made(make), now.made(make), len(made)) == (1, 1, 1)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files cannot be listed")
def test_stores_that_no_question_needs_any_more_are_closed(
    tmp_path: Path, letters: LetterEncoder, note: Path
) -> None:
    folder = tmp_path / "store"
    live = Live(build_store(folder, [load_report(note)], letters), built_with(letters))
    for number in range(5):
        note.write_text(f"1. Ferries are late {number} times.\n\n2. Fares rose.\n")
        # What is kept of a report must not keep its store.
        positions_of(live.store.reports[0])
        live.replace(build_store(folder, [load_report(note)], letters))

    opened = (os.path.realpath(each) for each in Path("/proc/self/fd").iterdir())
    held = {path.split("/gen-")[1][:6] for path in opened if path.startswith(f"{folder}/gen-")}
    assert held == {"000006"}
