"""Report files to numbered paragraphs: golden files and properties."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import ReportError
from indexer.formats.txt import blocks_of
from indexer.load import load_report
from indexer.numbering.levels import infer_levels
from indexer.numbering.split import split_blocks
from tests.conftest import HARBOUR, ROOT, SEED

if TYPE_CHECKING:
    from pathlib import Path


def folded(text: str) -> str:
    return " ".join(text.split())


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalpha())


def split_text(text: str) -> list[tuple[str | None, str]]:
    return [(p.number, p.text) for p in split_blocks(blocks_of(text)).passages]


def test_the_seed_splits_into_the_107_paragraphs_split_by_hand() -> None:
    gold = json.loads((ROOT / "tests/golden/northumberland-paragraphs.json").read_text())
    found = load_report(SEED).paragraphs

    assert [(p.number, list(p.section), p.note, folded(p.text)) for p in found] == [
        (str(g["number"]), g["section"], g["grade"], folded(g["text"])) for g in gold
    ]


def test_the_seeds_front_page_and_closing_table_are_cited_by_heading() -> None:
    unnumbered = {p.key: p for p in load_report(SEED).passages if p.number is None}

    assert set(unnumbered) == {"front-page", "record-of-main-findings"}
    assert "Martin Ayres HMI" in unnumbered["front-page"].text
    table = unnumbered["record-of-main-findings"]
    assert table.section == ("Record of main findings",)
    assert "Staying safe\tGood" in table.text


def test_the_seeds_contents_list_is_in_no_passage() -> None:
    assert not any("Economic well-being\t35" in p.text for p in load_report(SEED).passages)


def test_a_report_with_other_headings_numbers_and_wrapping_splits_as_written_down() -> None:
    expected = json.loads((ROOT / "tests/golden/harbour-2031.json").read_text())
    report = load_report(HARBOUR)

    assert [
        {
            "key": p.key,
            "number": p.number,
            "section": list(p.section),
            "note": p.note,
            "text": p.text,
        }
        for p in report.passages
    ] == expected
    assert report.audit.gaps == ("7",)
    assert report.metadata.title == "HARBOUR AND FERRY SERVICES REVIEW"
    assert report.metadata.missing == ("publisher",)


@pytest.mark.parametrize("path", [SEED, HARBOUR], ids=lambda path: path.stem)
def test_every_passage_is_a_slice_and_every_letter_of_the_file_is_in_the_text(path: Path) -> None:
    report = load_report(path)

    assert all(report.text[p.start : p.end] == p.text for p in report.passages)
    assert folded(report.text) == folded(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1. One.\n2. Two.\n\n3. Three.", ["1", "2", "3"]),
        ("1 One.\n\n2 Two.\n\n2011 was a bad year.\n\n3 Three.", ["1", "2", "3"]),
        ("[1] One.\n[2] Two.", ["1", "2"]),
        ("(1) One.\n(2) Two.", ["1", "2"]),
        ("1) One.\n2) Two.", ["1", "2"]),
        ("1.1 One.\n1.2 Two.\n\nNext part\n\n2.1 Three.", ["1.1", "1.2", "2.1"]),
        (
            "28. One.\n29. Two.\n29A. Three.\n29B. Four.\n30. Five.",
            ["28", "29", "29A", "29B", "30"],
        ),
        ("1. See\n2019. It was late.\n2. Two.\n3. Three.", ["1", "2", "3"]),
        ("1. One:\n- a\n- b\n\n2. Two.\n\n75 case files\n\n3. Three.", ["1", "2", "3"]),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_numbers_are_read_in_the_style_they_are_printed(text: str, numbers: list[str]) -> None:
    assert [number for number, _ in split_text(text) if number] == numbers


def test_gaps_repeats_and_disorder_are_reported_not_repaired() -> None:
    lines = [f"{n}. Text of paragraph {n}." for n in (1, 2, 4, 5, 5, 6)]
    audit = split_blocks(blocks_of("\n\n".join(lines))).audit

    assert (audit.count, audit.first, audit.last) == (6, "1", "6")
    assert audit.gaps == ("3",)
    assert audit.repeats == ("5",)
    assert not audit.clean


def test_a_repeated_number_keeps_its_label_and_gets_a_key_of_its_own() -> None:
    passages = split_blocks(blocks_of("1. One.\n\n2. Two.\n\n2. Again.\n\n3. Three.")).passages

    assert [p.number for p in passages] == ["1", "2", "2", "3"]
    assert len({p.key for p in passages}) == 4


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.txt", b" \n\n ", "is empty"),
        ("binary.txt", b"\x00\x01\x02PNG\x00" * 50, "is a binary file"),
        ("noise.txt", bytes(range(1, 32)) * 50, "is a binary file"),
        ("prose.txt", b"A letter.\n\nNothing in it is numbered.", "no numbered paragraphs"),
        ("report.xyz", b"1. One.\n2. Two.", "no reader for '.xyz' files"),
        ("my report.txt", b"1. One.\n2. Two.", "rename the file"),
    ],
)
def test_a_file_that_is_no_report_is_named_with_what_to_do(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(ReportError, match=says) as error:
        load_report(path)
    assert name in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="does not exist"):
        load_report(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("sidecar", "says"),
    [
        ("title = ", "not valid TOML"),
        ('titel = "x"', "unknown field 'titel'"),
        ('published = "May"', "'published' must be a date"),
        ('kind = "poem"', "kind must be one of"),
    ],
)
def test_a_wrong_sidecar_is_refused_with_the_field(tmp_path: Path, sidecar: str, says: str) -> None:
    (tmp_path / "r.txt").write_text("1. One.\n2. Two.")
    (tmp_path / "r.toml").write_text(sidecar)

    with pytest.raises(ReportError, match=says):
        load_report(tmp_path / "r.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_office_files_come_in(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes("1. Café “quoted”.\r\n2. Crèche – naïve.\r\n".encode(encoding))

    assert [p.text for p in load_report(path).paragraphs] == ["Café “quoted”.", "Crèche – naïve."]


def test_headings_that_recur_are_siblings_and_the_group_before_each_round_is_a_part() -> None:
    titles = [
        "intro",
        "part a",
        "quality",
        "staff",
        "outcomes",
        "health",
        "staff",
        "part b",
        "quality",
    ]
    opens = [False, True, False, False, True, False, False, True, False]

    assert infer_levels(titles, opens) == [1, 1, 2, 2, 2, 3, 2, 1, 2]


STYLES = ["{}. ", "{} ", "{}) ", "[{}] ", "({}) ", "{}.\t", "3.{} ", "3.{}. "]
WORDS = st.lists(
    st.sampled_from(
        [
            "the",
            "board",
            "was",
            "told",
            "that",
            "ferries",
            "ran",
            "late",
            "in",
            "June",
            "and",
            "crews",
            "were",
            "short",
        ]
    ),
    min_size=3,
    max_size=30,
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=4).map(
    lambda found: " ".join(" ".join(words).capitalize() + "." for words in found)
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """A document in one numbering style, with headings, bullets and page breaks strewn in."""
    style = draw(st.sampled_from(STYLES))
    bodies = draw(st.lists(SENTENCES, min_size=3, max_size=25))
    lines: list[str] = []
    expected = []
    for number, body in enumerate(bodies, start=1):
        if draw(st.integers(0, 4)) == 0:
            lines += ["", f"Part about {draw(st.sampled_from(['ferries', 'crews', 'safety']))}", ""]
        label = style.format(number)
        words = body.split()
        cut = draw(st.integers(0, len(words) - 1))
        # A page break in mid-sentence: long enough before, small letters after.
        before, after = " ".join(words[:cut]), " ".join(words[cut:])
        text = body
        if len(before) > 90 and after[0].islower():
            text = f"{before}\n\n{after}"
        bullets = [f"- {item}" for item in draw(st.lists(st.just("a point"), max_size=3))]
        lines += [label + text, *bullets, ""]
        expected.append((label.strip(" .)]([\t"), folded(" ".join([body, *bullets]))))
    return "\n".join(lines), expected


@given(documents())
@settings(max_examples=150, deadline=None)
def test_generated_documents_come_back_with_the_numbers_they_were_made_with(
    document: tuple[str, list[tuple[str, str]]],
) -> None:
    text, expected = document
    found = [(number, folded(body)) for number, body in split_text(text) if number]

    assert found == expected


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_splits_into_slices_that_keep_its_letters(text: str) -> None:
    found = split_blocks(blocks_of(text))

    assert all(found.text[p.start : p.end] == p.text for p in found.passages)
    # Page numbers, underlines of headings and invisible characters are no part of the text.
    assert letters(found.text) == letters(text)
