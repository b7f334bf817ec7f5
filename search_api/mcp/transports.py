"""Standard input and output, or HTTP with Host and Origin checked against DNS rebinding.

A web page that a user opens may send requests to servers on the user's machine. It cannot choose
its Origin, nor, after its own name has been made to lead here, the Host: both are checked.
"""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from indexer.errors import PilcrowError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve the client that started this process, until it closes standard input."""
    # The thread that waits for input cannot be interrupted; nothing here needs an orderly end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server.run("stdio")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        PilcrowError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise PilcrowError(
            f"cannot listen on {host}:{port} ({error.strerror}); give another --port"
        ) from error


def serve_http(server: MCPServer[Any], host: str, listening: socket.socket) -> None:
    """Serve HTTP on a socket, until the process is told to stop."""
    app = http_app(server, host, listening.getsockname()[1])
    with suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def endpoint(host: str, listening: socket.socket) -> str:
    """The address that clients are given."""
    return f"http://{_in_address(host)}:{listening.getsockname()[1]}/mcp"


def http_app(server: MCPServer[Any], host: str, port: int) -> Starlette:
    """The endpoint `/mcp`, for requests that name this host and port.

    It keeps no session: each request stands alone, and a restart cuts nobody off.
    """
    hosts = allowed_hosts(host, port)
    return server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=hosts, allowed_origins=[f"http://{each}" for each in hosts]
        ),
    )


def allowed_hosts(host: str, port: int) -> list[str]:
    """The Host headers of requests meant for this address."""
    if host in EVERYWHERE:
        names = [*LOOPBACK, socket.gethostname()]
    else:
        own = _in_address(host)
        names = list(LOOPBACK) if own in LOOPBACK else [own]
    # Clients leave out the port that the scheme has anyway.
    return [f"{name}:{port}" for name in names] + (names if port == 80 else [])


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
