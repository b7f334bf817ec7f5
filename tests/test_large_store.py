"""Stores beyond what is compared row by row: found, filtered, updated, resumed, checked."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indexer.errors import StoreError
from indexer.report import Abbreviation, Metadata, NumberingAudit, Passage, Report
from indexer.sentences import with_sentences
from indexer.store import build_store, open_store, sentence_texts, update_store, verify_store
from indexer.store.index import Scope
from indexer.store.vectors import VectorIndex, write_vectors
from search_api.ask.answer import answer, search
from search_api.library.suggest import Suggester
from tests.conftest import ROOT, LetterEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.store import Store

SYLLABLES = [a + b for a in "bcdfghjklmnprstvwxyz" for b in "aeiou"]


def made(number: int, size: int = 40) -> Report:
    """A report of made-up words, the same for the same number."""
    pick = random.Random(number)

    def word() -> str:
        return "".join(pick.choice(SYLLABLES) for _ in range(pick.randint(2, 4)))

    passages, texts, at = [], [], 0
    for place in range(size):
        sentences = (" ".join(word() for _ in range(6)).capitalize() + "." for _ in range(3))
        text = " ".join(sentences)
        section = ("Findings" if place < size // 2 else "Costs", f"Part {place // 5}")
        key = str(place + 1)
        passages.append(Passage(key, key, section, None, text, at, at + len(text)))
        texts.append(text)
        at += len(text) + 2
    return with_sentences(
        Report(
            f"r{number:03d}",
            f"r{number:03d}.txt",
            f"{number:064x}",
            "\n\n".join(texts),
            tuple(passages),
            NumberingAudit(size, "1", str(size), share=1.0),
            Metadata(title=f"Report {number}"),
            (Abbreviation(f"AB{number}", f"alpha beta {number}", "1"),),
        )
    )


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a thousand rows be as many as a million."""
    monkeypatch.setattr("indexer.store.vectors.FLAT_LIMIT", 400)
    monkeypatch.setattr("indexer.store.vectors.FEW", 50)


@pytest.fixture
def large(tmp_path: Path, letters: LetterEncoder, many: None) -> Store:
    return build_store(tmp_path / "store", map(made, range(12)), letters)


def sentences_of(store: Store, step: int) -> Iterator[tuple[int, str]]:
    for row in range(0, len(store.rows), step):
        yield row, sentence_texts(store.rows[row][1])[1]


def test_many_rows_are_found_through_lists_nearly_as_surely_as_by_comparing_all(
    large: Store, letters: LetterEncoder
) -> None:
    about = large.manifest["vectors"]["sentences"]
    assert (about["index"], about["rows"], about["trained_on"]) == ("ivf", 1440, 1440)
    assert about["recall"] >= 0.95

    asked = list(sentences_of(large, 9))
    found = [search(large, letters, text).hits[0] for _, text in asked]
    right = [large.rows[row] for row, _ in asked]
    keys = [(report.id, passage.key) for report, passage in right]
    assert [(hit.report, hit.paragraph) for hit in found] == keys


def test_the_cosines_of_rounded_rows_are_off_by_less_than_what_tells_passages_apart(
    tmp_path: Path, many: None
) -> None:
    drawn = np.random.default_rng(3).standard_normal((1000, 768)).astype(np.float32)
    exact = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    about = write_vectors(tmp_path, "r", np.full(1000, -1), None, lambda i, j: exact[i:j])
    stored = VectorIndex(tmp_path, "r", about).rows(0, 1000)

    error = np.abs(stored @ exact.T - exact @ exact.T)
    assert 0 < error.mean() < 0.0005
    assert error.max() < 0.0025


@pytest.mark.parametrize(
    "scope", [Scope("r007"), Scope(None, "costs"), Scope("r007", "findings > part 1")], ids=str
)
def test_a_filter_gives_the_nearest_of_what_it_lets_through(
    large: Store, letters: LetterEncoder, scope: Scope
) -> None:
    allowed = [
        row
        for row, (report, passage) in enumerate(large.rows)
        if scope.report in (None, report.id)
        and (scope.section or "") in " > ".join(passage.section).casefold()
    ]
    query = letters.encode(["a question about costs"])[0]
    rows = large.passage_vectors.rows(0, len(large.rows))[allowed]
    nearest = np.array(allowed)[np.argsort(-(rows @ query), kind="stable")]
    words = sentence_texts(large.rows[allowed[3]][1])[0]

    found = large.candidates(query, words, 5, scope).tolist()
    assert set(found) <= set(allowed)
    assert {*nearest[:5].tolist(), allowed[3]} <= set(found)


