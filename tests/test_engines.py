"""One contract over every engine: the files of a store, and a real Milvus server.

The server is milvus-lite, started here on a loopback port. PILCROW_MILVUS_URI has the same tests run
against another one, in databases that they make and drop.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from click.testing import CliRunner

from indexer.backends import find_engine, open_engine, update_engine, use_server
from indexer.errors import ModelError, NotFoundError, StoreError
from indexer.load import load_report
from indexer.sentences import with_sentences
from indexer.store import writing
from indexer.store.index import Scope
from search_api.ask.answer import answer, search
from search_api.cli import main
from tests.conftest import HARBOUR, SEED, LetterEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.encoders.base import Encoder
    from indexer.report import Report
    from indexer.store import Progress
    from indexer.store.index import Engine

PILCROW = str(Path(sys.executable).parent / "pilcrow")
GIVEN = os.environ.get("PILCROW_MILVUS_URI")
# A text of more bytes than a field of a Milvus row holds, so that it is kept in pieces.
LONG = "".join(
    f"The café {'beside the quay ' * 20}is shut on day {n}. " for n in range(300)
).strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Lite:
    """A milvus-lite server in a process of its own."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._port = free_port()
        self.uri = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "milvus_lite.cmdline", "server", "--host", "127.0.0.1"]
        command += ["--data-dir", str(self._data), "--port", str(self._port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        # It says that it listens.
        assert self.process.stdout.readline()
        self.process.stdout.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def lite(data: Path) -> Iterator[Lite]:
    pytest.importorskip("pymilvus", reason="pip install 'pilcrow[milvus]'")
    pytest.importorskip("milvus_lite", reason="pip install milvus-lite")
    server = Lite(data)
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus server."""
    if GIVEN:
        yield GIVEN
        return
    with lite(tmp_path_factory.mktemp("milvus")) as started:
        yield started.uri


def connected(uri: str) -> Any:
    from pymilvus import MilvusClient

    return MilvusClient(uri=uri, token=os.environ.get("PILCROW_MILVUS_TOKEN", ""))


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    client = connected(server)
    name = f"pilcrow_test_{secrets.token_hex(4)}"
    client.create_database(name)
    yield f"{server}/{name}"
    inside = connected(f"{server}/{name}")
    for collection in inside.list_collections():
        inside.drop_collection(collection)
    inside.close()
    client.drop_database(name)
    client.close()


@pytest.fixture(scope="session")
def shared_database(server: str) -> Iterator[str]:
    with fresh_database(server) as uri:
        yield uri


@pytest.fixture
def database(shared_database: str) -> str:
    """The address of a database without reports; making its collections takes some seconds."""
    client = connected(shared_database)
    for collection in client.list_collections():
        client.delete(collection, filter="id > 0")
    client.close()
    return shared_database


@pytest.fixture(params=["files", "milvus"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder that stands for an empty store of each engine."""
    if request.param == "milvus":
        use_server(tmp_path / "store", request.getfixturevalue("database"))
    return tmp_path / "store"


def index(
    folder: Path,
    encoder: Encoder,
    *reports: Report,
    progress: Progress = lambda done, total: None,
    gone: tuple[str, ...] = (),
) -> Engine:
    with writing(folder):
        return update_engine(folder, find_engine(folder), reports, encoder, progress, gone)


def made_up(name: str, *paragraphs: str, folder: Path) -> Report:
    path = folder / f"{name}.txt"
    body = "".join(f"{n}. {text}\n\n" for n, text in enumerate(paragraphs, start=1))
    path.write_text(f"{name}\n\nREPAIRS\n\n{body}", encoding="utf-8")
    return load_report(path)


def pier(folder: Path) -> Report:
    return made_up(
        "pier",
        "The pier needs new planks. It was closed for a week.",
        "Anglers use the pier at night.",
        "Lamps were mended in spring.",
        folder=folder,
    )


def held(uri: str, collection: str, where: str = "") -> int:
    """How many rows a server has."""
    client = connected(uri)
    found = client.query(
        f"pilcrow_{collection}",
        filter=where,
        output_fields=["count(*)"],
        consistency_level="Strong",
    )
    client.close()
    return int(found[0]["count(*)"])


def test_a_store_holds_what_was_indexed(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    harbour, other = load_report(HARBOUR), pier(tmp_path)
    index(folder, letters, other)
    index(folder, letters, harbour)
    store = open_engine(folder)

    expected = [with_sentences(harbour), with_sentences(other)]
    assert list(store.reports) == expected
    assert [*store.rows] == [(r, p) for r in expected for p in r.passages]
    assert store.first_row(1) == len(harbour.passages)
    assert store.report("pier") == expected[1]
    assert store.naming("3") == [0, 1]
    assert store.naming("8") == [0]
    assert store.mentioning("repai", 5) == [1]
    assert [entry["paragraphs"] for entry in store.manifest["reports"]] == [8, 3]
    with pytest.raises(NotFoundError, match="harbour-2031, pier"):
        store.report("nope")


def test_similarities_are_exact(folder: Path, tmp_path: Path, letters: LetterEncoder) -> None:
    store = index(folder, letters, load_report(HARBOUR), pier(tmp_path))
    query = letters.encode(["are lifejackets worn on the ferry"])[0]

    rows = store.candidates(query, "lifejackets ferry", 200, Scope())
    signals = store.signals(query, "lifejackets ferry", rows)

    assert rows.tolist() == list(range(len(store.rows)))
    for place, row in enumerate(rows.tolist()):
        _, passage = store.rows[row]
        texts = [passage.text[s.start : s.end] for s in passage.sentences]
        start, stop = signals.starts[place : place + 2]
        np.testing.assert_allclose(
            signals.sentences[start:stop], letters.encode(texts) @ query, atol=1e-6
        )
        np.testing.assert_allclose(store.sentence_vectors_of(row), letters.encode(texts), atol=1e-6)
        assert signals.numbered[place] == (passage.number is not None)


def test_scopes_bound_what_is_found(folder: Path, tmp_path: Path, letters: LetterEncoder) -> None:
    store = index(folder, letters, load_report(HARBOUR), pier(tmp_path))
    query = letters.encode(["the pier"])[0]

    def found(scope: Scope) -> set[tuple[str, str]]:
        rows = store.candidates(query, "pier ferry safety", 200, scope).tolist()
        return {(report.id, passage.key) for report, passage in (store.rows[row] for row in rows)}

    every = {(report.id, passage.key) for report, passage in store.rows}
    assert found(Scope()) == every
    assert found(Scope(report="pier")) == {each for each in every if each[0] == "pier"}
    sections = {
        (report.id, passage.key)
        for report, passage in store.rows
        if "repai" in " > ".join(passage.section).casefold()
    }
    assert found(Scope(section="Repai")) == sections
    places = tuple(place for place, report in enumerate(store.reports) if report.id == "pier")
    assert found(Scope(places=places)) == found(Scope(report="pier"))
    assert found(Scope(section="Repai", places=places)) == {e for e in sections if e[0] == "pier"}
    # What means something to a pattern is a character like any other.
    assert found(Scope(section="r_pai")) == found(Scope(section='%"\\')) == set()
    with pytest.raises(NotFoundError):
        found(Scope(report="nope"))


def test_a_passage_longer_than_a_field_is_kept_whole(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    report = made_up("quays", LONG, "The harbour is open.", folder=tmp_path)
    store = index(folder, letters, report)

    stored = store.report("quays")
    assert stored == with_sentences(report)
    assert next(p.text for p in stored.passages if p.key == "1") == LONG


def test_nothing_is_embedded_twice(folder: Path, tmp_path: Path, letters: LetterEncoder) -> None:
    index(folder, letters, load_report(HARBOUR))
    letters.encoded.clear()
    first = open_engine(folder).fingerprint
    again = index(folder, letters, load_report(HARBOUR))
    assert letters.encoded == []
    assert again.fingerprint == first

    more = index(folder, letters, pier(tmp_path))
    assert not any("lifejacket" in text for text in letters.encoded)
    assert more.fingerprint != first


def test_of_a_report_issued_again_only_new_texts_are_embedded(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    index(folder, letters, pier(tmp_path))
    letters.encoded.clear()
    changed = made_up(
        "pier",
        "The pier has new planks. It was closed for a week.",
        "Anglers use the pier at night.",
        "Lamps were mended in spring.",
        folder=tmp_path,
    )
    store = index(folder, letters, changed)

    assert sorted(letters.encoded) == [
        "REPAIRS\nThe pier has new planks. It was closed for a week.",
        "The pier has new planks.",
    ]
    query = letters.encode(["planks"])[0]
    rows = store.candidates(query, "planks", 200, Scope())
    signals = store.signals(query, "planks", rows)
    texts = [t for _, p in store.rows for t in (p.text[s.start : s.end] for s in p.sentences)]
    np.testing.assert_allclose(signals.sentences, letters.encode(texts) @ query, atol=1e-6)


def test_progress_counts_the_texts_of_all_reports(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    seen: list[tuple[int, int]] = []
    harbour, other = load_report(HARBOUR), pier(tmp_path)
    store = index(folder, letters, harbour, other, progress=lambda *each: seen.append(each))

    assert seen == sorted(seen)
    done, total = seen[-1]
    # The passages and sentences of both.
    assert len(store.rows) + 20 < done == total <= len(letters.encoded)


def test_a_report_issued_again_takes_the_place_of_the_other(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    index(folder, letters, load_report(HARBOUR), pier(tmp_path))
    new = made_up("pier", "The pier is gone.", "Lamps stay.", folder=tmp_path)
    store = index(folder, letters, new)

    texts = {"The pier is gone.", "Lamps stay."}
    assert {passage.text for passage in store.report("pier").paragraphs} == texts
    hits = search(store, letters, "planks of the pier", report="pier").hits
    assert {hit.text for hit in hits if hit.paragraph} == texts
    assert len(store.reports) == 2


def test_a_report_that_is_taken_out_is_gone(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    index(folder, letters, load_report(HARBOUR), pier(tmp_path))
    store = index(folder, letters, gone=("pier",))

    assert [report.id for report in store.reports] == ["harbour-2031"]
    assert {hit.report for hit in search(store, letters, "planks of the pier").hits} == {
        "harbour-2031"
    }


def test_a_write_that_fails_changes_nothing_for_readers(
    folder: Path, tmp_path: Path, letters: LetterEncoder
) -> None:
    class Failing(LetterEncoder):
        def encode(self, texts: list[str]) -> np.ndarray:
            if "Anglers use the pier at night." in texts:
                raise ModelError("no memory")
            return super().encode(texts)

    before = index(folder, letters, load_report(HARBOUR))
    with pytest.raises(ModelError):
        # The passages are written when a sentence fails.
        index(folder, Failing(), pier(tmp_path))

    store = open_engine(folder)
    assert store.fingerprint == before.fingerprint
    for each in (before, store):
        hits = search(each, letters, "planks of the pier at night", limit=100).hits
        assert {hit.report for hit in hits} == {"harbour-2031"}
        assert len(hits) == len(each.rows)


@pytest.fixture(scope="module")
def two_engines(
    server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """The seed in either engine."""
    place, letters = tmp_path_factory.mktemp("two"), LetterEncoder()
    with fresh_database(server) as uri:
        use_server(place / "milvus", uri)
        yield tuple(index(place / name, letters, load_report(SEED)) for name in ("files", "milvus"))


QUESTIONS = [
    "Why was the joint fostering service with North Tyneside dropped?",
    "How many children are looked after?",
    "Which private fostering arrangements are known?",
    "What did the police do about missing children?",
    "recipe for stottie cake",
    "what does paragraph 29 say",
    "LSCB",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_engines_give_the_same_quotes_and_numbers(
    two_engines: tuple[Engine, Engine], letters: LetterEncoder, question: str
) -> None:
    files, milvus = (answer(store, letters, question) for store in two_engines)

    assert [(q.paragraph, q.text, q.citation) for q in milvus.quotes] == [
        (q.paragraph, q.text, q.citation) for q in files.quotes
    ]
    assert milvus.status == files.status
    # BM25 differs a little from engine to engine, so that near neighbours may change places.
    keys, others = ([hit.key for hit in found.hits] for found in (files, milvus))
    assert others[0] == keys[0]
    assert len({*keys} & {*others}) >= 0.8 * len(keys)


def test_engines_rank_by_words_alike(
    two_engines: tuple[Engine, Engine], letters: LetterEncoder
) -> None:
    for question in QUESTIONS[:4]:
        query = letters.encode([question])[0]
        ranked = []
        for store in two_engines:
            rows = np.arange(len(store.rows))
            scores = store.signals(query, question, rows).bm25
            # The same passages share no word with the question.
            ranked.append((scores == 0, np.argsort(-scores, kind="stable")[:5]))
        np.testing.assert_array_equal(ranked[0][0], ranked[1][0])
        assert ranked[0][1][0] == ranked[1][1][0]
        assert len(np.intersect1d(ranked[0][1], ranked[1][1])) >= 4


def test_candidates_are_fused_by_the_server(
    two_engines: tuple[Engine, Engine], letters: LetterEncoder
) -> None:
    _, milvus = two_engines
    query = letters.encode(["zzz"])[0]
    rows = milvus.candidates(query, "stottie Tyneside abandoned", 5, Scope())

    # Para 99 is far from the vector and has the words.
    assert "99" in [milvus.rows[row][1].key for row in rows.tolist()]
    assert len(rows) <= 10


def test_rows_of_what_was_replaced_go_with_the_next_run(
    database: str, tmp_path: Path, letters: LetterEncoder
) -> None:
    folder = tmp_path / "store"
    use_server(folder, database)
    old = index(folder, letters, load_report(HARBOUR), pier(tmp_path))
    new = made_up("pier", "The pier is gone.", "Lamps stay.", folder=tmp_path)
    index(folder, letters, new, gone=("harbour-2031",))

    # Who had opened the store before reads on.
    assert len(search(old, letters, "planks of the pier", limit=100).hits) == len(old.rows)
    assert [report.id for report in old.reports] == ["harbour-2031", "pier"]

    store = index(folder, letters, new)
    assert held(database, "passages") == len(store.rows)
    assert held(database, "sentences") == sum(len(p.sentences) for _, p in store.rows)
    # The store's own row, and the report's.
    assert held(database, "issues") == 2


def test_another_folder_with_the_address_is_the_same_store(
    database: str, tmp_path: Path, letters: LetterEncoder
) -> None:
    use_server(tmp_path / "a", database)
    store = index(tmp_path / "a", letters, load_report(HARBOUR))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "engine.json").write_text((tmp_path / "a" / "engine.json").read_text())

    other = open_engine(tmp_path / "b")
    assert other.fingerprint == store.fingerprint
    assert list(other.reports) == list(store.reports)


def test_another_model_is_refused(database: str, tmp_path: Path, letters: LetterEncoder) -> None:
    use_server(tmp_path / "store", database)
    store = index(tmp_path / "store", letters, load_report(HARBOUR))

    other = LetterEncoder("others", "letters-2")
    with pytest.raises(StoreError, match=r"built by model 'letters'.*--uri"):
        index(tmp_path / "store", other, pier(tmp_path))
    with pytest.raises(StoreError, match="other weights"):
        store.check_encoder(other)


def test_another_schema_is_refused(database: str, tmp_path: Path, letters: LetterEncoder) -> None:
    use_server(tmp_path / "store", database)
    index(tmp_path / "store", letters, load_report(HARBOUR))
    client = connected(database)
    head = {**client.get("pilcrow_issues", ids=[0])[0], "abbreviations": [], "body": []}
    other = json.dumps({**json.loads(head["entry"]), "schema": 99})
    client.upsert("pilcrow_issues", [{**head, "entry": other}])
    try:
        with pytest.raises(StoreError, match="has schema 99"):
            open_engine(tmp_path / "store")
    finally:
        client.upsert("pilcrow_issues", [head])
        client.close()


def test_an_empty_database_says_how_to_fill_it(database: str, tmp_path: Path) -> None:
    use_server(tmp_path / "store", database)

    with pytest.raises(StoreError, match="pilcrow index"):
        open_engine(tmp_path / "store")


def test_a_folder_with_files_is_not_turned_into_an_address(
    tmp_path: Path, letters: LetterEncoder
) -> None:
    index(tmp_path / "store", letters, load_report(HARBOUR))

    with pytest.raises(StoreError, match="another --store"):
        use_server(tmp_path / "store", "http://127.0.0.1:19530")


@pytest.mark.parametrize("text", ['{"engine": "other"}', "[]", '{"engine": "milvus", "uri": 7}'])
def test_an_address_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "engine.json").write_text(text)

    with pytest.raises(StoreError, match=r"engine\.json cannot be read"):
        open_engine(tmp_path)


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="http://HOST:PORT"):
        use_server(tmp_path / "store", "local.db")
    assert not (tmp_path / "store").exists()


class Counting(LetterEncoder):
    """Calls back with the number of texts it has encoded."""

    def __init__(self, encoded: Callable[[int], None]) -> None:
        super().__init__()
        self._called = encoded

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = super().encode(texts)
        self._called(len(self.encoded))
        return rows


def test_a_server_killed_in_the_middle_of_a_write_loses_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server dies while a batch is on its way; the next run embeds and writes the rest."""
    monkeypatch.setattr("indexer.milvus.write.BATCH", 16)
    monkeypatch.setattr("indexer.milvus.connection.PATIENCE", 2.0)
    with lite(tmp_path / "data") as server:
        folder = tmp_path / "store"
        use_server(folder, server.uri)
        index(folder, LetterEncoder(), load_report(HARBOUR))
        seen: list[int] = []

        def kill_during_the_next_call(encoded: int) -> None:
            if encoded > 150 and not seen:
                # What a reader can count was acknowledged.
                seen.append(held(server.uri, "passages") + held(server.uri, "sentences"))
                threading.Timer(0.003, server.kill).start()

        with pytest.raises(StoreError, match=r"Milvus server at .* failed"):
            index(folder, Counting(kill_during_the_next_call), load_report(SEED))
        server.process.wait()
        server.start()

        kept = held(server.uri, "passages") + held(server.uri, "sentences")
        assert kept >= seen[0] > 100
        store = open_engine(folder)
        assert [report.id for report in store.reports] == ["harbour-2031"]

        second = LetterEncoder()
        store = index(folder, second, load_report(HARBOUR), load_report(SEED))

        local = index(tmp_path / "files", LetterEncoder(), load_report(HARBOUR), load_report(SEED))
        rows = len(local.rows) + sum(len(passage.sentences) for _, passage in local.rows)
        assert 0 < len(second.encoded) <= rows - kept
        assert list(store.reports) == list(local.reports)
        assert held(server.uri, "passages") + held(server.uri, "sentences") == rows
        for question in QUESTIONS[:3]:
            files, milvus = (answer(each, second, question) for each in (local, store))
            assert milvus.quotes == files.quotes


def test_what_to_install_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    use_server(tmp_path, "http://127.0.0.1:19530")

    with pytest.raises(StoreError, match=r"pip install 'pilcrow\[milvus\]'"):
        open_engine(tmp_path)


def test_an_engine_and_its_address_are_given_together(tmp_path: Path) -> None:
    for options in (["--engine", "milvus"], ["--uri", "http://127.0.0.1:19530"]):
        command = ["index", str(HARBOUR), "--store", str(tmp_path / "store"), *options]
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 2
        assert "go together" in result.output
    assert not (tmp_path / "store").exists()


def test_a_server_that_is_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymilvus")
    monkeypatch.setattr("indexer.milvus.connection.PATIENCE", 1.0)
    uri = f"http://127.0.0.1:{free_port()}"
    use_server(tmp_path / "store", uri)

    with pytest.raises(StoreError, match=f"server at {uri} failed .*see that it runs"):
        open_engine(tmp_path / "store")


@pytest.mark.model
def test_two_servers_over_one_engine_answer_alike(server: str, tmp_path: Path) -> None:
    """Indexed from the command line; the second replica has nothing but the address."""
    with fresh_database(server) as database:
        index_and_ask(database, tmp_path)


def index_and_ask(database: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PILCROW_STORE": ""}

    def pilcrow(*words: str) -> subprocess.CompletedProcess[str]:
        command = [PILCROW, *words]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120
        )

    done = pilcrow(
        *("index", str(HARBOUR), "--store", "one", "--engine", "milvus", "--uri", database)
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "engine.json").write_text((tmp_path / "one" / "engine.json").read_text())
    with replica(tmp_path / "one") as one, replica(tmp_path / "two") as two:
        found: list[dict[str, Any]] = []
        for url in (one, two):
            asked = {"question": "When must lifejackets be checked?"}
            response = httpx.post(f"{url}/api/v1/ask", json=asked, timeout=60)
            found.append({**response.raise_for_status().json(), "took_ms": 0})
        assert found[0] == found[1]
        assert found[0]["quotes"]
        page = httpx.get(f"{two}/reports/harbour-2031/paragraphs/8", timeout=60)
        assert page.status_code == 200


@contextmanager
def replica(folder: Path) -> Iterator[str]:
    """A `pilcrow serve` over a store folder."""
    port = free_port()
    command = [PILCROW, "serve", "--store", str(folder)]
    process = subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).raise_for_status()
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()
