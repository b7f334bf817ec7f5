"""The client, against running servers, recorded ones and broken ones; and the local library."""

from __future__ import annotations

import asyncio
import inspect
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
import pytest
from pydantic import BaseModel

import search_api
from indexer.errors import NotFoundError, PilcrowError, QuestionError, ReportError, StoreError
from indexer.store import open_store
from search_api import AsyncPilcrowClient, Pilcrow, PilcrowClient
from search_api.citation.notebook.items import ExportItem, ItemsError
from search_api.client import Library, ServerError, UnreachableError
from search_api.client.retry import backoff
from search_api.http.app import create_app
from search_api.types import answers, checks, citations, reports
from search_api.types.answers import Answer, SearchResult
from tests.conftest import HARBOUR, SEED, serving
from tests.recordings import ABSENT, FOSTERING, RECORDED, SEED_ID, Recorder, replay, use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indexer.encoders.base import Encoder
    from indexer.store import Store
    from tests.conftest import LetterEncoder

VERSIONS = sorted(path.name for path in RECORDED.iterdir())
METHODS = [name for name in vars(Library) if not name.startswith("_")]


class Awaited:
    """An asynchronous client as a Library: each call is run to its end."""

    def __init__(self, client: AsyncPilcrowClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            called = getattr(self._client, name)(*args, **kwargs)
            return self._runner.run(collected(called) if inspect.isasyncgen(called) else called)

        return call


async def collected(items: Any) -> list[Any]:
    return [item async for item in items]


def plain(value: Any, base: str) -> Any:
    """Results as JSON without what differs from run to run, links as paths on the server."""
    if isinstance(value, bytes):
        return value.decode().replace(base, "")
    if isinstance(value, BaseModel):
        return plain(value.model_dump(), base)
    if isinstance(value, dict):
        return {name: plain(item, base) for name, item in value.items() if name != "took_ms"}
    if isinstance(value, list):
        return [plain(item, base) for item in value]
    return value.replace(base, "") if isinstance(value, str) else value


@pytest.fixture
def seed_folder(seed_store: Store, tmp_path: Path) -> Path:
    """A copy of the seed's store, to change."""
    shutil.copytree(seed_store.folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def harbour_url(harbour_store: Store, letters: LetterEncoder) -> Iterator[str]:
    with serving(create_app(harbour_store, letters, "secret")) as url:
        yield url


@pytest.fixture
def harbour_client(harbour_url: str) -> Iterator[PilcrowClient]:
    with PilcrowClient(harbour_url, key="secret") as client:
        yield client


@pytest.mark.model
def test_a_server_and_a_folder_give_the_same(seed_folder: Path, encoder: Encoder) -> None:
    with Pilcrow.open(seed_folder) as library:
        local = plain(use(library), "")
    with serving(create_app(open_store(seed_folder), encoder, "secret")) as url:
        with PilcrowClient(url, key="secret") as client:
            blocking = plain(use(client), url)
        with asyncio.Runner() as runner:
            client = AsyncPilcrowClient(url, key="secret")
            awaited = plain(use(Awaited(client, runner)), url)
            runner.run(client.aclose())

    assert local["answered"]["quotes"][0]["citation"].endswith("para 99")
    assert local["not found"]["status"] == "not_found"
    assert [check["verdict"] for check in local["checks"]] == ["found", "not_found"]
    assert (local["two"], local["one"]) == (["harbour-2031", SEED_ID], [SEED_ID])
    for found in (local, blocking, awaited):
        for each in found.values():
            if isinstance(each, dict) and "ris" in each:
                # A permalink stands in these only where it opens, which a folder's does not.
                del each["ris"], each["bibtex"], each["csl_json"]
        found.pop("ris")
    assert blocking == local
    assert awaited == local


@pytest.mark.parametrize("name", METHODS)
def test_each_method_takes_the_same_arguments_everywhere(name: str) -> None:
    signatures = {
        str(inspect.signature(getattr(kind, name)).replace(return_annotation=None))
        for kind in (Library, PilcrowClient, AsyncPilcrowClient, Pilcrow)
    }

    assert len(signatures) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_servers_answers_are_read(version: str) -> None:
    found = use(PilcrowClient(transport=replay(version)))

    answered = found["answered"]
    assert [quote.paragraph for quote in answered.quotes] == ["99"]
    hit = next(hit for hit in answered.hits if hit.key == "99")
    quote = answered.quotes[0]
    assert hit.text[quote.start : quote.end] == quote.text
    assert quote.url.startswith("http://127.0.0.1:8000/reports/northumberland-2012/paragraphs/99?")
    assert (found["not found"].status, found["not found"].quotes) == ("not_found", [])
    assert [answer.question for answer in found["many"]] == [FOSTERING, ABSENT]
    assert found["report"].audit.count == 107
    assert [p.number for p in found["paragraphs"]] == ["99", "100", "1"]
    assert found["cited"].in_text.count("paras 29, 31–33") == 1
    assert b"TY  - RPRT" in found["ris"]
    assert found["added"].id == HARBOUR.stem


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_newer_server_adds_is_no_obstacle(version: str) -> None:
    def newer(body: Any) -> Any:
        if isinstance(body, list):
            return [newer(item) for item in body]
        if not isinstance(body, dict):
            return body
        # A receipt's `paragraphs` is a table and not an object with fields.
        changed = {
            name: item if name == "paragraphs" and isinstance(item, dict) else newer(item)
            for name, item in body.items()
        }
        return changed | {"novelty": {"of": ["1.0"]}}

    as_recorded = use(PilcrowClient(transport=replay(version)))
    added_to = use(PilcrowClient(transport=replay(version, newer)))

    open_ended = "csl_json"  # passed on as it comes
    for found in (as_recorded, added_to):
        for name in ("cited", "cited in a style"):
            found[name] = found[name].model_dump(exclude={open_ended})
    assert added_to == as_recorded


@pytest.mark.parametrize("version", VERSIONS)
def test_a_field_that_an_older_server_lacks_has_a_default(version: str) -> None:
    known = json.loads((RECORDED / version / "fields.json").read_text(encoding="utf-8"))

    compared = 0
    kinds = dict(
        item for module in (answers, reports, citations, checks) for item in vars(module).items()
    )
    for name, kind in kinds.items():
        if name in known and isinstance(kind, type) and issubclass(kind, BaseModel):
            required = {n for n, field in kind.model_fields.items() if field.is_required()}
            assert required <= set(known[name]), f"{name}: give what was added a default"
            compared += 1
    assert compared >= 20


def test_pages_of_hits_join_up(harbour_client: PilcrowClient) -> None:
    search = harbour_client.search
    whole = search("ferries", limit=6).hits
    assert search("ferries", limit=2, offset=0).hits == whole[:2]
    assert search("ferries", limit=2, offset=2).hits == whole[2:4]
    assert search("ferries", limit=2, offset=900).hits == []


def test_a_server_without_offsets_is_told_from_one_that_has_them() -> None:
    client = PilcrowClient(transport=replay("v0.1"))

    with pytest.raises(PilcrowError, match="older than this client and has no offset"):
        client.search("foster carers", section="Outcomes", limit=2, offset=4)


def test_many_questions_are_answered_in_order_in_few_requests(harbour_url: str) -> None:
    questions = [f"What is said in paragraph {1 + n % 6}?" for n in range(70)]

    with Recorder() as recorder, PilcrowClient(harbour_url, transport=recorder) as client:
        answers = list(client.ask_many(iter(questions), limit=1))
    assert [answer.question for answer in answers] == questions
    assert [answer.quotes[0].paragraph for answer in answers[:6]] == list("123456")
    sent = [exchange["request"]["path"] for exchange in recorder.exchanges]
    assert sent == ["/api/v1/ask/batch"] * 3


@pytest.mark.parametrize("path", ["/ask", "/ask/batch"])
def test_the_question_that_cannot_be_asked_is_named(
    path: str, harbour_store: Store, letters: LetterEncoder
) -> None:
    """Also by a server that knows no batches."""
    app = create_app(harbour_store, letters)
    if path == "/ask":
        app.router.routes[:] = [
            route for route in app.routes if getattr(route, "path", "") != "/api/v1/ask/batch"
        ]
    questions = ["paragraph 1"] * 40 + [" "]

    with serving(app) as url, PilcrowClient(url) as client:
        with pytest.raises(QuestionError, match=r"^question 41: the question is empty"):
            list(client.ask_many(questions, limit=1))
        with pytest.raises(NotFoundError, match="no report 'nowhere'"):
            list(client.ask_many(questions, report="nowhere"))


def test_the_local_library_names_the_question_too(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    answers = Pilcrow(harbour_store, letters).ask_many(["paragraph 1", " "])

    assert next(answers).quotes[0].paragraph == "1"
    with pytest.raises(QuestionError, match=r"^question 2: the question is empty"):
        next(answers)


class Faulty(BaseHTTPRequestHandler):
    """Answers as a script says: (status, headers, body), or None to hang up; the last goes on."""

    protocol_version = "HTTP/1.1"
    script: ClassVar[list[tuple[int, dict[str, str], str] | None]]
    heard: ClassVar[list[str]]
    connections: ClassVar[Counter[Any]]

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        self.rfile.read(size)
        self.heard.append(f"{self.command} {self.path}")
        self.connections[self.client_address] += 1
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if said is None:
            self.close_connection = True
            return
        status, headers, body = said
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def scripted(*script: tuple[int, dict[str, str], str] | None) -> Iterator[tuple[str, type[Faulty]]]:
    handler = type(
        "Scripted", (Faulty,), {"script": list(script), "heard": [], "connections": Counter()}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    thread.join()
    server.server_close()


def busy(status: int, wait: str = "0") -> tuple[int, dict[str, str], str]:
    problem = {"title": "Busy", "status": status, "detail": "the server is busy; wait"}
    headers = {"Retry-After": wait, "Content-Type": "application/problem+json"}
    return status, headers, json.dumps(problem)


EMPTY = (200, {}, '{"reports": []}')
PAST = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)


@pytest.mark.parametrize(
    "fault",
    [busy(429), busy(502), busy(503), busy(504), busy(503, PAST), busy(503, "soon"), None],
    ids=["429", "502", "503", "504", "a date", "no time", "hung up"],
)
def test_what_may_pass_is_tried_again(fault: tuple[int, dict[str, str], str] | None) -> None:
    with scripted(fault, fault, EMPTY) as (url, server), PilcrowClient(url) as client:
        assert client.reports() == []
        assert len(server.heard) == 3


def test_an_asynchronous_client_tries_again_too() -> None:
    async def ask(url: str) -> list[Any]:
        async with AsyncPilcrowClient(url) as client:
            return await client.reports()

    with scripted(busy(503), None, EMPTY) as (url, server):
        assert asyncio.run(ask(url)) == []
        assert len(server.heard) == 3


def test_a_question_is_tried_again_and_a_change_is_not(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("1. One.\n")
    with scripted(busy(503)) as (url, server), PilcrowClient(url, retries=2) as client:
        with pytest.raises(ServerError) as caught:
            client.ask("Are ferries late?")
        error = caught.value
        assert (error.status, error.title, str(error)) == (503, "Busy", "the server is busy; wait")
        assert len(server.heard) == 3
        for change in (lambda: client.add_report(path), lambda: client.remove_report("ferry")):
            server.heard.clear()
            with pytest.raises(ServerError, match="busy"):
                change()
            assert len(server.heard) == 1


def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    with scripted(busy(503, "3600")) as (url, server), PilcrowClient(url) as client:
        with pytest.raises(ServerError):
            client.reports()
        assert len(server.heard) == 1


def test_waits_double_and_are_spread() -> None:
    for attempt, most in enumerate((0.25, 0.5, 1.0)):
        waits = {backoff(attempt) for _ in range(200)}
        assert most / 2 <= min(waits) < max(waits) <= most
        assert len(waits) > 100


def test_one_connection_serves_many_calls() -> None:
    with scripted(EMPTY) as (url, server), PilcrowClient(url) as client:
        for _ in range(5):
            client.reports()
        assert list(server.connections.values()) == [5]


def test_where_no_server_runs_it_is_said_how_to_start_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with PilcrowClient(url, retries=1) as client, pytest.raises(UnreachableError) as caught:
            client.reports()

    assert url in str(caught.value)
    assert "pilcrow serve" in str(caught.value)


def test_a_server_that_does_not_answer_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            PilcrowClient(url, timeout=0.05) as client,
            pytest.raises(UnreachableError, match=r"within 0\.05 s"),
        ):
            client.reports()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ((200, {"Content-Type": "text/html"}, "<h1>A shop</h1>"), 200),
        ((200, {}, '{"shops": []}'), 200),
        ((200, {"Content-Encoding": "gzip"}, "no gzip"), None),
        ((404, {"Content-Type": "text/html"}, "<h1>No such shop</h1>"), 404),
        ((307, {"Location": "https://example.org/"}, ""), 307),
        ((500, {"Content-Type": "application/problem+json"}, "{"), 500),
    ],
)
def test_what_is_no_pilcrow_server_is_said_to_be_none(
    said: tuple[int, dict[str, str], str], status: int | None
) -> None:
    with scripted(said) as (url, server), PilcrowClient(url) as client:
        with pytest.raises(PilcrowError, match=url) as caught:
            client.reports()
        assert len(server.heard) == 1
    assert not isinstance(caught.value, NotFoundError)
    assert getattr(caught.value, "status", None) == status


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://h", "http://", "", "a b"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(PilcrowError, match="is no server's address"):
        PilcrowClient(url)


def test_errors_are_the_local_librarys(harbour_client: PilcrowClient, harbour_store: Store) -> None:
    for library in (harbour_client, Pilcrow(harbour_store)):
        with pytest.raises(NotFoundError, match="no report 'nowhere'"):
            library.report("nowhere")
        with pytest.raises(NotFoundError, match="no paragraph '77'"):
            library.paragraph("harbour-2031", "77")
        with pytest.raises(PilcrowError, match="style"):
            library.cite("harbour-2031", "1", style="no-such-style")
        with pytest.raises(NotFoundError, match="no report"):
            library.paragraphs("§ x?y#z")
        with pytest.raises(PilcrowError, match="items"):
            library.export([], "ris")
    with pytest.raises(NotFoundError) as caught:
        harbour_client.report("nowhere")
    assert isinstance(caught.value, ServerError)
    assert (caught.value.status, caught.value.title) == (404, "Not found")
    with pytest.raises(QuestionError, match="empty"):
        harbour_client.search(" ")


def test_a_quote_whose_words_have_changed_is_not_exported(
    harbour_client: PilcrowClient, harbour_store: Store
) -> None:
    pinned = ExportItem(report="harbour-2031", key="1", start=0, end=5, text="Never", note="Mine")
    right = pinned.model_copy(update={"text": None})
    for library in (harbour_client, Pilcrow(harbour_store)):
        with pytest.raises(ItemsError) as caught:
            library.export([right, pinned], "ris")
        assert [(fault.item, fault.reason) for fault in caught.value.faults] == [(1, "changed")]
        assert b"Mine" in library.export([right], "bibtex")
        assert library.export([right], "docx").startswith(b"PK")


def test_uploads_tell_what_is_wrong(harbour_url: str, tmp_path: Path) -> None:
    essay = tmp_path / "essay.txt"
    essay.write_text("A letter\n\nWe saw the ferry.\n\nIt was late.\n")
    with PilcrowClient(harbour_url, key="wrong") as stranger:
        with pytest.raises(ServerError, match="API key") as caught:
            stranger.add_report(essay)
        assert caught.value.status == 401
    with PilcrowClient(harbour_url, key="secret") as client:
        with pytest.raises(ReportError, match="no numbered paragraphs"):
            client.add_report(essay)
        with pytest.raises(ReportError, match="check the path"):
            client.add_report(tmp_path / "missing.txt")
        with pytest.raises(PilcrowError, match="last report"):
            client.remove_report("harbour-2031")
        (tmp_path / "essay.toml").write_text('title = "Ferry letter"\n')
        added = client.add_report(str(essay), allow_unnumbered=True)
        assert (added.title, added.audit.ours) == ("Ferry letter", True)
        client.remove_report("essay")


def test_links_lead_to_the_server_that_was_asked(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    with serving(create_app(harbour_store, letters)) as url:
        with PilcrowClient(f"{url}/") as client:
            paragraph = client.paragraph("harbour-2031", "2")
        assert paragraph.next is not None
        assert httpx.get(paragraph.next.url).status_code == 200
        assert paragraph.url == f"{url}/reports/harbour-2031/paragraphs/2"


def test_a_transport_that_was_given_is_left_open(harbour_url: str) -> None:
    with httpx.HTTPTransport() as transport:
        for _ in range(2):
            with PilcrowClient(harbour_url, transport=transport) as client:
                assert client.reports()


def test_a_folder_without_a_store_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pilcrow index"):
        Pilcrow.open(tmp_path)


def test_opening_a_store_loads_no_model_and_a_client_no_engine(harbour_store: Store) -> None:
    code = (
        "import sys, search_api\n"
        "assert 'pydantic' not in sys.modules\n"
        "search_api.PilcrowClient()\n"
        "assert not {'faiss', 'onnxruntime', 'fastapi', 'pandas'} & set(sys.modules)\n"
        f"search_api.Pilcrow.open({str(harbour_store.folder)!r}).reports()\n"
        "assert not {'onnxruntime', 'torch', 'pandas'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_names_what_it_has() -> None:
    assert {"Pilcrow", "PilcrowClient", "AsyncPilcrowClient"} <= set(dir(search_api))
    with pytest.raises(AttributeError, match="no attribute 'Pilcrows'"):
        search_api.Pilcrows  # noqa: B018


@pytest.fixture
def recorded() -> dict[str, Any]:
    return use(PilcrowClient(transport=replay("v0.1")))


def test_hits_become_a_frame(recorded: dict[str, Any]) -> None:
    result: SearchResult = recorded["search"]
    frame = result.to_frame()

    assert list(frame["number"]) == [hit.paragraph for hit in result.hits]
    assert list(frame["score"]) == sorted(frame["score"], reverse=True)
    for row in frame.itertuples():
        assert row.text[row.start : row.end] == row.quote
        assert row.citation.endswith(f"para {row.number}")
        assert row.url.startswith("http://127.0.0.1:8000/reports/")
        assert "outcomes" in row.section
    assert list(SearchResult(query="x", hits=[]).to_frame().columns) == list(frame.columns)
    bare = result.hits[0].model_copy(update={"quote": None})
    assert SearchResult(query="x", hits=[bare]).to_frame()["start"].isna().all()


def test_answers_of_a_batch_make_one_frame_with_those_not_found(recorded: dict[str, Any]) -> None:
    import pandas

    frame = pandas.concat([answer.to_frame() for answer in recorded["many"]], ignore_index=True)

    assert list(frame["question"]) == [FOSTERING, ABSENT]
    assert list(frame["status"]) == ["answered", "not_found"]
    assert frame["key"][0] == "99"
    assert frame.loc[1, "report":].isna().all()
    assert frame["start"].dtype == "Int64"
    assert list(frame.columns[:3]) == ["question", "status", "confidence"]


def test_without_pandas_it_is_said_what_to_install(
    recorded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(PilcrowError, match="pip install"):
        recorded["answered"].to_frame()


def test_a_notebook_shows_quotes_with_their_citations(recorded: dict[str, Any]) -> None:
    answer: Answer = recorded["answered"]
    shown = answer._repr_html_()

    quote = answer.quotes[0]
    assert f"“{quote.text}”" in shown
    assert f'<a href="{quote.url.replace("&", "&amp;")}">{quote.citation}</a>' in shown
    assert "Not in the report" not in shown
    local = answer.model_copy(update={"quotes": [quote.model_copy(update={"url": "/reports/x"})]})
    assert "<a " not in local._repr_html_()


def test_a_notebook_says_plainly_what_is_not_in_the_report(recorded: dict[str, Any]) -> None:
    answer: Answer = recorded["not found"]
    shown = answer._repr_html_()

    assert f"Not in the report (confidence {answer.confidence:.0%})." in shown
    assert "which do not answer it" in shown
    assert answer.hits[0].quote.citation in shown
    assert "nothing found" in SearchResult(query="x", hits=[])._repr_html_()


def test_nothing_in_a_report_or_question_becomes_markup(recorded: dict[str, Any]) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    answer: Answer = recorded["answered"]
    quote = answer.quotes[0].model_copy(
        update={"text": evil, "citation": evil, "url": "javascript:alert(1)", "section": [evil]}
    )
    hit = answer.hits[0].model_copy(update={"quote": quote})
    for value in (
        answer.model_copy(update={"question": evil, "quotes": [quote], "hits": [hit]}),
        answer.model_copy(update={"question": evil, "status": "not_found", "hits": [hit]}),
        SearchResult(query=evil, hits=[hit, hit.model_copy(update={"quote": None, "key": evil})]),
    ):
        shown = value._repr_html_()
        assert "&lt;script&gt;" in shown
        assert "<script" not in shown
        assert "<img" not in shown
        assert 'href="javascript' not in shown


def test_lists_and_single_results_are_shown_as_tables(harbour_client: PilcrowClient) -> None:
    draft = "It says “safety drills” (para 8)."
    for shown, words in (
        (harbour_client.reports(), ["harbour-2031", "2031-05-02"]),
        (harbour_client.report("harbour-2031"), ["harbour-2031"]),
        (harbour_client.paragraphs("harbour-2031", "6-8"), ["“Safety drills", "“Lifejackets"]),
        (harbour_client.paragraph("harbour-2031", 6), ["“Safety drills"]),
        (harbour_client.cite("harbour-2031", 6, style="apa"), ["apa", "bibliography"]),
        (harbour_client.verify(draft), ["in another paragraph", "“safety drills”", "para 8"]),
    ):
        html: str = shown._repr_html_()
        assert html.count("<table>") == 1
        assert all(word in html for word in words), html
        # No column is empty.
        assert "footnotes" not in html

    evil = "<script>alert(1)</script>"
    [paragraph] = harbour_client.paragraphs("harbour-2031", "6")
    told = paragraph.model_copy(
        update={"text": evil, "citation": evil, "url": "javascript:alert(1)"}
    )
    assert "<script" not in told._repr_html_()
    assert "href" not in told._repr_html_()


def test_a_closed_client_says_so(harbour_url: str) -> None:
    client = PilcrowClient(harbour_url)
    client.close()
    with pytest.raises(PilcrowError, match="the client is closed"):
        client.reports()

    async def awaited() -> None:
        other = AsyncPilcrowClient(harbour_url)
        await other.aclose()
        with pytest.raises(PilcrowError, match="the client is closed"):
            await other.search("drills")

    asyncio.run(awaited())


def test_an_unknown_style_names_the_seven(harbour_client: PilcrowClient) -> None:
    with pytest.raises(PilcrowError, match="apaa") as error:
        harbour_client.cite("harbour-2031", 6, style="apaa")
    for style in ("oscola", "harvard", "chicago-notes", "chicago-author-date", "bluebook", "mla"):
        assert style in str(error.value)


@pytest.mark.model
def test_a_report_added_to_a_folder_is_there_for_others(seed_folder: Path) -> None:
    library = Pilcrow.open(seed_folder)
    library.add_report(HARBOUR)

    assert [report.id for report in Pilcrow.open(seed_folder).reports()] == [
        HARBOUR.stem,
        SEED.stem,
    ]
    assert library.search("ferries", limit=1).hits[0].report == HARBOUR.stem
    assert library.verify("Para 3 says so.", report=HARBOUR.stem)[0].verdict == "found"
