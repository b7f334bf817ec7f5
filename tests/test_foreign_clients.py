"""The published schema and the retrievers, tried with tools that others made for that."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from search_api.http.app import create_app
from tests.conftest import ROOT, serving
from tests.foreign import environment

if TYPE_CHECKING:
    from indexer.store import Store
    from tests.conftest import LetterEncoder

pytestmark = pytest.mark.slow

CALLS = """
import io, sys, time
from pilcrow_client import AuthenticatedClient, models as m
from pilcrow_client.api.ask import ask, ask_batch, fill_table, prose, search_passages, suggest
from pilcrow_client.api.notebook import export_notebook, export_table
from pilcrow_client.api.reports import (
    cite_paragraph, get_paragraph, get_report, list_paragraphs, list_reports,
)
from pilcrow_client.api.server import get_metrics, healthz, readyz
from pilcrow_client.api.uploads import (
    describe_report, get_job, list_jobs, remove_report, restore_report, upload_report,
)
from pilcrow_client.api.verify import verify_draft
from pilcrow_client.types import File

REPORT = "harbour-2031"

def finished(job):
    while job.status not in ("ready", "failed"):
        time.sleep(0.2)
        job = get_job.sync(job.id, client=client)
    return job

with AuthenticatedClient(base_url=sys.argv[1], token="secret", timeout=60) as client:
    answer = ask.sync(client=client, body=m.AskRequest(question="para 6"))
    assert answer.quotes[0].number == answer.quotes[0].paragraph == "6"
    batch = m.BatchRequest(questions=["para 6", "para 7"])
    assert len(ask_batch.sync(client=client, body=batch).answers) == 2
    found = search_passages.sync(client=client, q="drills", limit=2, kind="report",
                                 facets=[m.SearchPassagesFacetsType0Item("kind")])
    assert len(found.hits) == 2 and found.total == found.facets["kind"][0].count >= 2
    following = search_passages.sync(client=client, q="drills", kind="report", cursor=found.next_)
    assert following.hits[0].key not in [hit.key for hit in found.hits]
    assert suggest.sync(client=client, q="6").suggestions
    assert list_reports.sync(client=client).reports[0].id == REPORT
    assert get_report.sync(REPORT, client=client).audit.count > 0
    assert list_paragraphs.sync(REPORT, client=client, numbers="6").paragraphs[0].number == "6"
    assert get_paragraph.sync(REPORT, "6", client=client).text
    assert "6" in cite_paragraph.sync(REPORT, "6", client=client, style="apa").in_text
    quote = answer.quotes[0]
    item = m.ExportItem(report=REPORT, key="6", start=quote.start, end=quote.end)
    body = m.ExportRequest(format_=m.ExportRequestFormat("markdown"), items=[item])
    assert quote.text.split()[0] in export_notebook.sync(client=client, body=body)
    draft = m.VerifyRequest(text="It says \u201csafety drills\u201d (para 6).")
    assert verify_draft.sync(client=client, body=draft).checks
    table = fill_table.sync(client=client, body=m.TableRequest(questions=["para 6"]))
    assert table.cells[0].quotes[0].text == quote.text
    form = m.TableExportRequestFormat("csv")
    asked = m.TableExportRequest(format_=form, table=table)
    assert export_table.sync_detailed(client=client, body=asked).status_code == 200
    # There is no language model here, and that is said.
    assert "prose is off" in prose.sync(client=client, body=m.AskRequest(question="para 6")).detail
    assert healthz.sync(client=client).reports == readyz.sync(client=client).reports == 1
    assert "pilcrow_store_reports 1.0" in get_metrics.sync(client=client)

    text = io.BytesIO(b"1. The pier is shut.\\n\\n2. It opens in May.\\n\\n3. It is long.\\n")
    file = File(payload=text, file_name="pier.txt", mime_type="text/plain")
    job = upload_report.sync(client=client, body=m.UploadReportBody(file=file))
    job = finished(job)
    assert job.status == "ready", job
    assert job.id in [each.id for each in list_jobs.sync(client=client).jobs]
    said = m.Described(title="The pier")
    assert describe_report.sync("pier", client=client, body=said).title == "The pier"
    assert remove_report.sync_detailed("pier", client=client).status_code == 204
    assert finished(restore_report.sync("pier", client=client)).status == "ready"
    assert list_reports.sync(client=client).total == 2
"""


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.cache.mkdir("foreign"))


def test_a_generated_python_client_compiles_and_calls_each_route(
    kept: Path, tmp_path: Path, harbour_store: Store, letters: LetterEncoder
) -> None:
    python = environment(kept / "openapi-python-client", "openapi-python-client")
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    app = create_app(harbour_store, letters, "secret")
    operations = {
        operation["operationId"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
    }
    assert {name for name in operations if f"{name}.sync" not in CALLS} == set()
    with serving(app) as url:
        made = subprocess.run(
            [python.parent / "openapi-python-client", "generate", "--url", f"{url}/openapi.json"],
            cwd=tmp_path,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        assert "warning" not in made.stdout.lower(), made.stdout
        [client] = tmp_path.glob("*-client")
        called = subprocess.run(
            [python, "-W", "error::SyntaxWarning", "-c", CALLS, url],
            env={**os.environ, "PYTHONPATH": str(client)},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert called.returncode == 0, called.stderr[-3000:]


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_generated_types_for_typescript_compile(
    kept: Path, tmp_path: Path, harbour_store: Store, letters: LetterEncoder
) -> None:
    home = kept / "typescript"
    if not (home / "node_modules" / "typescript").exists():
        home.mkdir(exist_ok=True)
        (home / "package.json").write_text("{}", encoding="utf-8")
        install = ["npm", "install", "--silent", "openapi-typescript@7", "typescript@5"]
        subprocess.run(install, cwd=home, check=True, timeout=600)
    with serving(create_app(harbour_store, letters)) as url:
        schema = httpx.get(f"{url}/openapi.json").json()
    (tmp_path / "openapi.json").write_text(json.dumps(schema), encoding="utf-8")
    (tmp_path / "use.ts").write_text(
        'import type { components } from "./api";\n'
        'const number: components["schemas"]["Quote"]["number"] = "29";\n'
        'const read: components["schemas"]["Answer"]["read_as"] = null;\n'
        "console.log(number, read);\n",
        encoding="utf-8",
    )
    tools = home / "node_modules" / ".bin"
    for command in (
        [tools / "openapi-typescript", "openapi.json", "-o", "api.ts"],
        [tools / "tsc", "--noEmit", "--strict", "--lib", "es2022,dom", "use.ts", "api.ts"],
    ):
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert ran.returncode == 0, ran.stdout + ran.stderr


AGENT = """
import asyncio, json, sys
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

