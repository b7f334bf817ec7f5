"""No text is lost without a word: bytes that are not what the rest of a file is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from indexer.errors import ReportError
from indexer.load import load_report

if TYPE_CHECKING:
    from pathlib import Path

LINES = [f"{n}. The café on quay {n} serves £{n} naïve teas – and “buns”.\n\n" for n in range(1, 9)]


def saved(folder: Path, data: bytes, ending: str = "txt") -> Path:
    path = folder / f"report.{ending}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("ending", ["txt", "md", "rst"])
def test_one_byte_that_is_not_utf8_spoils_no_other_and_is_named(
    tmp_path: Path, ending: str
) -> None:
    data = "".join(LINES).encode().replace(b"quay 3", b"quay \xe93")
    report = load_report(saved(tmp_path, data, ending))

    texts = [passage.text for passage in report.paragraphs]
    assert texts[0] == "The café on quay 1 serves £1 naïve teas – and “buns”."
    assert "quay \ufffd3" in texts[2]
    assert [(d.line, d.reason) for d in report.audit.doubtful] == [
        (5, "byte 0xE9 is not UTF-8 and was not read")
    ]


def test_many_bytes_that_are_not_utf8_are_refused_with_the_line(tmp_path: Path) -> None:
    data = "".join(LINES).encode().replace(b"serves", b"s\xe9rv\xe9s")
    with pytest.raises(ReportError, match="16 bytes of it are not, the first on line 1"):
        load_report(saved(tmp_path, data))


def test_a_file_without_any_utf8_is_read_as_windows_1252_and_that_is_said(tmp_path: Path) -> None:
    report = load_report(saved(tmp_path, "".join(LINES).encode("cp1252")))

    assert report.paragraphs[0].text == "The café on quay 1 serves £1 naïve teas – and “buns”."
    assert "read as Windows-1252" in report.audit.doubtful[0].reason


def test_a_file_that_is_utf8_has_no_doubts_about_it(tmp_path: Path) -> None:
    assert load_report(saved(tmp_path, "".join(LINES).encode())).audit.doubtful == ()


@pytest.mark.parametrize(
    "line", ["Date: 14 May 2012", "DATE 14 May 2012", "Published: 14 May 2012"]
)
def test_the_date_on_a_front_page_is_read(tmp_path: Path, line: str) -> None:
    text = f"Review of the quays\n\n{line}\n\nFindings\n\n" + "".join(LINES)
    assert load_report(saved(tmp_path, text.encode())).metadata.published == date(2012, 5, 14)
