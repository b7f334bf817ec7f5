"""An OpenDocument draft as Markdown: quoted paragraphs and notes marked, where the calls stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from indexer.formats.docx.package import open_part

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
LAYOUT = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n", f"{TEXT}s": " "}
# What was deleted stands apart from the text; comments are no part of it.
REMOVED = (f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{TEXT}note-citation")


def read_odt(path: Path) -> str:
    """The text of an .odt file.

    Raises:
        ReportError: the file is damaged, locked or too large.
    """
    content = open_part(path, "content.xml")
    quoting = _quoting_styles(content)
    parts: list[str] = []
    notes: list[str] = []
    for paragraph in _paragraphs(content):
        text = "".join(_pieces(paragraph, notes)).strip()
        if text and _is_quoting(paragraph.get(f"{TEXT}style-name", ""), quoting):
            text = "> " + text.replace("\n", "\n> ")
        parts.append(text)
    return "\n\n".join([*parts, *notes])


def _quoting_styles(content: Element) -> set[str]:
    """The automatic styles that stand on the one for quotations."""
    return {
        style.get(f"{STYLE}name", "")
        for style in content.iter(f"{STYLE}style")
        if _is_quoting(style.get(f"{STYLE}parent-style-name", ""), set())
    }


def _is_quoting(name: str, known: set[str]) -> bool:
    return name in known or "quot" in name.lower()


def _paragraphs(element: Element) -> Iterator[Element]:
    """The paragraphs of the text, those of notes left for where they are called."""
    for child in element:
        if child.tag in PARAGRAPHS:
            yield child
        elif child.tag not in REMOVED and child.tag != f"{TEXT}note":
            yield from _paragraphs(child)


def _pieces(element: Element, notes: list[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in LAYOUT:
            yield LAYOUT[child.tag]
        elif child.tag == f"{TEXT}note":
            mark = f"n{len(notes) + 1}"
            notes.append("")
            text = " ".join("".join(_pieces(p, [])) for p in child.iter(f"{TEXT}p"))
            notes[int(mark[1:]) - 1] = f"[^{mark}]: {text.strip()}"
            yield f"[^{mark}]"
        elif child.tag not in REMOVED:
            yield from _pieces(child, notes)
        yield child.tail or ""
