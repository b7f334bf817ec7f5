"""Middleware for every request: the guard, headers that protect readers, HEAD, gzip."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from starlette.datastructures import MutableHeaders
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.errors import PilcrowError
from search_api.http.guard.admission import Doors
from search_api.http.guard.config import Guard
from search_api.http.guard.limits import Workload
from search_api.http.guard.request_log import ID_HEADER, RequestLog
from search_api.http.guard.request_queue import Lanes
from search_api.http.metrics import Metrics, MetricsMiddleware
from search_api.timing import begin_steps

ORIGINS_VARIABLE = "PILCROW_CORS_ORIGINS"
ORIGIN = re.compile(r"\*|https?://[^/\s,*]+")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The API's own documentation page is a third party's, with a script in the page.
OPEN_POLICY = "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"
# For old browsers, and against pages that would open, embed or watch this one.
PROTECTING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
YEAR = 31_536_000
# Answers under these addresses are not kept unless they say for how long they hold.
TIMED = ("/api/", "/v1/")
NOT_KEPT = ("/api/", "/healthz", "/readyz", "/metrics")


def add_middleware(
    app: FastAPI, metrics: Metrics, origins: str, guard: Guard, lanes: Lanes
) -> None:
    """Wrap the application; `origins`, with commas between, may read the API in a browser.

    Who is refused by the guard is counted, logged and answered like anybody else.

    Raises:
        PilcrowError: one of them is no origin.
    """
    # What is added last is met first.
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Workload, lanes=lanes)
    app.add_middleware(Doors, guard=guard)
    app.add_middleware(ExceptionMiddleware, handlers=app.exception_handlers)
    app.add_middleware(CommonHeaders)
    allowed = _origins(origins)
    if allowed:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=allowed,
            allow_methods=("GET", "HEAD", "POST", "DELETE"),
            allow_headers=(
                "Authorization",
                "Content-Type",
                "If-None-Match",
                "X-API-Key",
                ID_HEADER,
            ),
            expose_headers=(
                "Content-Disposition",
                "ETag",
                "Link",
                "Location",
                "Retry-After",
                "Server-Timing",
                ID_HEADER,
            ),
        )
    app.add_middleware(MetricsMiddleware, metrics=metrics)
    app.add_middleware(RequestLog, guard=guard)
    app.add_middleware(HeadAsGet)


def _origins(listed: str) -> list[str]:
    origins = [origin.strip().rstrip("/") for origin in listed.split(",") if origin.strip()]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise PilcrowError(
                f"{ORIGINS_VARIABLE}: '{origin}' is no origin; write https://example.org, with "
                "commas between several, or * for all"
            )
    return origins


class CommonHeaders:
    """Tells browsers to run only the page's own scripts, and caches to keep only what says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        steps, began = begin_steps(), time.perf_counter()

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                third_party = scope["path"].startswith(("/docs", "/redoc"))
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = OPEN_POLICY if third_party else POLICY
                headers.update(PROTECTING)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = f"max-age={YEAR}"
                if scope["path"].startswith(NOT_KEPT):
                    headers.setdefault("Cache-Control", "no-store")
                if scope["path"].startswith(TIMED):
                    headers["Server-Timing"] = _timing(steps, time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, with_headers)


def _timing(steps: Mapping[str, float], total: float) -> str:
    """The milliseconds of each step and of all, as `Server-Timing` has them."""
    every = [*steps.items(), ("total", total)]
    return ", ".join(f"{name};dur={seconds * 1000:.1f}" for name, seconds in every)


class HeadAsGet:
    """Answers HEAD with the headers that GET has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, without_body)
