"""The fields of a report's metadata, and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from indexer.errors import ReportError
from indexer.report import Known, Metadata
from indexer.text import one_line

TEXTS = (
    "title", "short_title", "publisher", "kind", "url", "licence", "attribution", "court",
    "neutral_citation", "number", "journal", "volume", "issue", "pages",
)  # fmt: skip
LISTS = ("authors", "examples", "parties")
DATES = ("published", "accessed")
FIELDS: dict[str, type] = (
    dict.fromkeys(TEXTS, str) | dict.fromkeys(LISTS, list) | dict.fromkeys(DATES, date)
)
KINDS = (
    "report", "legal_case", "book", "legislation", "regulation", "treaty", "webpage", "article",
)  # fmt: skip
LONGEST, MOST = 4_000, 200
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def checked(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values as Metadata holds them: text in one line, lists as tuples.

    Args:
        values: by field name; texts, lists of texts, dates.
        where: what they come from, for messages.

    Raises:
        ReportError: a field is unknown, of the wrong type, too long, or of no known kind.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise ReportError(f"{where}: unknown field '{name}'; use {', '.join(FIELDS)}")
        wanted = FIELDS[name]
        if isinstance(value, datetime) or not isinstance(value, wanted):
            raise ReportError(f"{where}: '{name}' must be a {wanted.__name__}")
        found[name] = _plain(name, value, where)
    if found.get("kind", "report") not in KINDS:
        raise ReportError(f"{where}: kind must be one of {', '.join(KINDS)}")
    return found


def _plain(name: str, value: Any, where: str) -> Any:
    if isinstance(value, date):
        return value
    texts = [value] if isinstance(value, str) else [str(each) for each in value]
    if len(texts) > MOST or sum(map(len, texts)) > LONGEST:
        raise ReportError(f"{where}: '{name}' is longer than {LONGEST:,} letters; shorten it")
    lines = tuple(line for text in texts if (line := one_line(text)))
    return lines if not isinstance(value, str) else "".join(lines)


def from_words(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Checked values of which dates may be written as text: 2012-05-14.

    An empty value stands for a field that is to be unknown again.

    Raises:
        ReportError: see `checked`; a date is none, or a URL cannot be opened.
    """
    read = dict(values)
    for name in DATES:
        if isinstance(text := read.get(name), str):
            read[name] = _day(name, text.strip(), where) if text.strip() else None
    empty = {name for name, value in read.items() if value in ("", None, [], ())}
    unknown = empty - set(FIELDS)
    if unknown:
        raise ReportError(f"{where}: unknown field '{min(unknown)}'; use {', '.join(FIELDS)}")
    found = checked({name: value for name, value in read.items() if name not in empty}, where)
    if not found.get("url", "https://").startswith(("https://", "http://")):
        raise ReportError(f"{where}: url must begin with https:// or http://")
    defaults = Metadata()
    return found | {name: getattr(defaults, name) for name in sorted(empty)}


def _day(name: str, text: str, where: str) -> date:
    try:
        if not DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ReportError(f"{where}: '{name}' is no date; write it as 2012-05-14") from None


def with_fields(about: Metadata, values: Mapping[str, Any], source: str) -> Metadata:
    """The metadata with these values, known from `source`, in place of what was known before."""
    filled = {name: value for name, value in values.items() if value}
    kept = [each for each in about.known if each.field not in values]
    known = (*kept, *(Known(name, source) for name in filled))
    return replace(about, **values, known=known)
