"""What a store comes through: a few of the faults of `make faults`, and its doctor."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from indexer.errors import ModelError, StoreError
from indexer.load import load_report
from indexer.store import Store, build_store, open_store, update_store, write_sealed
from indexer.store.repair import examine, repair
from search_api.ask.answer import answer
from search_api.cli import main
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder, serving
from tests.faults import faults, power
from tests.faults.recording import can_record
from tests.faults.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

QUESTION = "Why are ferries late?"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Stores to do harm to."""
    return World(tmp_path_factory.mktemp("faults") / "world")


def survive(outcomes: Iterable[faults.Outcome], at_least: int) -> None:
    found = list(outcomes)
    assert [each for each in found if not each.survived or each.lost] == []
    assert len(found) >= at_least


@pytest.mark.slow
def test_a_killed_verb_leaves_the_old_store_or_the_new(world: World) -> None:
    survive(faults.kills(world, random.Random(7), 10), 10)


@pytest.mark.slow
def test_a_killed_server_leaves_the_old_store_or_the_new(world: World) -> None:
    survive(faults.kills_of_servers(world, random.Random(7), 2), 2)


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_store_or_the_new(world: World) -> None:
    survive(faults.full_disks(world, random.Random(7), 6), 6)


def test_a_read_only_store_answers_and_says_that_it_cannot_be_written(world: World) -> None:
    outcomes = list(faults.read_only(world))
    if not outcomes:
        pytest.skip("only root can mount a disk")
    survive(outcomes, len(world.acts))


@pytest.mark.slow
def test_a_damaged_file_gives_no_wrong_answer_and_is_repaired(world: World) -> None:
    survive(faults.damage(world, random.Random(7), 1, most=12), 10)


def test_a_bit_that_changes_under_an_open_store_is_never_quoted(world: World) -> None:
    survive(faults.flips_under(world, random.Random(7), 60), 50)


