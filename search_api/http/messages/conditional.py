"""Answers that are not sent again while the store is the same (RFC 9110, 13)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from indexer.store.index import Engine
from search_api import __version__
from search_api.ask.tuned import reader_name, settings_of
from search_api.citation.csl_item import today
from search_api.http.messages.address import base
from search_api.library.live import Live

NOT_CHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Not changed since the `ETag` that `If-None-Match` names was given"}
}


def store_route(live: Live) -> type[APIRoute]:
    """Routes whose answers depend on the address and the store, and on nothing else."""

    class StoreRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def unless_known(request: Request) -> Response:
                # Before the answer is made: should the store change meanwhile, the tag is an old
                # one, and the next request gets the new answer.
                tag = entity_tag(live.store, request)
                headers = {"ETag": tag, "Cache-Control": "no-cache"}
                if tag.removeprefix("W/") in _known_tags(request):
                    return Response(None, 304, headers | {"Vary": "Accept, Accept-Encoding"})
                response = await handle(request)
                if response.status_code == 200:
                    response.headers.update(headers)
                return response

            return unless_known

    return StoreRoute


def entity_tag(store: Engine, request: Request) -> str:
    """What tells one answer from another: store, settings, version, day, address and form.

    A weak one: the same answer is sent with gzip and without.
    """
    parts = [
        __version__,
        store.fingerprint,
        reader_name(store, settings_of(store)),
        base(request),
        # A citation is given in the form that is accepted, and says on what day a URL was opened.
        request.headers.get("accept", ""),
        today().isoformat(),
        request.scope["path"],
        request.scope["query_string"].decode("latin-1"),
    ]
    return f'W/"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]}"'


def _known_tags(request: Request) -> set[str]:
    listed = ",".join(request.headers.getlist("if-none-match")).split(",")
    return {tag.strip().removeprefix("W/") for tag in listed}
