"""Who is let in, with what, how often; and what is written down about it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import socket
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from indexer.errors import PilcrowError
from search_api.cli import main
from search_api.http.app import create_app
from search_api.http.guard import limits, uvicorn_config
from search_api.http.guard.api_keys import Keys, add_key
from search_api.http.guard.audit_log import Audit
from search_api.http.guard.config import Guard, guard_of
from search_api.http.guard.rate_limit import MOST_BUCKETS, Rates, network
from search_api.http.guard.request_log import JsonLines
from search_api.http.guard.uvicorn_config import server_config
from search_api.http.uploads import form, read_apart
from tests.conftest import ROOT, LetterEncoder, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from indexer.store import Store

ASK = {"question": "Are safety drills held weekly?"}
FERRY = "".join(f"{n}. The ferry board met {n} times about zebras.\n\n" for n in range(1, 41))


@pytest.fixture
def app(harbour_store: Store, letters: LetterEncoder) -> Callable[..., FastAPI]:
    """Makes the application with a guard of the given settings."""
    return lambda **settings: create_app(harbour_store, letters, guard=Guard(**settings))


@pytest.fixture
def client(app: Callable[..., FastAPI]) -> Callable[..., TestClient]:
    """Makes a client of it."""
    return lambda **settings: TestClient(app(**settings))


def pilcrow(*words: str) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def refused(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def upload(client: TestClient, name: str, data: bytes | str, key: str) -> httpx.Response:
    return client.post("/api/v1/reports", files={"file": (name, data)}, headers={"X-API-Key": key})


def ended(client: TestClient, sent: httpx.Response, key: str) -> dict[str, Any]:
    assert sent.status_code == 202, sent.text
    while True:
        job: dict[str, Any] = client.get(
            sent.headers["location"], headers={"X-API-Key": key}
        ).json()
        if job["status"] in ("ready", "failed"):
            return job


# Keys


def test_a_key_is_shown_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    key = pilcrow("keys", "add", "clerk", "--scope", "write", "--store", str(tmp_path))
    file = tmp_path / "keys.json"

    assert len(key) > 40
    assert key not in file.read_text()
    assert hashlib.sha256(key.encode()).hexdigest() in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert pilcrow("keys", "list", "--store", str(tmp_path)).startswith("clerk  write  20")
    listed = json.loads(pilcrow("keys", "list", "--json", "--store", str(tmp_path)))
    assert listed[0].keys() == {"name", "scope", "created"}


def test_keys_are_changed_without_a_restart(
    tmp_path: Path, client: Callable[..., TestClient]
) -> None:
    store = ("--store", str(tmp_path))
    old = pilcrow("keys", "add", "old", *store)
    reader = client(keys=Keys(tmp_path / "keys.json"), require_key=True)
    status = lambda key: reader.get("/api/v1/reports", headers={"X-API-Key": key}).status_code  # noqa: E731
    assert status(old) == 200

    new = pilcrow("keys", "add", "new", *store)
    assert (status(old), status(new)) == (200, 200)
    pilcrow("keys", "revoke", "old", *store)
    assert (status(old), status(new)) == (401, 200)
    assert [key[0] for key in audited(tmp_path / "audit.jsonl")] == ["add key"] * 2 + ["revoke key"]


def test_a_name_is_given_once_and_must_be_one(tmp_path: Path) -> None:
    pilcrow("keys", "add", "clerk", "--store", str(tmp_path))
    for words, says in (
        (("add", "clerk"), "there is a key 'clerk' already"),
        (("add", "a clerk"), "is no name for a key"),
        (("add", "PILCROW_API_KEY"), "is no name for a key"),
        (("revoke", "cook"), "no key 'cook'"),
    ):
        done = CliRunner().invoke(main, ["keys", *words, "--store", str(tmp_path)])
        assert done.exit_code == 1
        assert says in str(done.exception)


def test_a_damaged_file_of_keys_shuts_the_door(
    tmp_path: Path, client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    key = pilcrow("keys", "add", "clerk", "--store", str(tmp_path))
    file = tmp_path / "keys.json"
    reader = client(keys=Keys(file), require_key=True)
    file.write_text('{"keys": [{"name": "clerk"')

    refused(reader.get("/api/v1/reports", headers={"X-API-Key": key}), 401)
    assert "mend it" in caplog.text
    with pytest.raises(PilcrowError, match="no file of keys"):
        Keys(file)


def test_every_key_is_compared_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [add_key(tmp_path / "keys.json", name, "read") for name in "abc"]
    found = Keys(tmp_path / "keys.json", "secret")
    compared: list[str] = []
    real = hmac.compare_digest

    def watched(one: str, other: str) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    for given, name in ((made[0], "a"), (made[2], "c"), ("secret", "PILCROW_API_KEY"), ("x", None)):
        compared.clear()
        key = found.find(given)
        assert (key and key.name) == name
        assert len(compared) == 4


def test_who_may_read_may_not_write(tmp_path: Path, client: Callable[..., TestClient]) -> None:
    store = ("--store", str(tmp_path))
    reads = pilcrow("keys", "add", "reader", *store)
    off = client(keys=Keys(tmp_path / "keys.json"))
    assert "uploading is off" in refused(upload(off, "ferry.txt", FERRY, reads), 403)

    writes = pilcrow("keys", "add", "writer", "--scope", "write", *store)
    both = client(keys=Keys(tmp_path / "keys.json"))
    assert "may only read" in refused(upload(both, "ferry.txt", FERRY, reads), 403)
    gone = both.delete("/api/v1/reports/harbour-2031", headers={"X-API-Key": reads})
    assert "may only read" in refused(gone, 403)
    refused(upload(both, "ferry.txt", FERRY, ""), 401)
    assert ended(both, upload(both, "ferry.txt", FERRY, writes), writes)["status"] == "ready"


def test_with_a_key_required_nothing_is_read_without_one(client: Callable[..., TestClient]) -> None:
    shut = client(keys=Keys(own="secret"), require_key=True)
    for path in ("/api/v1/search?q=drills", "/api/v1/reports", "/metrics", "/v1/models"):
        for headers in ({}, {"X-API-Key": "wrong"}, {"Authorization": "Basic !!"}):
            answer = shut.get(path, headers=headers)
            refused(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
        assert shut.get(path, headers={"Authorization": "Bearer secret"}).status_code == 200
    assert shut.get("/healthz").status_code == shut.get("/readyz").status_code == 200


def test_a_browser_may_give_the_key_as_a_password_which_never_writes(
    client: Callable[..., TestClient],
) -> None:
    shut = client(keys=Keys(own="secret"), require_key=True)
    page = shut.get("/")
    assert page.status_code == 401
    assert page.headers["www-authenticate"].startswith("Basic ")

    basic = {"Authorization": f"Basic {base64.b64encode(b'me:secret').decode()}"}
    assert shut.get("/", headers=basic).status_code == 200
    posted = shut.post("/api/v1/reports", files={"file": ("a.txt", FERRY)}, headers=basic)
    assert "may only read" in refused(posted, 403)


def test_a_key_is_asked_for_only_where_there_is_one(tmp_path: Path) -> None:
    with pytest.raises(PilcrowError, match="pilcrow keys add"):
        guard_of(tmp_path, "127.0.0.1", require_key=True, environment={})
    own = guard_of(tmp_path, "127.0.0.1", True, environment={"PILCROW_API_KEY": "secret"})
    assert own.keys.writable


# Hosts and proxies


@pytest.mark.parametrize(
    ("listening", "setting", "host", "status"),
    [
        ("127.0.0.1", "", "localhost:8000", 200),
        ("127.0.0.1", "", "127.0.0.1", 200),
        ("127.0.0.1", "", "[::1]:8000", 200),
        ("127.0.0.1", "", "LOCALHOST", 200),
        ("127.0.0.1", "", "evil.example", 421),
        ("127.0.0.1", "", "localhost.evil.example", 421),
        ("127.0.0.1", "", "localhost@evil.example", 421),
        ("127.0.0.1", "", "", 421),
        ("127.0.0.1", "reports.example", "reports.example", 200),
        ("127.0.0.1", "reports.example, b.example", "b.example:443", 200),
        ("127.0.0.1", "reports.example", "evil.example", 421),
        ("0.0.0.0", "", "evil.example", 421),
        ("::", "", socket.gethostname(), 200),
        ("192.0.2.7", "", "192.0.2.7:8000", 200),
        ("2001:db8::1", "", "[2001:db8::1]:80", 200),
        ("127.0.0.1", "*", "any.example", 200),
    ],
)
def test_only_requests_for_the_servers_own_names_are_answered(
    tmp_path: Path,
    client: Callable[..., TestClient],
    listening: str,
    setting: str,
    host: str,
    status: int,
) -> None:
    hosts = guard_of(tmp_path, listening, environment={"PILCROW_HOSTS": setting}).hosts
    answer = client(hosts=hosts).get("/api/v1/reports", headers={"Host": host})

    assert answer.status_code == status
    if status == 421:
        assert "PILCROW_HOSTS" in refused(answer, 421)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PILCROW_HOSTS", "https://a.example", "is no host name"),
        ("PILCROW_HOSTS", "a.example:80", "without a port"),
        ("PILCROW_RATE", "many", "is no number of requests"),
        ("PILCROW_RATE", "-1", "is no number of requests"),
        ("PILCROW_KEY_RATE", "nan", "is no number of requests"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_refused(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    with pytest.raises(PilcrowError, match=says):
        guard_of(tmp_path, "127.0.0.1", environment={name: value})


def test_who_is_on_the_same_machine_asks_as_often_as_he_likes(tmp_path: Path) -> None:
    def rate(host: str, proxy: str = "", **environment: str) -> float:
        return guard_of(tmp_path, host, proxy=proxy, environment=environment).rate

    assert rate("127.0.0.1") == rate("::1") == rate("localhost") == 0
    assert rate("0.0.0.0") == rate("reports.example.org") == 20
    assert rate("127.0.0.1", "127.0.0.1") == 20
    assert rate("127.0.0.1", PILCROW_RATE="5") == 5


@pytest.mark.parametrize(("proxy", "waits"), [("", True), ("127.0.0.1", False), ("10.0.0.1", True)])
def test_only_a_named_proxy_is_believed(
    app: Callable[..., FastAPI], proxy: str, waits: bool
) -> None:
    statuses = []
    with running(server_config(app(rate=0.001), "127.0.0.1", 0, proxy)) as url:
        for client in ("192.0.2.1", "192.0.2.2"):
            sent = {"X-Forwarded-For": client}
            statuses.append(httpx.get(f"{url}/api/v1/reports", headers=sent).status_code)
    assert statuses == [200, 429 if waits else 200]


@pytest.mark.parametrize("proxy", ["*", "proxy.example", "10.0.0.0/8/8"])
def test_a_proxy_is_named_by_its_address(app: Callable[..., FastAPI], proxy: str) -> None:
    with pytest.raises(PilcrowError, match="--proxy"):
        server_config(app(), "127.0.0.1", 0, proxy)


# Rates and sizes


def test_a_bucket_fills_with_time_and_holds_five_seconds_worth() -> None:
    now = 0.0
    rates = Rates(2.0, lambda: now)

    assert [rates.take("a") for _ in range(11)] == [0.0] * 10 + [0.5]
    assert rates.take("b") == 0
    now = 0.5
    assert (rates.take("a"), rates.take("a")) == (0.0, 0.5)
    now = 1000.0
    assert [rates.take("a") for _ in range(11)] == [0.0] * 10 + [0.5]
    assert Rates(0.0).take("a") == 0


def test_as_many_buckets_are_kept_as_may_be() -> None:
    rates = Rates(1.0, lambda: 0.0)
    for number in range(MOST_BUCKETS + 500):
        rates.take(str(number))
    assert len(rates._buckets) == MOST_BUCKETS


@pytest.mark.parametrize(
    ("address", "asker"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("no address", ""),
    ],
)
def test_an_ipv6_subscriber_is_one_asker(address: str, asker: str) -> None:
    assert network(address) == asker


def test_who_asks_too_often_is_told_when_to_come_back(client: Callable[..., TestClient]) -> None:
    asker = client(rate=0.2, key_rate=0.4, keys=Keys(own="secret"))
    assert asker.get("/api/v1/reports").status_code == 200
    answer = asker.get("/api/v1/reports")

    assert "too many requests" in refused(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert asker.get("/").status_code == 429
    assert asker.get("/healthz").status_code == asker.get("/static/style.css").status_code == 200
    key = {"X-API-Key": "secret"}
    statuses = [asker.get("/api/v1/reports", headers=key).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused(asker.get("/api/v1/reports", headers={"X-API-Key": "wrong"}), 429)


def test_an_address_and_a_body_have_bounds(
    client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST_BODY", 2_000)
    asker = client()
    refused(asker.get("/api/v1/search", params={"q": "x" * 17_000}), 414)
    refused(asker.post("/api/v1/ask", json=ASK | {"section": "x" * 2_000}), 413)
    pieces = (b"x" * 100 for _ in range(100))
    kind = {"Content-Type": "application/json"}
    refused(asker.post("/api/v1/ask", content=pieces, headers=kind), 413)
    assert asker.post("/api/v1/ask", json=ASK).status_code == 200


def test_a_large_head_is_refused(app: Callable[..., FastAPI]) -> None:
    with running(server_config(app(), "127.0.0.1", 0)) as url:
        assert httpx.get(f"{url}/healthz", headers={"X": "x" * 40_000}).status_code == 431
        # Who goes on sending when the answer has come is hung up on.
        with suppress(httpx.TransportError):
            assert httpx.get(f"{url}/healthz", headers={"X": "x" * 400_000}).status_code == 400
        assert httpx.get(f"{url}/healthz", headers={"X": "x" * 20_000}).status_code == 200


@contextmanager
def line_to(url: str) -> Iterator[socket.socket]:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        yield line


@pytest.mark.parametrize(
    "said", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET "]
)
def test_who_does_not_say_what_he_wants_is_hung_up_on(
    app: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(uvicorn_config, "HEAD", 0.3)
    with running(server_config(app(), "127.0.0.1", 0)) as url, line_to(url) as line:
        line.sendall(said)
        with line.makefile("rb") as answer, suppress(ConnectionResetError):
            assert len(answer.read()) < 2_000


def test_a_body_that_does_not_come_is_not_waited_for(
    app: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY", 0.2)
    monkeypatch.setattr(form, "PIECE", 0.2)
    heads = (
        "POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n",
        "POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nX-API-Key: secret\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n",
    )
    with running(server_config(app(keys=Keys(own="secret")), "127.0.0.1", 0)) as url:
        for head in heads:
            with line_to(url) as line:
                line.sendall(f"{head}Content-Length: 50\r\n\r\n".encode() + b"--b\r\n")
                assert b" 408 " in line.makefile("rb").readline()


# Headers


def test_every_answer_protects_the_reader_also_a_refusal(client: Callable[..., TestClient]) -> None:
    asker = client(hosts=("testserver",))
    for path, host in (("/", "testserver"), ("/nope", "testserver"), ("/api/v1/reports", "x")):
        headers = asker.get(path, headers={"Host": host}).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-request-id"]
        assert "server" not in headers


def test_browsers_are_bound_to_https_only_where_there_is(app: Callable[..., FastAPI]) -> None:
    hsts = "strict-transport-security"
    assert hsts not in TestClient(app()).get("/healthz").headers
    over_tls = TestClient(app(), base_url="https://testserver")
    assert over_tls.get("/healthz").headers[hsts] == "max-age=31536000"


# Files


def test_no_path_in_a_request_leads_to_a_file(
    client: Callable[..., TestClient], harbour_store: Store
) -> None:
    (harbour_store.folder.parent / "canary.js").write_text("canary")
    (harbour_store.folder / "keys.json").write_text("canary")
    asker = client()
    root = str(harbour_store.folder)
    for up in ("..", "%2e%2e", "..%2f..", "....//", "..%5c", "%00", root, root.replace("/", "%2f")):
        for start in (
            "/static/",
            "/reports/",
            "/reports/harbour-2031/paragraphs/",
            "/api/v1/reports/",
        ):
            for end in ("/canary.js", "/keys.json", "/store/keys.json"):
                answer = asker.get(f"{start}{up}{end}")
                assert answer.status_code in (400, 404, 405), (start, up, end)
                assert "canary" not in answer.text.replace("canary.js", "")


# Uploads


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"%PDF-1.7\n", "is a PDF file"),
        ("a.pdf", FERRY.encode(), "a.pdf"),
        ("a.docx", b"\x7fELF" + b"\0" * 99, "a.docx"),
        ("a.html", b"PK\x03\x04" + b"\0" * 99, "zip"),
    ],
)
def test_a_file_must_be_what_its_name_says(
    client: Callable[..., TestClient], name: str, data: bytes, says: str
) -> None:
    writer = client(keys=Keys(own="secret"))
    job = ended(writer, upload(writer, name, data, "secret"), "secret")

    assert (job["status"], job["problem"]["status"]) == ("failed", 422)
    assert says in job["problem"]["detail"]


@pytest.mark.parametrize(("limit", "value"), [("SECONDS", 0), ("MEMORY", 1)])
def test_a_file_that_takes_too_much_to_read_is_given_up(
    client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(read_apart, limit, value)
    writer = client(keys=Keys(own="secret"))
    text = FERRY.replace("zebras", "zebras " * 20_000)
    job = ended(writer, upload(writer, "ferry.txt", text, "secret"), "secret")

    assert job["problem"]["status"] == 422
    assert "too long or too much memory" in job["problem"]["detail"]


# What is written down


def audited(path: Path) -> list[tuple[str, str | None, str | None]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(line["time"].startswith("20") for line in lines)
    return [(line["event"], line.get("report"), line.get("key")) for line in lines]


def test_every_change_is_recorded_with_who_made_it(
    client: Callable[..., TestClient], tmp_path: Path
) -> None:
    record = tmp_path / "audit.jsonl"
    writer = client(keys=Keys(own="secret"), audit=record)
    sent = {"X-API-Key": "secret", "X-Request-ID": "monday-1"}
    file = {"file": ("ferry.txt", FERRY)}
    ended(writer, writer.post("/api/v1/reports", files=file, headers=sent), "secret")
    ended(writer, upload(writer, "bad.pdf", b"", "secret"), "secret")
    writer.delete("/api/v1/reports/ferry", headers=sent)
    writer.delete("/api/v1/reports/harbour-2031", headers=sent)
    writer.post("/api/v1/reports", files=file)

    own = "PILCROW_API_KEY"
    deadline = time.monotonic() + 10
    while len(audited(record)) < 8 and time.monotonic() < deadline:
        pass
    assert sorted(audited(record), key=str) == sorted(
        [
            ("upload", "ferry.txt", own),
            ("stored", "ferry", None),
            ("upload", "bad.pdf", own),
            ("not stored", "bad", None),
            ("remove", "ferry", own),
            ("removed", "ferry", own),
            ("remove", "harbour-2031", own),
            ("not removed", "harbour-2031", own),
        ],
        key=str,
    )
    first = [json.loads(line) for line in record.read_text().splitlines()]
    assert {line["request"] for line in first if line.get("report", "").startswith("ferry")} == {
        "monday-1"
    }
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_what_cannot_be_recorded_is_not_done(
    client: Callable[..., TestClient], tmp_path: Path
) -> None:
    writer = client(keys=Keys(own="secret"), audit=tmp_path)  # a folder
    refused(upload(writer, "ferry.txt", FERRY, "secret"), 507)
    key = {"X-API-Key": "secret"}
    refused(writer.delete("/api/v1/reports/harbour-2031", headers=key), 507)
    assert writer.get("/api/v1/jobs", headers=key).json() == {"jobs": []}
    assert writer.get("/api/v1/reports/harbour-2031").status_code == 200


def test_a_record_is_only_ever_added_to(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    for name in ("one", "two\n{}", "three"):
        Audit(path).record("remove", report=name)
    assert [line[1] for line in audited(path)] == ["one", "two\n{}", "three"]


@pytest.mark.parametrize("asked", [False, True])
def test_a_line_for_each_request_without_what_was_asked(
    client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture, asked: bool
) -> None:
    caplog.set_level(logging.INFO, "pilcrow.requests")
    asker = client(log_questions=asked, keys=Keys(own="secret"))
    key = {"X-API-Key": "secret"}
    asker.get("/api/v1/search", params={"q": "Who saw zebras?"}, headers=key)
    asker.post("/api/v1/ask", json={"question": "Who saw zebras?"}, headers=key)
    asker.post("/api/v1/verify", json={"text": "Who saw zebras?"}, headers=key)
    asker.get("/api/v1/reports/a%0a%7b%22evil%22%3a1%7d", headers=key)
    formatted = [JsonLines().format(r) for r in caplog.records if r.name == "pilcrow.requests"]
    lines = [json.loads(line) for line in formatted]

    assert [line["status"] for line in lines] == [200, 200, 200, 404]
    assert {line["key"] for line in lines} == {"PILCROW_API_KEY"}
    assert all("\n" not in line and "secret" not in line for line in formatted)
    assert all(line["ms"] > 0 and line["bytes"] > 0 and line["request"] for line in lines)
    assert ("zebra" in "".join(formatted)) is asked
    if asked:
        assert [line["asked"] for line in lines[:3]] == ["Who saw zebras?"] * 3


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("trace-1:a.b", True), ("x" * 65, False), ('"><script>', False), ("", False)],
)
def test_a_request_keeps_its_id_or_is_given_one(
    client: Callable[..., TestClient], sent: str, kept: bool
) -> None:
    given = client().get("/healthz", headers={"X-Request-ID": sent}).headers["x-request-id"]
    assert (given == sent) is kept
    assert len(given) >= 11


def test_a_fault_is_logged_with_the_requests_id(
    harbour_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(LetterEncoder):
        def encode(self, texts: list[str]) -> Any:
            raise RuntimeError("the processor is on fire")

    asker = TestClient(create_app(harbour_store, Broken()), raise_server_exceptions=False)
    caplog.set_level(logging.INFO, "pilcrow.requests")
    answer = asker.post("/api/v1/ask", json=ASK, headers={"X-Request-ID": "monday-2"})
    assert "fire" not in refused(answer, 500)
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["request"], line["status"]) == ("monday-2", 500)


def test_metrics_tell_what_is_at_work(client: Callable[..., TestClient]) -> None:
    lines = client().get("/metrics").text.splitlines()
    assert 'pilcrow_running{lane="short"} 0.0' in lines
    assert 'pilcrow_waiting{lane="long"} 0.0' in lines


def test_every_test_that_the_threat_model_names_is_there() -> None:
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", said)
    assert len(named) > 30
    for file, name in named:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), name
