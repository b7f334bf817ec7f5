"""Hostile files, and what must come of each: paragraphs, or a refusal.

Bombs are kept as the lines that make them. `python -m tests.formats.hostile.make FOLDER` writes
them where one can look at them.
"""

from __future__ import annotations

import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

TEXT = "".join(f"{n}. The harbour master gave evidence {n} times.\n\n" for n in (1, 2, 3))
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
AKN = 'xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    f'<Relationships><Relationship Id="a" Type="{OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def word(body: str, doctype: str = "") -> Callable[[Path], None]:
    """A Word file with this body."""

    def make(path: Path) -> None:
        document = f"{doctype}<w:document {W}><w:body>{body}</w:body></w:document>"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, inside in (("_rels/.rels", RELATIONS), ("word/document.xml", document)):
                archive.writestr(zipfile.ZipInfo(name), inside, zipfile.ZIP_DEFLATED, 9)

    return make


def par(text: str) -> str:
    """A paragraph of Word."""
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def akn(body: str, doctype: str = "") -> str:
    """An act with this body."""
    return f'{doctype}<akomaNtoso {AKN}><act name="a"><body>{body}</body></act></akomaNtoso>'


def pdf(
    content: bytes, catalog: bytes = b"", page: bytes = b"", more: tuple[bytes, ...] = ()
) -> bytes:
    """A PDF of a page, with entries added to its catalog and page, and objects from number 6."""
    packed = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>"
        % (page or b"/Resources<</Font<</F1 5 0 R>>>>"),
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % one for one in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


LINES = b"BT /F1 11 Tf 72 700 Td (1. A quay.) Tj 0 -30 Td (2. A pier.) Tj ET "
WORDS = "".join(par(line) for line in TEXT.split("\n\n") if line)
PAGE = "".join(f"<p>{line}</p>" for line in TEXT.split("\n\n") if line)
ACT = "".join(
    f"<paragraph><num>{n}.</num><content><p>Evidence.</p></content></paragraph>" for n in (1, 2, 3)
)
BILLION = "<!DOCTYPE a [<!ENTITY l0 'ha'>" + "".join(
    f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
FORM = b"/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>"
SELF = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"
    b"/Length 5>>stream\n/X Do\nendstream"
)
HUGE = (
    b"<</Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8"
    b"/ColorSpace/DeviceRGB/Length 1>>stream\nx\nendstream"
)
CYCLE = pdf(LINES).replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R 2 0 R 3 0 R]/Count 3")

Inside = str | bytes | Callable[[Path], None]

