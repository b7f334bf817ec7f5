"""A piece of a report's text as markup, with what is marked in it, and its links."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

Span = tuple[int, int]
MARK = Markup("<mark>{}</mark>")
LINK = Markup('<a class="ref" href="{}">{}</a>')


def in_script(data: Mapping[str, Any]) -> Markup:
    """JSON for a script element, which nothing in it can close."""
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", r"\u003c"))  # noqa: S704


def piece_of(
    piece: str, at: int, marks: Sequence[Span] = (), links: Iterable[Mapping[str, Any]] = ()
) -> Markup:
    """The piece that begins at offset `at` of its text; its characters are all there, in order.

    `marks` are slices of the text, `links` cross-references with `start`, `end` and `url`.
    """
    size = len(piece)
    anchors = [
        (link["start"] - at, link["end"] - at, link["url"])
        for link in links
        if link["start"] >= at and link["end"] <= at + size
    ]
    shown = Markup()
    done = 0
    for start, end, url in sorted(anchors):
        if start >= done:
            shown += _marked(piece, done, start, at, marks)
            shown += LINK.format(url, _marked(piece, start, end, at, marks))
            done = end
    return shown + _marked(piece, done, size, at, marks)


def _marked(piece: str, start: int, end: int, at: int, marks: Sequence[Span]) -> Markup:
    shown = Markup()
    done = start
    for first, last in marks:
        low, high = max(first - at, done), min(last - at, end)
        if low < high:
            shown += escape(piece[done:low]) + MARK.format(piece[low:high])
            done = high
    return shown + escape(piece[done:end])
