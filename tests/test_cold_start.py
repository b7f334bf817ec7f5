"""What a process loads: questions, and indexing with the shipped encoder, do without torch."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from indexer.load import load_report
from indexer.store import build_store
from tests.conftest import HARBOUR

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.encoders.base import Encoder

TORCH = {"torch", "transformers", "sentence_transformers", "onnx"}
# Sentences are split by NLTK, which loads these; a question has none to split.
HEAVY = TORCH | {"nltk", "sklearn", "scipy"}
# Runs a verb as `pilcrow` does and writes what it had loaded to the file that is given first.
RUN = """
import json, sys
from pathlib import Path
from search_api.cli import main
try:
    main(sys.argv[2:])
finally:
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    Path(sys.argv[1]).write_text(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> str:
    """The folder of a store of the made-up report, built with the shipped encoder."""
    folder = tmp_path_factory.mktemp("cold") / "store"
    return str(build_store(folder, [load_report(HARBOUR)], encoder).folder)


def loaded_by(tmp_path: Path, *words: str, given: str = "") -> set[str]:
    """The names of the packages that a process had loaded when the verb was done."""
    listed = tmp_path / "loaded.json"
    subprocess.run(
        [sys.executable, "-c", RUN, str(listed), *words],
        input=given,
        text=True,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return set(json.loads(listed.read_text()))


@pytest.mark.model
@pytest.mark.parametrize(
    "words",
    [
        ["ask", "Why are ferries late?"],
        ["search", "lifejackets", "--json"],
        ["show", "harbour-2031", "3"],
        ["cite", "harbour-2031", "3-5"],
        ["reports"],
    ],
    ids=lambda words: words[0],
)
def test_a_verb_that_asks_loads_no_training_library(
    tmp_path: Path, store: str, words: list[str]
) -> None:
    loaded = loaded_by(tmp_path, *words, "--store", store)

    assert "indexer" in loaded
    assert not loaded & HEAVY


@pytest.mark.model
def test_checking_a_draft_loads_no_training_library(tmp_path: Path, store: str) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("They say “ferries are late” (para 3).", encoding="utf-8")

    loaded = loaded_by(tmp_path, "verify", str(draft), "--store", store)

    assert "rapidfuzz" in loaded
    assert not loaded & HEAVY


@pytest.mark.model
def test_an_mcp_server_loads_no_training_library(tmp_path: Path, store: str) -> None:
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    }
    first = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})

    # It ends when its standard input does.
    loaded = loaded_by(tmp_path, "mcp", "--store", store, given=first + "\n")

    assert "mcp" in loaded
    assert not loaded & HEAVY


@pytest.mark.model
def test_indexing_with_the_shipped_encoder_loads_no_training_library(tmp_path: Path) -> None:
    loaded = loaded_by(tmp_path, "index", str(HARBOUR), "--store", str(tmp_path / "store"))

    assert "onnxruntime" in loaded
    assert not loaded & TORCH


@pytest.mark.model
def test_a_server_that_answered_loads_no_training_library(tmp_path: Path, store: str) -> None:
    listed = tmp_path / "loaded.json"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["serve", "--port", str(port), "--store", store]
    server = subprocess.Popen([sys.executable, "-c", RUN, str(listed), *words])
    try:
        found = asked(f"http://127.0.0.1:{port}/api/v1/search?q=ferries", server)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)

    assert found["hits"]
    loaded = set(json.loads(listed.read_text()))
    assert {"fastapi", "onnxruntime"} <= loaded
    assert not loaded & HEAVY


def asked(address: str, server: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What a server answers once it listens."""
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as response:
                found: dict[str, Any] = json.load(response)
                return found
        except urllib.error.URLError:
            assert server.poll() is None
            time.sleep(0.05)
