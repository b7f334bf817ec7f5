"""One line of JSON for each request and each fault; what was asked is left out unless wanted."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.http.guard.config import Guard

ID_HEADER = "X-Request-ID"
ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
LONGEST_PATH = 300
# Of a body that may hold a question.
MOST_KEPT = 16_000
ASKED = ("question", "questions", "text")

request_id: ContextVar[str] = ContextVar("request_id", default="")
log = logging.getLogger("pilcrow.requests")


class JsonLines(logging.Formatter):
    """Log records as lines of JSON; a line break in what is logged cannot make a line."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class OnceAMinute(logging.Filter):
    """Lets a complaint about the machine through once a minute, in one line.

    Where no descriptor is left, asyncio complains of each connection it cannot take, many times a
    second, each time with a traceback.
    """

    SECONDS = 60.0

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        if not isinstance(record.exc_info, tuple) or not isinstance(record.exc_info[1], OSError):
            return True
        now = time.monotonic()
        told = f"{record.exc_info[1].errno}"
        if now < self._next.get(told, 0.0):
            return False
        self._next[told] = now + self.SECONDS
        record.msg, record.args = f"{record.exc_info[1].strerror}; told once a minute", ()
        record.exc_info = record.exc_text = None
        return True


def log_as_json() -> None:
    """Send the logs of the server to standard error, as lines of JSON."""
    logging.getLogger("asyncio").addFilter(OnceAMinute())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    log.setLevel(logging.INFO)


class RequestLog:
    """Gives each request an id, which its answer carries, and writes down how it went."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app, self._questions = app, guard.log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        sent = Headers(scope=scope).get(ID_HEADER, "")
        name = sent if ID.fullmatch(sent) else secrets.token_hex(8)
        request_id.set(name)
        status, size = 500, 0
        body = bytearray()

        async def noting(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = name
            else:
                size += len(message.get("body", b""))
            await send(message)

        async def hearing() -> Message:
            message = await receive()
            if len(body) < MOST_KEPT:
                body.extend(message.get("body", b"")[:MOST_KEPT])
            return message

        try:
            await self._app(scope, hearing if self._questions else receive, noting)
        finally:
            fields = _fields(scope) | {
                "request": name,
                "status": status,
                "bytes": size,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            if self._questions and (asked := _asked(scope, bytes(body))) is not None:
                fields["asked"] = asked
            log.info("%s %s %s", fields["method"], fields["path"], status, extra={"fields": fields})


def _fields(scope: Scope) -> dict[str, Any]:
    client, key = scope.get("client"), scope.get("state", {}).get("key")
    fields = {
        "method": scope["method"][:20],
        "path": scope["path"][:LONGEST_PATH],
        "address": client[0] if client else None,
        "key": key.name if key else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _asked(scope: Scope, body: bytes) -> Any:
    """The question of a request, from the address or the body; None without one."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    if "q" in query:
        return query["q"][0]
    try:
        said = json.loads(body)
    except ValueError:
        return None
    named = said if isinstance(said, dict) else {}
    return next((named[name] for name in ASKED if name in named), None)
