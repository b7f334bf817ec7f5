"""Texts to unit vectors by the encoder that ships with Pilcrow, run by onnxruntime.

`indexer/model/README.md`, the model card, says what it was made from and how well it does.
Neither torch nor transformers is loaded.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoder import Rows, file_sha256
from indexer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

NAME = "pilcrow-1"
MOST_TOKENS = 384
# Padded tokens run at once: enough to fill two cores, little enough to stay in the cache.
BATCH_TOKENS = 2_048
PADDING = 1


class OnnxEncoder:
    """The shipped encoder, or one that `search_api.reader.train` wrote; loaded on first use."""

    def __init__(self, name: str = NAME, folder: Path | None = None) -> None:
        self.name = name
        self._folder = folder or Path(str(files("indexer") / "model"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the list of the hashes of the model's files."""
        return hashlib.sha256(self._listed).hexdigest()

    @cached_property
    def _listed(self) -> bytes:
        try:
            return (self._folder / "hashes.json").read_bytes()
        except OSError as error:
            raise ModelError(
                f"{self._folder} is not a model ({error.strerror}); install Pilcrow again"
            ) from error

    @cached_property
    def _loaded(self) -> tuple[InferenceSession, Tokenizer]:
        import onnxruntime
        from tokenizers import Tokenizer

        for name, expected in json.loads(self._listed).items():
            if file_sha256(self._folder / name) != expected:
                raise ModelError(
                    f"{self._folder / name} is not the shipped file; install Pilcrow again"
                )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(MOST_TOKENS)
        return session, tokenizer

    def encode(self, texts: list[str]) -> Rows:
        """See indexer.encoder.Encoder.encode; a text is read to its 384th token."""
        session, tokenizer = self._loaded
        tokens = [item.ids for item in tokenizer.encode_batch(texts)]
        rows = np.empty((len(texts), session.get_outputs()[0].shape[1]), np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            width = max(len(tokens[place]) for place in batch)
            ids = np.full((len(batch), width), PADDING, np.int64)
            mask = np.zeros((len(batch), width), np.int64)
            for row, place in enumerate(batch):
                ids[row, : len(tokens[place])] = tokens[place]
                mask[row, : len(tokens[place])] = 1
            rows[batch] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return rows


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Places of texts of like length, as many as make up BATCH_TOKENS when padded."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and (len(batch) + 1) * lengths[place] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
