"""Footnotes and endnotes: the mark each prints, by place and by the section's settings."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from indexer.formats.docx.numerals import write_number
from indexer.formats.docx.package import W, number, val


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbering of the notes of one section; `restart` as Word names it."""

    start: int = 1
    number_format: str = "decimal"
    restart: str = "continuous"


class Notes:
    """The notes of one kind ("footnote" or "endnote") and the marks given so far."""

    def __init__(self, kind: str, root: Element, settings: Element, sections: list[Element]):
        default = Numbering(number_format="lowerRoman" if kind == "endnote" else "decimal")
        default = _numbering(settings.find(f"{W}{kind}Pr"), default)
        self._numbering = [_numbering(s.find(f"{W}{kind}Pr"), default) for s in sections]
        self._numbering.append(default)
        self._section = 0
        self._next = self._numbering[0].start
        self._notes = {n.get(f"{W}id", ""): n for n in root.iter(W + kind)}

    def take(self, note_id: str) -> Element | None:
        """The note's own paragraphs, given once; None where the file lacks them."""
        return self._notes.pop(note_id, None)

    def next_mark(self) -> str:
        """Give the next note its mark."""
        mark = write_number(self._next, self._current.number_format)
        self._next += 1
        return mark

    def end_page(self) -> None:
        """A page ends here, as Word last laid the document out."""
        if self._current.restart == "eachPage":
            self._next = self._current.start

    def end_section(self) -> None:
        """A section ends here."""
        self._section = min(self._section + 1, len(self._numbering) - 1)
        if self._current.restart != "continuous":
            self._next = self._current.start

    @property
    def _current(self) -> Numbering:
        return self._numbering[self._section]


def _numbering(properties: Element | None, default: Numbering) -> Numbering:
    return Numbering(
        start=number(properties, "numStart") or default.start,
        number_format=val(properties, "numFmt") or default.number_format,
        restart=val(properties, "numRestart") or default.restart,
    )