async def main():
    command = ["-c", "from search_api.cli import main; main()", "mcp", "--store", sys.argv[2]]
    async with Client(StdioTransport(sys.argv[1], command, keep_alive=False)) as client:
        assert {tool.name for tool in await client.list_tools()} >= {"ask_report", "cite"}
        listed = [str(resource.uri) for resource in await client.list_resources()]
        assert listed == ["pilcrow://reports", "pilcrow://reports/harbour-2031"]
        [report] = await client.read_resource(listed[1])
        assert json.loads(report.text)["audit"]["count"] == 8
        [read] = await client.read_resource("pilcrow://reports/harbour-2031/paragraphs/6")
        [prompt] = await client.list_prompts()
        said = await client.get_prompt(prompt.name, {"question": "Are drills held?"})
        assert "Are drills held?" in said.messages[0].content.text
        found = await client.call_tool("get_paragraphs", {"report": "harbour-2031", "numbers": "6"})
        [paragraph] = found.structured_content["paragraphs"]
        assert paragraph == json.loads(read.text)
        assert paragraph["citation"].endswith("para 6")

asyncio.run(main())
"""


def test_an_agents_client_of_others_reads_resources_and_prompts(
    kept: Path, harbour_store: Store
) -> None:
    python = environment(kept / "fastmcp", "fastmcp")
    command = [python, "-c", AGENT, sys.executable, str(harbour_store.folder)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr[-3000:]


CELLS = [
    "from search_api import PilcrowClient\nclient = PilcrowClient(URL, key='secret')",
    "client.ask('para 6')",
    "client.search('drills', limit=2)",
    "client.reports()",
    "client.report('harbour-2031')",
    "client.paragraph('harbour-2031', 6)",
    "client.paragraphs('harbour-2031', '6-8')",
    "client.cite('harbour-2031', 6, style='apa')",
    "client.verify('It says “safety drills” (para 8), “no such words” (para 7).')",
    "client.close()",
]


def test_a_notebook_shows_every_kind_of_result(
    kept: Path, tmp_path: Path, harbour_store: Store, letters: LetterEncoder
) -> None:
    python = environment(kept / "notebook", "nbconvert", "nbclient", "ipykernel", with_ours=True)
    with serving(create_app(harbour_store, letters, "secret")) as url:
        cells = [
            {
                "cell_type": "code",
                "source": source.replace("URL", repr(url)),
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "id": f"cell-{place}",
            }
            for place, source in enumerate(CELLS)
        ]
        book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (tmp_path / "book.ipynb").write_text(json.dumps(book), encoding="utf-8")
        ran = subprocess.run(
            [python, "-m", "nbconvert", "--to", "html", "--execute", "book.ipynb"],
            cwd=tmp_path,
            env=os.environ | {"IPYTHONDIR": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert ran.returncode == 0, ran.stderr[-3000:]
    shown = (tmp_path / "book.html").read_text(encoding="utf-8")
    # An answer, hits, and six tables; nothing as Python would write it.
    assert shown.count("<blockquote cite=") == 3
    assert shown.count('<thead><tr><th style="text-align: left">') == 6
    assert "SearchResult(" not in shown
    assert "Paragraph(" not in shown
    for words in ("in another paragraph", "not in the report", "Safety drills are held weekly"):
        assert words in shown, words


SUITE = """
import sys
from typing import Any
from langchain_tests.integration_tests import RetrieversIntegrationTests
from search_api import PilcrowClient
from search_api.client.adapters.langchain import PilcrowRetriever

class TestPilcrow(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> Any:
        return PilcrowRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"source": PilcrowClient(URL)}

    @property
    def retriever_query_example(self) -> str:
        return "Are safety drills held?"
"""


def test_langchains_own_suite_passes(
    kept: Path, tmp_path: Path, harbour_store: Store, letters: LetterEncoder
) -> None:
    python = environment(kept / "langchain-tests", "langchain-tests", with_ours=True)
    with serving(create_app(harbour_store, letters)) as url:
        suite = tmp_path / "test_suite.py"
        suite.write_text(f"URL = {url!r}\n{SUITE}", encoding="utf-8")
        # LangChain's suite awaits in functions that pytest-asyncio runs by its automatic mode.
        options = ["-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"]
        command = [python, "-m", "pytest", *options, str(suite)]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout[-4000:]
    assert " passed" in ran.stdout
