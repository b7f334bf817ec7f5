"""The engine of a store folder: the files in it, or a Milvus server.

STORE/engine.json    {"engine": "milvus", "uri": "http://HOST:PORT/NAME"}; without it, the files
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path

from indexer.encoders.base import Encoder
from indexer.errors import StoreError
from indexer.report import Report
from indexer.store import (
    LAYOUT,
    Progress,
    Store,
    build_store,
    exists,
    open_store,
    replace_text,
    update_store,
    writing,
)
from indexer.store.index import Engine

NAME = "engine.json"
ADDRESS = re.compile(r"https?://[^/\s]+(/\w+)?/?")


def open_engine(folder: Path) -> Engine:
    """Open the store that a folder stands for.

    Raises:
        StoreError: there is none, or it cannot be used.
    """
    uri = server_of(folder)
    if uri is None:
        return open_store(folder)
    from indexer.milvus import open_milvus

    return open_milvus(folder, uri)


def find_engine(folder: Path) -> Engine | None:
    """Open the store that a folder stands for; None where nothing was indexed yet.

    Raises:
        StoreError: it cannot be used.
    """
    uri = server_of(folder)
    if uri is None:
        return open_store(folder) if exists(folder) else None
    from indexer.milvus import find_milvus

    return find_milvus(folder, uri)


def update_engine(
    folder: Path,
    before: Engine | None,
    fresh: Iterable[Report],
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    gone: Collection[str] = (),
) -> Engine:
    """Add reports to the store, put them in the place of those with the same ids, or take some out.

    Hold `writing(folder)` from `find_engine` on.

    Args:
        folder: the store folder; made if missing.
        before: what `find_engine` found.
        fresh: the reports to add or replace.
        encoder: makes the vectors.
        progress: called with (texts embedded, texts to embed).
        gone: ids of reports to take out.

    Raises:
        StoreError: the store cannot be written.
    """
    uri = server_of(folder)
    if uri is not None:
        from indexer.milvus import update_milvus

        store = update_milvus(folder, uri, fresh, encoder, progress, gone)
        # Written anew, so that who has the folder open sees that something changed.
        _name(folder, uri)
        return store
    if isinstance(before, Store):
        return update_store(before, fresh, encoder, progress, gone)
    return build_store(folder, fresh, encoder, progress)


def use_server(folder: Path, uri: str) -> None:
    """Have a folder stand for the store in a database of a Milvus server.

    Raises:
        StoreError: that is no address, the folder holds a store of its own, or it cannot be
            written.
    """
    if not ADDRESS.fullmatch(uri):
        raise StoreError(f"{uri} is no server; give http://HOST:PORT or http://HOST:PORT/DATABASE")
    if exists(folder):
        raise StoreError(
            f"{folder} holds a store in files; give another --store for the one at {uri}"
        )
    with writing(folder):
        _name(folder, uri)


def mark_of(folder: Path) -> str | None:
    """The version token of the store that a folder stands for; None without a store."""
    # Both files say what they are about, and a time that jumps back makes nothing look unchanged.
    for name in (NAME, LAYOUT.current):
        try:
            return (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return None


def server_of(folder: Path) -> str | None:
    """The database that a folder stands for; None for one that holds its store, or none.

    Raises:
        StoreError: its engine.json cannot be read.
    """
    path = folder / NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["engine"] != "milvus" or not ADDRESS.fullmatch(found["uri"]):
            raise ValueError
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f'{path} cannot be read; write there {{"engine": "milvus", "uri": "http://HOST:PORT"}},'
            " or delete it"
        ) from error
    uri: str = found["uri"]
    return uri


def _name(folder: Path, uri: str) -> None:
    path = folder / NAME
    try:
        # What is written stays the same; the number tells one time from the next.
        kept = {"engine": "milvus", "uri": uri, "written": secrets.token_hex(8)}
        replace_text(path, json.dumps(kept) + "\n")
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); check its permissions"
        ) from error
