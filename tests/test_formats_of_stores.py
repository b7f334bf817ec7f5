"""Stores of earlier formats: answered from, brought to the present one, or refused with the fix."""

from __future__ import annotations

import tarfile
import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from indexer.encoders import DEFAULT_MODEL
from indexer.errors import StoreError
from indexer.load import load_report
from indexer.store import build_store, convert_store, open_store, update_store
from indexer.store.generation import FORMAT, READABLE
from indexer.store.repair import examine, repair
from search_api.ask.answer import answer
from search_api.http.app import create_app
from tests.conftest import HARBOUR, ROOT, LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store

KEPT = ROOT / "tests" / "golden" / "stores"
EARLIER = [number for number in READABLE if number != FORMAT]


def unpacked(number: int, folder: Path) -> Path:
    """A store as a version with this format wrote it, of tests/golden/harbour-2031.txt."""
    with tarfile.open(KEPT / f"format-{number}.tar.gz") as packed:
        packed.extractall(folder, filter="data")
    return folder / f"format-{number}"


def said(store: Store, encoder: LetterEncoder) -> list[object]:
    """What a store answers, whatever its format."""
    asked = ("Why are ferries late?", "Who keeps the log of safety drills?", "zzz qqq xxx")
    answers = [answer(store, encoder, question) for question in asked]
    return [one.model_dump(exclude={"took_ms", "receipt"}) for one in answers]


@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_store_answers_as_it_is_and_after_it_was_converted(
    number: int, tmp_path: Path, letters: LetterEncoder
) -> None:
    old = open_store(unpacked(number, tmp_path))
    before = said(old, letters)
    assert "delayed" in str(before) or "late" in str(before)
    letters.encoded.clear()

    new = convert_store(old.folder, letters)
    assert new.manifest["format"] == FORMAT
    assert letters.encoded == [], "a text was embedded though its vector was there"
    assert said(new, letters) == before == said(old, letters)
    assert list(new.reports) == list(old.reports)
    assert convert_store(old.folder, letters).manifest == new.manifest
    assert examine(old.folder).well


@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_store_is_converted_by_the_next_write(
    number: int, tmp_path: Path, letters: LetterEncoder
) -> None:
    old = open_store(unpacked(number, tmp_path))
    (tmp_path / "other.txt").write_text(HARBOUR.read_text().replace("ferr", "carr"))
    new = update_store(old, [load_report(tmp_path / "other.txt")], letters)

    assert new.manifest["format"] == FORMAT
    assert [report.id for report in new.reports] == ["harbour-2031", "other"]
    assert new.reports[0] == old.reports[0]


@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_store_made_by_other_weights_is_embedded_again_from_its_own_texts(
    number: int, tmp_path: Path
) -> None:
    old = open_store(unpacked(number, tmp_path))
    other = LetterEncoder(fingerprint="letters-2")
    new = convert_store(old.folder, other)

    assert new.manifest["model"]["fingerprint"] == "letters-2"
    assert other.encoded
    assert [p.text for p in new.reports[0].passages] == [p.text for p in old.reports[0].passages]


@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_store_that_is_damaged_is_repaired_into_the_present_format(
    number: int, tmp_path: Path, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store.encoder.load_encoder", lambda name: letters)
    folder = unpacked(number, tmp_path)
    expected = said(open_store(folder), letters)
    (folder / "gen-000001" / "passages.jsonl").write_bytes(b"")

    assert not repair(folder).lost
    assert said(open_store(folder), letters) == expected


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_store_too_old_to_read_says_how_to_index_again(number: int, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run: pilcrow index REPORT"):
        open_store(unpacked(number, tmp_path))


def test_every_format_there_was_is_kept() -> None:
    assert sorted(path.name for path in KEPT.iterdir()) == [
        f"format-{number}.tar.gz" for number in range(1, FORMAT)
    ]


def test_a_store_of_the_present_format_is_not_written_again(
    tmp_path: Path, letters: LetterEncoder
) -> None:
    store = build_store(tmp_path / "store", [load_report(HARBOUR)], letters)
    assert convert_store(store.folder, letters).manifest == store.manifest
    assert [path.name for path in store.folder.glob("gen-*")] == ["gen-000001"]


@pytest.mark.parametrize("number", EARLIER)
def test_a_server_answers_from_an_earlier_store_and_converts_it_meanwhile(
    number: int, tmp_path: Path, letters: LetterEncoder
) -> None:
    old = open_store(unpacked(number, tmp_path))
    client = TestClient(create_app(old, letters))
    asked = {"question": "Why are ferries late?"}
    first = client.post("/api/v1/ask", json=asked).json()
    end = time.monotonic() + 60
    while open_store(old.folder).manifest["format"] != FORMAT and time.monotonic() < end:
        time.sleep(0.05)

    assert open_store(old.folder).manifest["format"] == FORMAT
    assert first["status"] == "answered"
    assert client.post("/api/v1/ask", json=asked).json()["quotes"] == first["quotes"]


def test_a_server_answers_from_a_store_of_an_earlier_encoder_and_embeds_it_anew_meanwhile(
    tmp_path: Path,
) -> None:
    """After an upgrade each store was refused until its reports had been found and indexed."""
    earlier, present = (LetterEncoder(DEFAULT_MODEL, weights) for weights in ("then", "now"))
    store = build_store(tmp_path / "store", [load_report(HARBOUR)], earlier)
    client = TestClient(create_app(store, present))
    asked = {"question": "Why are ferries late?"}
    first = client.post("/api/v1/ask", json=asked).json()
    end = time.monotonic() + 60
    while open_store(store.folder).manifest["model"]["fingerprint"] != "now":
        assert time.monotonic() < end
        time.sleep(0.05)

    assert first["quotes"]
    assert client.post("/api/v1/ask", json=asked).json()["quotes"] == first["quotes"]
    assert [p.text for p in open_store(store.folder).reports[0].passages] == [
        p.text for p in store.reports[0].passages
    ]
