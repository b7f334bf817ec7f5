"""The server's addresses as the reader has them, and links to the pages of a list (RFC 8288)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from fastapi import Request

SLICE = re.compile(r"(\d{1,9})-(\d{1,9})")


def base(request: Request) -> str:
    """The server's address as the reader has it, without the slash at its end."""
    return str(request.base_url).rstrip("/")


def slice_of(quote: str, length: int) -> tuple[int, int]:
    """The offsets of `?quote=start-end`; an address that makes no sense marks nothing."""
    match = SLICE.fullmatch(quote)
    start, end = (int(match[1]), int(match[2])) if match else (length, length)
    return (start, end) if start < end <= length else (length, length)


def page_links(request: Request, limit: int, offset: int, more: bool) -> dict[str, str]:
    """The Link header to the pages of `limit` items before and after the one at `offset`."""
    places = {"prev": max(0, offset - limit)} if offset else {}
    if more:
        places["next"] = offset + limit
    links = [f'<{_at(request, limit, place)}>; rel="{name}"' for name, place in places.items()]
    return {"Link": ", ".join(links)} if links else {}


def _at(request: Request, limit: int, offset: int) -> str:
    query = dict(request.query_params) | {"limit": str(limit), "offset": str(offset)}
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return f"{base(request)}{quote(path)}?{urlencode(query)}"
