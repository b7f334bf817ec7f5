"""A database of a Milvus server, whose failures are StoreErrors."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

from indexer.errors import StoreError

TOKEN = "PILCROW_MILVUS_TOKEN"  # noqa: S105
# Searches may lie behind by some seconds, so that none waits for a write. Whoever must see all that
# was acknowledged (opening, indexing) asks with STRONG.
LEVEL, STRONG = "Bounded", "Strong"
# Seconds for a call, in which the client tries again while the server is away.
PATIENCE = 20.0
# Milliseconds between signs of life on an idle connection; servers hang up on more than that.
KEEPALIVE = 300_000


class Database:
    """A database of a Milvus server.

    Args:
        uri: `http://HOST:PORT`, or `http://HOST:PORT/NAME` for another database than the default.
            A server that asks for a token gets `$PILCROW_MILVUS_TOKEN` ("user:password", or a key).

    Raises:
        StoreError: pymilvus is not installed, or the server does not answer.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise StoreError(
                "a store on a Milvus server needs pymilvus; run: pip install 'pilcrow[milvus]'"
            ) from error
        # What it logs comes back as an error, or is of no use to a reader.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        self._client: Any = self._said(
            MilvusClient,
            uri=uri,
            token=os.environ.get(TOKEN, ""),
            timeout=PATIENCE,
            grpc_options={"grpc.keepalive_time_ms": KEEPALIVE},
        )

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of pymilvus.MilvusClient and return its result.

        Raises:
            StoreError: the server does not answer, or refuses.
        """
        return self._said(getattr(self._client, method), *args, timeout=PATIENCE, **kwargs)

    def every(self, collection: str, condition: str, fields: list[str]) -> Iterator[dict[str, Any]]:
        """All rows of a condition, however many, with these fields and `id`.

        What was acknowledged before is among them, and is seen by other readers afterwards.

        Raises:
            StoreError: the server does not answer, or refuses.
        """
        rows = self.call(
            "query_iterator",
            collection,
            filter=condition,
            output_fields=fields,
            consistency_level=STRONG,
        )
        while batch := self._said(rows.next):
            yield from batch
        rows.close()

    def _said(self, do: Any, *args: Any, **kwargs: Any) -> Any:
        import grpc
        from pymilvus import MilvusException

        try:
            return do(*args, **kwargs)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError, ConnectionError) as error:
            raise StoreError(
                f"the Milvus server at {self.uri} failed ({_told(error)}); see that it runs and "
                f"that ${TOKEN} is right, then do it again"
            ) from error


def _told(error: Exception) -> str:
    said: str = getattr(error, "message", "") or str(error)
    return said.strip().partition("\n")[0][:300]
