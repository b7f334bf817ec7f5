"""PDF files made here, line by line, and the real ones where they are at hand."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF

from indexer.blocks import Block
from indexer.errors import ReportError
from indexer.formats.pdf import read_pdf
from indexer.formats.pdf.blocks import read_pages_of

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "documents"
LEFT, INDENT, PITCH = 72.0, 100.0, 13.0


class Paper:
    """Sets lines of type where a test wants them, in points from the top left."""

    def __init__(self) -> None:
        self.pdf = FPDF(unit="pt", format="A4")
        self.pdf.set_auto_page_break(False)
        self.y = 0.0

    def page(self, **label: str) -> Paper:
        self.pdf.add_page(**label)
        self.y = 100.0
        return self

    def put(self, x: float, y: float, text: str, size: float = 11, look: str = "") -> Paper:
        self.pdf.set_font("Helvetica", look, size)
        self.pdf.text(x, y, text)
        return self

    def line(self, text: str, x: float = LEFT, size: float = 11, look: str = "") -> Paper:
        self.put(x, self.y, text, size, look)
        self.y += PITCH * size / 11
        return self

    def numbered(self, number: str, *lines: str) -> Paper:
        """A paragraph whose number hangs in its own column."""
        self.put(LEFT, self.y, number)
        for text in lines:
            self.line(text, INDENT)
        return self.gap()

    def gap(self, points: float = 12) -> Paper:
        self.y += points
        return self

    def save(self, folder: Path, name: str = "made.pdf") -> Path:
        path = folder / name
        self.pdf.output(str(path))
        return path


FULL = "The committee heard that the northern harbour would need more room for larger"
MORE = "vessels and that no other quay along the coast could be made deep enough for"


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def test_lines_become_paragraphs_with_their_hanging_numbers(tmp_path: Path) -> None:
    paper = Paper().page().numbered("1.", FULL, MORE, "them.").numbered("2.", FULL, "vessels.")
    blocks = read_pdf(paper.save(tmp_path))
    assert texts(blocks) == [f"1. {FULL} {MORE} them.", f"2. {FULL} vessels."]
    assert all(block.gap and block.kind == "text" for block in blocks)
    assert blocks[0].style == blocks[1].style
    assert [block.line for block in blocks] == [1, 2]


def test_a_line_that_runs_on_with_a_figure_stays_inside(tmp_path: Path) -> None:
    lines = (
        f"{FULL[:-7]} until",
        "2031. The quay would by then be deep enough for all of",
        "them.",
    )
    paper = Paper().page().numbered("1.", *lines).numbered("2.", FULL, MORE, "4.184 above.")
    blocks = read_pdf(paper.save(tmp_path))
    assert texts(blocks) == ["1. " + " ".join(lines), f"2. {FULL} {MORE} 4.184 above."]


def test_a_wide_number_may_push_its_text_in(tmp_path: Path) -> None:
    paper = Paper().page().numbered("1.", FULL, "vessels.")
    paper.put(LEFT, paper.y, "100.").line(FULL, INDENT + 6).line("Vessels of all kinds.", INDENT)
    assert texts(read_pdf(paper.save(tmp_path)))[1] == f"100. {FULL} Vessels of all kinds."


def test_numbers_in_the_text_start_paragraphs_by_indent_and_short_lines(tmp_path: Path) -> None:
    paper = Paper().page()
    for number in (1, 2, 3):
        paper.line(f"{number}. {FULL}", LEFT + 20).line(MORE + " now").line("them.")
    blocks = read_pdf(paper.save(tmp_path))
    assert texts(blocks) == [f"{n}. {FULL} {MORE} now them." for n in (1, 2, 3)]


def test_first_line_indents_part_paragraphs_without_white(tmp_path: Path) -> None:
    paper = Paper().page()
    paper.line(FULL, LEFT + 20).line(MORE).line("them.").line(FULL, LEFT + 20).line("vessels.")
    assert texts(read_pdf(paper.save(tmp_path))) == [f"{FULL} {MORE} them.", f"{FULL} vessels."]


def with_edges(pages: int, first: int = 1) -> Paper:
    paper = Paper()
    for index in range(pages):
        paper.page().put(LEFT, 40, "Harbour Inquiry, final report", 8)
        paper.put(290, 800, str(index + first))
        paper.numbered(f"{index + 1}.", f"Point {index} of the inquiry stands on a page by itself.")
    return paper


def test_headers_and_page_numbers_go_and_give_the_printed_page(tmp_path: Path) -> None:
    blocks = read_pdf(with_edges(6, first=11).save(tmp_path))
    assert len(blocks) == 6
    assert [block.page for block in blocks] == [1, 2, 3, 4, 5, 6]
    assert [block.page_label for block in blocks] == ["11", "12", "13", "14", "15", "16"]


def test_the_files_own_page_labels_come_first(tmp_path: Path) -> None:
    paper = Paper().page(label_style="r").line("Preface to the report of the inquiry.")
    paper.page(label_style="D", label_start=1).line("The inquiry sat in the harbour office.")
    assert [block.page_label for block in read_pdf(paper.save(tmp_path))] == ["i", "1"]


def test_pages_without_any_number_have_no_label(tmp_path: Path) -> None:
    assert read_pdf(Paper().page().line("One line.").save(tmp_path))[0].page_label is None


def test_a_heading_that_recurs_or_counts_is_no_header(tmp_path: Path) -> None:
    paper = Paper()
    for index, word in enumerate(
        ["quay", "rock", "tide", "crane", "pier", "mole", "light", "ship"]
    ):
        paper.page().line("Findings" if index % 5 == 0 else f"Part {index}", size=16)
        paper.gap().line(f"The {word} was seen by all who came, and was described at length.")
    found = texts(read_pdf(paper.save(tmp_path)))
    assert found.count("Findings") == 2
    assert "Part 4" in found


def test_a_paragraph_runs_over_a_page_break_and_its_furniture(tmp_path: Path) -> None:
    ends = ("vessels, as the survey shows.", "ships of all kinds, it was said.")
    paper = Paper()
    for index in range(3):
        paper.page().put(LEFT, 40, "Harbour Inquiry", 8).put(290, 800, str(index + 1))
        if index:
            paper.line(ends[index - 1], INDENT).gap()
        paper.numbered(f"{index + 1}.", FULL)
    blocks = read_pdf(paper.save(tmp_path))
    assert texts(blocks)[:2] == [f"{n}. {FULL} {ends[n - 1]}" for n in (1, 2)]
    assert [block.page for block in blocks] == [1, 2, 3]


def footnoted(paper: Paper, number: int) -> Paper:
    """A page with a raised mark in its text and a note under a rule."""
    paper.page().put(LEFT, paper.y, f"{number}.").put(INDENT, paper.y, "The survey")
    width = paper.pdf.get_string_width("The survey")
    paper.put(INDENT + width, paper.y - 4, str(number), 6.5)
    paper.put(INDENT + width + 4, paper.y, " came first.")
    paper.y += PITCH
    paper.gap().numbered(f"{number + 1}.", FULL, "vessels.")
    paper.pdf.line(LEFT, 720, LEFT + 144, 720)
    paper.put(LEFT, 731, str(number), 6).put(LEFT + 6, 735, "Survey of the", 9)
    return paper.put(LEFT, 746, "northern harbour.", 9)


def test_footnotes_follow_the_block_that_calls_them(tmp_path: Path) -> None:
    first, note, second = read_pdf(footnoted(Paper(), 1).save(tmp_path))
    assert (first.text, first.calls) == ("1. The survey came first.", ("1",))
    assert (note.kind, note.label, note.text) == (
        "footnote",
        "1",
        "Survey of the northern harbour.",
    )
    assert second.text.startswith("2. The committee")


def test_a_note_may_run_over_the_page(tmp_path: Path) -> None:
    paper = footnoted(Paper(), 1)
    paper.page().numbered("3.", FULL, "vessels.").pdf.line(LEFT, 720, LEFT + 144, 720)
    paper.put(LEFT, 735, "It was printed twice.", 9)
    notes = [block.text for block in read_pdf(paper.save(tmp_path)) if block.kind == "footnote"]
    assert notes == ["Survey of the northern harbour. It was printed twice."]


def test_a_raised_figure_without_a_note_stays(tmp_path: Path) -> None:
    paper = Paper().page().put(LEFT, 100, "An area of 40 m")
    width = paper.pdf.get_string_width("An area of 40 m")
    paper.put(LEFT + width, 96, "2", 6.5).put(LEFT + width + 4, 100, " was dug out.")
    assert texts(read_pdf(paper.save(tmp_path))) == ["An area of 40 m2 was dug out."]


def test_headings_join_their_lines_and_take_levels_from_type(tmp_path: Path) -> None:
    paper = Paper().page().line("The harbour and what the inquiry was", size=18)
    paper.line("asked to find out about it", size=18).gap().line("Background", look="B").gap()
    paper.numbered("1.", FULL, MORE, "them.").line("Evidence heard", look="B").gap()
    paper.numbered("2.", FULL, MORE, "them.")
    headings = [block for block in read_pdf(paper.save(tmp_path)) if block.kind == "heading"]
    assert [(block.text, block.level) for block in headings] == [
        ("The harbour and what the inquiry was asked to find out about it", 1),
        ("Background", 2),
        ("Evidence heard", 2),
    ]


def test_bold_words_that_begin_a_paragraph_are_no_heading(tmp_path: Path) -> None:
    paper = Paper().page().put(LEFT, 100, "Quay:", look="B").put(LEFT + 40, 100, "a landing place.")
    paper.y = 130
    paper.line(FULL).line("vessels.")
    assert [block.kind for block in read_pdf(paper.save(tmp_path))] == ["text", "text"]


def test_items_have_kinds_and_depths(tmp_path: Path) -> None:
    paper = Paper().page().numbered("1.", "The committee asks the council to:")
    paper.put(INDENT, paper.y, "(a)").line("dig out the harbour;", 125)
    paper.put(125, paper.y, "(i)").line("first on the northern side; and", 150)
    paper.put(125, paper.y, "(ii)").line("then on the southern one;", 150)
    paper.put(INDENT, paper.y, "(b)").line("build a new quay.", 125)
    assert [(b.kind, b.level, b.text) for b in read_pdf(paper.save(tmp_path))] == [
        ("text", None, "1. The committee asks the council to:"),
        ("item", 1, "(a) dig out the harbour;"),
        ("item", 2, "(i) first on the northern side; and"),
        ("item", 2, "(ii) then on the southern one;"),
        ("item", 1, "(b) build a new quay."),
    ]


def test_hyphens_at_line_ends_go_only_where_the_file_bears_it_out(tmp_path: Path) -> None:
    paper = Paper().page()
    paper.line("A breakwater is a well-known thing, but here it stands as a break-").line(
        "water of stone on the outer side, and so on; the same goes for a well-"
    ).line("known lighthouse on the rock, which is a sort of tower with a re-").line(
        "lit lamp on it; and for pre-"
    ).line("and post-war quays.")
    (block,) = read_pdf(paper.save(tmp_path))
    assert "a breakwater of stone" in block.text
    assert "a well-known lighthouse" in block.text
    assert "a re-lit lamp" in block.text
    assert "pre- and post-war" in block.text


def test_columns_of_a_table_are_parted_by_tabs(tmp_path: Path) -> None:
    paper = Paper().page().line("The figures are these.").gap()
    for cells in (
        ("Quay", "Depth", "Length"),
        ("North", "12 m", "300 m"),
        ("South", "9 m", "90 m"),
    ):
        for x, cell in zip((72, 200, 320), cells, strict=True):
            paper.put(x, paper.y, cell)
        paper.y += PITCH
    rows = [block.text for block in read_pdf(paper.save(tmp_path)) if block.kind == "row"]
    assert rows == ["Quay\tDepth\tLength", "North\t12 m\t300 m", "South\t9 m\t90 m"]


def test_cells_of_many_lines_are_whole_between_rules(tmp_path: Path) -> None:
    paper = Paper().page()
    for left, right in (
        (("North", "quay"), ("Deep enough", "for all", "vessels")),
        (("South",), ("Not",)),
    ):
        paper.pdf.line(72, paper.y - 11, 500, paper.y - 11)
        for side, x in ((left, 72), (right, 200)):
            for index, text in enumerate(side):
                paper.put(x, paper.y + index * PITCH, text)
        paper.y += PITCH * max(len(left), len(right)) + 4
    paper.pdf.line(72, paper.y - 11, 500, paper.y - 11)
    blocks = read_pdf(paper.save(tmp_path))
    assert [(b.kind, b.text) for b in blocks] == [
        ("row", "North quay\tDeep enough for all vessels"),
        ("row", "South\tNot"),
    ]


def test_dots_to_a_page_number_make_a_contents_entry(tmp_path: Path) -> None:
    paper = Paper().page().line("Contents", size=16).gap()
    paper.line("1. Background " + "." * 60 + " 3").line("2. Evidence " + "." * 60 + " 14")
    blocks = read_pdf(paper.save(tmp_path))
    assert [block.kind for block in blocks] == ["heading", "contents", "contents"]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    paper = Paper().page().line("The harbour inquiry, printed in two columns for once", size=16)
    top = paper.y + 20
    for x, number in ((60, 1), (310, 2)):
        paper.y = top
        paper.line(f"{number}. The column is full of words that run", x)
        for _ in range(6):
            paper.line("on and on, as columns do in old reports", x)
        paper.line("to their end.", x)
    _, left, right = texts(read_pdf(paper.save(tmp_path)))
    for text, number in ((left, 1), (right, 2)):
        assert text.startswith(f"{number}. The column is full")
        assert text.endswith("to their end.")


def test_a_turned_page_is_read_upright(tmp_path: Path) -> None:
    paper = Paper().page()
    with paper.pdf.rotation(90, 300, 400):
        paper.put(72, 300, "1. The first line of a table").put(72, 313, "that lies on its side.")
    assert texts(read_pdf(paper.save(tmp_path))) == [
        "1. The first line of a table that lies on its side."
    ]


def test_text_at_an_angle_is_kept_out_of_the_paragraphs(tmp_path: Path) -> None:
    paper = Paper().page()
    with paper.pdf.rotation(45, 300, 400):
        paper.put(200, 400, "Confidential", 40)
    paper.numbered("1.", FULL, MORE, "them.")
    assert sorted(texts(read_pdf(paper.save(tmp_path)))) == [
        f"1. {FULL} {MORE} them.",
        "Confidential",
    ]


def scanned(folder: Path) -> Path:
    paper = Paper().page()
    paper.pdf.rect(100, 100, 200, 200, style="F")
    return paper.save(folder)


def encrypted(folder: Path) -> Path:
    paper = Paper().page().line("A secret.")
    paper.pdf.set_encryption(owner_password="owner", user_password="user")
    return paper.save(folder)


def cut(folder: Path) -> Path:
    path = with_edges(6).save(folder)
    path.write_bytes(path.read_bytes()[:-1500])
    return path


def damaged(folder: Path) -> Path:
    path = folder / "made.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\nstartxref\n12\n%%EOF\n")
    return path


def empty(folder: Path) -> Path:
    path = folder / "made.pdf"
    path.write_bytes(b"")
    return path


def page_of_html(folder: Path) -> Path:
    path = folder / "made.pdf"
    path.write_bytes(b"<!doctype html><p>Not found</p>" * 40)
    return path


def only_edges(folder: Path) -> Path:
    paper = Paper()
    for index in range(6):
        paper.page().put(LEFT, 40, "Harbour Inquiry", 8).put(290, 800, str(index + 1))
    return paper.save(folder)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (scanned, "has no text, only pictures"),
        (encrypted, "is encrypted"),
        (cut, "is truncated"),
        (damaged, "is a damaged PDF file"),
        (empty, "is empty"),
        (page_of_html, "is not a PDF file"),
        (only_edges, "no text besides headers"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_one_line(
    make, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match=problem) as caught:
        read_pdf(make(tmp_path))
    message = str(caught.value)
    assert message.startswith("made.pdf")
    assert "\n" not in message


def test_a_file_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.formats.pdf.source.MOST_BYTES", 1000)
    with pytest.raises(ReportError, match="split it"):
        read_pages_of(with_edges(6).save(tmp_path))


def test_a_file_of_too_many_characters_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.formats.pdf.source.MOST_CHARS", 100)
    with pytest.raises(ReportError, match="over 100 characters"):
        read_pages_of(with_edges(6).save(tmp_path))


def test_a_page_that_unpacks_to_very_much_ends_soon(tmp_path: Path) -> None:
    packed = zlib.compress(b" " * 50_000_000)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, start=1))
    path = tmp_path / "made.pdf"
    path.write_bytes(b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")
    begun = time.perf_counter()
    with pytest.raises(ReportError, match="no text"):
        read_pdf(path)
    assert time.perf_counter() - begun < 5


REAL = [
    "inspector_report_aap_2017",
    "inspector_report_coventry_2017",
    "cabinet_report_2018",
    "draft_nppf_2025",
]


def folded(text: str) -> str:
    return "".join(re.findall(r"[^\W\d_]", text)).casefold()


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not here")
@pytest.mark.parametrize("name", REAL)
def test_real_documents_keep_their_numbers_and_their_words(name: str) -> None:
    path = DOCUMENTS / f"{name}.pdf"
    blocks = read_pdf(path)
    document = pypdfium2.PdfDocument(path)
    pages = len(document)

    expected = [
        json.loads(line)
        for line in (DOCUMENTS / "numbering" / f"{name}.jsonl").read_text().splitlines()
    ]
    place, found = 0, 0
    for paragraph in expected:
        start = folded(paragraph["start"].rpartition("|")[2])[:40]
        for index in range(place, len(blocks)):
            text = blocks[index].text
            if text.startswith(paragraph["printed"]) and folded(text).startswith(start):
                place, found = index + 1, found + 1
                break
    assert found >= 0.99 * len(expected)

    raw: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for page in document:
        for line in page.get_textpage().get_text_range().splitlines():
            if key := folded(line):
                lines[key] += 1
                raw.update(key)
    document.close()
    bodies = [folded(block.text) for block in blocks]
    for line, count in lines.items():
        if count >= 0.7 * pages and not any(line in body for body in bodies):
            raw.subtract({char: count * line.count(char) for char in set(line)})
    kept = Counter("".join(bodies))
    assert not kept - raw
    assert sum((raw - kept).values()) <= 0.0005 * sum(raw.values())


def test_a_file_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.formats.pdf.SECONDS", 0.001)
    with pytest.raises(ReportError, match="takes too long"):
        read_pdf(with_edges(6).save(tmp_path))


def test_the_process_that_reads_is_ended_by_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.formats.pdf.MEMORY", 1)
    with pytest.raises(ReportError, match="too much memory"):
        read_pdf(with_edges(6).save(tmp_path))
