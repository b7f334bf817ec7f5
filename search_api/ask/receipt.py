"""Answers that can be checked again: what produced them, re-run and compared."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.encoders.base import Encoder
from indexer.errors import PilcrowError
from indexer.outside import bytes_of
from indexer.store.index import Engine
from search_api.ask.answer import answer
from search_api.types.answers import Answer

# Scores are sums of float32 products, which another processor may add up in another order.
SCORE_TOLERANCE = 1e-4


class Check(BaseModel):
    """The outcome of running an answer again: what differs, nothing when it is confirmed."""

    model_config = ConfigDict(frozen=True)

    confirmed: bool
    differences: list[str]


def load_receipt(path: Path) -> Answer:
    """Read an answer that `pilcrow ask --json` or the API gave.

    Raises:
        PilcrowError: the file cannot be read or holds no answer.
    """
    try:
        return Answer.model_validate_json(bytes_of(path))
    except OSError as error:
        raise PilcrowError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise PilcrowError(
            f"{path.name} is no answer of pilcrow ({where}: {first['msg']}); save one with: "
            "pilcrow ask QUESTION --json > FILE"
        ) from error


def check_receipt(store: Engine, encoder: Encoder, given: Answer) -> Check:
    """Ask the question of an answer again, as it was asked, and say what differs."""
    asked = given.receipt
    again = answer(
        store,
        encoder,
        given.question,
        asked.report,
        asked.section,
        asked.limit,
        after=asked.after,
    )
    differences = [
        f"{name}: {before} then, {now} now"
        for name, before, now in (
            ("store", asked.store, again.receipt.store),
            ("model", asked.model, again.receipt.model),
            ("reader", asked.reader, again.receipt.reader),
            ("version", asked.version, again.receipt.version),
            ("status", given.status, again.status),
            ("quotes", len(given.quotes), len(again.quotes)),
            ("hits", [hit.key for hit in given.hits], [hit.key for hit in again.hits]),
        )
        if before != now
    ]
    if abs(given.confidence - again.confidence) > SCORE_TOLERANCE:
        differences.append(f"confidence: {given.confidence} then, {again.confidence} now")
    for key, before_hash in asked.paragraphs.items():
        now_hash = again.receipt.paragraphs.get(key)
        if now_hash is not None and now_hash != before_hash:
            differences.append(f"text of {key}: changed since")
    for number, (old, new) in enumerate(zip(given.quotes, again.quotes, strict=False), start=1):
        if (old.report, old.key, old.start, old.end, old.text) != (
            new.report,
            new.key,
            new.start,
            new.end,
            new.text,
        ):
            differences.append(f"quote {number}: {old.citation} then, {new.citation} now")
        elif abs(old.score - new.score) > SCORE_TOLERANCE:
            differences.append(f"score of quote {number}: {old.score} then, {new.score} now")
    return Check(confirmed=not differences, differences=differences)
