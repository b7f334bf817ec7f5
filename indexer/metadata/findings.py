"""What a document was found to say of itself, and what of it to believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from indexer.report import Known, Metadata
from indexer.text import compared_words


@dataclass(frozen=True, slots=True)
class Finding:
    """A value of a field, where it stands, and whether that place leaves no doubt."""

    field: str
    value: Any
    source: str
    sure: bool


def believed(findings: Iterable[Finding]) -> Metadata:
    """The metadata that findings make, the first of those for a field that are sure.

    A doubtful one that another place bears out, word for word, is sure.
    """
    by_field: dict[str, list[Finding]] = {}
    for each in findings:
        if each.value:
            by_field.setdefault(each.field, []).append(each)
    chosen = [_best(each) for each in by_field.values()]
    known = tuple(Known(each.field, each.source, each.sure) for each in chosen)
    return replace(Metadata(), **{each.field: each.value for each in chosen}, known=known)


def _best(found: list[Finding]) -> Finding:
    best = next((each for each in found if each.sure), found[0])
    others = {each.source for each in found if _same(each.value, best.value)}
    return replace(best, sure=best.sure or len(others) > 1)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return compared_words(one) == compared_words(other)
    return bool(one == other)
