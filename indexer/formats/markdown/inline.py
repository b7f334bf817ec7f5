"""Markdown inside a line: emphasis, links, code, escapes and tags give way to their text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from indexer.formats.fold import fold

# In order: escape, code, footnote call, image, link, address, tag, run of emphasis marks.
TOKEN = re.compile(
    r"""\\(?P<escaped>[!-/:-@\[-`{-~])
      | (?P<ticks>`{1,8}+)(?!`)(?P<code>[^`]{1,1000}|(?<=``).{1,1000}?)(?P=ticks)(?!`)
      | \[\^(?P<call>[^\]\s]{1,40})\]
      | !\[[^\[\]]{0,1000}\](?:\([^()\s]{0,2000}(?:\s+"[^"]{0,500}")?\)|\[[^\[\]]{0,200}\])
      | \[(?P<link>[^\[\]]{0,1000})\]
        (?:\((?P<target><[^<>]{0,2000}>|[^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?)
           (?:\s+(?:"[^"]{0,500}"|'[^']{0,500}'))?\)|\[[^\[\]]{0,200}\])
      | <(?P<address>(?:https?://|mailto:)[^<>\s]{1,2000})>
      | (?P<tag></?[A-Za-z][^<>]{0,2000}>|<!--(?:(?!<!--).){0,5000}?-->)
      | (?P<marks>\*+|_+|~~)""",
    re.VERBOSE | re.DOTALL,
)
# Longer than the code of any character, and perhaps than Python makes an integer of.
LONG_CODE = re.compile(r"&#[0-9]{9,};?")
SPECIAL = re.compile(r"[\\`\[!<*_~&]")
SPACED_TAG = re.compile(r"</?(?:br|p|div|li|td|th|tr|h[1-6])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inline:
    """A text without its markup, the footnotes called in it, and its share of inward links."""

    text: str
    calls: tuple[str, ...] = ()
    linked: float = 0.0


@dataclass(slots=True)
class _Marks:
    """A run of emphasis marks: where it stands among the pieces and how it may be used."""

    piece: int
    sign: str
    opens: bool
    closes: bool


def read_inline(source: str) -> Inline:
    """The text that a line or paragraph of Markdown shows."""
    if SPECIAL.search(source) is None:
        return Inline(fold(source))
    pieces: list[str] = []
    calls: list[str] = []
    marks: list[_Marks] = []
    linked = end = 0
    for match in TOKEN.finditer(source):
        pieces.append(_unescape(source[end : match.start()]))
        end = match.end()
        piece = match["escaped"] or match["code"] or match["address"] or ""
        if match["call"]:
            calls.append(match["call"])
        elif match["link"] is not None:
            # Links hold no links, so this goes one level deep.
            inner = read_inline(match["link"])
            piece = inner.text
            calls += inner.calls
            if (match["target"] or "").startswith("#"):
                linked += _letters(piece)
        elif match["tag"] is not None:
            piece = " " if SPACED_TAG.match(match["tag"]) else ""
        elif match["marks"] is not None:
            piece = match["marks"]
            marks.append(_marks(source, match, len(pieces)))
        pieces.append(piece)
    pieces.append(_unescape(source[end:]))
    for index in _emphasis(marks):
        pieces[index] = ""
    text = fold("".join(pieces))
    return Inline(text, tuple(calls), linked / max(1, _letters(text)))


def _unescape(text: str) -> str:
    return html.unescape(LONG_CODE.sub("\ufffd", text)) if "&" in text else text


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _marks(source: str, match: re.Match[str], piece: int) -> _Marks:
    before, after = source[: match.start()][-1:], source[match.end() : match.end() + 1]
    opens = after != "" and not after.isspace()
    closes = before != "" and not before.isspace()
    if match["marks"][0] == "_":
        # Within a word it is an underscore.
        opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
    return _Marks(piece, match["marks"][0], opens, closes)


def _emphasis(marks: list[_Marks]) -> list[int]:
    """The pieces that are emphasis marks; those that pair with none stay text."""
    paired: list[int] = []
    opened: dict[str, list[int]] = {"*": [], "_": [], "~": []}
    for mark in marks:
        waiting = opened[mark.sign]
        if mark.closes and waiting:
            paired += [waiting.pop(), mark.piece]
        elif mark.opens:
            waiting.append(mark.piece)
    return paired
