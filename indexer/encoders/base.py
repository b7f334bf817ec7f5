"""The interface of an encoder, and the hash of a model file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ModelError

DEFAULT_MODEL = "pilcrow-1"
Rows = NDArray[np.float32]


class Encoder(Protocol):
    """A model that turns texts into vectors. Swap it in tests with a few lines."""

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


@dataclass(frozen=True, slots=True)
class TokenRows:
    """The tokens of a text, in order.

    `ids` (uint16) are their places in the vocabulary; `vectors` unit rows, shape (n, dim);
    `salience` how much each counts in a question (0..1); `spans` the offsets of each in the text;
    `content` is True for those that carry something.
    """

    ids: NDArray[np.uint16]
    vectors: Rows
    salience: Rows
    spans: list[tuple[int, int]]
    content: NDArray[np.bool_]


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that can give a vector for each token too."""

    @property
    def token_dim(self) -> int:
        """Values of a token's vector; 0 when the model's files give none."""
        ...

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        """The rows that `encode` gives, and the tokens of each text."""
        ...


@runtime_checkable
class Reader(Encoder, Protocol):
    """An encoder that can also read a question beside a window of a report."""

    @property
    def reads(self) -> bool:
        """False when the model's files cannot."""
        ...

    def judge(self, question: str, window: str) -> float:
        """The log-odds that a window answers a question."""
        ...


def token_encoder(encoder: Encoder) -> TokenEncoder | None:
    """The encoder, if it gives token vectors."""
    return encoder if isinstance(encoder, TokenEncoder) and encoder.token_dim else None


def reader(encoder: Encoder) -> Reader | None:
    """The encoder, if it can read."""
    return encoder if isinstance(encoder, Reader) and encoder.reads else None


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
