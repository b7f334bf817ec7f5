"""The page that words are printed on, drawn from the report's own file with the words marked."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fastapi.testclient import TestClient

from indexer.errors import ReportError
from indexer.facsimile import draw_page
from indexer.facsimile.words import aligned
from indexer.load import load_report
from indexer.report import Passage, Report
from indexer.store import build_store
from indexer.store.kept import keep_original, original_of
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder
from tests.formats.test_pdf import FULL, MORE, Paper

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FIRST = "The board met in spring and heard the harbour master on the state of the quay."
SPLIT = (FULL, MORE, "ships of a hundred tons", "or for the ferry that is to come in autumn.")


def printed(folder: Path) -> Path:
    """A report of two pages, whose third paragraph runs over their edge."""
    paper = Paper().page()
    paper.numbered("1.", FIRST)
    paper.numbered("2.", "It resolved to dredge", "the north channel before the winter storms.")
    paper.y = 700
    paper.numbered("3.", *SPLIT[:2])
    paper.put(300, 800, "1")
    paper.page()
    for line in SPLIT[2:]:
        paper.line(line, 100)
    paper.gap().numbered(
        "4.", "The fares stay as they were, and so does the timetable of crossings."
    )
    paper.put(300, 800, "2")
    return paper.save(folder, "quay.pdf")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return printed(tmp_path)


@pytest.fixture
def report(file: Path) -> Report:
    return load_report(file)


def passage(report: Report, key: str) -> Passage:
    return next(each for each in report.passages if each.key == key)


def pixels(picture: bytes) -> NDArray[np.int64]:
    """Of a picture that has no filters: rows of red, green and blue."""
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    size = struct.unpack(">I", picture[33:37])[0]
    rows = np.frombuffer(zlib.decompress(picture[41 : 41 + size]), np.uint8)
    return rows.reshape(height, 1 + 3 * width)[:, 1:].reshape(height, width, 3).astype(np.int64)


def marked_rows(picture: bytes) -> NDArray[np.int64]:
    """The rows with yellow in them."""
    seen = pixels(picture)
    yellow = (seen[:, :, 0] > 200) & (seen[:, :, 2] < 120)
    return np.flatnonzero(yellow.any(axis=1))


def test_the_quoted_words_are_marked_where_they_are_printed(report: Report, file: Path) -> None:
    second = passage(report, "2")
    start = second.text.index("north channel")
    picture = draw_page(file, second, start, start + len("north channel"))

    rows = marked_rows(picture)
    # The second line of the second paragraph: 138 points below the page's top, of 842.
    scale = len(pixels(picture)) / 842
    assert 120 * scale < rows.min() < rows.max() < 145 * scale
    assert rows.max() - rows.min() < 20 * scale


def test_a_quote_on_the_next_page_shows_that_page(report: Report, file: Path) -> None:
    third = passage(report, "3")
    assert third.page == 1
    start = third.text.index("autumn")
    rows = marked_rows(draw_page(file, third, start, start + len("autumn")))

    assert rows.max() < len(pixels(draw_page(file, third, start, start + 6))) / 4


def test_a_quote_over_the_edge_of_a_page_shows_both_pages(report: Report, file: Path) -> None:
    third = passage(report, "3")
    one = draw_page(file, passage(report, "1"), 0, 10)

    assert len(pixels(draw_page(file, third, 0, len(third.text)))) > 2 * len(pixels(one)) - 10


def test_marks_of_footnotes_hyphens_and_ligatures_do_not_hide_the_words() -> None:
    page = "4 The of\ufb01cers were sat\x02\r\nis\ufb01ed.12 They re-\r\nmained at the har bour"
    text = "The officers were satisfied. They remained at the harbour"

    assert set(aligned(text, [page])) == {at for at, each in enumerate(text) if each.isalpha()}


def test_words_that_are_printed_twice_are_marked_in_their_own_paragraph() -> None:
    page = "1 The quay is old and long. 2 We went there. The quay is old and grey."
    text = "We went there. The quay is old and grey."
    start = text.index("The quay")

    assert aligned(text, [page])[start] == (0, page.rindex("The quay"))


def test_a_file_that_has_no_such_page_is_refused_in_words(report: Report, file: Path) -> None:
    other = Passage("1", "1", (), None, "Nothing", 0, 7, page=9)

    with pytest.raises(ReportError, match="no page 9"):
        draw_page(file, other, 0, 7)


def client(folder: Path, file: Path, originals: bool = True, keeping: bool = True) -> TestClient:
    """A server over the printed report and one that is a text."""
    encoder = LetterEncoder()
    store = build_store(folder, [load_report(file), load_report(HARBOUR)], encoder)
    for name, path in (("quay", file), ("harbour-2031", HARBOUR)):
        keep_original(folder, name, path, keeping)
    return TestClient(create_app(store, encoder, "secret", originals=originals))


def test_a_reader_is_shown_the_page_and_can_download_the_file(tmp_path: Path, file: Path) -> None:
    page = client(tmp_path / "store", file)

    assert (
        'href="/reports/quay/paragraphs/2.png?quote=3-11'
        in page.get("/reports/quay/paragraphs/2?quote=3-11").text
    )
    shown = page.get("/reports/quay/paragraphs/2.png?quote=3-11")
    assert shown.headers["content-type"] == "image/png"
    assert len(marked_rows(shown.content))
    assert page.get("/reports/quay/original").content == file.read_bytes()
    assert 'data-pictured="quay"' in page.get("/").text
    text = page.get("/reports/harbour-2031/paragraphs/2").text
    assert "Printed page" not in text
    assert "/reports/harbour-2031/original" in text
    assert page.get("/reports/harbour-2031/paragraphs/2.png").status_code == 404


@pytest.mark.parametrize(("originals", "keeping"), [(False, True), (True, False)])
def test_where_files_are_not_kept_no_page_is_shown(
    tmp_path: Path, file: Path, originals: bool, keeping: bool
) -> None:
    page = client(tmp_path / "store", file, originals, keeping)

    assert 'data-pictured=""' in page.get("/").text
    assert "Printed page" not in page.get("/reports/quay/paragraphs/2").text
    assert page.get("/reports/quay/paragraphs/2.png").status_code == 404
    assert page.get("/reports/quay/original").status_code == 404


def test_the_page_goes_with_its_report(tmp_path: Path, file: Path) -> None:
    page = client(tmp_path / "store", file)
    assert page.get("/reports/quay/paragraphs/2.png").status_code == 200
    page.delete("/api/v1/reports/quay", headers={"X-API-Key": "secret"})

    assert page.get("/reports/quay/paragraphs/2.png").status_code == 404
    assert page.get("/reports/quay/original").status_code == 404


def test_a_new_version_leaves_no_file_of_the_old_one(tmp_path: Path, file: Path) -> None:
    (tmp_path / "store").mkdir()
    keep_original(tmp_path / "store", "quay", file, keeping=True)
    keep_original(tmp_path / "store", "quay", file, keeping=False)

    assert original_of(tmp_path / "store", "quay") is None
