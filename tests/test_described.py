"""What a person says of a report: set, shown, kept; and two documents of one name."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from indexer import build
from indexer.build import describe_in, index_reports
from indexer.errors import OtherDocumentError, ReportError, StoreError
from indexer.load import load_report
from indexer.metadata.described import NAME
from indexer.store import open_store
from search_api.cli import main
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder
from tests.test_uploads import FERRY, KEY, ended, refused, send

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.report import Metadata
    from indexer.store import Store

OTHER = "".join(f"{n}. Zinc, quartz and jade were found in pit {n}.\n\n" for n in range(1, 31))


@pytest.fixture(autouse=True)
def letters_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexing as the command does it, without a model."""
    monkeypatch.setattr(build, "encoder_for", lambda *_: LetterEncoder())
    monkeypatch.setattr(build, "encoder_of", lambda _: LetterEncoder())


@pytest.fixture
def client(harbour_store: Store, letters: LetterEncoder) -> TestClient:
    return TestClient(create_app(harbour_store, letters, "secret"))


def about(folder: Path, name: str = "harbour-2031") -> Metadata:
    return open_store(folder).report(name).metadata


def source_of(found: Metadata, field: str) -> str:
    return next((known.source for known in found.known if known.field == field), "")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments])


def copied(tmp_path: Path, sidecar: str = "") -> Path:
    path = tmp_path / HARBOUR.name
    shutil.copy(HARBOUR, path)
    if sidecar:
        path.with_suffix(".toml").write_text(sidecar)
    return path


def test_what_a_person_set_wins_over_the_sidecar_and_outlives_indexing(tmp_path: Path) -> None:
    path, folder = copied(tmp_path, 'title = "Sidecar"\npublisher = "Board"\n'), tmp_path / "store"
    index_reports(folder, [path])
    assert about(folder).title == "Sidecar"

    store = open_store(folder)
    describe_in(
        store, LetterEncoder(), "harbour-2031", {"title": "Mine", "published": "2031-05-02"}
    )
    path.write_text(path.read_text() + "\n9. One paragraph more.\n")
    index_reports(folder, [path])

    found = about(folder)
    assert (found.title, found.publisher, str(found.published)) == ("Mine", "Board", "2031-05-02")
    assert source_of(found, "title") == "set by a person"
    assert source_of(found, "publisher") == "sidecar harbour-2031.toml"


def test_an_empty_value_takes_back_what_was_set(tmp_path: Path) -> None:
    path, folder = copied(tmp_path, 'title = "Sidecar"\n'), tmp_path / "store"
    index_reports(folder, [path])
    for title in ("Mine", ""):
        describe_in(open_store(folder), LetterEncoder(), "harbour-2031", {"title": title})
    assert about(folder).title == ""

    index_reports(folder, [path])

    assert about(folder).title == "Sidecar"


def test_what_was_set_of_a_removed_report_names_no_other_document(tmp_path: Path) -> None:
    path, folder = copied(tmp_path), tmp_path / "store"
    kept = tmp_path / "ferry.txt"
    kept.write_text(FERRY)
    index_reports(folder, [path, kept])
    describe_in(open_store(folder), LetterEncoder(), "harbour-2031", {"title": "Mine"})
    build.remove_report(folder, "harbour-2031")
    index_reports(folder, [path])
    assert about(folder).title == "Mine"

    build.remove_report(folder, "harbour-2031")
    path.write_text(OTHER)
    index_reports(folder, [path])

    assert about(folder).title != "Mine"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"titel": "x"}, "unknown field 'titel'; use title"),
        ({"published": "14 May 2012"}, "'published' is no date; write it as 2012-05-14"),
        ({"kind": "novel"}, "kind must be one of report, legal_case"),
        ({"url": "javascript:alert(1)"}, "url must begin with https://"),
        ({"title": "x" * 5_000}, "longer than 4,000 letters"),
    ],
)
def test_what_no_citation_could_hold_is_refused(
    harbour_store: Store, changes: dict[str, str], says: str
) -> None:
    with pytest.raises(ReportError, match=says):
        describe_in(harbour_store, LetterEncoder(), "harbour-2031", changes)


def test_a_damaged_file_of_what_was_set_is_said_not_ignored(tmp_path: Path) -> None:
    path, folder = copied(tmp_path), tmp_path / "store"
    index_reports(folder, [path])
    (folder / NAME).write_text('{"reports": {"harbour-2031": {"fields": {"titel": 1}}}}')

    with pytest.raises(StoreError, match=r"cannot be read .*unknown field .*; delete it"):
        index_reports(folder, [path])


