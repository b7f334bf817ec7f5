"""Texts to unit vectors by onnxruntime: the encoder that ships with Pilcrow, or an exported one.

`indexer/model/README.md`, the model card, says what the shipped one was made from and how well it
does. Neither torch nor transformers is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
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
FIX = "install Pilcrow again"
# What holds where tokenizer.json does not say otherwise.
MOST_TOKENS = 384
PADDING = 1
# Padded tokens run at once: enough to fill two cores, little enough to stay in the cache.
BATCH_TOKENS = 2_048


class OnnxEncoder:
    """An encoder in a folder that `export_model` or `search_api.reader.train` wrote.

    It is loaded on first use, its files checked against hashes.json.

    Args:
        name: the model's name, as a user gives it.
        folder: where it is; default the shipped one.
        fingerprint: of the weights it was exported from; default that of its own files.
        fix: what to do when its files have changed.
    """

    def __init__(
        self,
        name: str = NAME,
        folder: Path | None = None,
        fingerprint: str | None = None,
        fix: str = FIX,
    ) -> None:
        self.name = name
        self._folder = folder or Path(str(files("indexer") / "model"))
        self._fingerprint = fingerprint
        self._fix = fix

    @cached_property
    def fingerprint(self) -> str:
        """As given, else the SHA-256 of the list of the hashes of the model's files."""
        return self._fingerprint or hashlib.sha256(self._listed).hexdigest()

    @cached_property
    def _listed(self) -> bytes:
        try:
            return (self._folder / "hashes.json").read_bytes()
        except OSError as error:
            raise ModelError(
                f"{self._folder} is not a model ({error.strerror}); {self._fix}"
            ) from error

    @property
    def _hashes(self) -> dict[Path, str]:
        try:
            listed = json.loads(self._listed)
            return {self._folder / name: str(known) for name, known in listed.items()}
        except (ValueError, AttributeError) as error:
            raise ModelError(f"{self._folder}/hashes.json has changed; {self._fix}") from error

    @property
    def whole(self) -> bool:
        """True when each of its files has the hash it should have."""
        try:
            hashes = self._hashes
            return bool(hashes) and all(file_sha256(path) == hashes[path] for path in hashes)
        except ModelError:
            return False

    @cached_property
    def _loaded(self) -> tuple[InferenceSession, Tokenizer, int]:
        """The session, the tokenizer, and the token that pads."""
        paths = self._hashes
        with ThreadPoolExecutor() as pool:
            # Hashing leaves the interpreter free to load the libraries meanwhile.
            hashes = pool.map(file_sha256, paths)
            import onnxruntime
            from tokenizers import Tokenizer

            for path, found in zip(paths, hashes, strict=True):
                if found != paths[path]:
                    raise ModelError(f"{path} has changed; {self._fix}")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that wait in a busy loop take the processor from whoever else is at work on it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Without it, onnxruntime takes the physical cores.
        threads = os.environ.get("OMP_NUM_THREADS", "")
        if threads.isdigit():
            options.intra_op_num_threads = int(threads)
        session = onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        if tokenizer.truncation is None:
            tokenizer.enable_truncation(MOST_TOKENS)
        padding = tokenizer.padding["pad_id"] if tokenizer.padding else PADDING
        # A batch is padded here, among texts of like length.
        tokenizer.no_padding()
        return session, tokenizer, padding

    def encode(self, texts: list[str]) -> Rows:
        """See indexer.encoder.Encoder.encode; the shipped one reads a text to its 384th token."""
        session, tokenizer, padding = self._loaded
        tokens = [item.ids for item in tokenizer.encode_batch(texts)]
        rows = np.empty((len(texts), session.get_outputs()[0].shape[1]), np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            width = max(len(tokens[place]) for place in batch)
            ids = np.full((len(batch), width), padding, np.int64)
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
