"""A server of a store, in a process of its own, to be ended in any way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx

from tests.faults.acts import KEY, Run
from tests.faults.recording import traced

PATIENCE = 120.0


class Server:
    """A running server; its calls are recorded in a log, if one is given."""

    def __init__(self, store: Path, log: Path | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        words = ["serve", "--port", str(port), "--store", str(store)]
        self._run = None if log else Run(words)
        self._traced = subprocess.Popen(traced(log, words)) if log else None
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, headers={"X-API-Key": KEY}, timeout=60)
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            assert self._is_alive()
            assert time.monotonic() < end
            time.sleep(0.02)

    def upload(self, path: str, name: str) -> httpx.Response:
        """Bring a report file under a name."""
        with Path(path).open("rb") as file:
            return self.client.post("/api/v1/reports", files={"file": (name, file)})

    def settled(self) -> list[dict[str, object]]:
        """The jobs, when all have ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            jobs: list[dict[str, object]] = self.client.get("/api/v1/jobs").json()["jobs"]
            if all(job["status"] in ("ready", "failed") for job in jobs):
                return jobs
            time.sleep(0.02)
        raise AssertionError("jobs do not end")

    def end(self, how: signal.Signals) -> None:
        """End it by a signal, and wait until it has."""
        self.client.close()
        if self._run is not None:
            pid = self._run.process.pid
            assert pid is not None
            os.kill(pid, how)
            self._run.end()
        if self._traced is not None:
            # strace itself ends when what it looks at has.
            tracer = self._traced.pid
            os.kill(int(Path(f"/proc/{tracer}/task/{tracer}/children").read_text().split()[0]), how)
            self._traced.wait()

    def _is_ready(self) -> bool:
        try:
            return self.client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def _is_alive(self) -> bool:
        if self._run is not None:
            return self._run.process.is_alive()
        return self._traced is not None and self._traced.poll() is None
