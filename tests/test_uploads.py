"""Reports brought to a running server."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.testclient import TestClient

from indexer.store import open_store
from search_api.http.app import create_app
from search_api.http.uploads import form
from tests.conftest import SEED, LetterEncoder

if TYPE_CHECKING:
    from indexer.store import Store

KEY = {"X-API-Key": "secret"}
FERRY = "".join(f"{n}. The ferry board met {n} times about zebras.\n\n" for n in range(1, 41))


class SlowEncoder(LetterEncoder):
    """Waits before each text of an upload until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.go.set()

    def encode(self, texts: list[str]) -> Any:
        if len(texts) > 1:
            assert self.go.wait(10)
        return super().encode(texts)


@pytest.fixture
def client(harbour_store: Store, letters: LetterEncoder) -> TestClient:
    return TestClient(create_app(harbour_store, letters, "secret"))


def send(
    client: TestClient, name: str, data: bytes | str, sidecar: str = "", **fields: str
) -> httpx.Response:
    files: dict[str, Any] = {"file": (name, data)}
    if sidecar:
        files["sidecar"] = ("any.toml", sidecar)
    return client.post("/api/v1/reports", files=files, data=fields, headers=KEY)


def ended(client: TestClient, sent: httpx.Response) -> dict[str, Any]:
    """The job when it has ended."""
    assert sent.status_code == 202, sent.text
    address = sent.headers["location"]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(address, headers=KEY).json()
        if job["status"] in ("ready", "failed"):
            return job
        time.sleep(0.01)
    raise AssertionError(job)


def ids(client: TestClient) -> list[str]:
    return [report["id"] for report in client.get("/api/v1/reports").json()["reports"]]


def refused(response: httpx.Response, status: int) -> str:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_a_report_is_uploaded_and_answers_without_a_restart(client: TestClient) -> None:
    job = ended(client, send(client, "ferry-2040.txt", FERRY, 'title = "Ferries"\n'))

    assert (job["status"], job["url"], job["replaced"]) == ("ready", "/reports/ferry-2040", False)
    assert job["done"] == job["total"] > 40
    assert ids(client) == ["ferry-2040", "harbour-2031"]
    detail = client.get("/api/v1/reports/ferry-2040").json()
    assert (detail["title"], detail["audit"]["count"]) == ("Ferries", 40)
    hits = client.get("/api/v1/search", params={"q": "zebras", "limit": 1}).json()["hits"]
    assert hits[0]["report"] == "ferry-2040"
    checks = client.post("/api/v1/verify", json={"text": "“met 7 times about zebras” (para 7)"})
    assert checks.json()["checks"][0]["verdict"] == "found"
    assert ">Ferries<" in client.get("/").text


def test_what_is_served_is_what_is_on_disk(client: TestClient, harbour_store: Store) -> None:
    ended(client, send(client, "ferry.txt", FERRY))

    on_disk = open_store(harbour_store.folder)
    assert [report.id for report in on_disk.reports] == ["ferry", "harbour-2031"]


def test_questions_are_answered_while_a_report_is_embedded(harbour_store: Store) -> None:
    encoder = SlowEncoder()
    client = TestClient(create_app(harbour_store, encoder, "secret"))
    encoder.go.clear()
    sent = send(client, SEED.name, SEED.read_bytes())
    while client.get(sent.headers["location"], headers=KEY).json()["status"] != "embedding":
        pass
    for _ in range(20):
        body = client.post("/api/v1/ask", json={"question": "Are drills held weekly?"}).json()
        assert {hit["report"] for hit in body["hits"]} == {"harbour-2031"}
    assert client.get(sent.headers["location"], headers=KEY).json()["status"] != "ready"
    assert "being indexed" in refused(
        client.delete("/api/v1/reports/harbour-2031", headers=KEY), 409
    )

    encoder.go.set()
    assert ended(client, sent)["status"] == "ready"
    assert ids(client) == ["harbour-2031", "northumberland-2012"]


def test_many_ask_while_the_store_changes_and_each_gets_a_whole_answer(client: TestClient) -> None:
    faults: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answer = client.post("/api/v1/ask", json={"question": "Who met about zebras?"})
            if answer.status_code != 200:
                faults.append(answer.text)
                continue
            for hit in answer.json()["hits"]:
                quote = hit["quote"]
                if quote and hit["text"][quote["start"] : quote["end"]] != quote["text"]:
                    faults.append(str(hit))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        assert ended(client, send(client, f"r{number}.txt", FERRY))["status"] == "ready"
        assert client.delete(f"/api/v1/reports/r{number}", headers=KEY).status_code == 204
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert ids(client) == ["harbour-2031"]


