"""What was chosen on questions with known answers: ranking weights, confidence and threshold.

`settings.json` beside this module holds them for each model that was measured; a store that
`pilcrow tune` fitted to a user's questions has its own, which may name a cross-encoder besides.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from indexer.errors import StoreError
from indexer.store import LAYOUT, read_sealed, spare_of, write_sealed, writing
from indexer.store.atomic import to_disk
from indexer.store.index import Engine

# Models that were not measured are answered with the settings of a plain sentence encoder.
OTHER_MODELS = "other"
# Nor can a store without token vectors (an earlier one, or one on a server) be read by them.
WITHOUT_TOKENS = "without tokens"
TUNED = LAYOUT.settings
# What reads an answer, in receipts; with another one a saved answer may differ.
READER = "reader-2"


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts. `unnumbered` is taken off passages that carry no number."""

    passage: float
    sentence: float
    bm25: float
    unnumbered: float
    late: float = 0.0
    cross_encoder: float = 0.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic function of the reader's signals, and the value below which nothing is quoted."""

    weights: tuple[float, ...]
    bias: float
    threshold: float


@dataclass(frozen=True, slots=True)
class CrossEncoderId:
    """Which cross-encoder is meant: its name or folder, and the hash of its weights."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen on questions with known answers.

    With a cross-encoder the confidence has a last weight more, for its judgement.
    """

    ranking: Weights
    confidence: Confidence
    cross_encoder: CrossEncoderId | None = None


def settings_of(store: Engine) -> Settings:
    """The settings questions to a store are answered with: its own if they fit, else the shipped.

    Raises:
        StoreError: the store's own settings cannot be read.
    """
    own = own_settings(store)
    if own is not None:
        return own
    chosen = shipped(store.model)
    # On evidence that a store does not keep, every answer would be refused.
    return shipped(WITHOUT_TOKENS) if chosen.ranking.late and not store.token_dim else chosen


def own_settings(store: Engine) -> Settings | None:
    """A store's own settings; None without any, or when they were fitted for something else.

    Raises:
        StoreError: they cannot be read.
    """
    own = store.folder / TUNED
    try:
        found = read_sealed(own)
        if found["fitted_for"] != _fitted_for(store):
            return None
        settings = read_settings(found)
        signals = len(shipped(store.model).confidence.weights)
        if len(settings.confidence.weights) != signals + (settings.cross_encoder is not None):
            raise ValueError
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"{own} is damaged; run pilcrow doctor --repair, or be rid of it: pilcrow tune --reset"
        ) from error
    return settings


def outdated(store: Engine) -> bool:
    """Whether a store has own settings that are not used, fitted to another reader or model."""
    return (store.folder / TUNED).exists() and own_settings(store) is None


def save_settings(store: Engine, settings: Settings) -> None:
    """Make these a store's own settings.

    Raises:
        StoreError: the folder cannot be written.
    """
    kept = {"fitted_for": _fitted_for(store), **settings_json(settings)}
    path = store.folder / TUNED
    with writing(store.folder):
        try:
            write_sealed(path, kept)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}); check permissions and free space"
            ) from error


def delete_settings(folder: Path) -> bool:
    """Delete a store's own settings; False when it has none.

    Raises:
        StoreError: they cannot be deleted.
    """
    path = folder / TUNED
    with writing(folder):
        try:
            # In this order: a spare that is left alone can only be of a file that went missing.
            spare_of(path).unlink(missing_ok=True)
            path.unlink()
            to_disk(folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(
                f"{path} cannot be deleted ({error.strerror}); check permissions"
            ) from error
    return True


def reader_name(store: Engine, settings: Settings) -> str:
    """The name in receipts of what reads an answer; settings of one's own add their hash."""
    own = "" if settings == shipped(store.model) else f"+{_digest(settings)[:8]}"
    return READER + own


def _fitted_for(store: Engine) -> dict[str, str]:
    """What settings are tied to: the model's weights, and the shipped settings they improve on.

    A later version with another reader ships other settings, so that own ones fall with them.
    """
    model = store.manifest["model"]
    return {
        "model": model["name"],
        "fingerprint": model["fingerprint"],
        "shipped": _digest(shipped(store.model)),
    }


def _digest(settings: Settings) -> str:
    return hashlib.sha256(json.dumps(settings_json(settings), sort_keys=True).encode()).hexdigest()


@cache
def shipped(model: str) -> Settings:
    """The shipped settings for a model."""
    known = json.loads((files("search_api.ask") / "settings.json").read_text(encoding="utf-8"))
    return read_settings(known.get(model, known[OTHER_MODELS]))


def read_settings(found: dict[str, Any]) -> Settings:
    """Settings from their JSON form."""
    fitted, named = found["confidence"], found.get("cross_encoder")
    return Settings(
        Weights(**{name: float(value) for name, value in found["ranking"].items()}),
        Confidence(
            tuple(map(float, fitted["weights"])), float(fitted["bias"]), float(fitted["threshold"])
        ),
        CrossEncoderId(str(named["name"]), str(named["fingerprint"])) if named else None,
    )


def settings_json(settings: Settings) -> dict[str, Any]:
    """The JSON form of settings; of a cross-encoder only where there is one."""
    found = asdict(settings)
    if settings.cross_encoder is None:
        # Receipts hold a hash of this, also those of before there were cross-encoders.
        del found["cross_encoder"], found["ranking"]["cross_encoder"]
    if not settings.ranking.late:
        del found["ranking"]["late"]
    return found
