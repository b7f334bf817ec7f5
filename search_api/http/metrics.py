"""Metrics for Prometheus; never a word of what was asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api import __version__
from search_api.http.guard.request_queue import Lanes
from search_api.library.live import Live

METHODS = ("GET", "POST", "DELETE", "OPTIONS")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Measures of one application."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, live: Live, lanes: Lanes) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_StoreSize(live))
        self._registry.register(_Load(lanes))
        self.requests = Counter(
            "pilcrow_http_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self.durations = Histogram(
            "pilcrow_http_request_duration_seconds",
            "Time to the end of the answer",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )

    def text(self) -> bytes:
        """All measures in the text format."""
        return generate_latest(self._registry)


class _StoreSize(Collector):
    """The store's size as it is when asked."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        entries = self._live.store.manifest["reports"]
        counted = ("paragraphs", "passages", "sentences")
        sizes = {name: sum(entry[name] for entry in entries) for name in counted}
        sizes["reports"] = len(entries)
        for name, size in sizes.items():
            yield GaugeMetricFamily(f"pilcrow_store_{name}", f"The store's {name}", size)
        yield InfoMetricFamily("pilcrow", "The server", {"version": __version__})


class _Load(Collector):
    """A gauge of the work under way."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = {field.name: getattr(lanes, field.name) for field in fields(lanes)}

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        for state in ("running", "waiting"):
            gauge = GaugeMetricFamily(f"pilcrow_{state}", f"Requests {state}", labels=("lane",))
            for name, lane in self._lanes.items():
                gauge.add_metric((name,), getattr(lane, state))
            yield gauge


class MetricsMiddleware:
    """Counts requests and takes their time, by the route's template."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # A made up address or method must not become a series of its own.
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.durations.labels(method, route).observe(time.perf_counter() - began)