def test_adding_and_removing_embed_only_what_is_new(large: Store, letters: LetterEncoder) -> None:
    before = {r.id: large.first_row(i) for i, r in enumerate(large.reports)}
    done = len(letters.encoded)
    fresh = made(100)
    second = update_store(large, [fresh], letters, gone=["r003"])

    assert sorted(letters.encoded[done:]) == sorted(
        {text for p in fresh.passages for text in sentence_texts(p)}
        | {" > ".join(p.section) + "\n" + p.text for p in fresh.passages}
    )
    assert [r.id for r in second.reports] == sorted({*before, "r100"} - {"r003"})
    assert second.reports[-1] == fresh
    for place in (0, 2, 3, 10):
        name, row = second.reports[place].id, second.first_row(place)
        np.testing.assert_array_equal(
            second.passage_vectors.rows(row, row + 40),
            large.passage_vectors.rows(before[name], before[name] + 40),
        )
    for row, text in [*sentences_of(second, 31)]:
        hit = search(second, letters, text).hits[0]
        assert (hit.report, hit.key) == (second.rows[row][0].id, second.rows[row][1].key)
    gone = sentence_texts(made(3).passages[0])[0]
    assert all(hit.report != "r003" for hit in search(second, letters, gone, limit=100).hits)


def test_a_report_that_changed_a_little_is_embedded_a_little(
    large: Store, letters: LetterEncoder
) -> None:
    done = len(letters.encoded)
    old = made(5)
    text = old.passages[0].text.replace(" ", " zebra ", 1)
    first = with_sentences(Report(**{**fields(old), "passages": (passage(old, text),)}))
    update_store(
        large,
        [Report(**{**fields(old), "passages": (*first.passages, *old.passages[1:])})],
        letters,
    )

    assert len(letters.encoded) - done == 2


def fields(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in Report.__dataclass_fields__}


def passage(report: Report, text: str) -> Passage:
    first = report.passages[0]
    return Passage(first.key, first.number, first.section, None, text, 0, len(text))


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    class Interrupted(LetterEncoder):
        def encode(self, texts: list[str]) -> np.ndarray:
            if len(self.encoded) >= 512:
                raise KeyboardInterrupt
            return super().encode(texts)

    reports = [made(number) for number in range(8)]
    with pytest.raises(KeyboardInterrupt):
        build_store(tmp_path / "s", reports, Interrupted())
    with (tmp_path / "s" / "embedded").open("ab") as file:
        file.write(b"half a record")

    letters = LetterEncoder()
    store = build_store(tmp_path / "s", reports, letters)
    whole = LetterEncoder()
    fresh = build_store(tmp_path / "fresh", reports, whole)
    assert len(letters.encoded) == len(whole.encoded) - 512
    assert store.fingerprint == fresh.fingerprint
    assert not (tmp_path / "s" / "embedded").exists()


@pytest.mark.parametrize(("at", "lost"), [(-20, 1), (-150, 2), (5, 512)])
def test_what_a_damaged_byte_touches_is_embedded_again(tmp_path: Path, at: int, lost: int) -> None:
    class Stopped(LetterEncoder):
        def encode(self, texts: list[str]) -> np.ndarray:
            if len(self.encoded) >= 512:
                raise KeyboardInterrupt
            return super().encode(texts)

    reports = [made(number) for number in range(8)]
    with pytest.raises(KeyboardInterrupt):
        build_store(tmp_path / "s", reports, Stopped())
    cache = tmp_path / "s" / "embedded"
    data = bytearray(cache.read_bytes())
    data[at] ^= 1
    cache.write_bytes(data)
    letters, whole = LetterEncoder(), LetterEncoder()

    store = build_store(tmp_path / "s", reports, letters)
    fresh = build_store(tmp_path / "fresh", reports, whole)
    assert len(letters.encoded) == len(whole.encoded) - 512 + lost
    assert store.fingerprint == fresh.fingerprint