def test_a_bit_that_changes_under_a_large_open_store_is_never_quoted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large store, vectors and words are searched where they lie on the disk."""
    monkeypatch.setattr("indexer.store.stored_rows.KEPT_BYTES", 0)
    monkeypatch.setattr("indexer.store.terms.COPIED_BYTES", 0)
    outcomes = list(faults.flips_under(world, random.Random(7), 60))
    survive((each for each in outcomes if "/terms/" not in each.where), 40)


def test_times_of_files_do_not_matter(world: World) -> None:
    survive(faults.other_times(world, random.Random(7)), len(world.acts))


@pytest.mark.slow
@pytest.mark.skipif(not can_record(), reason="no strace that may look at a process")
def test_what_was_not_synced_when_the_power_failed_is_not_missed(world: World) -> None:
    runs = power.played(world)

    assert {run.act.name: power.forgotten(world, run, random.Random(7)) for run in runs} == {
        run.act.name: [] for run in runs
    }
    survive(power.power_losses(world, runs, random.Random(7), 5 * len(runs)), 5 * len(runs))


@pytest.mark.slow
def test_two_writers_take_turns(world: World) -> None:
    survive(faults.two_writers(world, 1), 1)


def test_an_opened_store_answers_when_its_generation_is_long_gone(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    before = said(harbour_store, letters)
    now = harbour_store
    for number in range(3):
        now = update_store(now, [renamed(f"r{number}")], letters)

    assert not (harbour_store.folder / "gen-000001").exists()
    assert said(harbour_store, letters) == before
    assert [passage.key for _, passage in harbour_store.rows] == [
        passage.key for passage in load_report(HARBOUR).passages
    ]


@pytest.mark.slow
def test_a_store_can_be_opened_at_any_moment_of_an_update(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    folder, seen, over = harbour_store.folder, set(), threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.add(len(open_store(folder).reports))

    reader = threading.Thread(target=read)
    reader.start()
    now = harbour_store
    try:
        for number in range(8):
            now = update_store(now, [renamed(f"r{number}")], letters)
    finally:
        over.set()
        reader.join()

    assert seen <= set(range(1, 10))
    assert len(open_store(folder).reports) == 9


@pytest.mark.slow
def test_a_server_goes_over_to_what_another_process_indexed_and_drops_no_request(
    world: World, letters: LetterEncoder
) -> None:
    folder = world.copy(world.one, world.folder / "served")
    statuses: list[int] = []
    with (
        serving(create_app(open_store(folder), letters)) as url,
        httpx.Client(base_url=url) as client,
    ):
        indexing = faults.Run(["index", world.file("b"), "--store", str(folder)])
        reports: list[str] = []
        while len(reports) < 2:
            reports = [one["id"] for one in client.get("/api/v1/reports").json()["reports"]]
            statuses.append(client.get("/api/v1/search", params={"q": QUESTION}).status_code)
            assert len(statuses) < 10_000
        assert indexing.end() == 0

    assert reports == ["a", "b"]
    assert set(statuses) == {200}


def test_a_server_keeps_its_store_when_the_next_one_is_damaged_or_of_another_model(
    harbour_store: Store, letters: LetterEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    folder = harbour_store.folder
    with serving(create_app(harbour_store, letters)) as url, httpx.Client(base_url=url) as client:
        for spoil in (
            lambda: build_store(folder, [renamed("x")], LetterEncoder("letters", "letters-2")),
            lambda: (folder / "CURRENT").write_text("gen-000009\n"),
        ):
            caplog.clear()
            spoil()
            while not caplog.messages:
                assert client.get("/api/v1/search", params={"q": QUESTION}).status_code == 200
            found = client.get("/api/v1/reports").json()["reports"]
            assert [one["id"] for one in found] == ["harbour-2031"]


def test_the_doctor_finds_a_store_well(harbour_store: Store) -> None:
    result = CliRunner().invoke(main, ["doctor", "--store", str(harbour_store.folder)])

    assert result.exit_code == 0
    assert result.stdout.endswith("every file is what it should be\n")
    assert examine(harbour_store.folder).notes == []


def test_the_doctor_says_what_it_found_and_did(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    folder, before = str(harbour_store.folder), said(harbour_store, letters)
    spoil(harbour_store.folder / "gen-000001" / "sections.npy")

    found = CliRunner().invoke(main, ["doctor", "--store", folder])
    assert found.exit_code == 1
    assert "damage: gen-000001/sections.npy has changed" in found.stdout
    assert "doctor --repair" in found.stdout

    mended = CliRunner().invoke(main, ["doctor", "--repair", "--json", "--store", folder])
    assert mended.exit_code == 0
    assert json.loads(mended.stdout) == {
        "damage": ["gen-000001/sections.npy has changed"],
        "notes": [],
        "done": [
            "built again of what was whole: 1 reports",
            "gen-000001, not in use, was deleted",
        ],
        "lost": [],
    }
    assert said(open_store(harbour_store.folder), letters) == before


def test_the_doctor_clears_what_a_killed_run_left(harbour_store: Store) -> None:
    folder = harbour_store.folder
    (folder / "building" / "terms").mkdir(parents=True)
    (folder / "CURRENT.new").write_text("gen-0")
    (folder / "embedded").write_bytes(b"")

    assert len(examine(folder).notes) == 3
    assert repair(folder).lost == []
    assert sorted(path.name for path in folder.iterdir()) == [
        "CURRENT",
        "embedded",
        "gen-000001",
        "lock",
    ]


def test_a_report_that_is_nowhere_whole_is_named_and_the_others_stay(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    store = update_store(harbour_store, [renamed("another")], letters)
    last = store.folder / "gen-000002"
    text = (last / "passages.jsonl").read_bytes()
    (last / "passages.jsonl").write_bytes(b"x" + text[1:])
    (last / "texts.gz").unlink()

    found = repair(store.folder)

    assert found.lost == ["report another: index its file again"]
    assert [report.id for report in open_store(store.folder).reports] == ["harbour-2031"]


def test_without_the_model_the_generation_before_is_used(
    tmp_path: Path,
) -> None:
    gone = LetterEncoder(str(tmp_path / "gone"))
    other = replace(load_report(HARBOUR), id="another")
    passages = [replace(p, text=p.text.upper()) for p in other.passages]
    store = build_store(tmp_path / "store", [load_report(HARBOUR)], gone)
    store = update_store(store, [replace(other, passages=passages)], gone)
    (store.folder / "gen-000002" / "sentences.npy").unlink()

    found = repair(store.folder)

    assert found.done[0] == "went back to gen-000001, because the model cannot be loaded"
    assert found.lost == ["report another: index its file again"]
    (store.folder / "gen-000001" / "sentences.npy").unlink()
    (store.folder / "embedded").unlink()
    with pytest.raises(ModelError):
        repair(store.folder)


def test_a_store_of_another_format_is_not_taken_for_damaged(harbour_store: Store) -> None:
    manifest = harbour_store.folder / "gen-000001" / "manifest.json"
    write_sealed(manifest, {**harbour_store.manifest, "format": 99})

    for check in (examine, repair):
        with pytest.raises(StoreError, match="format 99"):
            check(harbour_store.folder)


def test_there_is_nothing_to_examine_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pilcrow index"):
        examine(tmp_path)


def renamed(name: str) -> object:
    return replace(load_report(HARBOUR), id=name)


def said(store: Store, letters: LetterEncoder) -> str:
    return answer(store, letters, QUESTION).model_copy(update={"took_ms": 0}).model_dump_json()


def spoil(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
