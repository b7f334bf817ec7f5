"""A Pilcrow server from Python: typed results, retries, errors that name the fix."""

import search_api.client.display  # noqa: F401  (so that results can be shown)
from search_api.client.clients import AsyncPilcrowClient, PilcrowClient
from search_api.client.errors import (
    ServerError,
    ServerNotFoundError,
    ServerQuestionError,
    UnreachableError,
)
from search_api.client.protocol import Library

__all__ = [
    "AsyncPilcrowClient",
    "Library",
    "PilcrowClient",
    "ServerError",
    "ServerNotFoundError",
    "ServerQuestionError",
    "UnreachableError",
]
