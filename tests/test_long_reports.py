"""Reports of thousands of paragraphs: their pages come in parts, and quickly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from indexer.store import build_store
from search_api.http.app import create_app
from search_api.http.pages import SHEET
from tests.test_large_store import made

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LetterEncoder

SIZE = 2 * SHEET + 500


@pytest.fixture
def client(tmp_path: Path, letters: LetterEncoder) -> TestClient:
    return TestClient(
        create_app(build_store(tmp_path / "store", [made(1, SIZE)], letters), letters)
    )


def test_a_long_report_comes_in_parts_that_lead_to_each_other(client: TestClient) -> None:
    second = client.get("/reports/r001?part=2").text
    assert f'id="p-{SHEET + 1}"' in second
    assert f'id="p-{SHEET}"' not in second
    assert 'href="?part=1"' in second
    assert 'href="?part=3"' in second
    assert client.get("/reports/r001?part=4").status_code == 404
    shown = [client.get(f"/reports/r001?part={part}").text.count('id="p-') for part in (1, 2, 3)]
    assert shown == [SHEET, SHEET, 500]


def test_contents_and_numbers_lead_into_the_right_part(client: TestClient) -> None:
    first = client.get("/reports/r001").text
    assert f'href="?part=2#p-{SHEET + 1}"' in first
    there = client.get(f"/reports/r001/go?to={SHEET + 5}-{SHEET + 7}", follow_redirects=False)
    assert there.headers["location"].endswith(f"?part=2#p-{SHEET + 5}")


def test_a_part_takes_less_than_a_second_of_a_processor(client: TestClient) -> None:
    client.get("/reports/r001")
    start = time.process_time()
    assert client.get("/reports/r001?part=2").status_code == 200
    assert time.process_time() - start < 1.0
