"""A Pilcrow server from Python: typed results, retries, errors that name the fix."""

from search_api.client.clients import AsyncPilcrowClient, PilcrowClient
from search_api.client.errors import (
    ServerError,
    ServerNotFoundError,
    ServerQuestionError,
    UnreachableError,
)
from search_api.client.library import Library

__all__ = [
    "AsyncPilcrowClient",
    "Library",
    "PilcrowClient",
    "ServerError",
    "ServerNotFoundError",
    "ServerQuestionError",
    "UnreachableError",
]
