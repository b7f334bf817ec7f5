"""A language model's endpoint that does as it is told, on a real port."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Model:
    """What to answer with, and what was asked: each request's headers and body."""

    behave: Behaviour
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    # Set at the end of the test: what stalls goes on then.
    over: threading.Event = field(default_factory=threading.Event)


def start(
    handler: BaseHTTPRequestHandler, kind: str = "text/event-stream", status: int = 200
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.end_headers()


def chunk(text: str, **choice: object) -> bytes:
    choices = [{"index": 0, "delta": {"content": text}, **choice}]
    return f"data: {json.dumps({'model': 'scripted-1', 'choices': choices})}\n\n".encode()


def writes(*pieces: str, done: bool = True) -> Behaviour:
    """Writes text piece by piece; without `done` the reply breaks off."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        start(handler)
        for piece in pieces:
            handler.wfile.write(chunk(piece))
        if done:
            handler.wfile.write(b"data: [DONE]\n\n")

    return behave


def sends(body: bytes, kind: str, status: int = 200) -> Behaviour:
    """Sends a body as it is."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        start(handler, kind, status)
        handler.wfile.write(body)

    return behave


@contextmanager
def scripted_model(behave: Behaviour) -> Iterator[Model]:
    """A running endpoint."""
    model = Model(behave)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            model.asked.append((dict(self.headers), json.loads(self.rfile.read(length))))
            try:
                model.behave(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.over.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
