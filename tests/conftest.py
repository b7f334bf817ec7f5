"""Small real worlds: a made-up report, a predictable encoder, the seed's store and a server."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import uvicorn

from indexer.encoders import load_encoder
from indexer.errors import StoreError
from indexer.load import load_report
from indexer.store import Store, build_store, open_store
from search_api.http.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from indexer.encoders.base import Encoder, Rows

ROOT = Path(__file__).parents[1]
SEED = ROOT / "seeds" / "northumberland-2012.txt"
GOLD = ROOT / "tests" / "gold" / "northumberland-dev.jsonl"
HARBOUR = ROOT / "tests" / "golden" / "harbour-2031.txt"


class LetterEncoder:
    """Vectors one can work out by eye: how often each letter a to z occurs, as a unit row."""

    def __init__(self, name: str = "letters", fingerprint: str = "letters-1") -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode(self, texts: list[str]) -> Rows:
        self.encoded += texts
        counts = np.array(
            [[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts], np.float32
        )
        counts[:, 0] += 1e-3
        rows: Rows = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return rows


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests last: its driver keeps an event loop, beside which no other can run."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture
def letters() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture
def harbour_store(tmp_path: Path, letters: LetterEncoder) -> Store:
    """A store of the made-up report, without a model."""
    return build_store(tmp_path / "store", [load_report(HARBOUR)], letters)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder."""
    return load_encoder()


@pytest.fixture(scope="session")
def seed_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> Store:
    """The seed, indexed with the real encoder; its vectors are kept from one run to the next."""
    kept = Path(request.config.cache.mkdir("seed-store")) / "store"
    try:
        before = open_store(kept)
    except StoreError:
        before = None
    folder = tmp_path_factory.mktemp("seed") / "store"
    store = build_store(folder, [load_report(SEED)], encoder, before=before)
    if before is None or before.fingerprint != store.fingerprint:
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
    return store


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a running server."""
    with running(uvicorn.Config(app, port=0, log_level="error")) as url:
        yield url


@contextmanager
def running(config: uvicorn.Config) -> Iterator[str]:
    """The address of a server that runs as configured, on a free port."""
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def server_url(seed_store: Store, encoder: Encoder) -> Iterator[str]:
    """A running server over the seed."""
    with serving(create_app(seed_store, encoder)) as url:
        yield url
