"""A draft file to its text: plain text, Markdown, HTML and LaTeX as they are, else Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from indexer.errors import PilcrowError
from indexer.formats.docx.package import W, open_package, val
from indexer.formats.docx.styles import Styles
from indexer.formats.encoding import decode
from indexer.outside import bytes_from, bytes_of
from search_api.verify.drafts.odt import read_odt

TEXT = (".md", ".markdown", ".txt", ".text", ".html", ".htm", ".tex", ".latex")
NOTES = {f"{W}footnoteReference": "f", f"{W}endnoteReference": "e"}
LAYOUT = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
REMOVED = frozenset(W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText"))


# Over HTTP a draft has at most so many characters.
LONGEST = 1_000_000


class DraftError(PilcrowError):
    """A draft cannot be read."""


def read_draft(path: Path) -> str:
    """The text of a draft; the path `-` is standard input.

    Raises:
        DraftError: the file is missing, unreadable or of no known format.
        ReportError: it is no text, or a damaged Word document.
    """
    if str(path) == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise DraftError("standard input is closed; give a file, or send the draft to it")
        try:
            return _decoded(bytes_from(sys.stdin.buffer), "standard input")
        except OSError as error:
            raise DraftError(
                f"standard input cannot be read ({error.strerror}); give a file"
            ) from error
    kind = path.suffix.lower()
    if kind not in OFFICE and kind not in TEXT:
        known = ", ".join((*TEXT, *OFFICE))
        raise DraftError(f"{path.name}: no reader for '{kind}' drafts; use one of {known}")
    if path.exists() and not path.is_file() and not path.is_dir():
        raise DraftError(f"{path} is no file but a pipe or a device; send it to standard input")
    try:
        return OFFICE[kind](path) if kind in OFFICE else _decoded(bytes_of(path), path.name)
    except FileNotFoundError:
        raise DraftError(f"{path} does not exist; check the path") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DraftError(f"{path} cannot be read ({reason}); check its permissions") from error


def check_length(text: str) -> None:
    """Refuse a draft that is too long to be checked while one waits.

    Raises:
        DraftError: it has more than LONGEST characters.
    """
    if len(text) > LONGEST:
        raise DraftError(
            f"the draft has {len(text):,} characters; send at most {LONGEST:,}, or use "
            "`pilcrow verify FILE`"
        )


def _decoded(data: bytes, name: str) -> str:
    # An empty draft is no error: there is nothing wrong in it.
    return decode(data, name) if data.strip() else ""


def _read_docx(path: Path) -> str:
    """A Word document as Markdown: quoted paragraphs and notes marked, where the calls stand.

    The reader of reports (`indexer.formats.docx`) leaves out where in a line a note is called.
    """
    package = open_package(path)
    styles = Styles(package.styles)
    parts = []
    for paragraph in package.document.iter(f"{W}p"):
        text = "".join(_pieces(paragraph)).strip()
        if text and styles.of(val(paragraph, "pPr/pStyle")).use == "quote":
            text = "> " + text.replace("\n", "\n> ")
        parts.append(text)
    for letter, notes in (("f", package.footnotes), ("e", package.endnotes)):
        for note in () if notes is None else notes:
            text = " ".join("".join(_pieces(p)) for p in note.iter(f"{W}p")).strip()
            parts.append(f"[^{letter}{note.get(f'{W}id')}]: {text}")
    return "\n\n".join(parts)


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag in REMOVED:
            continue
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in LAYOUT:
            yield LAYOUT[child.tag]
        elif child.tag in NOTES:
            yield f"[^{NOTES[child.tag]}{child.get(f'{W}id')}]"
        elif child.tag != f"{W}p":
            yield from _pieces(child)


OFFICE = {".docx": _read_docx, ".odt": read_odt}
