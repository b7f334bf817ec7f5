"""Bytes to input that gets past the first check: a byte picks a word of the format's own."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

# Characters that have broken programs: control characters, halves of pairs, marks of direction,
# digits that `isdigit` or `\d` takes and `int` does not, letters that change length in small type.
ODD = [
    "\x00", "\x1b[2J", "\x07", "\x0b", "\x0c", "\x1c", "\x1f", "\x7f", "\x85", "\x9b", "\u2028",
    "\ud800", "\udfff", "\ufeff", "\u200b", "\u00ad", "\u202e", "\u2066", "\u0300" * 9, "\uffff",
    "²", "①", "１２", "٣", "൧", "Ⅳ", "İ", "ß", "ﬁ", "🙂", "👩‍👩‍👧", "\U0010ffff", "\xa0", "\u3000",
]  # fmt: skip
LABELS = [
    "1. ", "2. ", "3. ", "1.1 ", "1.2 ", "1.1.1.(1) ", "A.3 ", "29A ", "§ 1a ", "Article 2 ",
    "[4] ", "(5) ", "6) ", "999999. ", "0. ", "1.1.1.1.1.1.1.1.1.1.1.1.1.1 ", "MCMXCIX. ", "(a) ",
    "(iv) ", "12 ", "1" * 5000, "¶7 ", "2.Guidance.4 ", "Part 1.Chapter 2.3\t", "i. ", "#. ",
]  # fmt: skip
PROSE = [
    "\n", "\n\n", " ", "\t", "   ", "a", "The harbour master gave evidence. ", "The quay", "Annex A",
    "Grade 2 (Good)", "paragraph 2", "paras 1 to 3 and 5", "Contents", "Pier ........ 12", "Pier",
    "Saltmarsh Harbour Board (SHB) ", "“", "”", '"', "'", "’", "(", ")", "[", "]", ": ", "; ", ", ",
    ". ", "- ", "* ", "• ", " | ", "\f", "12", "Page 3 of 9", "in particular:", "x" * 300, "\r", "§",
]  # fmt: skip
MARKDOWN = [
    "# ", "## ", "> ", "```\n", "~~~\n", "`", "**", "_", "\\", "[^1]", "[^1]: ", "[a](#b)", "![x](y)",
    "<!-- ", " -->", "---\n", "===\n", "|---|\n", "| a | b |\n", "<table>", "</table>", "<tr><td>",
    "<p>", "</p>", "<br>", "&amp;", "&#49;", "&#x1F;", "&nbsp;", "    ", "[a]: b\n", "<a id=x>", "{#id}",
]  # fmt: skip
RST = [
    ".. note::\n", ".. [#a] ", " [#a]_", ".. |s| replace:: x\n", "|s|", "::\n\n", "=====\n", "-----\n",
    "+---+---+\n", "| a | b |\n", "=== ===\n", ".. include:: /etc/passwd\n", "``", "`x`_", ":role:`x`",
    ".. figure:: a\n", "  ", "    ", ".. contents::\n", ".. list-table::\n", "* - ", ":field: ", "| ",
]  # fmt: skip
MAIL = [
    "http://",
    "javascript:",
    "../../etc/passwd",
    "%2e%2e%2f",
    "%00",
    "{0}",
    "{x.__class__}",
    "%s",
]
QUESTION = [
    "what does ", "para ", "paragraph ", "says", "follows ", "Why are ferries late?", "the ", "and ",
    " to ", "-", "AND ", "OR ", "NOT ", "NEAR/3 ", "^2", "~", '"', "title:", "*", "(", "+", "';--",
    " DROP TABLE ", "29(b)", "30-35", "1-999999", "35-30", "/", "annex-1/1", *MAIL,
]  # fmt: skip
TAGS = {
    ".html": [
        "p", "div", "table", "tr", "td", "th", "ol", "ul", "li", "li value=5", "li value=-1", "h1",
        "h2", "blockquote", "pre", "br", "hr", "a href='#n'", "a id=n href='#n'", "sup", "span",
        "span class=num", "p class=footnote", "li id=n", "section", "nav", "dl", "dt", "dd", "script",
        "style", "ol start=3", "ol type=i", "ol reversed", "svg", "math", "template", "select",
        "b", "p style='mso-list:ignore'", "div class=toc", "td colspan=99999", "main", "header",
    ],
    ".xml": [
        "paragraph", "num", "heading", "content", "p", "section", "article", "chapter", "list", "item",
        "point", "intro", "table", "tr", "td", "th", "toc", "tocItem", "noteRef href='#n'",
        "note eId='n'", "authorialNote marker='1'", "quotedStructure", "embeddedStructure", "br", "i",
        "hcontainer name='annex'", "hcontainer name='article'", "attachment", "doc name='a'",
        "crossHeading", "blockContainer", "subparagraph", "preamble", "conclusions", "ref href='a'",
    ],
    ".docx": [
        "w:p", "w:pPr", "w:r", "w:rPr", "w:t", "w:tbl", "w:tr", "w:tc", "w:pStyle w:val='a'",
        "w:numPr", "w:numId w:val='1'", "w:numId w:val='x'", "w:ilvl w:val='9'", "w:ilvl w:val='0'",
        "w:fldChar w:fldCharType='begin'", "w:fldChar w:fldCharType='separate'",
        "w:fldChar w:fldCharType='end'", "w:instrText", "w:footnoteReference w:id='1'", "w:footnote",
        "w:footnote w:id='1'", "w:ins", "w:del", "w:moveFrom", "w:sdt", "w:sdtContent", "w:hyperlink",
        "w:style w:styleId='a' w:type='paragraph'", "w:basedOn w:val='a'", "w:outlineLvl w:val='1'",
        "w:outlineLvl w:val='-9'", "w:abstractNum w:abstractNumId='1'", "w:num w:numId='1'",
        "w:abstractNumId w:val='1'", "w:lvl w:ilvl='0'", "w:lvlText w:val='%1.%2'", "w:start w:val='3'",
        "w:numFmt w:val='lowerRoman'", "w:numFmt w:val='chineseCounting'", "w:lvlOverride w:ilvl='0'",
        "w:startOverride w:val='99999999999'", "w:tab", "w:br", "w:sym w:char='F0B7'", "m:oMath", "m:t",
        "mc:AlternateContent", "mc:Choice", "mc:Fallback", "w:numStyleLink w:val='a'", "w:gridSpan",
        "w:smartTag", "w:fldSimple w:instr='REF a'", "w:vanish", "w:txbxContent", "w:cr",
    ],
}  # fmt: skip
AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
# Bytes from here on are odd characters, and in a tree from CLOSE on they close an element.
CLOSE = 190


def spell(data: bytes, vocabulary: Sequence[str]) -> str:
    """A text of the words that the bytes pick."""
    return "".join(vocabulary[byte % len(vocabulary)] for byte in data)


def grow(data: bytes, tags: Sequence[str], texts: Sequence[str]) -> str:
    """A well-formed tree: a byte opens an element, writes a text, or closes what is open."""
    out: list[str] = []
    opened: list[str] = []
    for byte in data:
        if byte >= CLOSE:
            if opened:
                out.append(f"</{opened.pop()}>")
        elif byte < len(tags):
            out.append(f"<{tags[byte]}>")
            opened.append(tags[byte].split()[0])
        else:
            out.append(texts[(byte - len(tags)) % len(texts)])
    return "".join(out) + "".join(f"</{name}>" for name in reversed(opened))


def write_zip(path: Path, parts: dict[str, str]) -> None:
    """A Word file of these parts, its relations taken from their names."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    named = "".join(
        f'<Relationship Id="{name}" Type="{kinds}/{name}" Target="{name}.xml"/>' for name in parts
    )
    start = f'<Relationship Id="a" Type="{kinds}/officeDocument" Target="word/document.xml"/>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, inside in {"": start, "word/": named}.items():
            where = f"{name}_rels/{'document.xml' if name else ''}.rels"
            archive.writestr(where, f"<Relationships>{inside}</Relationships>")
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", inside.encode("utf-8", "replace"))
