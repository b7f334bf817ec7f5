"""Catalogue records that a draft holds (BibTeX, RIS, CSL-JSON, MODS) made blank: they are no prose.

What a record has in quotation marks is no quotation, and its pinpoint claims none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

QUOTED_LINE = re.compile(r"(?m)^[ \t]{0,3}(?:>[ \t]?)+")
STRAIGHT = str.maketrans("“”", '""')
JSON = re.compile(r"[\[{]\s{0,200}(?:\{\s{0,200})?\"[\w-]{1,40}\"\s{0,20}:")
BIBTEX = re.compile(r"@[a-zA-Z]{2,30}\s{0,20}\{[^\s{},\"]{1,200},")
BRACE = re.compile(r"[{}]")
RIS = re.compile(r"(?<!\S)TY {1,2}- {0,2}[A-Z]{2,10}\s")
RIS_END = re.compile(r"(?<!\S)ER {1,2}-")
XML = re.compile(r"<(?P<name>modsCollection|mods|mods:mods|rdf:RDF|oai_dc:dc|records|record)[\s>]")
DECLARED = re.compile(r"<\?xml[^<>?]{0,200}\?>")


def without_records(text: str) -> str:
    """The text with white space, as long, for the records in it."""
    flat = QUOTED_LINE.sub(lambda m: " " * len(m[0]), text)
    spans = [*_json(flat), *_bibtex(flat), *_ris(flat), *_xml(flat)]
    if not spans:
        return text
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
            at = end
    return "".join([*pieces, text[at:]])


def _json(text: str) -> Iterator[tuple[int, int]]:
    # A word processor may have made its quotation marks curly, or they stand within its strings.
    straight = text.translate(STRAIGHT)
    at = 0
    while (found := JSON.search(straight, at)) is not None:
        ends = [_json_end(each, found.start()) for each in (text, straight)]
        at = max(end for end, _ in ends)
        if any(is_whole for _, is_whole in ends):
            at = next(end for end, is_whole in ends if is_whole)
            yield found.start(), at
        at = max(at, found.end())


def _json_end(text: str, start: int) -> tuple[int, bool]:
    """How far a value was read from an offset, and whether it was read to its end."""
    try:
        _, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except json.JSONDecodeError as error:
        # What it was read as up to here begins no other one.
        return error.pos, False
    except RecursionError:
        return len(text), False
    return int(end), True


def _bibtex(text: str) -> Iterator[tuple[int, int]]:
    """Entries whose braces are closed; what is never closed ends the search."""
    at = 0
    while (entry := BIBTEX.search(text, at)) is not None:
        depth = 0
        for brace in BRACE.finditer(text, entry.start()):
            depth += 1 if brace[0] == "{" else -1
            if not depth:
                break
        else:
            return
        at = brace.end()
        yield entry.start(), at


def _ris(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while (entry := RIS.search(text, at)) is not None:
        closing = RIS_END.search(text, entry.end())
        if closing is None:
            return
        at = closing.end()
        yield entry.start(), at


def _xml(text: str) -> Iterator[tuple[int, int]]:
    if "<" not in text:
        return
    yield from (match.span() for match in DECLARED.finditer(text))
    at = 0
    while (root := XML.search(text, at)) is not None:
        closing = f"</{root['name']}>"
        at = text.find(closing, root.end()) + len(closing)
        if at < root.end():
            return
        yield root.start(), at
