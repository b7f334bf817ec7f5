"""Files that are broken, mislabelled or made to hurt: a clear error or the right paragraphs, soon.

The sizes are small: at each, what grows with the square of the size would take far longer than
the time allowed.
"""

from __future__ import annotations

import time
import zipfile
import zlib
from pathlib import Path

import pytest

from indexer.errors import ReportError
from indexer.load import load_report
from tests.formats.test_docx import par, write_docx

SECONDS = 5.0
TEXT = "".join(f"{n}. The harbour master gave evidence {n} times.\n\n" for n in (1, 2, 3))
HTML = "".join(f"<p>{n}. The harbour master gave evidence.</p>" for n in (1, 2, 3))
WORD = "".join(par(f"{n}. The harbour master gave evidence.") for n in (1, 2, 3))
AKN = "".join(
    f"<paragraph><num>{n}.</num><content><p>Evidence.</p></content></paragraph>" for n in (1, 2, 3)
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)
SUFFIXES = [".txt", ".md", ".rst", ".html", ".xml", ".docx", ".pdf"]
JUNK = {
    "empty": b"",
    "blank": b" \n\t\n",
    "byte order mark": b"\xef\xbb\xbf",
    "png": PNG,
    "old doc": OLE,
    "pdf": b"%PDF-1.7\n\xff\xfe\x00",
    "zip": b"PK\x03\x04" + bytes(100),
    "noise": bytes((n * n * 31 + n // 7) % 256 for n in range(20_000)),
}


def akn(body: str, doctype: str = "") -> str:
    space = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
    return (
        f'{doctype}<akomaNtoso xmlns="{space}"><act name="a"><body>{body}</body></act></akomaNtoso>'
    )


def pdf(content: bytes, labels: bytes = b"", pages: int = 1) -> bytes:
    packed = zlib.compress(content)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % labels,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * pages, pages),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % one for one in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def outcome(path: Path) -> str | int:
    """The error, which is one line that names the file, or how many paragraphs were found."""
    start = time.perf_counter()
    try:
        found: str | int = load_report(path).audit.count
    except ReportError as error:
        found = str(error)
        assert "\n" not in found
        assert path.name in found
    assert time.perf_counter() - start < SECONDS
    return found


def made(folder: Path, suffix: str, data: str | bytes) -> Path:
    path = folder / f"hostile{suffix}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", JUNK)
def test_files_that_are_no_report_are_refused(tmp_path: Path, kind: str, suffix: str) -> None:
    assert isinstance(outcome(made(tmp_path, suffix, JUNK[kind])), str)


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".xml"])
@pytest.mark.parametrize("data", [TEXT, HTML], ids=["text", "page"])
def test_texts_with_a_wrong_extension_are_refused(tmp_path: Path, suffix: str, data: str) -> None:
    assert isinstance(outcome(made(tmp_path, suffix, data)), str)


@pytest.mark.parametrize("size", [30, 300, 700])
@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_truncated_files_are_refused(tmp_path: Path, suffix: str, size: int) -> None:
    whole = write_docx(tmp_path / "whole.docx", WORD).read_bytes()
    data = whole if suffix == ".docx" else pdf(b"BT /F1 11 Tf 72 700 Td (1. A quay.) Tj ET")
    assert isinstance(outcome(made(tmp_path, suffix, data[:size])), str) or size > len(data)


MARKDOWN = {
    "code": "`" * 5000 + "a",
    "comments": "<!-- a\n" * 20_000,
    "comment in a line": "x " + "<!--" * 20_000,
    "tables that never close": "<table>\n" * 10_000,
    "a paragraph of many lines": "a b\n" * 50_000,
    "a heading of spaces": "# a" + " " * 30_000 + "x",
    "a table of spaces": "a | b\n" + " " * 30_000 + "x-\n",
    "quotations": ">" * 200_000 + " a",
    "nested lists": "".join("  " * n + "- a\n" for n in range(600)) + "\n\nx\n" * 10_000,
    "a character of many digits": "4. &#" + "1" * 5000 + "; x",
    "a footnote of many parts": "[^1]: a b c\n\n" * 20_000,
    "a deep table": "<table>" + "<div>" * 3000 + "x\n</table>\n",
}