FILES: dict[str, tuple[int | str, Inside]] = {
    # Characters that steer a terminal or turn the text round.
    "steering.txt": (199, f"\x1b\x07{TEXT}4. \u202eThe quay\u2066 was\x9b2J \x7fclosed\u2028today.\n\n"
    + "".join(f"{n}. The pier was open.\n\n" for n in range(5, 200))),
    "steering.md": (4, f"{TEXT}4. The &#27;[2J quay &#x9b;2J &#x202e;was&#31;closed &#xd800; &#0; today.\n"),
    "steering.html": (4, f"{PAGE}<p>4. The &#27;[2J quay &#x202e;was&#31;closed &#xd800; &#0; today.</p>"),
    "steering.docx": (4, word(WORDS + par("4. The quay &#x202e;was&#x9b;2J closed&#x2028;today."))),
    "steering.xml": (3, akn(ACT + "<p>The quay &#x202e;was&#x9b;2J closed&#x2028;today.</p>")),
    # Encodings.
    "sixteen.txt": (3, b"\xff\xfe" + TEXT.encode("utf-16-le")),
    "thirty-two.txt": ("unknown encoding", TEXT.encode("utf-32")),
    "no-mark.txt": ("binary", TEXT.encode("utf-16-le")),
    "half-pairs.txt": ("unknown encoding", b"\xff\xfe" + TEXT.encode("utf-16-le") + b"\x00\xd8" * 9),
    "marks.txt": (3, "\ufeff" * 50 + TEXT),
    "nul.txt": ("binary", TEXT + "\0"),
    # Numbers.
    "digits.txt": (4, TEXT + "4. The quay.\n\n" + "1" * 100_000 + ". The pier.\n"),
    "digits.md": (3, f"{TEXT}{'1' * 100_000}. The pier.\n\n[^{'1' * 9000}]: x\n"),
    "digits.html": (3, f"{PAGE}<ul><li value={'9' * 9000}>x<li value=-{'9' * 9000}>y</ul><td colspan={'9' * 9000}>z"),
    "levels.txt": (3, TEXT + "1." * 10_000 + "1 The pier.\n"),
    "roman.txt": (3, TEXT + "MCMXCIX. The pier.\n\nIIIIIIII. The quay.\n\n" + "M" * 10_000 + ". The dock.\n"),
    "fullwidth.txt": (5, TEXT + "４. The pier.\n\n٤. The quay.\n\n②. The dock.\n\n" + "²" * 999 + ". Wharf.\n"),
    "sections.txt": (3, TEXT + "§" * 100_000 + " 1 The pier.\n"),
    # Nesting.
    "divs.html": ("nested deeper", PAGE + "<div>" * 100_000),
    "spans.html": (3, PAGE + "<b>" * 250 + "x"),
    "tables.docx": ("too deeply", word(WORDS + "<w:tbl><w:tr><w:tc>" * 10_000 + par("x") + "</w:tc></w:tr></w:tbl>" * 10_000)),
    "runs.docx": ("too deeply", word(WORDS + "<w:ins>" * 10_000 + par("x") + "</w:ins>" * 10_000)),
    "sections.xml": (3, akn(ACT + "<section>" * 200 + "<p>x</p>" + "</section>" * 200)),
    "deep.xml": ("depth", akn(ACT + "<section>" * 10_000 + "<p>x</p>" + "</section>" * 10_000)),
    "quotes.md": (3, TEXT + "> " * 5000 + "x\n\n" + "- " * 5000 + "x\n\n" + "[" * 5000 + "x" + "](" * 5000),
    "indents.rst": (3, TEXT + "".join(" " * n + f"* a {n}\n\n" for n in range(300))),
    # Bombs.
    "bomb.docx": ("unpacks to more", word(par("1. A quay.") + par("a" * 70_000_000))),
    "tags.docx": ("unpacks to more", word("<w:p/>" * 2_100_000)),
    "entities.docx": ("broken XML", word(par("&l9;"), BILLION)),
    "entities.xml": ("well-formed", akn(f"{ACT}<p>&l9;</p>", BILLION)),
    "entities.html": (3, BILLION + PAGE + "<p>&l9;</p>"),
    "outside.xml": ("entities", akn(f"{ACT}<p>&x;</p>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
    "outside.rst": (3, f"{TEXT}.. include:: /etc/passwd\n\n.. raw:: html\n   :file: /etc/passwd\n"),
    # PDF.
    "loop.pdf": (2, pdf(LINES + b"/X Do", page=FORM, more=(SELF,))),
    "cycle.pdf": ("damaged", CYCLE),
    "image.pdf": (2, pdf(LINES + b"/X Do", page=FORM, more=(HUGE,))),
    "inflates.pdf": (2, pdf(LINES + b" " * 50_000_000)),
    "many.pdf": (2, pdf(LINES).replace(b"/Count 1>>", b"/Count 2000000000>>")),
    "script.pdf": (2, pdf(LINES, b"/OpenAction<</S/JavaScript/JS(while(1){app.alert(1)})>>")),
    "locked.pdf": ("encrypted", pdf(LINES).replace(
        b"trailer <<",
        b"trailer <</Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>/ID[(a)(a)]" % (b"o" * 32, b"u" * 32),
    )),
    "xref.pdf": (2, pdf(LINES).replace(b"startxref\n0", b"startxref\n99999999999999999999")),
    "prev.pdf": (2, pdf(LINES).replace(b"trailer <<", b"xref\n0 1\n0000000000 65535 f \ntrailer <</Prev 9 ")),
    "steering.pdf": (2, pdf(b"BT /F1 11 Tf 72 700 Td (1. A quay.) Tj 0 -30 Td (2. A \\033[2J\\233 pier.) Tj ET ")),
    "fonts.pdf": (2, pdf(LINES.replace(b"11 Tf", b"1e38 Tf") + LINES.replace(b"72 700", b"-1e38 1e38"))),
}  # fmt: skip


def make(folder: Path) -> None:
    """Write every file into a folder."""
    for name, (_, inside) in FILES.items():
        path = folder / name
        if callable(inside):
            inside(path)
        else:
            path.write_bytes(inside.encode() if isinstance(inside, str) else inside)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
