"""More than the server can do: what it answers, whom it holds up, how it stops."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from indexer.load import load_report
from indexer.store import build_store
from search_api.http.app import create_app
from search_api.http.guard import limits
from search_api.http.guard.config import Guard, guard_of
from search_api.http.guard.request_queue import CROWD, FullError, Lane
from search_api.http.guard.uvicorn_config import server_config
from tests.conftest import HARBOUR, LetterEncoder, running
from tests.load import soak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from indexer.encoders.base import Rows
    from indexer.store import Store

ASK = {"question": "Are safety drills held weekly?"}
FREE = {"PILCROW_RATE": "0"}


class GatedEncoder(LetterEncoder):
    """Lets a question through for each time the gate is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)
        self.inside = threading.Semaphore(0)

    def encode(self, texts: list[str]) -> Rows:
        self.inside.release()
        assert self.gate.acquire(timeout=30)
        return super().encode(texts)


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
def serve(
    harbour_store: Store, encoder: GatedEncoder
) -> Callable[..., AbstractContextManager[str]]:
    """Runs a server as `pilcrow serve` does, with the gated encoder."""

    def start(**settings: Any) -> AbstractContextManager[str]:
        app = create_app(harbour_store, encoder, guard=Guard(**settings))
        return running(server_config(app, "127.0.0.1", 0))

    return start


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(10) as pool:
        yield pool


def ask(url: str) -> httpx.Response:
    return httpx.post(f"{url}/api/v1/ask", json=ASK, timeout=30)


def at_work(url: str, lane: str, state: str) -> int:
    lines = httpx.get(f"{url}/metrics", timeout=30).text.splitlines()
    start = f'pilcrow_{state}{{lane="{lane}"}} '
    return next(int(float(line.split()[1])) for line in lines if line.startswith(start))


def wait_for(url: str, count: int, state: str = "waiting", lane: str = "short") -> None:
    while at_work(url, lane, state) != count:
        pass


def test_who_finds_no_place_is_told_at_once_and_the_others_are_answered(
    serve: Callable[..., Any], encoder: GatedEncoder, pool: ThreadPoolExecutor
) -> None:
    with serve(running=1, waiting=1) as url:
        first = pool.submit(ask, url)
        assert encoder.inside.acquire(timeout=30)
        second = pool.submit(ask, url)
        wait_for(url, 1)

        third = ask(url)
        assert third.status_code == 429
        assert third.headers["retry-after"] == "1"
        assert third.headers["content-type"] == "application/problem+json"
        assert httpx.get(f"{url}/readyz").status_code == 200
        assert httpx.get(f"{url}/static/style.css").status_code == 200

        encoder.gate.release(2)
        assert first.result().json()["hits"] == second.result().json()["hits"]
        encoder.gate.release()
        assert ask(url).status_code == 200


def test_who_waits_too_long_is_told_so_and_leaves_no_hole(
    serve: Callable[..., Any],
    encoder: GatedEncoder,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 0.1)
    with serve(running=1, waiting=1) as url:
        first = pool.submit(ask, url)
        assert encoder.inside.acquire(timeout=30)
        assert ask(url).status_code == 429
        assert at_work(url, "short", "waiting") == 0
        encoder.gate.release(2)
        assert first.result().status_code == 200
        assert ask(url).status_code == 200