@pytest.mark.parametrize("text", MARKDOWN.values(), ids=MARKDOWN)
def test_markdown_takes_bounded_time(tmp_path: Path, text: str) -> None:
    assert outcome(made(tmp_path, ".md", TEXT + text)) in (3, 4)


def test_settings_that_never_end_are_text(tmp_path: Path) -> None:
    outcome(made(tmp_path, ".md", "---\n" + "a: b\n" * 50_000))


RST = {
    "footnotes": "".join(f".. [#] a {n}\n" for n in range(8000)) + "x [#]_\n\n" * 8000,
    "substitutions that double": ".. |a0| replace:: ha\n"
    + "".join(f".. |a{n}| replace:: |a{n - 1}| |a{n - 1}|\n" for n in range(1, 40))
    + "\n|a39|\n",
    "a wide grid": "+-" * 5000 + "+\n" + "x\n" * 5000,
    "wide columns": "= " * 5000 + "=\n" + "x y\n" * 5000,
    "a long argument": ".. note:: a\n" + "   b\n" * 50_000,
    "nested lists": "".join(" " * n + "- a\n" for n in range(600)),
    "rubrics": "".join(f".. rubric:: a {n}\n.. [#a{n}] b\n" for n in range(5000)),
}


@pytest.mark.parametrize("text", RST.values(), ids=RST)
def test_restructuredtext_takes_bounded_time(tmp_path: Path, text: str) -> None:
    assert outcome(made(tmp_path, ".rst", TEXT + text)) == 3


PAGES = {
    "links": "<p>" + "<a href='#x'>y</a>" * 20_000,
    "breaks": "<p>" + "a<br>" * 30_000,
    "nested tables": "<table><tr><td>" * 80 + "<p>a</p>" * 2000,
    "a level of no digits": "<p role=heading aria-level=²>x",
    "a huge start": "<ol start=" + "9" * 5000 + "><li>a</ol>",
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_pages_take_bounded_time(tmp_path: Path, html: str) -> None:
    assert outcome(made(tmp_path, ".html", HTML + html)) == 3


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<!-- <p> -->", "no text"),
        ("<!doctype html>", "no text"),
        ("<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x", "attributes"),
        (HTML + "<div>" * 100_000, "nested deeper"),
        (HTML + "<pre>" + "word " * 2_100_000, "10 MB"),
    ],
    ids=["comment", "doctype", "attributes", "deep", "one huge text"],
)
def test_odd_pages_are_refused(tmp_path: Path, html: str, said: str) -> None:
    assert said in str(outcome(made(tmp_path, ".html", html)))


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "undefined", "unicode_escape", "zlib", "utf-8", "nonsense"]
)
def test_a_wrongly_declared_encoding_is_not_believed(tmp_path: Path, charset: str) -> None:
    page = f"<meta charset={charset}>{HTML}<p>4. Caf".encode() + b"\xe9.</p>"
    path = made(tmp_path, ".html", page)

    assert "Café" in load_report(path).text
    assert outcome(path) == 4


ACTS = {
    "a note that calls itself": "<p>x<noteRef href='#n'/></p>"
    "<note eId='n'><p>a<noteRef href='#n'/></p></note>",
    "notes that double": "<p>x<noteRef href='#n0'/></p>"
    + "".join(
        f"<note eId='n{n}'><p>a" + f"<noteRef href='#n{n + 1}'/>" * 2 + "</p></note>"
        for n in range(40)
    ),
    "one note called often": f"<note eId='n'><p>{'long ' * 5000}</p></note>"
    + "<p>x<noteRef href='#n'/></p>" * 3000,
}


@pytest.mark.parametrize("body", ACTS.values(), ids=ACTS)
def test_acts_take_bounded_time(tmp_path: Path, body: str) -> None:
    assert outcome(made(tmp_path, ".xml", akn(AKN + body))) == 3


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a [<!ENTITY y "yyyyyyyyyy"><!ENTITY x "&y;&y;&y;&y;&y;&y;&y;&y;">]>',
    ],
    ids=["entity", "file", "expansion"],
)
def test_acts_that_declare_entities_are_refused(tmp_path: Path, doctype: str) -> None:
    assert "entities" in str(outcome(made(tmp_path, ".xml", akn(f"<p>&x;</p>{AKN}", doctype))))


