"""Footnotes of a Word document, which python-docx has no call for."""

from __future__ import annotations

from collections.abc import Iterable

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from lxml import etree
from lxml.etree import _Element

from search_api.citation.notebook.cited import Run

TEXT, REFERENCE = "footnote text", "footnote reference"
# Word draws its rule over the notes from these two, which come before the first.
RULES = {-1: "separator", 0: "continuationSeparator"}


class Footnotes:
    """The notes of one document; `write` puts them into it when all are added."""

    def __init__(self, document: Document) -> None:
        self._document = document
        styles = document.styles
        text = styles.add_style(TEXT, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.font.size = Pt(10)
        mark = styles.add_style(REFERENCE, WD_STYLE_TYPE.CHARACTER, builtin=True)
        mark.font.superscript = True
        self._text, self._mark = text.style_id, mark.style_id
        self._notes = etree.fromstring(f"<w:footnotes {nsdecls('w', 'r')}/>")
        for number, rule in RULES.items():
            note = _element("footnote", id=number, type=rule)
            note.append(_element("p"))
            note[0].append(_element("r"))
            note[0][0].append(_element(rule))
            self._notes.append(note)
        name = PackURI("/word/footnotes.xml")
        self._part = Part(name, CONTENT_TYPE.WML_FOOTNOTES, b"", document.part.package)
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)

    def add(self, paragraph: Paragraph, runs: Iterable[Run], url: str) -> None:
        """A note at the end of a paragraph, whose words lead to an address."""
        number = len(self._notes) - len(RULES) + 1
        called = self._marked(_element("footnoteReference", id=number))
        paragraph._p.append(called)  # type: ignore[arg-type]
        link = _element("hyperlink")
        target = self._part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), target)
        for run in runs:
            link.append(_written(run))
        line = _element("p")
        looks = _element("pPr")
        looks.append(_element("pStyle", val=self._text))
        for each in (looks, self._marked(_element("footnoteRef")), _written(Run(" ")), link):
            line.append(each)
        note = _element("footnote", id=number)
        note.append(line)
        self._notes.append(note)

    def write(self) -> None:
        """Put the notes into the document."""
        self._part._blob = etree.tostring(self._notes, xml_declaration=True, encoding="UTF-8")

    def _marked(self, mark: _Element) -> _Element:
        """A raised figure, where it is called and where the note begins."""
        run, looks = _element("r"), _element("rPr")
        looks.append(_element("rStyle", val=self._mark))
        run.append(looks)
        run.append(mark)
        return run


def _written(run: Run) -> _Element:
    made, looks, text = _element("r"), _element("rPr"), _element("t")
    for on, name in ((run.bold, "b"), (run.italic, "i")):
        if on:
            looks.append(_element(name))
    text.text = run.text
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.append(looks)
    made.append(text)
    return made


def _element(name: str, **attributes: str | int) -> _Element:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made
