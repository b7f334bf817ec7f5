"""Texts to unit vectors by the encoder that ships with Pilcrow, run by onnxruntime.

The model card beside the weights (`indexer/model/README.md`) says what it was made from and how
well it does. Neither torch nor transformers is loaded.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache, cached_property
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


class OnnxEncoder:
    """The shipped encoder, loaded on first use."""

    name = NAME

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the list of the hashes of the model's files."""
        return hashlib.sha256(_listed()).hexdigest()

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime

        folder = _checked_folder()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(_checked_folder() / "tokenizer.json"))
        tokenizer.enable_truncation(MOST_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def encode(self, texts: list[str]) -> Rows:
        """See indexer.encoder.Encoder.encode; a text is read to its 384th token."""
        tokens = [item.ids for item in self._tokenizer.encode_batch(texts)]
        rows: Rows | None = None
        for batch in _batches([len(ids) for ids in tokens]):
            width = max(len(tokens[i]) for i in batch)
            ids = np.ones((len(batch), width), np.int64)
            mask = np.zeros((len(batch), width), np.int64)
            for place, i in enumerate(batch):
                ids[place, : len(tokens[i])] = tokens[i]
                mask[place, : len(tokens[i])] = 1
            found = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            if rows is None:
                rows = np.empty((len(texts), found.shape[1]), np.float32)
            rows[batch] = found
        return rows if rows is not None else np.empty((0, 0), np.float32)


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


def _folder() -> Path:
    return Path(str(files("indexer") / "model"))


def _listed() -> bytes:
    try:
        return (_folder() / "hashes.json").read_bytes()
    except OSError as error:
        raise ModelError(
            f"the shipped model is missing ({error.strerror}); install Pilcrow again"
        ) from error


@cache
def _checked_folder() -> Path:
    """The folder of the shipped model, its files checked.

    Raises:
        ModelError: a file is missing or not the one that was shipped.
    """
    folder = _folder()
    for name, expected in json.loads(_listed()).items():
        if file_sha256(folder / name) != expected:
            raise ModelError(f"{folder / name} is not the shipped file; install Pilcrow again")
    return folder
