"""The HTTP API and the pages, over one opened store; `search_api.http` has the routes."""

from __future__ import annotations

import os

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline

from indexer.encoders.base import Encoder
from indexer.formats import READERS
from indexer.store.index import Engine
from indexer.store.kept import keeps_originals
from search_api import __version__
from search_api.http.api import add_api
from search_api.http.ask import add_ask
from search_api.http.chat.app import chat_app
from search_api.http.guard.api_keys import VARIABLE, Keys
from search_api.http.guard.audit_log import Audit
from search_api.http.guard.config import Guard
from search_api.http.guard.limits import lanes_of
from search_api.http.machine_routes import add_server
from search_api.http.messages.parameters import check_parameters
from search_api.http.messages.problems import add_problems, problems
from search_api.http.messages.schema import DESCRIPTION, TAGS, operation_id, publish
from search_api.http.metrics import Metrics
from search_api.http.middleware import ORIGINS_VARIABLE, add_middleware
from search_api.http.originals import add_originals
from search_api.http.pages import add_pages
from search_api.http.prose import add_prose
from search_api.http.tables import add_tables
from search_api.http.templates.render import renderer
from search_api.http.uploads.form import LARGEST_UPLOAD
from search_api.http.uploads.queue import Intake
from search_api.http.uploads.routes import add_uploads
from search_api.library.live import Live, built_with
from search_api.prose.endpoint import endpoint_of


def create_app(
    store: Engine,
    encoder: Encoder,
    api_key: str | None = None,
    guard: Guard | None = None,
    originals: bool | None = None,
) -> FastAPI:
    """The application over a loaded store and the encoder it was built with.

    Reports can be uploaded by who has a key of the guard that may write; unless a guard is given,
    that is `api_key`, by default $PILCROW_API_KEY, and without one nobody.
    The files that reports are read from are kept and shown if `originals`, by default as
    $PILCROW_ORIGINALS says. Pages of the origins in $PILCROW_CORS_ORIGINS may call the API. Each
    route takes `live.store` once, because an upload may put another in its place.

    Raises:
        PilcrowError: $PILCROW_CORS_ORIGINS names what is no origin, or $PILCROW_LLM_URL what is no
            address.
    """
    if guard is None:
        guard = Guard(Keys(own=os.environ.get(VARIABLE, "") if api_key is None else api_key))
    if originals is None:
        originals = keeps_originals()
    live = Live(store, built_with(encoder))
    lanes = lanes_of(guard)
    metrics = Metrics(live, lanes)
    audit = Audit(guard.audit)
    render = renderer(
        uploads=guard.keys.writable,
        formats=",".join([*READERS, ".toml"]),
        largest=LARGEST_UPLOAD,
    )
    app: FastAPI = FastAPIOffline(
        title="Pilcrow",
        summary="Ask a report; get its own sentences with their paragraph numbers.",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=TAGS,
        # What the guard may answer to anything.
        responses=problems(401, 421, 429, 503),
        dependencies=[Depends(check_parameters)],
        generate_unique_id_function=operation_id,
    )
    add_middleware(app, metrics, os.environ.get(ORIGINS_VARIABLE, ""), guard, lanes)
    add_problems(app, render)
    add_ask(app, live, encoder)
    add_prose(app, live, encoder, endpoint_of())
    add_tables(app, live, encoder)
    add_api(app, live, encoder)
    add_uploads(app, Intake(live, encoder, audit, originals), guard.keys, audit)
    add_server(app, live, metrics)
    add_originals(app, live, originals)
    add_pages(app, live, encoder, render, originals)
    app.mount("/v1", chat_app(live, encoder))
    publish(app, guard.require_key)
    return app
