"""Word documents: automatic numbers, fields, notes, tables, tracked changes, hostile files."""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.docx import read_docx
from indexer.formats.docx.numerals import write_number

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "documents"
REAL = sorted(SHARED.glob("*.docx")) if SHARED.is_dir() else []
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(targets: dict[str, str]) -> str:
    entries = "".join(
        f'<Relationship Id="r{n}" Type="{RELS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{RELS}">{entries}</Relationships>'


def write_docx(path: Path, body: str, **parts: str) -> Path:
    """Write a document with this body and the insides of other parts (styles, numbering, ...)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relations({"officeDocument": "word/document.xml"}))
        archive.writestr(
            "word/_rels/document.xml.rels", relations({name: f"{name}.xml" for name in parts})
        )
        archive.writestr(
            "word/document.xml",
            f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        )
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:part {NAMESPACES}>{inside}</w:part>")
    return path


@pytest.fixture
def read(tmp_path):
    def read(body: str, **parts: str) -> list[Block]:
        return read_docx(write_docx(tmp_path / "report.docx", body, **parts))

    return read


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(text: str, *, style: str = "", num: str = "", ilvl: str = "", more: str = "") -> str:
    """A paragraph; text that is no mark-up becomes a run."""
    inside = text if text.startswith("<") or not text else run(text)
    numbering = (f'<w:ilvl w:val="{ilvl}"/>' if ilvl else "") + (
        f'<w:numId w:val="{num}"/>' if num else ""
    )
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (
        f"<w:numPr>{numbering}</w:numPr>" if numbering else ""
    )
    return f"<w:p><w:pPr>{properties}{more}</w:pPr>{inside}</w:p>"


def lvl(ilvl: int, text: str, fmt: str = "decimal", start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{ilvl}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(list_id: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{list_id}">{"".join(levels)}</w:abstractNum>'


def num(num_id: int, list_id: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{num_id}"><w:abstractNumId w:val="{list_id}"/>{overrides}</w:num>'


def style(style_id: str, name: str, based_on: str = "", ppr: str = "", rpr: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based_on}"/><w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>'
    )


def labels(blocks: list[Block]) -> list[str | None]:
    return [block.label for block in blocks]


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def table(*rows: list[str]) -> str:
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


# Automatic numbers


OUTLINE = abstract(
    0, lvl(0, "%1."), lvl(1, "(%2)", "lowerLetter"), lvl(2, "(%3)", "lowerRoman")
) + num(1, 0)


def test_numbers_count_through_levels_and_restart_below(read):
    levels = ["0", "1", "1", "2", "0", "1", "0"]
    blocks = read("".join(par("Text", num="1", ilvl=i) for i in levels), numbering=OUTLINE)
    assert labels(blocks) == ["1.", "(a)", "(b)", "(i)", "2.", "(a)", "3."]
    assert [b.kind for b in blocks[:4]] == ["text", "item", "item", "item"]
    assert [b.level for b in blocks[:4]] == [None, 2, 2, 3]
    assert blocks[0].style == blocks[4].style != blocks[1].style


def test_legal_numbers_and_a_level_that_never_restarts(read):
    numbering = abstract(
        0,
        lvl(0, "Part %1", "upperRoman"),
        lvl(1, "%1.%2", more="<w:isLgl/>"),
        lvl(2, "%3.", more='<w:lvlRestart w:val="0"/>'),
    ) + num(1, 0)
    levels = ["0", "1", "2", "2", "0", "1", "2"]
    blocks = read("".join(par("T", num="1", ilvl=i) for i in levels), numbering=numbering)
    assert labels(blocks) == ["Part I", "1.1", "1.", "2.", "Part II", "2.1", "3."]
    assert [b.kind for b in blocks] == ["text"] * 7


def test_a_number_comes_through_the_style_it_is_based_on_and_can_be_switched_off(read):
    styles = (
        style("Base", "Numbered", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>')
        + style("Sub", "Sub", "Base")
        + style("None", "None", "Sub", ppr='<w:numPr><w:numId w:val="0"/></w:numPr>')
    )
    numbering = abstract(0, lvl(0, "%1."), lvl(1, "%1.%2", more='<w:pStyle w:val="Sub"/>')) + num(
        1, 0
    )
    body = (
        par("A", style="Base")
        + par("B", style="Sub")
        + par("C", style="None")
        + par("D", style="Sub", num="0")
        + par("E", style="Sub")
    )
    blocks = read(body, styles=styles, numbering=numbering)
    assert labels(blocks) == ["1.", "1.1", None, None, "1.2"]


def test_lists_of_one_definition_count_on_and_an_override_starts_anew(read):
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = abstract(0, lvl(0, "%1.")) + num(1, 0) + num(2, 0) + num(3, 0, override)
    body = "".join(par("T", num=n) for n in "1123313")
    assert labels(read(body, numbering=numbering)) == ["1.", "2.", "3.", "5.", "6.", "7.", "8."]


def test_a_list_may_replace_a_level_and_stand_in_for_a_list_style(read):
    linked = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
    numbering = (
        abstract(0, lvl(0, "%1."))
        + linked
        + num(1, 0)
        + num(2, 1)
        + num(3, 0, f'<w:lvlOverride w:ilvl="0">{lvl(0, "Item %1")}</w:lvlOverride>')
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    body = "".join(par("T", num=n) for n in "123")
    assert labels(read(body, numbering=numbering, styles=styles)) == ["1.", "2.", "Item 3"]


def test_bullets_are_items_without_a_number_and_empty_paragraphs_still_count(read):
    numbering = (
        abstract(0, lvl(0, "•", "bullet")) + abstract(1, lvl(0, "%1")) + num(1, 0) + num(2, 1)
    )
    body = par("Dot", num="1") + par("One", num="2") + par("", num="2") + par("Three", num="2")
    blocks = read(body, numbering=numbering)
    assert [(b.kind, b.label) for b in blocks] == [("item", None), ("text", "1"), ("text", "3")]


def test_a_list_based_on_itself_or_missing_ends(read):
    styles = style("A", "A", "B") + style("B", "B", "A")
    looped = '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="L"/></w:abstractNum>'
    styles += (
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    body = par("Text", style="A", num="1") + par("More", num="99")
    assert labels(read(body, styles=styles, numbering=looped + num(1, 0))) == [None, None]


@pytest.mark.parametrize(
    ("value", "number_format", "printed"),
    [
        (4, "decimal", "4"),
        (4, "decimalZero", "04"),
        (28, "lowerLetter", "bb"),
        (2, "upperLetter", "B"),
        (44, "lowerRoman", "xliv"),
        (1999, "upperRoman", "MCMXCIX"),
        (12, "ordinal", "12th"),
        (23, "ordinal", "23rd"),
        (21, "cardinalText", "Twenty-one"),
        (32, "ordinalText", "Thirty-second"),
        (20, "ordinalText", "Twentieth"),
        (3, "none", ""),
        (6, "chicago", "††"),
        (7, "some other format", "7"),
        (0, "lowerLetter", "0"),
    ],
)
def test_numbers_are_written_in_the_formats_of_word(value, number_format, printed):
    assert write_number(value, number_format) == printed


# Text


def test_text_comes_from_every_wrapping_and_removed_or_hidden_text_does_not(read):
    body = par(
        "<w:smartTag>" + run("Smart ") + "</w:smartTag><w:hyperlink>" + run("link ")
        + "</w:hyperlink><w:ins>" + run("added ") + "</w:ins><w:del><w:r><w:delText>gone </w:delText>"
        "</w:r></w:del><w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>" + run("control ")
        + "</w:sdtContent></w:sdt>" + run("secret ", "<w:vanish/>")
        + run("seen ", '<w:vanish w:val="0"/>') + "<w:moveFrom>" + run("old ") + "</w:moveFrom>"
        + '<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t>'
        '<w:softHyphen/><w:t>e\u00ad\u200bf\u00a0g</w:t><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    )  # fmt: skip
    assert texts(read(body)) == ["Smart link added control seen a b c-def g≥"]


def test_a_field_gives_its_result_and_not_its_code(read):
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    inner = mark("begin") + "<w:r><w:instrText>X</w:instrText></w:r>" + mark("separate")
    nested = inner + run("unseen") + mark("end")
    body = par(
        mark("begin") + "<w:r><w:instrText>SEQ para</w:instrText></w:r>" + nested
        + mark("separate") + run("12") + mark("end") + run(". The text ")
        + '<w:fldSimple w:instr="REF a">' + run("14") + "</w:fldSimple>"
    ) + par(mark("begin") + run("code")) + par("Not swallowed")  # fmt: skip
    assert texts(read(body)) == ["12. The text 14", "Not swallowed"]


def counted(code: str, text: str) -> str:
    """A paragraph that begins with a field that counts."""

    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    field = f"{mark('begin')}<w:r><w:instrText> {code} </w:instrText></w:r>{mark('end')}"
    return f"<w:p>{field}{run(f' {text}')}</w:p>"


def test_a_number_that_a_field_counts_is_read_as_it_is_printed(read):
    codes = [
        *("LISTNUM LegalDefault \\l 1", "LISTNUM LegalDefault \\l 2", "LISTNUM LegalDefault \\l 2"),
        *("LISTNUM LegalDefault \\l 1", "LISTNUM \\l 2 \\s 3", "LISTNUM \\l 2"),
        *("LISTNUM OutlineDefault", "AUTONUM", "AUTONUM"),
    ]
    body = "".join(counted(code, "The gate was shut.") for code in codes)
    body += f'<w:p><w:fldSimple w:instr=" AUTONUM "/>{run(" It opened again.")}</w:p>'

    numbers = [text.partition(" ")[0] for text in texts(read(body))]
    assert numbers == ["1.", "1.1.", "1.2.", "2.", "c)", "d)", "I.", "1.", "2.", "3."]


def test_one_branch_of_alternatives_is_read_and_text_boxes_follow_their_paragraph(read):
    box = "<w:txbxContent>" + par("Boxed", num="1") + "</w:txbxContent>"
    body = par(
        "<w:r><w:t>Before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>" + run(" after"),
        num="1",
    ) + par("Next", num="1")
    blocks = read(body, numbering=OUTLINE)
    assert [(b.label, b.text) for b in blocks] == [
        ("1.", "Before after"),
        ("1.", "Boxed"),
        ("2.", "Next"),
    ]


def test_formulas_keep_their_letters(read):
    fraction = (
        "<m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    )
    assert texts(read(par(run("Half: ") + f"<m:oMath>{fraction}</m:oMath>"))) == ["Half: a/2"]


def test_paragraphs_whose_end_is_hidden_or_removed_run_into_the_next(read):
    hidden = "<w:rPr><w:vanish/><w:specVanish/></w:rPr>"
    removed = "<w:rPr><w:del/></w:rPr>"
    body = (
        par("Costs.", num="1", more=hidden)
        + par("They follow the event.")
        + par("All gone", num="1", more=removed).replace("w:r>", "w:rPr>")
        + par("Split ", num="1", more=removed)
        + par("here", num="1")
        + par("T", more='<w:framePr w:dropCap="drop"/>')
        + par("he end", num="1")
        + par("Last", more=hidden)
    )
    blocks = read(body, numbering=OUTLINE)
    assert [(b.label, b.text) for b in blocks] == [
        ("1.", "Costs. They follow the event."),
        ("2.", "Split here"),
        ("3.", "The end"),
        (None, "Last"),
    ]


# Notes


NOTES = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>' + "".join(
    f'<w:footnote w:id="{n}">{par("<w:r><w:footnoteRef/></w:r>" + run(text))}</w:footnote>'
    for n, text in ((1, " First note."), (2, " Second note."), (3, "* Starred."))
)


def call(note_id: int, more: str = "", text: str = "") -> str:
    return f'<w:r><w:footnoteReference w:id="{note_id}"{more}/>{text}</w:r>'


def test_a_footnote_follows_the_block_that_calls_it(read):
    own = call(3, ' w:customMarkFollows="1"', "<w:t>*</w:t>")
    body = par(run("One") + call(1) + run(" and two") + call(2)) + par(run("Three") + own)
    blocks = read(body, footnotes=NOTES)
    assert [(b.kind, b.label, b.text, b.calls) for b in blocks] == [
        ("text", None, "One and two", ("1", "2")),
        ("footnote", "1", "First note.", ()),
        ("footnote", "2", "Second note.", ()),
        ("text", None, "Three", ("*",)),
        ("footnote", "*", "Starred.", ()),
    ]


def test_notes_begin_anew_in_a_section_that_says_so(read):
    restart = '<w:footnotePr><w:numFmt w:val="lowerLetter"/><w:numRestart w:val="eachSect"/></w:footnotePr>'
    section = f"<w:sectPr>{restart}</w:sectPr>"
    body = par(run("A") + call(1), more=section) + par(run("B") + call(2)) + section
    assert [b.label for b in read(body, footnotes=NOTES) if b.kind == "footnote"] == ["a", "a"]


def test_endnotes_are_in_roman_numerals(read):
    endnotes = '<w:endnote w:id="1">' + par("Later.") + "</w:endnote>"
    body = par(run("Text") + '<w:r><w:endnoteReference w:id="1"/></w:r>')
    assert read(body, endnotes=endnotes)[1].label == "i"


# Kinds


STYLES = (
    style("H1", "heading 1", ppr='<w:outlineLvl w:val="0"/>')
    + style("Own", "Our Heading", "H1")
    + style("Clause", "heading 2", ppr='<w:outlineLvl w:val="1"/>')
    + style("Plain", "Plain", "H1", ppr='<w:outlineLvl w:val="9"/>')
    + style("Sub", "Report_SubHeading")
    + style("Q", "BlockQuote")
    + style("T1", "toc 1")
    + style("Gone", "Gone", rpr="<w:vanish/>")
)


def test_headings_come_from_outline_levels_and_names_through_the_styles(read):
    body = (
        par("One", style="Own")
        + par("Two", style="Sub")
        + par("Three", style="Plain")
        + par("Four", more='<w:outlineLvl w:val="2"/>')
        + par("Five", style="H1", more='<w:outlineLvl w:val="9"/>')
    )
    blocks = read(body, styles=STYLES)
    assert [(b.kind, b.level) for b in blocks] == [
        ("heading", 1),
        ("heading", 2),
        ("text", None),
        ("heading", 3),
        ("text", None),
    ]


def test_a_heading_style_that_numbers_sentences_holds_no_headings(read):
    sentence = "The manager should keep a record of every complaint received."
    body = par("Duties", style="H1") + par(sentence, style="Clause") * 3
    assert [b.kind for b in read(body, styles=STYLES)] == ["heading", "text", "text", "text"]


def test_quotes_contents_and_hidden_paragraphs(read):
    page = run("7", "<w:webHidden/>")
    contents = "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
    contents += f"</w:docPartObj></w:sdtPr><w:sdtContent>{par('Contents')}</w:sdtContent></w:sdt>"
    body = contents + par(run("Costs") + page, style="T1") + par("Said he", style="Q")
    body += par("Not seen", style="Gone") + par("Text")
    blocks = read(body, styles=STYLES)
    assert [(b.kind, b.text) for b in blocks] == [
        ("contents", "Contents"),
        ("contents", "Costs"),
        ("quote", "Said he"),
        ("text", "Text"),
    ]


def test_a_contents_field_spans_paragraphs_and_ends_before_the_next_heading(read):
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = mark("begin") + "<w:r><w:instrText> TOC \\o </w:instrText></w:r>" + mark("separate")
    body = par(code + run("First")) + par("Second") + par(mark("end") + run("Report"))
    assert [b.kind for b in read(body)] == ["contents", "contents", "text"]


# Tables


def test_a_table_gives_rows_of_cells(read):
    body = table([par("Year"), par("Sum")], [par("2031") + par("(est.)"), par("4\u00a0m")])
    blocks = read(body)
    assert [(b.kind, b.text) for b in blocks] == [("row", "Year\tSum"), ("row", "2031 (est.)\t4 m")]


def test_numbered_paragraphs_in_a_layout_table_come_out_as_paragraphs(read):
    body = par("A", num="1") + table([par("B", num="1") + par("C", num="1"), par("Margin")])
    blocks = read(body + table([par("D", num="1")]), numbering=OUTLINE)
    assert [(b.kind, b.label, b.text) for b in blocks] == [
        ("text", "1.", "A"),
        ("text", "2.", "B"),
        ("text", "3.", "C"),
        ("text", None, "Margin"),
        ("text", "4.", "D"),
    ]


@pytest.mark.parametrize("first", [par("{n}."), par("", num="1")], ids=["typed", "automatic"])
def test_a_column_of_numbers_joins_the_paragraphs_beside_it(read, first):
    long = "The panel heard evidence of flooding. " * 4
    rows = [[first.replace("{n}", str(n)), par(long) + par("More.")] for n in (1, 2)]
    blocks = read(table(*rows), numbering=OUTLINE)
    numbered = [f"{b.label or ''} {b.text}".strip()[:12] for b in blocks]
    assert numbered == ["1. The panel", "More.", "2. The panel", "More."]
    assert {b.kind for b in blocks} == {"text"}


def test_rows_carry_their_notes_after_them(read):
    blocks = read(table([par(run("A") + call(1)), par("B")]), footnotes=NOTES)
    assert [(b.kind, b.text, b.calls) for b in blocks] == [
        ("row", "A\tB", ("1",)),
        ("footnote", "First note.", ()),
    ]


# Files


def test_blocks_are_numbered_lines_and_paragraphs(read):
    blocks = read(par("One") + par("") + par("Two"))
    assert [(b.line, b.gap) for b in blocks] == [(1, True), (2, True)]


def test_a_strict_open_xml_file_reads_like_another(tmp_path):
    path = write_docx(tmp_path / "usual.docx", par("Text", num="1"), numbering=OUTLINE)
    strict = tmp_path / "strict.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if not name.endswith(".rels"):
                data = data.replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
            new.writestr(name, data)
    assert read_docx(strict) == read_docx(path)


def one_line_error(path: Path) -> str:
    with pytest.raises(ReportError) as caught:
        read_docx(path)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"1. Just text.", "not a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        (b"PK\x03\x04 and no more", "damaged"),
    ],
    ids=["empty", "text", "ole", "zip stub"],
)
def test_other_files_are_refused(tmp_path, data, problem):
    path = tmp_path / "odd.docx"
    path.write_bytes(data)
    assert problem in one_line_error(path)


def test_a_truncated_file_is_refused(tmp_path):
    path = write_docx(tmp_path / "cut.docx", par("Text") * 2000)
    path.write_bytes(path.read_bytes()[:-400])
    assert "damaged" in one_line_error(path)


def test_damaged_contents_are_refused(tmp_path):
    path = write_docx(tmp_path / "flipped.docx", par("Some text to read") * 2000)
    data = bytearray(path.read_bytes())
    middle = data.index(b"word/document.xml") + 60
    data[middle : middle + 20] = bytes(20)
    path.write_bytes(data)
    assert "damaged" in one_line_error(path)


def test_a_document_without_text_is_refused(tmp_path):
    assert "no text" in one_line_error(write_docx(tmp_path / "blank.docx", par("")))


def test_broken_xml_is_refused(tmp_path):
    assert "broken XML" in one_line_error(write_docx(tmp_path / "bad.docx", "<w:p>"))


def test_another_zip_or_office_file_is_refused(tmp_path):
    path = tmp_path / "other.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "1. Text")
    assert "without a Word document" in one_line_error(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", relations({"officeDocument": "book.xml"}))
        archive.writestr("book.xml", "<workbook/>")
    assert "another kind" in one_line_error(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(tmp_path, encoding):
    doctype = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    document = f"<w:document {NAMESPACES}><w:body>{par('<w:r><w:t>&a;&b;</w:t></w:r>')}</w:body></w:document>"
    path = tmp_path / "entities.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", relations({"officeDocument": "d.xml"}))
        archive.writestr("d.xml", (doctype + document).encode(encoding))
    assert "broken XML" in one_line_error(path)


def test_a_zip_bomb_and_a_flood_of_tags_are_refused_quickly(tmp_path, monkeypatch):
    started = time.monotonic()
    assert "more than" in one_line_error(
        write_docx(tmp_path / "bomb.docx", par("a" * (65 * 1024 * 1024)))
    )
    monkeypatch.setattr("indexer.formats.docx.package.MAX_TAGS", 1000)
    assert "more than" in one_line_error(write_docx(tmp_path / "tags.docx", "<w:p/>" * 1001))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("around", "tags"),
    [("{}", ["w:sdt"]), ("{}", ["w:tbl", "w:tr", "w:tc"]), ("<w:p>{}</w:p>", ["w:ins"])],
    ids=["controls", "tables", "insertions"],
)
def test_deep_nesting_is_refused(tmp_path, around, tags):
    depth = 100_000
    opening = "".join(f"<{tag}>" for tag in tags)
    closing = "".join(f"</{tag}>" for tag in reversed(tags))
    body = around.format(opening * depth + run("Text") + closing * depth)
    assert "too deeply" in one_line_error(write_docx(tmp_path / "deep.docx", body))


def test_a_hostile_document_does_not_repeat_its_notes(read):
    body = par("".join(call(1) for _ in range(1000)) + run("Text"))
    assert len(read(body, footnotes=NOTES)) == 2


# Real documents


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalpha())


@pytest.mark.skipif(not REAL, reason="the shared documents are not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_documents_lose_no_letter(path):
    with zipfile.ZipFile(path) as archive:
        document = ElementTree.fromstring(archive.read("word/document.xml"))
    raw = "".join(t.text or "" for t in document.iter(f"{{{W}}}t"))
    body = "".join(b.text for b in read_docx(path) if b.kind != "footnote")
    assert letters(body) == letters(raw)


@pytest.mark.skipif(not REAL, reason="the shared documents are not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_documents_carry_every_expected_number(path):
    blocks = [b for b in read_docx(path) if b.kind in ("text", "item")]
    answers = SHARED / "numbering" / f"{path.stem}.jsonl"
    at = 0
    for line in answers.read_text(encoding="utf-8").splitlines():
        expected = json.loads(line)
        start = "".join(expected["start"].split("|")[-1].split())
        while not begins(blocks[at], expected["printed"], start):
            at += 1
            assert at < len(blocks), expected


def begins(block: Block, printed: str, start: str) -> bool:
    """True when the block has this number and then these words, as far as it goes."""
    found = "".join(f"{block.label or ''}{block.text}".split())
    wanted = ("".join(printed.split()) + start)[: len(found)]
    return len(wanted) > len(printed) + 10 and found.startswith(wanted[:40])
