"""Ranked passages read again by a user's own cross-encoder (Nogueira and Cho 2019).

Any CrossEncoder of sentence-transformers with one label; `pilcrow tune --cross-encoder` fits how
much it counts. It reads the question beside what would be quoted, under its heading: with all of
its neighbours, each sentence would be nearly the text that the next one is, and none could be told
to be the one to quote. Which sentences it reads does not depend on what was fitted, so that a score
stays a weighted sum of signals.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoders.base import Rows
from indexer.errors import ModelError
from indexer.store.index import Engine
from search_api.ask.question.query import Query
from search_api.ask.ranking import Ranked, weighed
from search_api.ask.reading.quotes import leaning, quotable
from search_api.ask.tuned import CrossEncoderId, shipped

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# What is read: the sentences nearest to the question, of the best passages by the shipped weights.
PASSAGES, SENTENCES = 20, 40
NOT_READ = -1.0
# Whose models may go by their last name alone, as in sentence-transformers; what is not fetched.
ORGANISATION = "cross-encoder"
OTHER_FORMATS = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot"]
NAME_ANOTHER = "give the name or folder of a sentence-transformers CrossEncoder"
GO_BACK = "put it back, or go back to the shipped settings: pilcrow tune --reset"
# transformers cannot load two models at once, nor a tokenizer serve two threads.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence to be read: its passage, its place there, its similarity, and it as a text."""

    ranked: Ranked
    place: int
    similarity: float
    text: str


def judge(
    store: Engine,
    query: Query,
    ranked: Sequence[Ranked],
    cross_encoder: CrossEncoderId,
    weight: float,
) -> list[Ranked]:
    """The passages with what a cross-encoder finds in them, ranked again.

    Args:
        store: where the passages are.
        query: the question.
        ranked: the passages by the other signals.
        cross_encoder: which one is to read.
        weight: what the best probability of a passage's sentences counts.

    Raises:
        ModelError: it cannot be loaded, or is not the one that is meant.
    """
    candidates = sorted(_candidates(store, ranked), key=lambda item: -item.similarity)[:SENTENCES]
    if not candidates:
        return list(ranked)
    texts = list(dict.fromkeys(item.text for item in candidates))
    found = probabilities(cross_encoder, query.text, texts)
    probability = dict(zip(texts, found.tolist(), strict=True))
    judged: dict[int, Rows] = {}
    for item in candidates:
        unread = np.full(len(item.ranked.sentences), NOT_READ, np.float32)
        judged.setdefault(item.ranked.row, unread)[item.place] = probability[item.text]
    read = [replace(item, judged=judged.get(item.row)) for item in ranked]
    scored = [replace(item, score=item.score + weight * item.cross_encoder) for item in read]
    return sorted(scored, key=lambda item: (-item.score, item.row))


def _candidates(store: Engine, ranked: Sequence[Ranked]) -> Iterator[Candidate]:
    """The sentences that may be quoted from the best passages."""
    weights = astuple(shipped(store.model).ranking)
    fused = {
        item.row: sum(weight * part for weight, part in zip(weights, weighed(item), strict=True))
        for item in ranked
    }
    for item in sorted(ranked, key=lambda item: (-fused[item.row], item.row))[:PASSAGES]:
        _, passage = store.rows[item.row]
        for place in np.flatnonzero(quotable(passage)).tolist():
            start, end = leaning(passage, place)
            text = "\n".join([*passage.section[-1:], passage.text[start:end]])
            yield Candidate(item, place, float(item.sentences[place]), text)


def probabilities(cross_encoder: CrossEncoderId, question: str, texts: list[str]) -> Rows:
    """The probability (0..1) of each text that it answers a question, shape (len(texts),).

    Raises:
        ModelError: the cross-encoder cannot be loaded, or has other weights than are meant.
    """
    with _one_at_a_time:
        model = _loaded(cross_encoder)
        from torch.nn import Sigmoid

        found: Rows = model.predict(
            [(question, text) for text in texts], activation_fn=Sigmoid(), show_progress_bar=False
        )
    return found


def identify(name: str) -> CrossEncoderId:
    """The cross-encoder of a name or folder; one that is not on this machine is fetched.

    Raises:
        ModelError: it cannot be loaded, or cannot tell how likely a text answers.
    """
    # A folder is meant wherever a question is asked from.
    place = str(Path(name).resolve()) if Path(name).is_dir() else name
    with _one_at_a_time:
        try:
            model = _load(place, NAME_ANOTHER)
        except ModelError:
            model = _load(place, NAME_ANOTHER, hub=True)
        again = _load(place, NAME_ANOTHER)
    fingerprint = _fingerprint(model)
    # What a file lacks is drawn at random, each time anew.
    if _fingerprint(again) != fingerprint:
        raise ModelError(
            f"'{name}' was not trained as a cross-encoder: it lacks weights; {NAME_ANOTHER}"
        )
    if model.num_labels != 1:
        raise ModelError(
            f"cross-encoder '{name}' has {model.num_labels} labels, not one; {NAME_ANOTHER} "
            "that tells how likely a text answers a question"
        )
    return CrossEncoderId(place, fingerprint)


@lru_cache(maxsize=2)
def _loaded(cross_encoder: CrossEncoderId) -> CrossEncoder:
    model = _load(cross_encoder.name, GO_BACK)
    if _fingerprint(model) != cross_encoder.fingerprint:
        raise ModelError(
            f"cross-encoder '{cross_encoder.name}' has other weights than when it was fitted; run "
            f"pilcrow tune again, {GO_BACK}"
        )
    return model


def _load(name: str, fix: str, *, hub: bool = False) -> CrossEncoder:
    """The model of a name or folder, from this machine's files unless a hub may be asked."""
    try:
        from huggingface_hub import snapshot_download
        from sentence_transformers import CrossEncoder
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        raise ModelError(
            f"cross-encoder '{name}' needs sentence-transformers; run: pip install "
            "sentence-transformers, or go back to the shipped settings: pilcrow tune --reset"
        ) from error
    disable_progress_bar()
    folder = name
    if not Path(name).is_dir():
        try:
            folder = snapshot_download(
                name if "/" in name else f"{ORGANISATION}/{name}",
                cache_dir=os.environ.get("SENTENCE_TRANSFORMERS_HOME"),
                local_files_only=not hub,
                ignore_patterns=OTHER_FORMATS,
            )
        except Exception as error:
            where = (
                "neither on this machine nor to be had from a hub" if hub else "not on this machine"
            )
            raise ModelError(f"cross-encoder '{name}' is {where}; {fix}") from error
    try:
        # By path: by name, transformers asks the hub even where it must not.
        model = CrossEncoder(folder, device="cpu", local_files_only=True)
    except Exception as error:
        why = str(error).partition("\n")[0]
        raise ModelError(f"cross-encoder '{name}' cannot be loaded ({why}); {fix}") from error
    # Half precision is slow on a processor, and rounds otherwise on another.
    return model.float()


def _fingerprint(model: CrossEncoder) -> str:
    """SHA-256 of the tensors."""
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().numpy().tobytes())
    return digest.hexdigest()
