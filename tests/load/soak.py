"""Twice as many requests as the server can answer, for long enough to see what gives.

    python -m tests.load.soak [--seconds 600] [--store .pilcrow]

Starts `pilcrow serve` over the store, asks the development questions one by one, finds the capacity
with as many askers as fit, then asks at twice that rate, whether or not answers come, while drafts
are checked, reports brought and taken out, suggestions made and streams read (`others.py`). Works on
a copy of the store. Prints a table, and exits with 1 when a bound is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx

from search_api.http.guard.config import at_once
from tests.load.others import Others

GOLD = Path(__file__).parents[1] / "gold" / "northumberland-dev.jsonl"
HARBOUR = Path(__file__).parents[1] / "golden" / "harbour-2031.txt"
WARMING = 40
# Parts of the time given: to the latency without load, and to finding the capacity.
ALONE, CAPACITY = 0.1, 0.1
# More than the server accepts at once; with as many under way it would be the asker that queues.
MOST_UNDER_WAY = 400
# No answer came; counted among the statuses.
BROKEN_OFF = 0
MOST_GROWTH, MOST_SLOWER = 0.05, 3.0
# Asks one question: the status and the seconds it took.
Ask = Callable[[], Awaitable[tuple[int, float]]]


@dataclass
class Soak:
    """What came of it: latencies in seconds, resident memory in bytes, capacity in answers/s."""

    alone: list[float] = field(default_factory=list)
    capacity: float = 0.0
    asked: int = 0
    held_back: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def slower(self) -> float:
        """How many times as long an accepted request takes, at the median."""
        return statistics.median(self.accepted) / statistics.median(self.alone)

    @property
    def growth(self) -> float:
        """How much the memory grew, as a part: the last tenth against the second."""
        tenth = max(1, len(self.memory) // 10)
        before = statistics.median(self.memory[tenth : 2 * tenth] or self.memory)
        return statistics.median(self.memory[-tenth:]) / before - 1


def run(
    url: str,
    seconds: float,
    questions: list[str],
    pid: int | None = None,
    others: Others | None = None,
) -> Soak:
    """Soak the server at `url`, of the process `pid`."""
    return asyncio.run(_run(url, seconds, questions, pid or os.getpid(), others))


async def _run(
    url: str, seconds: float, questions: list[str], pid: int, others: Others | None
) -> Soak:
    found = Soak()
    async with _asker(url, questions) as ask:
        for _ in range(WARMING):
            await ask()
        end = time.perf_counter() + seconds * ALONE
        while time.perf_counter() < end:
            found.alone.append((await ask())[1])
        found.capacity = await _capacity(ask, seconds * CAPACITY)
        beside = others.run(seconds) if others else asyncio.sleep(0)
        await asyncio.gather(_overload(ask, seconds, found, pid), beside)
    return found


async def _capacity(ask: Ask, seconds: float) -> float:
    """Answers a second, with always somebody waiting for a place."""
    answered = 0
    began = time.perf_counter()

    async def keep_asking() -> None:
        nonlocal answered
        while time.perf_counter() < began + seconds:
            status, _ = await ask()
            answered += status == 200
            await asyncio.sleep(0 if status == 200 else 0.02)

    await asyncio.gather(*(keep_asking() for _ in range(4 * at_once())))
    return answered / (time.perf_counter() - began)


async def _overload(ask: Ask, seconds: float, found: Soak, pid: int) -> None:
    """Ask at twice the capacity by the clock."""
    under_way: set[asyncio.Task[None]] = set()

    async def one() -> None:
        status, took = await ask()
        found.statuses[status] += 1
        if status == 200:
            found.accepted.append(took)

    began = time.perf_counter()
    while (now := time.perf_counter() - began) < seconds:
        while found.asked + found.held_back < now * 2 * found.capacity:
            if len(under_way) >= MOST_UNDER_WAY:
                found.held_back += 1
                continue
            found.asked += 1
            task = asyncio.create_task(one())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        if len(found.memory) < now:
            found.memory.append(_resident(pid))
        await asyncio.sleep(0.001)
    await asyncio.gather(*under_way)


@asynccontextmanager
async def _asker(url: str, questions: list[str]) -> AsyncIterator[Ask]:
    # No two are alike: an answer that was given already takes no time.
    asked = (f"{question} ({number})" for number, question in enumerate(cycle(questions)))
    limits = httpx.Limits(max_connections=MOST_UNDER_WAY, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:

        async def ask() -> tuple[int, float]:
            began = time.perf_counter()
            try:
                answer = await client.post("/api/v1/ask", json={"question": next(asked)})
            except httpx.TransportError:
                return BROKEN_OFF, 0.0
            return answer.status_code, time.perf_counter() - began

        yield ask


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def table(found: Soak, others: Others | None = None) -> str:
    """What was found, beside what is asked for."""

    def ms(seconds: float) -> str:
        return f"{seconds * 1000:.1f} ms"

    def p95(values: list[float]) -> float:
        return statistics.quantiles(values, n=20)[-1]

    errors = sum(count for status, count in found.statuses.items() if status not in (200, 429))
    rows = [
        ("capacity", f"{found.capacity:.0f} answers/s", ""),
        ("asked, at twice that", f"{found.asked}", ""),
        ("answered", f"{found.statuses[200]}", ""),
        ("429, come back", f"{found.statuses[429]}", ""),
        ("other", f"{errors}", "0"),
        (
            "latency alone, median (p95)",
            f"{ms(statistics.median(found.alone))} ({ms(p95(found.alone))})",
            "",
        ),
        (
            "latency of accepted, median (p95)",
            f"{ms(statistics.median(found.accepted))} ({ms(p95(found.accepted))})",
            "",
        ),
        ("times as long", f"{found.slower:.2f}", f"{MOST_SLOWER:.0f}"),
        ("memory growth", f"{found.growth:+.1%}", f"{MOST_GROWTH:.0%}"),
        ("not sent, the asker being late", f"{found.held_back}", ""),
    ]
    for kind, statuses in others.statuses.items() if others else ():
        counted = ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()))
        rows.append((f"{kind}s, by status", counted, ""))
    if others:
        rows.append(("reports accepted and lost", "; ".join(others.lost) or "0", "0"))
    lines = [f"| {name} | {value} | {most} |" for name, value, most in rows]
    return "\n".join(["| measure | found | at most |", "|---|---|---|", *lines])


def holds(found: Soak, others: Others) -> bool:
    """Whether every bound was kept."""
    calm = set(found.statuses) <= {200, 429} and others.calm
    return calm and found.slower <= MOST_SLOWER and found.growth <= MOST_GROWTH


def main() -> None:
    """Soak a server over a store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--store", default=".pilcrow")
    said = parser.parse_args()
    questions = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    start = "from search_api.cli import main; main()"
    key = secrets.token_urlsafe(32)
    folder = tempfile.mkdtemp(prefix="pilcrow-soak-")
    store = shutil.copytree(said.store, Path(folder) / "store")
    server = subprocess.Popen(
        [sys.executable, "-c", start, "serve", "--store", str(store), "--port", str(port)],
        env=os.environ | {"PILCROW_RATE": "0", "PILCROW_KEY_RATE": "0", "PILCROW_API_KEY": key},
        stderr=subprocess.DEVNULL,
    )
    others = Others(url, key, HARBOUR.read_bytes(), questions)
    try:
        while not _ready(url):
            if server.poll() is not None:
                raise SystemExit("the server did not start; see: pilcrow serve")
            time.sleep(0.1)
        found = run(url, said.seconds, questions, server.pid, others)
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder)
    print(table(found, others))
    raise SystemExit(0 if holds(found, others) else 1)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    main()
