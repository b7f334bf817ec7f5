"""An upload that was accepted is done, whatever ends the server, and the record says how it ended."""

from __future__ import annotations

import json
import random
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from indexer.errors import StoreError
from indexer.store import open_store
from search_api.http.uploads.accepted import MOST_BEGUN, accept, begin, left_over, receiving
from tests.faults.acts import KEY, Run
from tests.faults.world import World

HEADERS = {"X-API-Key": KEY}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("kept") / "world")


class Server:
    """A server of a store, in a process of its own."""

    def __init__(self, store: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.run = Run(["serve", "--port", str(port), "--store", str(store)])
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=HEADERS, timeout=60)
        end = time.monotonic() + 120
        while not self._is_ready():
            assert self.run.process.is_alive()
            assert time.monotonic() < end
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return self.client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def upload(self, path: str, name: str) -> httpx.Response:
        with Path(path).open("rb") as file:
            return self.client.post("/api/v1/reports", files={"file": (name, file)})

    def settled(self) -> list[dict[str, object]]:
        """The jobs, when all have ended."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            jobs: list[dict[str, object]] = self.client.get("/api/v1/jobs").json()["jobs"]
            if all(job["status"] in ("ready", "failed") for job in jobs):
                return jobs
            time.sleep(0.1)
        raise AssertionError("jobs do not end")

    def end(self, how: signal.Signals) -> None:
        self.client.close()
        pid = self.run.process.pid
        assert pid is not None
        if how is signal.SIGKILL:
            self.run.process.kill()
        else:
            self.run.process.terminate()
        self.run.end()


def ended_at_any_moment(world: World, how: signal.Signals, rng: random.Random) -> None:
    """Bring reports, take one out, end the server, start it again: nothing accepted is lost."""
    store = world.copy(world.one, world.folder / f"kept-{how.name}")
    server = Server(store)
    names = ("p", "q")
    accepted = [
        name for name in names if server.upload(world.file("b"), f"{name}.txt").status_code == 202
    ]
    time.sleep(rng.uniform(0, 1.0))
    server.end(how)

    server = Server(store)
    jobs = server.settled()
    reports = {each["id"] for each in server.client.get("/api/v1/reports").json()["reports"]}
    server.end(signal.SIGTERM)

    assert all(job["status"] == "ready" for job in jobs)
    assert {*accepted, "a"} <= reports
    assert {report.id for report in open_store(store).reports} == reports
    assert list((store / "uploads").glob("*/")) == []
    lines = [json.loads(line) for line in (store / "audit.jsonl").read_text().splitlines()]
    asked = [line["request"] for line in lines if line["event"] == "upload"]
    ends = [line["request"] for line in lines if line["event"] in ("stored", "not stored")]
    assert set(asked) == set(ends)


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