def field(inside: str) -> str:
    marks = "".join(f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate"))
    return f"<w:r>{marks}<w:t>{inside}</w:t></w:r>"


DELETED_END = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "fields that never end": (f"<w:p>{field('x') * 10_000}</w:p>", {}),
    "such fields in many paragraphs": (f"<w:p>{field('x')}</w:p>" * 10_000, {}),
    "a field's long code": (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + f"<w:r><w:instrText>{'a' * 30}</w:instrText></w:r>" * 30_000
        + "</w:p>",
        {},
    ),
    "ends that are removed": (f"<w:p>{DELETED_END}<w:r><w:t>abc</w:t></w:r></w:p>" * 20_000, {}),
    "styles based on each other": (
        par("x", style="a"),
        {
            "styles": "".join(
                f'<w:style w:styleId="{a}"><w:basedOn w:val="{b}"/></w:style>' for a, b in ("ab", "ba")
            )
        },
    ),
    "a list that stands for itself": (
        par("x", num="1"),
        {
            "styles": '<w:style w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
            "</w:pPr></w:style>",
            "numbering": '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="a"/>'
            '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>',
        },
    ),
    "headings at levels below none": (
        "".join(par("Pier", more=f'<w:outlineLvl w:val="{n - 9000}"/>') for n in range(3000)),
        {},
    ),
    "nested tables": ("<w:tbl><w:tr><w:tc>" * 40 + par("x") * 2000 + "</w:tc></w:tr></w:tbl>" * 40, {}),
    "many footnotes": (
        "".join(
            f'<w:p><w:r><w:t>a</w:t><w:footnoteReference w:id="{n}"/></w:r></w:p>' for n in range(5000)
        ),
        {"footnotes": "".join(f'<w:footnote w:id="{n}">{par("b")}</w:footnote>' for n in range(5000))},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "parts"), WORDS.values(), ids=WORDS)
def test_word_files_take_bounded_time(tmp_path: Path, body: str, parts: dict[str, str]) -> None:
    assert outcome(write_docx(tmp_path / "hostile.docx", WORD + body, **parts)) == 3


def test_a_list_that_starts_at_a_number_of_many_digits_starts_at_none(tmp_path: Path) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="{"9" * 4300}"/>'
        '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    outcome(write_docx(tmp_path / "hostile.docx", par("x", num="1") * 3, numbering=numbering))


def test_a_word_files_parts_share_one_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.formats.docx.package.MAX_TAGS", 10_000)
    parts = dict.fromkeys(("styles", "numbering", "settings"), "<w:x/>" * 4000)

    assert "unpacks to more" in str(outcome(write_docx(tmp_path / "a.docx", WORD, **parts)))
    attributes = "".join(f' a{n}=""' for n in range(30_000))
    path = write_docx(tmp_path / "b.docx", f"{WORD}<w:p{attributes}/>")
    assert "unpacks to more" in str(outcome(path))


def test_word_files_packed_in_ways_word_lacks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "hostile.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("_rels/.rels", "<a/>")

    assert "packed" in str(outcome(path))


def test_pdf_pages_of_too_much_text_and_long_labels_take_bounded_time(tmp_path: Path) -> None:
    text = b"BT /F1 11 Tf 72 700 Td (1. A quay.) Tj 0 -30 Td (2. A pier.) Tj ET "
    crowd = b"BT /F1 1 Tf 9 700 Td " + b"(a) Tj 3 .1 Td " * 70_000 + b"ET"
    label = b"/PageLabels<</Nums[0<</S/D/P(%s)>>]>>" % (b"x" * 500_000)

    assert outcome(made(tmp_path, ".pdf", pdf(text))) == 2
    assert "characters on page 1" in str(outcome(made(tmp_path, ".pdf", pdf(crowd))))
    outcome(made(tmp_path, ".pdf", pdf(text, label, pages=300)))


def test_a_pdf_without_text_is_refused(tmp_path: Path) -> None:
    assert "OCR" in str(outcome(made(tmp_path, ".pdf", pdf(b"0 0 m 9 9 l S"))))
