"""Token vectors in the store, and how well they cover a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.base import Rows, TokenRows
from indexer.errors import StoreError
from indexer.load import load_report
from indexer.store import Store, build_store, open_store, update_store, writing
from indexer.store.repair import repair
from indexer.store.token_vectors import stored_tokens, token_width
from search_api.ask.late_interaction import QuestionTokens, cover, question_tokens
from search_api.ask.question.query import make_query
from search_api.ask.ranking import rank

WORDS = ["boat", "ferry", "crew", "fare", "tide", "quay", "storm", "bell"]
HARBOUR = """Rules of the harbour

1. The crew rings the bell in a storm. The fare is paid at the quay.

2. No boat leaves at low tide.

3. The ferry waits for the tide. Its crew sleeps on the quay.
"""


class WordEncoder:
    """A token a known word, each its own axis; a text's vector is the sum of its words'."""

    name, fingerprint, token_dim = "words", "words-1", 8

    def encode(self, texts: list[str]) -> Rows:
        return np.stack([self._vector(text) for text in texts])

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        return self.encode(texts), [self._tokens(text) for text in texts]

    def _known(self, text: str) -> list[int]:
        return [
            WORDS.index(word) for word in text.lower().replace(".", "").split() if word in WORDS
        ]

    def _vector(self, text: str) -> Rows:
        found = np.full(8, 0.01, np.float32)
        for place in self._known(text):
            found[place] += 1
        return found / np.float32(np.linalg.norm(found))

    def _tokens(self, text: str) -> TokenRows:
        known = self._known(text)
        ids = np.array(known, np.uint16)
        vectors = np.eye(8, dtype=np.float32)[known].reshape(-1, 8)
        half = np.full(len(known), 0.5, np.float32)
        return TokenRows(ids, vectors, half, [(0, 0)] * len(known), np.ones(len(known), np.bool_))


@pytest.fixture
def harbour(tmp_path: Path) -> Store:
    path = tmp_path / "harbour.txt"
    path.write_text(HARBOUR)
    return build_store(tmp_path / "store", [load_report(path)], WordEncoder())


def asked(store: Store, question: str) -> QuestionTokens:
    found = question_tokens(store, WordEncoder()._tokens(question), None)
    assert found is not None
    return found


def row_of(store: Store, number: str) -> int:
    return next(i for i, (_, passage) in enumerate(store.rows) if passage.number == number)


def test_a_sentence_with_every_word_of_a_question_covers_more_than_one_with_half(
    harbour: Store,
) -> None:
    tokens = harbour.tokens_of(row_of(harbour, "1"))
    assert tokens is not None

    covered = cover(asked(harbour, "bell storm"), tokens)

    assert covered.sentences.argmax() == 0
    assert covered.most > 0.5
    assert covered.sentences[1] < 0.2


def test_a_rare_word_counts_more_than_one_that_every_sentence_has(harbour: Store) -> None:
    rare, common = harbour.token_weights(np.array([WORDS.index("bell"), WORDS.index("crew")]))

    assert rare > common


def test_the_passage_that_covers_the_question_comes_first(harbour: Store) -> None:
    ranked = rank(harbour, WordEncoder(), make_query(harbour, "ferry crew tide"))

    assert harbour.rows[ranked.passages[0].row][1].number == "3"


def test_what_is_covered_does_not_hang_on_what_else_the_store_holds(
    harbour: Store, tmp_path: Path
) -> None:
    other = tmp_path / "another.txt"
    other.write_text(HARBOUR.replace("bell", "storm").replace("Rules", "More rules"))
    before = harbour.token_weights(np.arange(8, dtype=np.uint16), "harbour")
    with writing(harbour.folder):
        grown = update_store(harbour, [load_report(other)], WordEncoder())

    assert grown.token_weights(np.arange(8, dtype=np.uint16), "harbour").tolist() == before.tolist()


def test_tokens_are_taken_over_when_a_report_is_added(harbour: Store, tmp_path: Path) -> None:
    other = tmp_path / "another.txt"
    other.write_text(HARBOUR.replace("bell", "fare"))
    row = row_of(harbour, "3")
    before = harbour.tokens_of(row)
    with writing(harbour.folder):
        grown = update_store(harbour, [load_report(other)], WordEncoder())
    at = grown.first_row(grown.place("harbour")) + row
    after = grown.tokens_of(at)

    assert before is not None
    assert after is not None
    assert after.ids.tolist() == before.ids.tolist()
    assert after.codes.tolist() == before.codes.tolist()
    assert grown.tokens is not None
    assert len(grown.tokens) == grown.sentence_starts[-1]


def test_a_token_that_changed_on_disk_is_an_error_and_not_another_answer(harbour: Store) -> None:
    (path,) = harbour.folder.glob("gen-*/tokens.bin")
    data = bytearray(path.read_bytes())
    data[3] ^= 16
    path.write_bytes(data)

    assert harbour.tokens is not None
    with pytest.raises(StoreError, match="doctor"):
        harbour.tokens.take(0, len(harbour.tokens))


def test_counts_that_change_on_disk_change_no_order(harbour: Store) -> None:
    ids = np.arange(8, dtype=np.uint16)
    before = harbour.token_weights(ids).tolist()
    (path,) = harbour.folder.glob("gen-*/token_counts.npy")
    path.write_bytes(bytes(path.stat().st_size))

    assert harbour.token_weights(ids).tolist() == before


def test_a_store_that_was_repaired_has_its_tokens_again(
    harbour: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store.encoder.load_encoder", lambda name: WordEncoder())
    before = [harbour.tokens_of(row) for row in range(len(harbour.rows))]
    (path,) = harbour.folder.glob("gen-*/names.npy")
    path.write_bytes(b"")
    repair(harbour.folder)
    mended = open_store(harbour.folder)

    for row, tokens in enumerate(before):
        again = mended.tokens_of(row)
        assert tokens is not None
        assert again is not None
        assert again.codes.tolist() == tokens.codes.tolist()


def test_four_bits_keep_a_vector(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((50, 256)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    every = np.ones(50, np.bool_)
    kept = stored_tokens(TokenRows(np.arange(50, dtype=np.uint16), rows, every * 0.5, [], every))

    assert kept.shape == (50, token_width(256))
    codes = np.empty((50, 256), np.float32)
    codes[:, 0::2], codes[:, 1::2] = kept[:, 2:] & 15, kept[:, 2:] >> 4
    codes = 2 * codes - 15
    likeness = (rows * codes).sum(1) / np.linalg.norm(codes, axis=1)
    assert likeness.mean() > 0.99


def test_a_store_of_an_encoder_without_tokens_has_none(tmp_path: Path) -> None:
    class Plain:
        name, fingerprint = "plain", "plain-1"

        def encode(self, texts: list[str]) -> Rows:
            return WordEncoder().encode(texts)

    path = tmp_path / "harbour.txt"
    path.write_text(HARBOUR)
    store = build_store(tmp_path / "store", [load_report(path)], Plain())

    assert open_store(store.folder).tokens_of(0) is None
    assert rank(store, Plain(), make_query(store, "ferry")).question is None
