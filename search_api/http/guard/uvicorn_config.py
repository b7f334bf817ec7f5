"""The server process: what uvicorn is told, and how long a client may take to say what it wants."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from indexer.errors import PilcrowError
from search_api.http.guard.admission import LARGEST_HEAD

# Seconds for a request's head to come; to finish what runs when told to stop.
HEAD, STOPPING = 10.0, 30
MOST_CONNECTIONS = 500
# Seconds that an idle connection is kept: longer than clients and proxies do, since a request that
# is sent just as the server hangs up is lost.
KEPT = 75


class HurriedProtocol(H11Protocol):
    """Hangs up on whoever does not send a request's head in time (slowloris).

    uvicorn has a limit for the time between two requests, but none for the first nor for one that
    comes letter by letter.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """See uvicorn; what came behind a request may be the beginning of the next."""
        super().on_response_complete()
        if self.conn.trailing_data[0]:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._stop_watching()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def server_config(app: FastAPI, host: str, port: int, proxy: str = "") -> uvicorn.Config:
    """The uvicorn configuration; `proxy` lists the addresses of proxies that are believed.

    Raises:
        PilcrowError: one of them is no address.
    """
    believed = [each.strip() for each in proxy.split(",") if each.strip()]
    for each in believed:
        try:
            ipaddress.ip_network(each)
        except ValueError as error:
            raise PilcrowError(
                f"--proxy: '{each}' is no address; write 10.0.0.1 or 10.0.0.0/24, with commas "
                "between several"
            ) from error
    settings: dict[str, Any] = {
        "http": HurriedProtocol,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(believed),
        "forwarded_allow_ips": believed,
        "limit_concurrency": MOST_CONNECTIONS,
        "h11_max_incomplete_event_size": LARGEST_HEAD,
        "timeout_keep_alive": KEPT,
        "timeout_graceful_shutdown": STOPPING,
    }
    return uvicorn.Config(app, host=host, port=port, **settings)
