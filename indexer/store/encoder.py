"""The encoder of a store: the shipped one, or a model that was exported for it when it was indexed.

    STORE/encoder/FINGERPRINT/    a model without torch; the fingerprint is of its original weights
        model.onnx, weights-1.bin, ..., tokenizer.json, hashes.json
        refused.txt               instead of these: why questions need the original

An export gives the vectors of the original to a cosine of ALIKE on the store's own texts, so that
rows of either can be compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from indexer.encoders import DEFAULT_MODEL, load_encoder
from indexer.encoders.base import Encoder
from indexer.encoders.onnx import OnnxEncoder
from indexer.encoders.sentence_transformer import SentenceEncoder
from indexer.errors import ModelError
from indexer.store.atomic import make_folder, to_disk
from indexer.store.index import Engine

ALIKE = 0.9999
# Texts compared: from the shortest to the longest, which may be cut.
SAMPLE = 64
REFUSED = "refused.txt"


def encoder_of(store: Engine) -> Encoder:
    """The encoder that a store was built with; it loads its weights on first use.

    Raises:
        StoreError: the model of that name has other weights now.
        ModelError: it cannot be loaded.
    """
    encoder = encoder_named(store.folder, store.model, store.manifest["model"]["fingerprint"])
    store.check_encoder(encoder)
    return encoder


def encoder_named(folder: Path, name: str, fingerprint: str) -> Encoder:
    """The model of a name; as it was exported to a store folder, if it was."""
    return _exported(folder, name, fingerprint) or load_encoder(name)


def damaged_exports(folder: Path) -> list[Path]:
    """The exported models in a store folder that cannot be used."""
    places = [path for path in (folder / "encoder").glob("*") if not path.suffix]
    return [
        place
        for place in places
        if not (place / REFUSED).exists() and not OnnxEncoder("", place).whole
    ]


def encoder_for(
    folder: Path, texts: Iterable[str], model: str | None = None, before: Engine | None = None
) -> Encoder:
    """The encoder to index with; another model than the shipped one is exported to the store.

    Hold `writing(folder)`.

    Args:
        folder: the store folder.
        texts: of the reports to be indexed; the export is compared with the original on some,
            and they are read only then.
        model: a model by name; default the store's own, as it was exported, else the shipped one.
        before: the store as it was.

    Raises:
        ModelError: the model cannot be loaded.
    """
    own = before and _exported(folder, before.model, before.manifest["model"]["fingerprint"])
    if model is None and own:
        return own
    original = load_encoder(model or (before.model if before else DEFAULT_MODEL))
    if not isinstance(original, SentenceEncoder):
        return original
    place = _place(folder, original.fingerprint)
    if not place.exists():
        _export(original, place, texts)
        kept = {place, before and _place(folder, before.manifest["model"]["fingerprint"])}
        for other in set(place.parent.iterdir()) - kept:
            shutil.rmtree(other, ignore_errors=True)
    return _exported(folder, original.name, original.fingerprint) or original


def why_not_exported(store: Engine) -> str | None:
    """The reason why sentence-transformers encodes a store's questions; None if it does not."""
    refused = _place(store.folder, store.manifest["model"]["fingerprint"]) / REFUSED
    return refused.read_text(encoding="utf-8") if refused.exists() else None


def _place(folder: Path, fingerprint: str) -> Path:
    return folder / "encoder" / fingerprint[:16]


def _exported(folder: Path, name: str, fingerprint: str) -> Encoder | None:
    place = _place(folder, fingerprint)
    if not place.exists() or (place / REFUSED).exists():
        return None
    fix = f"delete {place} and run: pilcrow index REPORT --model {name}"
    return OnnxEncoder(name, place, fingerprint, fix)


def _export(original: SentenceEncoder, place: Path, texts: Iterable[str]) -> None:
    """Export into a folder that appears whole, or say there why not."""
    fresh = place.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_folder(fresh)
    ordered = sorted(texts, key=len)
    sample = [ordered[i * (len(ordered) - 1) // (SAMPLE - 1)] for i in range(SAMPLE)]
    try:
        original.export(fresh)
        likeness = (original.encode(sample) * OnnxEncoder("", fresh).encode(sample)).sum(axis=1)
        if not likeness.min() >= ALIKE:
            raise ModelError(
                f"its export gives other vectors (cosine {likeness.min():.4f}, not {ALIKE})"
            )
    except ModelError as error:
        shutil.rmtree(fresh)
        fresh.mkdir()
        (fresh / REFUSED).write_text(str(error), encoding="utf-8")
    for path in (*fresh.iterdir(), fresh):
        to_disk(path)
    fresh.rename(place)
    to_disk(place.parent)
