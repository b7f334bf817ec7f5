"""Agents reach the reports with the SDK's own client, over both transports."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import ResourceTemplateReference

from indexer.load import load_report
from indexer.store import build_store, open_store
from search_api.cli import main
from search_api.library.live import Live
from search_api.mcp.server import create_server
from search_api.mcp.transports import allowed_hosts
from tests.conftest import HARBOUR, ROOT, SEED, LetterEncoder

if TYPE_CHECKING:
    from indexer.encoders.base import Encoder
    from indexer.store import Store

COMMAND = ["-c", "from search_api.cli import main; main(prog_name='pilcrow')", "mcp"]
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
TOOLS = {
    "ask_report",
    "search_paragraphs",
    "get_paragraphs",
    "cite",
    "verify_quotes",
    "list_reports",
}
LATE = "Crossings were late on one day in five."
FERRY = "".join(f"{n}. The ferry board met {n} times about zebras.\n\n" for n in range(1, 61))
SAILED = "".join(f"{n}. The ferry sailed {n} times.\n\n" for n in range(1, 6))
PARTS = f"# Findings\n\n{SAILED}# Annex 1\n\n1. A zebra.\n\n2. A crate.\n\n3. A boat.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A store of the made-up report, with the shipped model."""
    path = tmp_path_factory.mktemp("mcp") / "store"
    return build_store(path, [load_report(HARBOUR)], encoder).folder


@pytest.fixture(scope="module")
def http_url(folder: Path) -> Iterator[str]:
    """The address of `pilcrow mcp --http` in a process of its own."""
    command = [sys.executable, *COMMAND, "--store", str(folder), "--http", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/mcp", said)
        assert found, said + process.stderr.read()
        yield found[0]
        process.terminate()


def stdio(folder: Path) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--store", str(folder)], cwd=ROOT
    )


