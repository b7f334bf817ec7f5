"""Links to a passage that others can follow, and the W3C selectors of a quote."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urldefrag

from indexer.report import Passage, Report
from search_api.library.links.short_citation import passage_url

# A browser finds a text of this many words whole; a longer one is given by its ends.
WHOLE = 20
# Words at either end, and more where these occur in the report more than once.
ENDS = 5
CONTEXT = 32


def permalink(report: Report, passage: Passage, base: str = "") -> str:
    """The passage's address; `base` is the server's, without the slash at its end."""
    return base + passage_url(report, passage)


def text_fragment_link(
    report: Report, passage: Passage, start: int = 0, end: int | None = None
) -> str | None:
    """A link into the publisher's page that shows passage.text[start:end]; None without a page.

    Browsers match `#:~:text=[prefix-,]start[,end][,-suffix]` against words as shown, within one
    block of the page, so a term never runs over a line or a cell.
    """
    page, fragment = urldefrag(report.metadata.url)
    start, end = _whole_words(passage.text, start, len(passage.text) if end is None else end)
    pieces = _pieces(passage.text[start:end])
    if not page.startswith(("https://", "http://")) or not pieces:
        return None
    directive = _directive(report, passage, pieces, start, end)
    return f"{page}#{fragment}:~:text={directive}"


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The slice, grown to whole words: browsers match nothing less."""
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _pieces(text: str) -> list[list[str]]:
    """The words of each line or table cell, without the mark of a list item."""
    pieces = (re.sub(r"^\s*[-•*–·]\s", "", piece).split() for piece in re.split(r"[\n\t]+", text))
    return [piece for piece in pieces if piece]


def _directive(
    report: Report, passage: Passage, pieces: list[list[str]], start: int, end: int
) -> str:
    known = " ".join(report.text.split())
    if len(pieces) == 1 and len(pieces[0]) <= WHOLE:
        words = pieces[0]
        if known.count(" ".join(words)) <= 1:
            return _encoded(words)
        # The same words stand elsewhere too: what surrounds them in the passage tells them apart.
        before = re.split(r"[\n\t]", passage.text[:start])[-1].split()[-ENDS:]
        after = re.split(r"[\n\t]", passage.text[end:])[0].split()[:ENDS]
        parts = [f"{_encoded(before)}-"] if before else []
        parts += [_encoded(words)]
        parts += [f"-{_encoded(after)}"] if after else []
        return ",".join(parts)
    first, last = pieces[0], pieces[-1]
    # The ends of one line must not meet.
    share = 2 if len(pieces) == 1 else 1
    head = _shortest([first[:n] for n in range(ENDS, len(first) // share + 1)] or [first], known)
    tail = _shortest([last[-n:] for n in range(ENDS, len(last) // share + 1)] or [last], known)
    return f"{_encoded(head)},{_encoded(tail)}"


def _shortest(runs: list[list[str]], known: str) -> list[str]:
    """The first of these runs of words that the report has only once, else the longest."""
    return next((run for run in runs if known.count(" ".join(run)) == 1), runs[-1])


def _encoded(words: list[str]) -> str:
    """Words for a text directive, where `-`, `,` and `&` have a meaning of their own."""
    return quote(" ".join(words), safe="").replace("-", "%2D")


def selectors(
    report: Report, passage: Passage, start: int, end: int, base: str = ""
) -> dict[str, Any]:
    """A quote as a W3C Web Annotation resource; positions count code points of the report's text.

    `start` and `end` are offsets into the passage's text.
    """
    text, offset = report.text, passage.start
    first, last = offset + start, offset + end
    return {
        "type": "SpecificResource",
        "source": permalink(report, passage, base),
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": text[first:last],
                "prefix": text[max(0, first - CONTEXT) : first],
                "suffix": text[last : last + CONTEXT],
            },
            {"type": "TextPositionSelector", "start": first, "end": last},
        ],
    }