def test_describe_shows_what_is_known_and_where_from_and_sets_it(tmp_path: Path) -> None:
    path, store = copied(tmp_path), str(tmp_path / "store")
    run("index", str(path), "--store", store)

    set_ = run(
        *("describe", "harbour-2031", "--store", store, "--author", "Ines Okafor"),
        *("--author", "Li Wei", "--publisher", "Harbour Board", "--published", "2031-05-02"),
    )
    assert set_.exit_code == 0, set_.output
    assert "authors: Ines Okafor; Li Wei  (set by a person)" in set_.stdout
    known = json.loads(run("describe", "harbour-2031", "--store", store, "--json").stdout)["known"]
    assert known["publisher"] == {
        "value": "Harbour Board", "source": "set by a person", "sure": True,
    }  # fmt: skip
    wrong = run("describe", "harbour-2031", "--store", store, "--published", "May")
    assert wrong.exit_code == 1


def test_indexing_says_the_line_that_gives_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "pits.txt"
    path.write_text(OTHER)

    said = run("index", str(path), "--store", str(tmp_path / "store")).stderr

    assert "write into pits.toml beside the file: " in said
    assert 'publisher = "..."; published = 2012-05-14' in said
    assert "pilcrow describe pits" in said


def test_over_http_a_report_is_described_by_who_may_write(client: TestClient) -> None:
    path = "/api/v1/reports/harbour-2031"
    said = {"title": "Harbours", "court": "Admiralty Court", "parties": ["A", "B"]}
    assert client.patch(path, json=said).status_code == 401

    body = client.patch(path, json=said, headers=KEY)

    assert body.status_code == 200, body.text
    assert (body.json()["title"], body.json()["court"]) == ("Harbours", "Admiralty Court")
    assert {"field": "title", "source": "set by a person", "sure": True} in body.json()["known"]
    assert client.get(path).json()["parties"] == ["A", "B"]
    assert "novel" not in refused(client.patch(path, json={"kind": "novel"}, headers=KEY), 422)
    assert "no report 'none'" in refused(
        client.patch("/api/v1/reports/none", json=said, headers=KEY), 404
    )
    refused(client.patch(path, json={"titel": "x"}, headers=KEY), 422)


def test_another_document_of_the_same_name_is_refused_with_the_ways_out(tmp_path: Path) -> None:
    path, store = copied(tmp_path), str(tmp_path / "store")
    run("index", str(path), "--store", store)
    path.write_text(OTHER)

    refused_ = run("index", str(path), "--store", store)
    assert refused_.exit_code == 1
    assert "--as ID" in str(refused_.exception)
    assert "--replace" in str(refused_.exception)
    assert run("index", str(path), "--as", "pits", "--store", store).exit_code == 0
    assert [r.id for r in open_store(tmp_path / "store").reports] == ["harbour-2031", "pits"]
    assert run("index", str(path), "--replace", "--store", store).exit_code == 0
    assert "Zinc" in open_store(tmp_path / "store").report("harbour-2031").text
    assert run("index", str(path), "--as", "../x", "--store", store).exit_code == 1


def test_a_version_with_most_of_the_paragraphs_takes_the_place_as_before(tmp_path: Path) -> None:
    folder, path = tmp_path / "store", tmp_path / "ferry.txt"
    path.write_text(FERRY)
    index_reports(folder, [path])
    half = FERRY.split("\n\n")
    pits = [f"{n}. Zinc, quartz and jade were found in pit {n}." for n in range(20, 60)]
    path.write_text("\n\n".join([*half[:19], *pits]))

    with pytest.raises(OtherDocumentError):
        index_reports(folder, [path])
    path.write_text("\n\n".join([*half[:39], "40. Entirely new words about pits."]))
    result = index_reports(folder, [path])

    assert result.reissued == {"ferry"}


def test_over_http_another_document_is_refused_with_409(client: TestClient) -> None:
    job = ended(client, send(client, "harbour-2031.txt", OTHER))
    assert job["status"] == "failed"
    assert job["problem"]["status"] == 409
    assert "'as' and 'replace'" in job["problem"]["detail"]

    renamed = ended(client, send(client, "harbour-2031.txt", OTHER, **{"as": "pits"}))
    assert (renamed["status"], renamed["report"]) == ("ready", "pits")
    replaced = ended(client, send(client, "harbour-2031.txt", OTHER, replace="true"))
    assert (replaced["status"], replaced["replaced"]) == ("ready", True)


def test_the_sidecar_says_what_is_not_in_the_document(tmp_path: Path) -> None:
    fields = 'kind = "legal_case"\nneutral_citation = "[2031] SALT 4"\nparties = ["A", "B"]\n'
    found = load_report(copied(tmp_path, fields)).metadata

    assert (found.kind, found.neutral_citation, found.parties) == (
        "legal_case", "[2031] SALT 4", ("A", "B"),
    )  # fmt: skip