def test_an_answer_that_takes_too_long_is_given_up_but_its_place_is_not(
    serve: Callable[..., Any], encoder: GatedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ANSWER", 0.2)
    with serve(running=1, waiting=0) as url:
        late = ask(url)
        assert late.status_code == 503
        assert late.headers["retry-after"]
        assert ask(url).status_code == 429

        monkeypatch.setattr(limits, "ANSWER", 30)
        encoder.gate.release(2)
        wait_for(url, 0, "running")
        assert ask(url).status_code == 200


def test_a_batch_keeps_nobody_from_asking(
    serve: Callable[..., Any], encoder: GatedEncoder, pool: ThreadPoolExecutor
) -> None:
    batch = {"questions": ["Are drills held?"] * 3}
    with serve(running=1, waiting=0) as url:
        post = lambda: httpx.post(f"{url}/api/v1/ask/batch", json=batch, timeout=30)  # noqa: E731
        batches = [pool.submit(post) for _ in range(limits.MOST_LONG)]
        wait_for(url, limits.MOST_LONG, "running", "long")
        assert post().status_code == 429
        answer = pool.submit(ask, url)
        encoder.gate.release(1 + 3 * limits.MOST_LONG)
        assert answer.result().status_code == 200
        assert [each.result().status_code for each in batches] == [200] * limits.MOST_LONG


def test_slow_senders_take_no_place(serve: Callable[..., Any], encoder: GatedEncoder) -> None:
    body = json.dumps(ASK).encode()
    head = (
        "POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with serve(running=1, waiting=0) as url:
        host, port = url.removeprefix("http://").split(":")
        lines = [socket.create_connection((host, int(port)), timeout=30) for _ in range(20)]
        for line in lines:
            line.sendall(head.encode() + body[:-1])
        encoder.gate.release(2)
        assert ask(url).status_code == 200
        lines[0].sendall(body[-1:])
        assert b" 200 " in lines[0].makefile("rb").readline()
        for line in lines:
            line.close()


def test_who_stops_the_server_waits_for_what_runs(
    harbour_store: Store, encoder: GatedEncoder, pool: ThreadPoolExecutor
) -> None:
    app = create_app(harbour_store, encoder, guard=Guard(running=1, waiting=1))
    server = uvicorn.Server(server_config(app, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    runs = pool.submit(ask, url)
    assert encoder.inside.acquire(timeout=30)
    waits = pool.submit(ask, url)
    wait_for(url, 1)

    server.should_exit = True
    while True:
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            break
    assert thread.is_alive()
    encoder.gate.release(2)
    thread.join(30)
    assert not thread.is_alive()
    assert runs.result().status_code == waits.result().status_code == 200


def test_a_turn_is_lost_by_nobody() -> None:
    lane = Lane(1, 2)

    async def go() -> list[str]:
        await lane.enter(1)
        done: list[str] = []

        async def take(name: str, patience: float) -> None:
            try:
                await lane.enter(patience)
            except FullError:
                done.append(f"{name} full")
            else:
                done.append(name)

        waits = [asyncio.create_task(take(name, 30)) for name in "ab"]
        await asyncio.sleep(0)
        await take("c", 30)
        waits[0].cancel()
        await asyncio.wait(waits[:1])
        lane.leave()
        await waits[1]
        return done

    assert asyncio.run(go()) == ["c full", "b"]
    assert (lane.running, lane.waiting) == (1, 0)


def test_a_few_who_come_at_once_are_all_answered(
    serve: Callable[..., Any], encoder: GatedEncoder, pool: ThreadPoolExecutor
) -> None:
    with serve(running=1, waiting=1, burst=3) as url:
        asked = [pool.submit(ask, url) for _ in range(5)]
        wait_for(url, 4)
        assert ask(url).status_code == 429
        encoder.gate.release(5)
        assert [each.result().status_code for each in asked] == [200] * 5


@pytest.mark.slow
def test_under_a_load_that_stays_the_queue_is_short_again() -> None:
    lane = Lane(running=1, waiting=1, burst=3)

    async def how_many_wait() -> int:
        tries = [asyncio.create_task(lane.enter(30)) for _ in range(5)]
        await asyncio.sleep(0)
        waiting = lane.waiting
        for each in tries:
            each.cancel()
        await asyncio.gather(*tries, return_exceptions=True)
        return waiting

    async def go() -> list[int]:
        await lane.enter(30)
        return [await how_many_wait() for _ in range(CROWD)]

    found = asyncio.run(go())
    assert found[0] == 4
    assert set(found[-10:]) <= {1, 2}
    assert lane.waiting == 0


@pytest.mark.slow
def test_a_soak_of_some_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letters = LetterEncoder()
    store = build_store(tmp_path / "store", [load_report(HARBOUR)], letters)
    app = create_app(store, letters, guard=guard_of(tmp_path, "127.0.0.1", environment=FREE))
    with running(server_config(app, "127.0.0.1", 0)) as url:
        found = soak.run(url, seconds=5.0, questions=["Are drills held weekly?", "zebras"])
    assert set(found.statuses) <= {200, 429}
    assert found.statuses[200] > 50
    assert found.statuses[429] > 0
    print(soak.table(found))
    assert "latency of accepted" in capsys.readouterr().out


def test_bodies_that_wait_have_a_bound_together(
    serve: Callable[..., Any], encoder: GatedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_HELD", 2_000)
    with serve() as url:
        large = ASK | {"section": "x" * 3_000}
        assert httpx.post(f"{url}/api/v1/ask", json=large, timeout=30).status_code == 429
        encoder.gate.release(2)
        assert [ask(url).status_code for _ in range(2)] == [200, 200]
