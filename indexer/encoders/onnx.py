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

from indexer.encoders.base import Rows, TokenRows, file_sha256
from indexer.encoders.products import Given, products
from indexer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

NAME = "pilcrow-1"
FIX = "install Pilcrow again"
# What holds where tokenizer.json does not say otherwise.
MOST_TOKENS = 384
PADDING = 1
# The graph's outputs; one that was exported for a store has the first alone.
VECTORS, TOKENS, SALIENCE, ANSWERS = "vectors", "tokens", "salience", "answers"
# Where in a row of tokens the window begins that a question is read beside: the graph's input by
# which it reads. What is read of a question and of a window, in tokens.
SECOND = "second"
MOST_ASKED, MOST_WINDOW = 40, 80
# Punctuation, articles, forms of "to be" and prepositions of every sentence. What a question may
# hang on, such as "not", "because" or "by", is none of them.
CARRY_NOTHING = (
    *".,;:!?()[]{}\"'’‘“”-–—/*_`~|\\•·…",
    *("the", "a", "an", "of", "to", "and", "in", "on", "at", "as", "with", "that", "this"),
    *("these", "it", "its", "is", "are", "was", "were", "be", "been", "being"),
    *("has", "have", "had"),
)
# Padded tokens run at once: enough to fill a processor, little enough to stay in its cache.
BATCH_TOKENS = 512


class OnnxEncoder:
    """An encoder in a folder that `export_model` or `search_api.training.train` wrote.

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
    def _tokenizer(self) -> tuple[Tokenizer, int]:
        """The tokenizer, and the token that pads; the model's files are checked."""
        paths = self._hashes
        with ThreadPoolExecutor() as pool:
            # Hashing leaves the interpreter free to load the libraries meanwhile.
            hashes = pool.map(file_sha256, paths)
            import onnxruntime  # noqa: F401
            from tokenizers import Tokenizer

            for path, found in zip(paths, hashes, strict=True):
                if found != paths[path]:
                    raise ModelError(f"{path} has changed; {self._fix}")
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        if tokenizer.truncation is None:
            tokenizer.enable_truncation(MOST_TOKENS)
        padding = tokenizer.padding["pad_id"] if tokenizer.padding else PADDING
        # A batch is padded here, among texts of like length.
        tokenizer.no_padding()
        return tokenizer, padding

    @cached_property
    def _given(self) -> Given:
        """What the graph leaves to be given, made once and shared by both sessions."""
        return products(self._folder)

    @cached_property
    def _for_one(self) -> InferenceSession:
        """All processors at one batch: the shortest wait for a question."""
        return self._session(processors())

    @cached_property
    def _for_many(self) -> InferenceSession:
        """One processor a batch: a fifth faster for many, as none waits for another."""
        return self._session(1)

    def _session(self, threads: int) -> InferenceSession:
        from onnxruntime import InferenceSession, OrtValue, SessionOptions

        options = SessionOptions()
        options.log_severity_level = 3
        # Threads that wait in a busy loop take the processor from whoever else is at work on it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.intra_op_num_threads = threads
        if self._given:
            values = [OrtValue.ortvalue_from_numpy(value) for value in self._given.values()]
            options.add_external_initializers(list(self._given), values)
        return InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _outputs(self) -> dict[str, list[int | str]]:
        return {output.name: output.shape for output in self._for_one.get_outputs()}

    @property
    def token_dim(self) -> int:
        """See TokenEncoder.token_dim."""
        return int(self._outputs[TOKENS][2]) if TOKENS in self._outputs else 0

    @property
    def reads(self) -> bool:
        """See Reader.reads."""
        return ANSWERS in self._outputs

    def encode(self, texts: list[str]) -> Rows:
        """See Encoder.encode; the shipped one reads a text to its 384th token."""
        return self._run(self._tokenized(texts), [VECTORS])[0]

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        """See TokenEncoder.encode_tokens."""
        tokenized = self._tokenized(texts)
        rows, (tokens, salience) = self._run(tokenized, [VECTORS, TOKENS, SALIENCE])
        found = []
        for each, vectors, counts in zip(tokenized, tokens, salience, strict=True):
            ids = np.array(each.ids, np.uint16)
            content = ~np.isin(ids, self._empty)
            found.append(TokenRows(ids, vectors, counts, each.offsets, content))
        return rows, found

    def judge(self, question: str, window: str) -> float:
        """See Reader.judge; the lower layers read question and window each for itself."""
        both = self._tokenized([question, window])
        asked, read = (
            [*item.ids[: most - 1], item.ids[-1]] if len(item.ids) > most else item.ids
            for item, most in zip(both, (MOST_ASKED, MOST_WINDOW), strict=True)
        )
        ids = np.array([[*asked, *read]], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        found = self._for_one.run([ANSWERS], {**given, SECOND: np.array([len(asked)])})
        return float(found[0][0])

    @cached_property
    def _empty(self) -> NDArray[np.int64]:
        """Ids of the tokens that carry nothing."""
        tokenizer = self._tokenizer[0]
        special = [i for i, token in tokenizer.get_added_tokens_decoder().items() if token.special]
        known = (tokenizer.token_to_id(word) for word in CARRY_NOTHING)
        return np.array([*special, *(i for i in known if i is not None)], np.int64)

    def _tokenized(self, texts: list[str]) -> list[Encoding]:
        found: list[Encoding] = self._tokenizer[0].encode_batch(texts)
        return found

    def _run(self, texts: list[Encoding], outputs: list[str]) -> tuple[Rows, list[list[Rows]]]:
        """The vectors of texts, and for each further output what it says of their tokens."""
        padding = self._tokenizer[1]
        tokens = [item.ids for item in texts]
        batches = list(like_lengths([len(ids) for ids in tokens], BATCH_TOKENS))
        session = self._for_one if len(batches) < 2 else self._for_many

        def vectors(batch: list[int]) -> list[Rows]:
            width = max(len(tokens[place]) for place in batch)
            ids = np.full((len(batch), width), padding, np.int64)
            mask = np.zeros((len(batch), width), np.int64)
            for row, place in enumerate(batch):
                ids[row, : len(tokens[place])] = tokens[place]
                mask[row, : len(tokens[place])] = 1
            found: list[Rows] = session.run(outputs, {"input_ids": ids, "attention_mask": mask})
            return found

        rows = np.empty((len(texts), session.get_outputs()[0].shape[1]), np.float32)
        of_tokens: list[list[Rows]] = [[rows[:0]] * len(texts) for _ in outputs[1:]]
        with ThreadPoolExecutor(processors()) as pool:
            run = map if len(batches) < 2 else pool.map
            for batch, found in zip(batches, run(vectors, batches), strict=True):
                rows[batch] = found[0]
                for kept, said in zip(of_tokens, found[1:], strict=True):
                    for place, each in zip(batch, said, strict=True):
                        kept[place] = each[: len(tokens[place])].copy()
        return rows, of_tokens


def processors() -> int:
    """The number of processors to use; $OMP_NUM_THREADS, if set."""
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit():
        return max(1, int(threads))
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def like_lengths(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Places of texts of like length, up to `most` tokens together when padded, longest last."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and (len(batch) + 1) * lengths[place] > most:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
