"""What else a server is asked for while it is asked too many questions: drafts, uploads, streams.

Each kind goes on by itself, one after the other, until its time is up. What a server may answer is
that it is done, or that it has no room now; a report that was accepted must be there at the end.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

BUSY = {429, 503}
# A report on its way in keeps others from being taken out.
CALM = {200, 202, 204, 409, *BUSY}
DRAFT = 20_000
NAMES = ("soak-a", "soak-b", "soak-c")
# Seconds from one to the next.
PAUSES = {"draft": 0.2, "suggestion": 0.1, "stream": 0.5, "upload": 5.0, "removal": 11.0}
PATIENCE = 120.0
BROKEN_OFF = 0


@dataclass
class Others:
    """What was asked for, by kind, with the statuses; and the accepted reports that got lost."""

    url: str
    key: str
    report: bytes
    questions: list[str]
    statuses: dict[str, Counter[int]] = field(
        default_factory=lambda: {kind: Counter() for kind in PAUSES}
    )
    jobs: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    async def run(self, seconds: float) -> None:
        """Ask for all of it at once for so long, then see what became of the uploads."""
        async with httpx.AsyncClient(
            base_url=self.url, headers={"X-API-Key": self.key}, timeout=PATIENCE
        ) as client:
            end = time.monotonic() + seconds
            acts = {kind: getattr(self, f"_{kind}") for kind in PAUSES}
            await asyncio.gather(*(self._kept_up(client, kind, acts[kind], end) for kind in acts))
            await self._settle(client)

    async def _kept_up(
        self,
        client: httpx.AsyncClient,
        kind: str,
        act: Callable[[httpx.AsyncClient, int], Awaitable[int]],
        end: float,
    ) -> None:
        for number in itertools.count():
            if time.monotonic() >= end:
                return
            try:
                status = await act(client, number)
            except httpx.TransportError:
                status = BROKEN_OFF
            self.statuses[kind][status] += 1
            await asyncio.sleep(min(PAUSES[kind], max(0.0, end - time.monotonic())))

    async def _draft(self, client: httpx.AsyncClient, number: int) -> int:
        text = "“These plans have now been abandoned” (para 99). "
        said = await client.post("/api/v1/verify", json={"text": text * (DRAFT // len(text))})
        return said.status_code

    async def _suggestion(self, client: httpx.AsyncClient, number: int) -> int:
        start = self.questions[number % len(self.questions)][: 3 + number % 9]
        return (await client.get("/api/v1/suggest", params={"q": start})).status_code

    async def _stream(self, client: httpx.AsyncClient, number: int) -> int:
        asked = {"questions": self.questions[:5]}
        accept = {"Accept": "text/event-stream"}
        stream = client.stream("POST", "/api/v1/ask/batch", json=asked, headers=accept)
        async with stream as said:
            text = (await said.aread()).decode()
            whole = not said.is_success or "event: done" in text
            return said.status_code if whole else BROKEN_OFF

    async def _upload(self, client: httpx.AsyncClient, number: int) -> int:
        name = NAMES[number % len(NAMES)]
        file = (f"{name}.txt", self.report + f"\nIssue {number}.\n".encode())
        said = await client.post("/api/v1/reports", files={"file": file}, data={"replace": "true"})
        if said.status_code == 202:
            self.jobs[said.json()["id"]] = name
        return said.status_code

    async def _removal(self, client: httpx.AsyncClient, number: int) -> int:
        said = await client.delete(f"/api/v1/reports/{NAMES[-1]}")
        # One that was never there, or is gone already.
        return 204 if said.status_code == 404 else said.status_code

    async def _settle(self, client: httpx.AsyncClient) -> None:
        """Wait for the jobs; those that ended badly, and reports that are not there, are lost."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            jobs = (await client.get("/api/v1/jobs")).json()["jobs"]
            if all(job["status"] in ("ready", "failed") for job in jobs):
                break
            await asyncio.sleep(0.2)
        self.lost += [f"{job['file']}: {job}" for job in jobs if job["status"] != "ready"]
        listed = (await client.get("/api/v1/reports")).json()["reports"]
        there = {each["id"] for each in listed}
        self.lost += [name for name in {*self.jobs.values()} - there if name != NAMES[-1]]

    @property
    def calm(self) -> bool:
        """Whether every answer was one that may be, and every report accepted is there."""
        return not self.lost and all(set(each) <= CALM for each in self.statuses.values())
