"""Old links to a report that was issued again: where the paragraph stands now, and a notice."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.errors import NotFoundError
from indexer.history import text_hash
from indexer.report import Report
from search_api.library.places import Place, passage_at, place_of

CHANGED = "The text of this paragraph has changed since the link was made."


@dataclass(frozen=True, slots=True)
class Resolved:
    """The target of a link now; `notice` says what changed since it was made, "" if nothing did."""

    place: Place
    notice: str


def resolve(report: Report, key: str, known_hash: str = "") -> Resolved:
    """Follow a link to a paragraph, made when its text had this hash (or "" if it does not say).

    Raises:
        NotFoundError: there is no such paragraph, and was none in any issue of the report.
    """
    try:
        place = place_of(report, key)
    except NotFoundError:
        followed = _followed(report, key, known_hash)
        if followed is None:
            raise
        return followed
    if not known_hash:
        return Resolved(place, _was_another(report, key))
    if text_hash(passage_at(report, place)) == known_hash:
        return Resolved(place, "")
    for index, passage in enumerate(report.passages):
        if text_hash(passage) == known_hash:
            return Resolved((index, ""), f"This was paragraph {key} in an earlier issue.")
    return _followed(report, key, known_hash) or Resolved(place, CHANGED)


def _was_another(report: Report, key: str) -> str:
    """What a bare link's reader must know: the number was another paragraph's before."""
    for version in reversed(report.history):
        for move in version.moves:
            if move.key == key and move.now != key:
                where = f"is now paragraph {move.now}" if move.now else "is not in this one"
                return f"What was paragraph {key} in an earlier issue {where}."
    return ""


def _followed(report: Report, key: str, known_hash: str) -> Resolved | None:
    """The place now of a paragraph of an earlier issue, the latest issue that had it first.

    Raises:
        NotFoundError: it is not in this issue any more.
    """
    for version in reversed(report.history):
        for move in version.moves:
            if move.key != key or (known_hash and move.hash != known_hash):
                continue
            if move.now is None:
                raise NotFoundError(
                    f"paragraph {key} was in an earlier issue of {report.id} and is not in this one"
                )
            place = place_of(report, move.now)
            if move.now == key:
                return Resolved(place, CHANGED)
            changed = text_hash(report.passages[place[0]]) != move.hash
            notice = f"This was paragraph {key} in an earlier issue."
            return Resolved(place, notice + (" Its text has changed since." if changed else ""))
    return None
