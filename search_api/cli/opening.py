"""A store opened for a verb that asks, with what answers loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from indexer.encoders.base import Encoder
    from indexer.store.index import Engine


def open_ready(folder: Path) -> tuple[Engine, Encoder]:
    """The store, and the encoder it was built with, loaded."""
    from concurrent.futures import ThreadPoolExecutor

    from indexer.backends import open_engine
    from indexer.store import is_older
    from indexer.store.encoder import encoder_of

    store = open_engine(folder)
    encoder = encoder_of(store)
    if is_older(store, encoder):
        click.echo(
            f"{folder} was made by an earlier version; it answers as it is, and the next pilcrow "
            "index or serve brings it up to date",
            err=True,
        )
    # The model is loaded here, so that no question is charged for it; on the other processor what
    # answers is loaded meanwhile.
    with ThreadPoolExecutor(1) as pool:
        ready = pool.submit(encoder.encode, ["ready"])
        import search_api.ask.answer  # noqa: F401
        from search_api.ask.tuned import outdated

        if outdated(store):
            click.echo(
                f"{folder}: what pilcrow tune fitted was for another reader or model and is not "
                "used; run it again, or: pilcrow tune --reset",
                err=True,
            )
        ready.result()
    return store, encoder
