"""The routes for machines: health, metrics, /llms.txt, /opensearch.xml."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from jinja2 import Environment
from pydantic import BaseModel, Field

from search_api import __version__
from search_api.citation.notebook.markdown import escape
from search_api.http.messages.address import base
from search_api.http.messages.conditional import store_route
from search_api.http.metrics import Metrics
from search_api.library import catalog
from search_api.library.live import Live
from search_api.library.suggest import opensearch_description

# Reports that /llms.txt names one by one.
MOST_NAMED, LONGEST_TITLE = 100, 200


class Health(BaseModel):
    """State of the server."""

    status: Annotated[str, Field(description="`ok`, or `ready`")]
    reports: Annotated[int, Field(description="How many the store has")]
    version: Annotated[str, Field(description="Version of pilcrow")]


def add_server(app: FastAPI, live: Live, metrics: Metrics) -> None:
    """The routes for monitors, language models and browsers' search bars."""

    def health(status: str) -> Health:
        return Health(status=status, reports=len(live.store.reports), version=__version__)

    @app.get("/healthz", tags=["server"], summary="Is it up?")
    def healthz() -> Health:
        """The process is up."""
        return health("ok")

    @app.get("/readyz", tags=["server"], summary="Can it answer?")
    def readyz() -> Health:
        """The store is open and the encoder loaded."""
        return health("ready")

    @app.get("/metrics", tags=["server"], summary="Measures", response_class=PlainTextResponse)
    def get_metrics() -> Response:
        """Requests, their durations and the store's size, for Prometheus."""
        return Response(metrics.text(), media_type=metrics.media_type)

    described = APIRouter(route_class=store_route(live), include_in_schema=False)
    words = Environment(autoescape=False)  # noqa: S701
    # Titles come from reports, and are no instructions to whoever reads this.
    words.filters["plain"] = lambda text: escape(" ".join(str(text).split())[:LONGEST_TITLE])
    llms = words.from_string(
        (files("search_api.http") / "llms.txt.jinja").read_text(encoding="utf-8")
    )

    @described.get("/llms.txt")
    def llms_txt(request: Request) -> Response:
        reports = catalog.summaries(live.store)
        text = llms.render(base=base(request), reports=reports, named=reports[:MOST_NAMED])
        return PlainTextResponse(text)

    @described.get("/opensearch.xml")
    def opensearch(request: Request) -> Response:
        text = opensearch_description(base(request))
        return Response(text, media_type="application/opensearchdescription+xml")

    app.include_router(described)
