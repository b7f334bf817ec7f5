"""Lines of Markdown: the marks that begin a block, and how list numbers are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]++|(?=[^#\s]))(.*+)$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*$")
RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
QUOTE = re.compile(r"(?: {0,3}> ?)+")
BULLET = re.compile(r"([ \t]*)([-*+])(?:[ \t]+|$)")
NUMBER = re.compile(r"([ \t]{0,99})((\d{1,9})[.)])(?:[ \t]+|$)")
LETTERED = re.compile(r"\((?:[a-z]{1,2}|[ivxl]{1,6}|\d{1,2})\)")
DELIMITERS = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
CELL = re.compile(r"(?<!\\)\|")
FOOTNOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*")
REFERENCE = re.compile(r" {0,3}\[[^\[\]^]{1,200}\]:\s*\S+")
PLACEHOLDER = re.compile(r"\[(?:TOC|\[_?TOC_?\])\]\s*$", re.IGNORECASE)
# HTML that is laid out in lines of its own up to its closing tag.
HTML_BLOCK = re.compile(r" {0,3}<(table|script|style|pre)\b", re.IGNORECASE)
COMMENT = re.compile(r" {0,3}<!--")
TAB = 4
# So far a list may jump in the middle of a paragraph and still be the list going on.
NEAR = 3


@dataclass(slots=True)
class ListState:
    """A list: the column its marks stand in, where its text begins.

    `last` is the number typed last and `alike` how many of the same came in a row, from the
    start; 0 where they differ. `broken` is true after a paragraph outside it; the list may still
    go on with its next number.
    """

    column: int
    content: int
    last: int | None = None
    alike: int = 0
    broken: bool = False


def unquote(line: str) -> tuple[str, bool]:
    """The line without the marks of a quotation, and whether it has any."""
    match = QUOTE.match(line)
    return (line, False) if match is None else (line[match.end() :], True)


def heading_text(text: str) -> str:
    """A heading without the signs that may close it."""
    text = text.rstrip(" \t")
    bare = text.rstrip("#")
    return bare.rstrip(" \t") if bare.endswith((" ", "\t")) else text


def end_of_front_matter(lines: list[str]) -> int:
    """The line after the settings that some tools write at the top of a file; 0 without any."""
    if lines[0].rstrip(" \t") != "---":
        return 0
    closing = (at for at, line in enumerate(lines) if at and line.rstrip(" \t") in ("---", "..."))
    return next(closing, -1) + 1


def cells(line: str) -> list[str]:
    """The cells of a table row, without the bars around them."""
    return CELL.split(line.strip().removeprefix("|").removesuffix("|"))


def count(items: ListState, number: int) -> int:
    """The number as shown: as typed, but lists whose items are all typed alike are counted."""
    if items.last is None:
        items.alike = 1
    elif items.alike and items.last == number:
        items.alike += 1
    else:
        items.alike = 0
    items.last = number
    return number + items.alike - 1 if items.alike else number
