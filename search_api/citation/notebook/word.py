"""Quotes as a Word document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import replace

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from search_api.citation.notebook.cited import CitedQuote, Run, Source
from search_api.citation.notebook.word_footnotes import Footnotes

# What XML cannot hold.
UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_docx(
    title: str, quotes: Iterable[CitedQuote], sources: Iterable[Source], in_notes: bool = False
) -> bytes:
    """A notebook as DOCX; its citations under the quotes, or in footnotes."""
    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = fit(title), "", "Quotes collected with Pilcrow"
    document.add_heading(fit(title), level=0)
    notes = Footnotes(document) if in_notes else None
    for quote in quotes:
        last = document.add_paragraph(fit(quote.words), style="Quote")
        last.paragraph_format.left_indent = Pt(18)
        if notes is not None:
            cited = [replace(run, text=fit(run.text)) for run in quote.citation]
            notes.add(last, cited, quote.url)
        else:
            last.paragraph_format.keep_with_next = True
            last = document.add_paragraph("— ")
            _link(last, quote.url, quote.citation)
        if quote.note:
            last.paragraph_format.keep_with_next = True
            note = document.add_paragraph()
            note.add_run("Note: ").bold = True
            note.add_run(fit(quote.note))
    document.add_heading("Sources", level=1)
    for source in sources:
        line = document.add_paragraph(style="List Bullet")
        _write(line, source.entry)
        line.add_run(f" {fit(source.credit)}".rstrip())
    if notes is not None:
        notes.write()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        made = paragraph.add_run(fit(run.text))
        made.italic, made.bold = run.italic or None, run.bold or None


def _link(paragraph: Paragraph, url: str, runs: Iterable[Run]) -> None:
    """Runs that lead to an address; python-docx has no call for it."""
    link = OxmlElement("w:hyperlink")
    target = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), target)
    before = len(paragraph.runs)
    _write(paragraph, runs)
    for run in paragraph.runs[before:]:
        run.font.underline = True
        link.append(run._r)
    paragraph._p.append(link)  # type: ignore[arg-type]


def fit(text: str) -> str:
    """The text as XML can hold it."""
    return UNFIT.sub("\ufffd", text)
