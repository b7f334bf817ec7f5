"""The interface of an encoder, and the hash of a model file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ModelError

DEFAULT_MODEL = "pilcrow-1"
Rows = NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors. Swap it in tests with a few lines."""

    @property
    def name(self) -> str:
        """The model's name, as a user gives it."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash of the model's weights: equal fingerprints give comparable vectors."""
        ...

    def encode(self, texts: list[str]) -> Rows:
        """Encode texts.

        Returns:
            float32 rows of unit length, shape (len(texts), dim), in the order of the texts.
        """
        ...


def file_sha256(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror}); reinstall the model"
        ) from error