def test_a_report_of_the_same_name_replaces_the_one_before(client: TestClient) -> None:
    ended(client, send(client, "ferry.txt", FERRY))
    job = ended(client, send(client, "ferry.txt", FERRY.replace("zebras", "okapis")))

    assert job["replaced"] is True
    text = client.get("/api/v1/reports/ferry/paragraphs/3").json()["text"]
    assert text == "The ferry board met 3 times about okapis."


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("plain.txt", b"No numbers in here.", "no numbered paragraphs"),
        ("broken.pdf", b"%PDF-1.4 nothing", "broken.pdf"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "picture"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_the_store_as_it_was(
    client: TestClient, harbour_store: Store, name: str, data: bytes, says: str
) -> None:
    before = open_store(harbour_store.folder).fingerprint
    job = ended(client, send(client, name, data))

    assert job["status"] == "failed"
    assert (job["problem"]["status"], job["problem"]["type"]) == (422, "about:blank")
    assert says in job["problem"]["detail"]
    assert ids(client) == ["harbour-2031"]
    assert open_store(harbour_store.folder).fingerprint == before


def test_a_bad_sidecar_is_named(client: TestClient) -> None:
    job = ended(client, send(client, "ferry.txt", FERRY, "titel = 'x'"))

    assert "unknown field 'titel'" in job["problem"]["detail"]


def test_paragraphs_are_counted_when_asked_for(client: TestClient) -> None:
    text = "\n\n".join(
        f"A paragraph about ferries and what they cost in year {n}." for n in range(30)
    )

    assert (
        ended(client, send(client, "plain.txt", text, allow_unnumbered="true"))["status"] == "ready"
    )
    assert client.get("/api/v1/reports/plain").json()["audit"]["ours"] is True


def test_a_fault_while_embedding_leaves_the_store_as_it_was(harbour_store: Store) -> None:
    class Broken(LetterEncoder):
        def encode(self, texts: list[str]) -> Any:
            raise MemoryError

    client = TestClient(create_app(harbour_store, Broken(), "secret"))
    job = ended(client, send(client, "ferry.txt", FERRY))

    assert (job["status"], job["problem"]["status"]) == ("failed", 500)
    assert ids(client) == ["harbour-2031"]
    assert [report.id for report in open_store(harbour_store.folder).reports] == ["harbour-2031"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tool.exe", "known formats: .txt"),
        ("my report.txt", "rename the file"),
        ("../../etc/.txt", "known formats"),
        (f"{'x' * 200}.txt", "longer than 120"),
    ],
)
def test_a_name_that_cannot_be_an_id_is_refused_at_once(
    client: TestClient, name: str, says: str
) -> None:
    assert says in refused(send(client, name, FERRY), 422)


def test_a_path_in_the_name_leads_nowhere(client: TestClient) -> None:
    job = ended(client, send(client, "..\\..\\up/../ferry.txt", FERRY))

    assert (job["file"], job["report"], job["status"]) == ("ferry.txt", "ferry", "ready")


def test_too_large_an_upload_is_refused_told_or_counted(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form, "LARGEST_UPLOAD", 1_000)
    refused(send(client, "ferry.txt", FERRY), 413)

    def pieces() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(100):
            yield b"1. x\n" * 10

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    refused(client.post("/api/v1/reports", content=pieces(), headers=KEY | kind), 413)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 422),
        (b"junk", "multipart/form-data; boundary=b", 422),
        (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b", 422),
    ],
)  # fmt: skip
def test_what_is_no_upload_is_a_problem(
    client: TestClient, content: bytes, kind: str, status: int
) -> None:
    headers = KEY | {"Content-Type": kind}
    refused(client.post("/api/v1/reports", content=content, headers=headers), status)


def test_the_last_report_cannot_be_removed_nor_an_unknown_one(client: TestClient) -> None:
    assert "last report" in refused(client.delete("/api/v1/reports/harbour-2031", headers=KEY), 409)
    assert "no report" in refused(client.delete("/api/v1/reports/nope", headers=KEY), 404)
    assert "no job" in refused(client.get("/api/v1/jobs/nope", headers=KEY), 404)


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "wrong"}, {"Authorization": "Bearer"}, {"X-API-Key": "sécret".encode()}]
)  # fmt: skip
def test_without_the_key_nothing_is_taken(client: TestClient, headers: dict[str, Any]) -> None:
    for method, path in (
        ("POST", "reports"),
        ("DELETE", "reports/harbour-2031"),
        ("GET", "jobs/x"),
    ):
        answer = client.request(method, f"/api/v1/{path}", headers=headers)
        assert "API key" in refused(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


def test_either_header_carries_the_key(client: TestClient) -> None:
    assert client.get("/api/v1/jobs", headers=KEY).json() == {"jobs": []}
    assert client.get("/api/v1/jobs", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_uploading_is_off_unless_a_key_is_set(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PILCROW_API_KEY", raising=False)
    off = TestClient(create_app(harbour_store, letters))
    for key in ("", "secret"):
        answer = off.post("/api/v1/reports", headers={"X-API-Key": key})
        assert "PILCROW_API_KEY" in refused(answer, 403)
    assert "Add reports" not in off.get("/reports").text

    monkeypatch.setenv("PILCROW_API_KEY", "secret")
    on = TestClient(create_app(harbour_store, letters))
    assert on.get("/api/v1/jobs", headers=KEY).status_code == 200
    assert "Add reports" in on.get("/reports").text


def test_uploads_leave_no_file_behind(client: TestClient, harbour_store: Store) -> None:
    ended(client, send(client, "ferry.txt", FERRY))
    ended(client, send(client, "broken.pdf", b"%PDF-"))
    time.sleep(0.1)

    left = [path.name for path in (harbour_store.folder / "uploads").iterdir()]
    assert left == ["lock"]
