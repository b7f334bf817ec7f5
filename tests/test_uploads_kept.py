"""An upload that was accepted is done, whatever ends the server, and the record says how it ended."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from indexer.errors import StoreError
from indexer.store import open_store
from search_api.http.guard.audit_log import ENDS
from search_api.http.uploads.accepted import MOST_BEGUN, accept, begin, left_over, receiving
from tests.faults.server import Server
from tests.faults.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("kept") / "world")


@contextmanager
def asking(server: Server) -> Iterator[None]:
    """Questions without end from some at once, until the server goes."""

    def ask() -> None:
        with suppress(httpx.TransportError), httpx.Client(base_url=server.url) as client:
            while True:
                client.post("/api/v1/ask", json={"question": "Why are ferries late?"})

    askers = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
    for asker in askers:
        asker.start()
    yield
    for asker in askers:
        asker.join(60)


def ended_at_any_moment(world: World, how: signal.Signals, rng: random.Random) -> None:
    """Bring reports, take one out, end the server, start it again: nothing accepted is lost."""
    store = world.copy(world.two, world.folder / f"kept-{how.name}")
    server = Server(store)

    def take_out() -> bool:
        # While a report is indexed, none is taken out.
        status = server.client.delete("/api/v1/reports/b").status_code
        assert status in (204, 409)
        return status == 204

    with asking(server):
        gone = take_out() if rng.random() < 0.5 else False
        accepted = [name for name in "pq" if is_brought(server, world, name)]
        time.sleep(rng.uniform(0, 1.0))
        gone = gone or take_out()
        server.end(how)

    server = Server(store)
    jobs = server.settled()
    reports = {each["id"] for each in server.client.get("/api/v1/reports").json()["reports"]}
    server.end(signal.SIGTERM)

    assert all(job["status"] == "ready" for job in jobs)
    assert reports == {"a", *accepted, *(() if gone else "b")}
    assert {report.id for report in open_store(store).reports} == reports
    assert list((store / "uploads").glob("*/")) == []
    lines = [json.loads(line) for line in (store / "audit.jsonl").read_text().splitlines()]
    asked = {line["request"] for line in lines if line["event"] in ENDS}
    assert asked == {line["request"] for line in lines if line["event"] not in ENDS}


def is_brought(server: Server, world: World, name: str) -> bool:
    return server.upload(world.file("b"), f"{name}.txt").status_code == 202


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_what_was_accepted_is_stored_though_the_server_was_ended(
    world: World, how: signal.Signals
) -> None:
    ended_at_any_moment(world, how, random.Random(3))


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_what_was_accepted_is_stored_ten_times_over(world: World, how: signal.Signals) -> None:
    for number in range(10):
        ended_at_any_moment(world, how, random.Random(number))


def test_what_was_never_accepted_is_swept(tmp_path: Path) -> None:
    place = receiving(tmp_path)
    (place / "a.txt").write_text("half of a file")
    found, lock = left_over(tmp_path)
    assert found == []
    assert not place.exists()
    assert lock is not None
    lock.release()


def test_a_file_that_ends_the_server_each_time_is_given_up(tmp_path: Path) -> None:
    place = receiving(tmp_path)
    (place / "a.txt").write_text("1. A file.")
    upload = accept(place / "a.txt", counted=False, replacing=False, request="r")
    for _ in range(MOST_BEGUN):
        upload = begin(upload)
    with pytest.raises(StoreError, match="the server ended each time"):
        begin(upload)


def test_uploads_of_a_server_that_runs_are_not_taken_by_another(tmp_path: Path) -> None:
    place = receiving(tmp_path)
    (place / "a.txt").write_text("1. A file.")
    accept(place / "a.txt", counted=True, replacing=False, request="r")
    mine, lock = left_over(tmp_path)
    assert [(each.path.name, each.counted) for each in mine] == [("a.txt", True)]
    assert left_over(tmp_path) == ([], None)
    assert lock is not None
    lock.release()