def test_what_other_weights_made_is_not_taken(tmp_path: Path) -> None:
    class Stopped(LetterEncoder):
        def encode(self, texts: list[str]) -> np.ndarray:
            if self.encoded:
                raise KeyboardInterrupt
            return super().encode(texts)

    with pytest.raises(KeyboardInterrupt):
        build_store(tmp_path / "s", [made(1), made(2)], Stopped("letters", "others"))
    letters, whole = LetterEncoder(), LetterEncoder()
    build_store(tmp_path / "s", [made(1), made(2)], letters)
    build_store(tmp_path / "fresh", [made(1), made(2)], whole)

    assert len(letters.encoded) == len(whole.encoded)


KILLED = """
import sys
from pathlib import Path
from indexer.store import build_store
from tests.conftest import LetterEncoder
from tests.test_large_store import made

class Waiting(LetterEncoder):
    def encode(self, texts):
        rows = super().encode(texts)
        if len(self.encoded) > 512:
            print("embedded", flush=True)
            sys.stdin.read()
        return rows

build_store(Path(sys.argv[1]), [made(n) for n in range(8)], Waiting())
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "s")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"embedded\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with pytest.raises(StoreError, match="no store"):
        open_store(tmp_path / "s")

    letters, whole = LetterEncoder(), LetterEncoder()
    reports = [made(number) for number in range(8)]
    store = build_store(tmp_path / "s", reports, letters)
    assert store.fingerprint == build_store(tmp_path / "fresh", reports, whole).fingerprint
    assert len(letters.encoded) == len(whole.encoded) - 512


def test_a_large_file_is_checked_by_size_at_once_and_by_byte_when_asked(
    large: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store.generation.CHECKED_WHOLE", 10_000)
    monkeypatch.setattr("indexer.store.generation.SMALL_FILE", 10_000)
    verify_store(large.folder)
    path = large.folder / "gen-000001" / "sentences.npy"
    data = bytearray(path.read_bytes())
    assert len(data) > 10_000
    path.write_bytes(data[:-1])
    with pytest.raises(StoreError, match=r"sentences\.npy has changed"):
        open_store(large.folder)
    data[-1] ^= 1
    path.write_bytes(data)
    open_store(large.folder)

    with pytest.raises(StoreError, match=r"sentences\.npy has changed"):
        verify_store(large.folder)


def test_a_store_that_grows_is_trained_anew_and_one_that_shrinks_is_flat_again(
    large: Store, letters: LetterEncoder
) -> None:
    grown = update_store(large, map(made, range(12, 24)), letters)
    assert grown.manifest["vectors"]["sentences"]["trained_on"] == 2 * 1440
    few = update_store(grown, [], letters, gone=[f"r{n:03d}" for n in range(2, 24)])

    assert few.manifest["vectors"]["sentences"] == {"rows": 240, "index": "flat"}
    text = sentence_texts(made(1).passages[7])[1]
    assert search(few, letters, text).hits[0].key == "8"


def test_all_reports_that_have_a_paragraph_are_shown_up_to_a_hundred_passages(
    large: Store, letters: LetterEncoder
) -> None:
    found = answer(large, letters, "what does paragraph 7 say", limit=100)
    assert [(hit.report, hit.key) for hit in found.hits] == [(f"r{n:03d}", "7") for n in range(12)]
    assert answer(large, letters, "what does paragraph 99 say").status == "not_found"
    assert [h.key for h in search(large, letters, "paras 3-5", report="r002").hits] == list("345")


def test_an_abbreviation_of_any_report_is_spelled_out(large: Store) -> None:
    assert large.other_forms("what did AB4 cost") == ["alpha beta 4"]
    assert large.other_forms("what did alpha beta 9 cost") == ["AB9"]
    assert large.other_forms("what did AB4 cost", "r004") == ["alpha beta 4"]
    assert large.other_forms("what did AB4 cost", "r005") == []


def test_suggestions_come_from_the_reports_that_have_the_word(large: Store) -> None:
    found = Suggester().suggest(large, "AB1").suggestions
    assert [each.report for each in found] == ["r001", "r010", "r011"]
    assert [s.report for s in Suggester().suggest(large, "40", limit=20).suggestions] == [
        f"r{n:03d}" for n in range(12)
    ]


def test_a_report_read_on_demand_is_the_report(large: Store) -> None:
    report = large.report("r005")

    assert report == made(5)
    assert list(report.passages[-2:]) == list(made(5).passages[-2:])
    with pytest.raises(IndexError):
        report.passages[40]
