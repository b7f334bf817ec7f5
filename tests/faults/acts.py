"""What a process does to a store until it is killed: a verb of `pilcrow`, with letters for a model.

The processes are forked from one that has all imported, so that hundreds take minutes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import search_api.http.app  # noqa: F401
from indexer import build  # noqa: F401
from indexer.encoders.base import TokenRows
from indexer.errors import PilcrowError
from indexer.load import load_report
from indexer.sentences import with_sentences
from indexer.store import encoder, open_store, repair, vectors  # noqa: F401
from search_api.ask.tuned import Confidence, Settings, save_settings, shipped
from search_api.cli import main
from tests.conftest import HARBOUR, LetterEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.encoders.base import Rows

KEY = "a key for the tests, long enough to be one"
OPERATIONS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"}
# Before a verb: as if a dozen vectors were too many to compare every one, so that FAISS writes a file.
MANY = "many"
# The exit code of an error that no user should see.
UNEXPECTED = 70
# What the verbs would otherwise load in each process.
with_sentences(load_report(HARBOUR))

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload([__name__])


class LetterTokens(LetterEncoder):
    """Each letter of a text is a token, on an axis of its own."""

    token_dim = 26

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        return self.encode(texts), [_tokens(text.lower()) for text in texts]


def _tokens(text: str) -> TokenRows:
    letters = [(place, ord(each) - 97) for place, each in enumerate(text) if "a" <= each <= "z"]
    ids = np.array([letter for _, letter in letters], np.uint16)
    return TokenRows(
        ids,
        np.eye(26, dtype=np.float32)[ids],
        np.full(len(ids), 0.5, np.float32),
        [(place, place + 1) for place, _ in letters],
        np.ones(len(ids), np.bool_),
    )


class Run:
    """A process at work on a store. `fatal` is the file operation at which it kills itself."""

    def __init__(self, words: Sequence[str], fatal: int = 0, room: int = 0) -> None:
        self._operations = forked.Value("i", 0)
        self.process = forked.Process(
            target=_act, args=(list(words), fatal, room, self._operations), daemon=True
        )
        self.process.start()

    def end(self) -> int:
        """Wait for it; its exit code, negative for the signal that killed it."""
        self.process.join()
        code = self.process.exitcode
        assert code is not None
        return code

    @property
    def operations(self) -> int:
        """How many file operations it has begun in the store folder."""
        return int(self._operations.value)


def tuned() -> Settings:
    """Settings unlike the shipped ones."""
    start = shipped("letters")
    sure = start.confidence
    return Settings(
        replace(start.ranking, late=1.0),
        Confidence(sure.weights, sure.bias + 0.25, sure.threshold),
    )


def _act(words: list[str], fatal: int, room: int, operations: Any) -> None:
    if words[0] == MANY:
        vectors.FLAT_LIMIT = 12
        words = words[1:]
    encoder.load_encoder = lambda name="letters": LetterTokens()  # type: ignore[assignment]
    os.environ["PILCROW_API_KEY"] = KEY
    folder = words[words.index("--store") + 1]

    def count(event: str, args: tuple[Any, ...]) -> None:
        if event in OPERATIONS and isinstance(args[0], (str, Path)) and folder in str(args[0]):
            operations.value += 1
            if operations.value == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    if room:
        # A file may not grow beyond it: what a full disk does, for who may not mount one.
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        try:
            if words[0] == "settings":
                save_settings(open_store(Path(folder)), tuned())
            else:
                main(words)
        except SystemExit as end:
            # An error of the work is a line; what is no such error has to be told from one.
            sys.exit(end.code if isinstance(end.code, int) else bool(end.code))
        except PilcrowError:
            sys.exit(1)
        except Exception:
            traceback.print_exc(file=sys.__stderr__)
            sys.exit(UNEXPECTED)


if __name__ == "__main__":
    # For a fault that needs a process of its own, such as another clock.
    _act(sys.argv[1:], 0, 0, multiprocessing.Value("i", 0))