def talk(server: Any, conversation: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """What comes of a conversation with a server."""

    async def connected() -> Any:
        async with Client(server, mode=mode, read_timeout_seconds=60) as client:
            return await conversation(client)

    return asyncio.run(connected())


async def use(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The typed output of a tool, which the text for older clients repeats."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    output: dict[str, Any] = result.structured_content
    return output


def call(server: Any, tool: str, **arguments: Any) -> dict[str, Any]:
    output: dict[str, Any] = talk(server, lambda client: use(client, tool, **arguments))
    return output


def fails(server: Any, tool: str, **arguments: Any) -> str:
    """What a tool says of a call that is wrong: one line."""
    result = talk(server, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    said: str = result.content[0].text
    assert "\n" not in said
    return said


def served(folder: Path, letters: LetterEncoder, **reports: str) -> Any:
    """A server in this process over reports given by their text, without a model."""
    files = [folder / f"{name}.md" for name in reports]
    for file, text in zip(files, reports.values(), strict=True):
        file.write_text(text)
    build_store(folder / "store", [load_report(file) for file in files], letters)
    return create_server(Live(open_store(folder / "store"), lambda _store: letters))


@pytest.mark.model
@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_an_agent_asks_reads_verifies_and_cites(
    transport: str, mode: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    async def conversation(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == TOOLS
        for tool in tools:
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert tool.output_schema is not None
            assert "Use this" in (tool.description or "")
        assert "ask_report" in (client.instructions or "")
        assert "never an instruction" in " ".join((client.instructions or "").split())

        [listed] = (await use(client, "list_reports"))["reports"]
        assert (listed["first"], listed["last"], listed["paragraphs"]) == ("1", "8", 8)

        answer = await use(client, "ask_report", question="How often were crossings late?")
        assert answer["status"] == "answered"
        quote = answer["quotes"][0]
        assert quote["quote"].startswith(LATE)
        assert quote["citation"].endswith("para 3")
        assert all(hit["key"] != "3" for hit in answer["nearest"])

        [whole] = (await use(client, "get_paragraphs", report=listed["id"], numbers="3"))[
            "paragraphs"
        ]
        assert quote["quote"] in whole["text"]
        read = await client.read_resource(quote["url"])
        assert json.loads(read.contents[0].text) == whole

        draft = f"“{LATE}” (para 3). “Crossings were never late on one day in five.” (para 3)."
        verified = await use(client, "verify_quotes", text=draft)
        assert [check["verdict"] for check in verified["checks"]] == ["found", "altered"]
        assert verified["note"] == "1 of 2 right; 1 to mend"
        assert verified["checks"][1]["cited"]["citation"] == quote["citation"]

        cited = await use(client, "cite", report=listed["id"], numbers="3-4", format="ris")
        assert "3–4" in cited["in_text"]
        assert cited["exported"].startswith("TY  - ")

        failed = await client.call_tool("ask_report", {"question": " "})
        assert failed.is_error
        assert (await use(client, "search_paragraphs", query="lifejackets"))["hits"]

    server = stdio(folder) if transport == "stdio" else request.getfixturevalue("http_url")
    talk(server, conversation, mode)


@pytest.mark.model
def test_what_the_report_does_not_say_is_said_in_words(http_url: str) -> None:
    found = call(http_url, "ask_report", question="recipe for stottie cake", limit=2)
    assert (found["status"], found["quotes"]) == ("not_found", [])
    assert "does not answer this question" in found["note"]
    assert "they do not answer it" in found["note"]
    assert len(found["nearest"]) == 2


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask_report", {}, "question: Field required; see the tool's input schema"),
        ("ask_report", {"question": "?"}, "the question is empty; ask something in words"),
        (
            "ask_report",
            {"question": "a", "report": "x"},
            "no report 'x' in the store; it has: ferry",
        ),
        ("search_paragraphs", {"query": "a", "limit": 21}, "limit: Input should be less than"),
        ("search_paragraphs", {"query": "\ud800"}, "the question is not valid text"),
        ("get_paragraphs", {"report": "ferry", "numbers": "99"}, "ferry has no paragraph '99'"),
        (
            "get_paragraphs",
            {"report": "ferry", "numbers": "1", "offset": -1},
            "offset: Input should",
        ),
        ("get_paragraphs", {"report": "ferry", "numbers": "5-2"}, "'5-2' runs backwards"),
        (
            "cite",
            {"report": "ferry", "numbers": "1", "style": "apaa"},
            "no style 'apaa'; did you mean apa",
        ),
        ("cite", {"report": "ferry", "numbers": "1", "format": "pdf"}, "format: Input should be"),
        ("verify_quotes", {"text": "a" * 1_000_001}, "the draft has 1,000,001 characters"),
        ("verify_quotes", {"text": "“a b c”", "report": "x"}, "no report 'x' in the store"),
    ],
)
def test_a_wrong_call_fails_in_one_line_with_the_fix(
    tool: str, arguments: dict[str, Any], said: str, tmp_path: Path, letters: LetterEncoder
) -> None:
    assert said in fails(served(tmp_path, letters, ferry=FERRY), tool, **arguments)


def test_a_range_a_list_and_a_key_with_a_slash_are_read_whole(
    tmp_path: Path, letters: LetterEncoder
) -> None:
    server = served(tmp_path, letters, ferry=FERRY, parts=PARTS)
    found = call(server, "get_paragraphs", report="ferry", numbers="7-9, 2")["paragraphs"]
    assert [each["paragraph"] for each in found] == ["7", "8", "9", "2"]
    assert found[0]["text"] == "The ferry board met 7 times about zebras."
    [annex] = call(server, "get_paragraphs", report="parts", numbers="annex-1/1")["paragraphs"]
    assert (annex["paragraph"], annex["text"]) == ("1", "A zebra.")
    assert annex["url"] == "pilcrow://reports/parts/paragraphs/annex-1/1"

    async def read(client: Client) -> list[str]:
        urls = [annex["url"], "pilcrow://reports/parts/paragraphs/annex%2D1%2F1"]
        return [(await client.read_resource(url)).contents[0].text for url in urls]

    for text in talk(server, read):
        assert json.loads(text) == annex


# What an agent does in a long conversation about the seed.
CONVERSATION: list[tuple[str, dict[str, Any]]] = [
    ("list_reports", {}),
    ("ask_report", {"question": "Why was the joint fostering service dropped?"}),
    ("get_paragraphs", {"numbers": "97-101"}),
    ("ask_report", {"question": "How timely are initial child protection conferences?"}),
    ("search_paragraphs", {"query": "child protection conferences timeliness"}),
    ("get_paragraphs", {"numbers": "29, 31-33"}),
    ("ask_report", {"question": "What does the report recommend?"}),
    ("ask_report", {"question": "recipe for stottie cake"}),
    ("search_paragraphs", {"query": "care leavers accommodation", "limit": 10}),
    ("get_paragraphs", {"numbers": "60-107"}),
    ("ask_report", {"question": "How many looked after children are there?"}),
    ("search_paragraphs", {"query": "health assessments of looked after children"}),
    ("get_paragraphs", {"numbers": "71"}),
    ("cite", {"numbers": "99"}),
    ("cite", {"numbers": "29, 31-33", "style": "apa", "format": "ris"}),
    ("ask_report", {"question": "List all the areas for improvement"}),
    ("search_paragraphs", {"query": "leadership and management", "limit": 10}),
    ("ask_report", {"question": "Who carried out the inspection?"}),
    ("verify_quotes", {"text": "It “was felt not to be cost-effective” (para 99)."}),
    ("verify_quotes", {"text": "“Plans were postponed” (para 98), “within 20 days” (para 71)."}),
]


@pytest.mark.model
def test_twenty_calls_fit_into_what_an_agent_can_read(seed_store: Store, encoder: Encoder) -> None:
    async def conversation(client: Client) -> list[int]:
        sizes = []
        for tool, arguments in CONVERSATION:
            of = {"report": SEED.stem} if tool in ("get_paragraphs", "cite") else {}
            result = await client.call_tool(tool, of | arguments)
            assert not result.is_error, result.content
            sizes.append(len(result.content[0].text.encode()))
            said = json.dumps(result.structured_content)
            assert ("never instructions" in said) == ('"quote"' in said or '"text"' in said)
        return sizes

    sizes = talk(create_server(Live(seed_store, lambda _store: encoder)), conversation)
    assert len(sizes) == 20
    assert sum(sizes) < 60_000
    assert max(sizes) < 8_000


def test_a_long_range_is_read_in_pages_that_join_up(tmp_path: Path, letters: LetterEncoder) -> None:
    long = "".join(f"{n}. {'The ferry was late again. ' * 40}\n\n" for n in range(1, 31))
    server = served(tmp_path, letters, ferry=long)
    read, offset = [], 0
    while offset is not None:
        page = call(server, "get_paragraphs", report="ferry", numbers="1-30", offset=offset)
        assert page["total"] == 30
        assert sum(len(each["text"]) for each in page["paragraphs"]) <= 5_000
        read += [each["paragraph"] for each in page["paragraphs"]]
        offset = page["next_offset"]
    assert read == [str(n) for n in range(1, 31)]


def test_reports_are_listed_a_page_at_a_time(tmp_path: Path, letters: LetterEncoder) -> None:
    server = served(tmp_path, letters, ferry=FERRY, parts=PARTS)
    second = call(server, "list_reports", limit=1, offset=1)
    assert (second["total"], [each["id"] for each in second["reports"]]) == (2, ["parts"])
    assert call(server, "list_reports", offset=2)["reports"] == []


def test_a_search_keeps_to_a_report_and_a_section(tmp_path: Path, letters: LetterEncoder) -> None:
    server = served(tmp_path, letters, ferry=FERRY, parts=PARTS)
    hits = call(server, "search_paragraphs", query="zebra", report="parts", section="annex")["hits"]
    assert {hit["key"] for hit in hits} == {"annex-1/1", "annex-1/2", "annex-1/3"}
    assert hits[0]["quote"] == "A zebra."


def test_a_draft_without_quotation_marks_is_not_called_right(
    tmp_path: Path, letters: LetterEncoder
) -> None:
    found = call(served(tmp_path, letters, parts=PARTS), "verify_quotes", text="A zebra, it says.")
    assert found["checks"] == []
    assert found["note"].startswith("Nothing to check")


def test_resources_lead_from_the_list_to_a_report(tmp_path: Path, letters: LetterEncoder) -> None:
    async def conversation(client: Client) -> None:
        listed = (await client.list_resources()).resources
        assert [each.uri for each in listed] == ["pilcrow://reports", "pilcrow://reports/parts"]
        every = json.loads((await client.read_resource(listed[0].uri)).contents[0].text)
        assert every["reports"][0]["url"] == listed[1].uri
        report = json.loads((await client.read_resource(listed[1].uri)).contents[0].text)
        assert report["audit"]["restarts"]
        templates = (await client.list_resource_templates()).resource_templates
        assert "pilcrow://reports/{report}/paragraphs/{+key}" in {t.uri_template for t in templates}
        for wrong in ("reports/x", "reports/parts/paragraphs/9", "reports/parts/paragraphs/../1"):
            with pytest.raises(MCPError) as caught:
                await client.read_resource(f"pilcrow://{wrong}")
            assert caught.value.error.code == -32602

    talk(served(tmp_path, letters, parts=PARTS), conversation)


def test_ids_and_keys_are_completed(tmp_path: Path, letters: LetterEncoder) -> None:
    reference = ResourceTemplateReference(uri="pilcrow://reports/{report}/paragraphs/{+key}")

    async def conversation(client: Client) -> None:
        async def completed(name: str, value: str, **known: str) -> list[str]:
            argument = {"name": name, "value": value}
            return (await client.complete(reference, argument, known)).completion.values

        assert await completed("report", "pa") == ["parts"]
        assert await completed("key", "annex", report="parts") == [
            f"annex-1/{n}" for n in (1, 2, 3)
        ]
        assert await completed("key", "", report="nowhere") == []

    talk(served(tmp_path, letters, ferry=FERRY, parts=PARTS), conversation)


def test_the_prompt_carries_the_question(tmp_path: Path, letters: LetterEncoder) -> None:
    async def conversation(client: Client) -> str:
        found = await client.get_prompt("answer_with_citations", {"question": "Why zebras?"})
        text: str = found.messages[0].content.text
        return text

    said = talk(served(tmp_path, letters, parts=PARTS), conversation)
    assert "Why zebras?" in said
    assert "not_found" in said


def test_an_old_number_is_followed_with_a_notice(tmp_path: Path, letters: LetterEncoder) -> None:
    from indexer.build import with_past

    first, second = tmp_path / "first", tmp_path / "second"
    texts = [FERRY, re.sub(r"^(\d+)\.", lambda n: f"{int(n[1]) + 1}.", FERRY, flags=re.M)]
    for each, text in zip((first, second), texts, strict=True):
        each.mkdir()
        (each / "ferry.txt").write_text(f"1. A foreword.\n\n{text}" if each is second else text)
    store = build_store(tmp_path / "store", [load_report(first / "ferry.txt")], letters)
    again = with_past(store, load_report(second / "ferry.txt"))
    build_store(tmp_path / "store", [again], letters, before=store)
    server = create_server(Live(open_store(tmp_path / "store"), lambda _store: letters))

    async def read(client: Client) -> dict[str, Any]:
        found = await client.read_resource("pilcrow://reports/ferry/paragraphs/60")
        paragraph: dict[str, Any] = json.loads(found.contents[0].text)
        return paragraph

    assert talk(server, read)["notice"] == (
        "What was paragraph 60 in an earlier issue is now paragraph 61."
    )


@pytest.mark.model
def test_a_store_built_anew_is_used_soon_and_one_that_is_lost_still_answers(
    folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(folder, store)
    (tmp_path / "parts.md").write_text(PARTS)

    async def listed(client: Client) -> list[str]:
        return [each["id"] for each in (await use(client, "list_reports"))["reports"]]

    async def conversation(client: Client) -> None:
        assert (await use(client, "list_reports"))["total"] == 1
        build_store(store, [load_report(tmp_path / "parts.md")], encoder)
        for _ in range(600):
            if await listed(client) == ["parts"]:
                break
            await asyncio.sleep(0.1)
        hits = (await use(client, "search_paragraphs", query="zebra"))["hits"]
        assert hits[0]["quote"] == "A zebra."
        checked = await use(
            client, "verify_quotes", text="“A zebra.” The report says “Crossings were late”."
        )
        assert [check["verdict"] for check in checked["checks"]] == ["found", "not_found"]
        store.rename(tmp_path / "gone")
        assert await listed(client) == ["parts"]
        await client.list_resources()
        assert await listed(client) == ["parts"]
        (tmp_path / "gone").rename(store)
        assert (await use(client, "list_reports"))["total"] == 1

    talk(stdio(store), conversation)


@pytest.mark.model
@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, None),
        ({"Origin": "{own}"}, None),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:{port}"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
    ],
)
def test_a_foreign_page_or_name_is_refused(
    headers: dict[str, str], refused: int | None, version: str, http_url: str
) -> None:
    own = http_url.removesuffix("/mcp")
    port = own.rpartition(":")[2]
    filled = {name: text.format(own=own, port=port) for name, text in headers.items()}
    sent = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": version}
    answered = httpx.post(http_url, json=HELLO, headers=sent | filled)
    if refused is None:
        assert "jsonrpc" in answered.json()
    else:
        assert answered.status_code == refused
        assert httpx.get(http_url, headers=sent | filled).status_code == refused


@pytest.mark.parametrize(
    ("host", "port", "allowed"),
    [
        ("127.0.0.1", 8001, ["127.0.0.1:8001", "localhost:8001", "[::1]:8001"]),
        ("::1", 8001, ["127.0.0.1:8001", "localhost:8001", "[::1]:8001"]),
        ("192.0.2.7", 8001, ["192.0.2.7:8001"]),
        ("reports.example", 80, ["reports.example:80", "reports.example"]),
        ("2001:db8::7", 8001, ["[2001:db8::7]:8001"]),
    ],
)
def test_the_host_names_allowed_follow_the_address(
    host: str, port: int, allowed: list[str]
) -> None:
    assert allowed_hosts(host, port) == allowed


def test_a_server_on_every_address_answers_to_this_machines_names() -> None:
    everywhere = allowed_hosts("0.0.0.0", 8001)
    assert f"{socket.gethostname()}:8001" in everywhere
    assert "localhost:8001" in everywhere
    assert "0.0.0.0:8001" not in everywhere


def run(*args: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *COMMAND, *map(str, args)],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.model
def test_standard_output_holds_nothing_but_the_protocol(folder: Path) -> None:
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    lines = [json.dumps(HELLO), "no JSON at all", json.dumps(ping)]
    done = run("--store", folder, given="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0]["result"]["serverInfo"]["name"] == "pilcrow"
    assert all(each["jsonrpc"] == "2.0" for each in answers)


@pytest.mark.model
def test_ctrl_c_stops_a_server_that_waits_for_input(folder: Path) -> None:
    command = [sys.executable, *COMMAND, "--store", str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        process.stdin.write(f"{json.dumps(HELLO)}\n")
        process.stdin.flush()
        assert "serverInfo" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=20) == -signal.SIGINT
        finally:
            process.kill()


def test_a_missing_store_is_told_before_the_server_starts(tmp_path: Path) -> None:
    done = run("--store", tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"pilcrow: no store in {tmp_path / 'nowhere'}; build one: pilcrow index REPORT\n"
    )


@pytest.mark.model
def test_a_taken_port_is_told_with_the_fix(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        verb = ["mcp", "--store", str(folder), "--http", "--port", str(port)]
        done = CliRunner().invoke(main, verb)
    assert done.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.output
    assert "give another --port" in done.output


def test_an_address_without_http_is_wrong_usage(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["mcp", "--store", str(tmp_path), "--port", "9001"])
    assert done.exit_code == 2
    assert "--host and --port go with --http" in done.output


@pytest.mark.model
def test_the_server_starts_without_torch(folder: Path) -> None:
    code = (
        "import sys, pathlib; from indexer.store import open_store; "
        "from search_api.library.live import Live; "
        "from search_api.mcp.server import create_server; import search_api.mcp.transports; "
        f"create_server(Live(open_store(pathlib.Path({str(folder)!r})))); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_pages_settings_are_what_the_command_takes() -> None:
    page = (ROOT / "search_api" / "mcp" / "README.md").read_text(encoding="utf-8")
    blocks = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    servers = [block.get("mcpServers") or block["servers"] for block in blocks]
    started = [each["pilcrow"] for each in servers if "command" in each["pilcrow"]]
    assert len(started) == 2
    for server in started:
        assert server["command"] == "pilcrow"
        verb, *options = server["args"]
        context = main.commands[verb].make_context(verb, options)
        assert str(context.params["folder"]).endswith(".pilcrow")
