"""Admission of a request by host name, key and rate."""

from __future__ import annotations

import base64
import binascii
import math
import re
from dataclasses import replace

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.http.guard.api_keys import Key
from search_api.http.guard.config import HOSTS, Guard
from search_api.http.guard.rate_limit import Rates, network

LONGEST_ADDRESS, LARGEST_HEAD = 16_000, 32_000
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)(?::\d{1,5})?")
# Asked by monitors, which have no key and must not be told to wait.
HEALTH = ("/healthz", "/readyz")
FREE = ("/static/", *HEALTH)


class Doors:
    """Refuses who may not come in; notes the key of who may as `request.state.key`."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app, self._guard = app, guard
        self._addresses, self._keys = Rates(guard.rate), Rates(guard.key_rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            self._check_host(headers.get("host", ""))
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
                raise HTTPException(414, f"an address may have {LONGEST_ADDRESS:,} characters")
            if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
                raise HTTPException(431, f"headers may have {LARGEST_HEAD:,} characters")
            if "content-length" in headers and "transfer-encoding" in headers:
                # Two lengths: another program before this one may have read the other.
                raise HTTPException(
                    400,
                    "a request has a Content-Length or a Transfer-Encoding, not both",
                    {"Connection": "close"},
                )
            key = self._key(headers)
            scope.setdefault("state", {})["key"] = key
            self._check_rate(scope, key)
            if self._guard.require_key and key is None and scope["path"] not in HEALTH:
                raise no_key(page=not scope["path"].startswith(("/api/", "/v1/", "/metrics")))
        await self._app(scope, receive, send)

    def _check_host(self, sent: str) -> None:
        """Keep off pages whose own name was made to lead here (DNS rebinding)."""
        if self._guard.hosts is None:
            return
        found = HOST.fullmatch(sent)
        if not found or found[1].lower().rstrip(".") not in self._guard.hosts:
            raise HTTPException(
                421, f"this server does not go by that name; if it should, set {HOSTS} to it"
            )

    def _key(self, headers: Headers) -> Key | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given, basic = headers.get("x-api-key", ""), False
        if not given and scheme.lower() == "bearer":
            given = token.strip()
        elif not given and scheme.lower() == "basic":
            given, basic = _password(token), True
        key = self._guard.keys.find(given) if given else None
        # A browser sends a password along with whatever another site has it post.
        return replace(key, scope="read") if key and basic else key

    def _check_rate(self, scope: Scope, key: Key | None) -> None:
        if scope["path"].startswith(FREE):
            return
        if key is not None:
            wait = self._keys.take(key.name)
        else:
            client = scope.get("client")
            wait = self._addresses.take(network(client[0] if client else ""))
        if wait:
            raise HTTPException(
                429,
                "too many requests from this address or with this key; ask again later",
                {"Retry-After": str(math.ceil(wait))},
            )


def no_key(page: bool = False) -> HTTPException:
    """401; on a page with the header that has browsers ask for a password."""
    scheme = 'Basic realm="Pilcrow: the key is the password", charset="UTF-8"' if page else "Bearer"
    return HTTPException(
        401,
        "the API key is missing or wrong; send it as 'X-API-Key: KEY' or "
        "'Authorization: Bearer KEY'",
        {"WWW-Authenticate": scheme},
    )


def _password(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
