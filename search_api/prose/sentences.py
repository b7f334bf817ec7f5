"""A model's text, piece by piece, to whole sentences with the keys behind them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from indexer.sentences import split_sentences
from search_api.verify.drafts.document import parse_draft

KEYS = re.compile(r"\[(?P<keys>[^\[\]\n]{1,200})\](?!\()")
# Keys after the full stop belong to the sentence that it ends.
KEYS_AFTER = re.compile(
    r"(?P<stop>(?<![.!?…])[.!?…]++[\"”’')]*+)(?P<keys>(?:[ \t]*\[[^\[\]\n]{1,200}\](?!\())+)[.]?"
)
KEY_NAME = re.compile(r"^(?:paragraphs?|paras?|keys?)\.?\s+", re.IGNORECASE)
BREAK = re.compile(r"\n\s*")
ENDED = re.compile(r"[.!?…][\"”’')]*$")
TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
# A list's mark at the head of a line says nothing.
ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as the model wrote it and in plain text; `keys` are those behind or in it."""

    raw: str
    text: str
    keys: tuple[str, ...]
    ended: bool = True


class SentenceStream:
    """Cuts text that comes in pieces into sentences, each as soon as it and its keys are whole."""

    def __init__(self) -> None:
        self._held = ""

    def take(self, piece: str) -> list[Written]:
        """The sentences that this piece of text completes."""
        self._held += piece
        found, self._held = _cut(self._held)
        return found

    def end(self) -> list[Written]:
        """The rest when no more comes; a sentence that was cut off is not `ended`."""
        rest, self._held = self._held, ""
        return _sentences(rest)


def _cut(text: str) -> tuple[list[Written], str]:
    """The whole sentences of a text, and the rest of it.

    The last sentence is held back until another begins: its keys may be still to come.
    """
    whole, newline, rest = text.rpartition("\n")
    found = _sentences(whole) if newline else []
    moved = KEYS_AFTER.sub(_before_stop, rest)
    spans = split_sentences(moved)
    if len(spans) < 2 or moved[spans[-1].start] == "[":
        return found, rest
    return found + _sentences(moved[: spans[-1].start]), moved[spans[-1].start :]


def _before_stop(match: re.Match[str]) -> str:
    return f" {match['keys'].strip()}{match['stop']}"


def _sentences(text: str) -> list[Written]:
    lines = [ITEM.sub("", line) for line in BREAK.split(KEYS_AFTER.sub(_before_stop, text))]
    return [
        _written(line[span.start : span.end]) for line in lines for span in split_sentences(line)
    ]


def _written(raw: str) -> Written:
    keys = [
        KEY_NAME.sub("", key.strip())
        for match in KEYS.finditer(raw)
        for key in re.split(r"[,;]", match["keys"])
    ]
    text = without_markup(re.sub(r"(?<!\s)\s++(?=[.,;:!?…])", "", KEYS.sub("", raw)))
    return Written(raw, text, tuple(dict.fromkeys(keys)), bool(ENDED.search(text)) or bool(keys))


def without_markup(text: str) -> str:
    """A text in one line without markup and without characters that are not seen."""
    draft = parse_draft(TAG.sub("", text))
    shown = " ".join(draft.text(block.start, block.end) for block in draft.blocks)
    seen = "".join(c for c in shown if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn"))
    return " ".join(seen.split())
