"""HTML to blocks: pages of sites, and what word processors save as a web page."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from lxml import etree

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.encoding import decode
from indexer.formats.html.body import find_body
from indexer.formats.html.walk import Walk

CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE
)
HEAD_BYTES = 4096
# Python's names of the encodings pages come in. Others that Python knows ("idna", "punycode",
# "unicode_escape") are no encodings of text, and some take very long.
ENCODINGS = re.compile(
    r"utf-(?:8|16(?:-[lb]e)?)|cp(?:125\d|866|874|932|949)|iso8859-\d+|koi8-[ru]|mac-\w+|gb\w+|big5\w*|"
    r"euc_\w+|shift_jis\w*|iso2022_\w+"
)
# Attributes in one tag; the parser compares each with each.
MOST_ATTRIBUTES = 1000
LONG_TAG = re.compile(r"<[A-Za-z](?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
TAG = re.compile(
    r"<(?:!doctype|html|head|body|p|div|span|table|h\d|ul|ol|li|br|a)\b", re.IGNORECASE
)


def read_html(path: Path) -> list[Block]:
    """Read a web page: its body, without menus, headers, footers and scripts.

    Raises:
        ReportError: the file is no HTML, nested too deep, or has no text.
    """
    blocks = blocks_of_html(_decode(path.read_bytes(), path.name), path.name)
    if not blocks:
        raise ReportError(
            f"{path.name} has no text of its own (a page drawn by scripts?); "
            "save the full page from a browser"
        )
    return blocks


def blocks_of_html(text: str, name: str) -> list[Block]:
    """Split decoded HTML into blocks; `name` is for messages.

    Raises:
        ReportError: the text has no HTML tags or they are nested too deep.
    """
    if TAG.search(text) is None:
        raise ReportError(f"{name} is not HTML (it has no tags); give it the extension .txt")
    if any(_has_too_many_attributes(tag[0]) for tag in LONG_TAG.finditer(text)):
        raise ReportError(f"{name} has a tag with over {MOST_ATTRIBUTES} attributes; save it again")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    # Beyond 256 levels libxml2 drops the rest of the file without raising.
    if any("depth" in entry.message.lower() for entry in parser.error_log.filter_from_fatals()):
        raise ReportError(f"{name} has tags nested deeper than 256; save it again as plain text")
    # So it does after ten million characters of one text, attribute, comment or script.
    if any("limit" in entry.message.lower() for entry in parser.error_log.filter_from_fatals()):
        raise ReportError(f"{name} has over 10 MB in one element; save it without its pictures")
    if root is None:
        return []
    walk = Walk(root)
    try:
        for element in find_body(root):
            walk.top(element)
    except RecursionError:
        raise ReportError(f"{name} nests its text too deeply; save it as plain text") from None
    return walk.finish()


def _has_too_many_attributes(tag: str) -> bool:
    return len(tag) > MOST_ATTRIBUTES * 2 and len(QUOTED.sub("", tag).split()) > MOST_ATTRIBUTES


def _decode(data: bytes, name: str) -> str:
    """UTF-8 where the bytes are valid UTF-8, else what the page declares, else Windows-1252."""
    declared = CHARSET.search(data, 0, HEAD_BYTES)
    if declared is not None and b"\x00" not in data:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
        try:
            encoding = codecs.lookup(declared[1].decode("ascii")).name
            # Browsers read Latin-1 as what Windows made of it, and so do those who write it.
            if encoding != "iso8859-1" and ENCODINGS.fullmatch(encoding):
                return data.decode(encoding)
        except (LookupError, UnicodeError):
            pass
    return decode(data, name)
