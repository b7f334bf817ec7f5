"""The API against its own published schema, and the schema against the one last written down.

`python -m tests.test_api_contract` writes `tests/golden/openapi.json` anew and prints the line that
the top section of CHANGELOG.md must then have; with `examples` it writes the schema's examples
anew first, as the seed answers them.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from indexer.encoders import load_encoder
from indexer.load import load_report
from indexer.store import build_store
from search_api.http.app import create_app
from search_api.http.guard.api_keys import Keys
from search_api.http.guard.config import Guard
from tests.conftest import HARBOUR, ROOT, LetterEncoder, serving
from tests.conftest import SEED as SEED_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.store import Store

LOCAL = "http://127.0.0.1:8000"
GOLDEN = ROOT / "tests" / "golden" / "openapi.json"
RENEW = "python -m tests.test_api_contract"
METHODS = {"get", "post", "put", "patch", "delete"}


@contextmanager
def harbour_server(folder: Path, key: str) -> Iterator[str]:
    encoder = LetterEncoder()
    store = build_store(folder / "store", [load_report(HARBOUR)], encoder)
    with serving(create_app(store, encoder, key)) as url:
        yield url


def published(store: Store, encoder: LetterEncoder) -> dict[str, Any]:
    """The schema as it is served, without the version, which changes with every release."""
    schema = create_app(store, encoder, "").openapi()
    del schema["info"]["version"]
    return schema


def digest(schema: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:12]


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method in item.keys() & METHODS:
            yield f"{method.upper()} {path}", item[method]


# Every request is made with the key, so that "invalid authentication" would be answered; and a
# question is refused for more than its schema can say ("ask something in words").
@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "only"),
    [("secret", []), ("", ["--include-tag", "uploads"])],
    ids=["uploads on", "uploads off"],
)
def test_no_request_is_answered_otherwise_than_the_schema_says(
    tmp_path: Path, key: str, only: list[str]
) -> None:
    with harbour_server(tmp_path, key) as url:
        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", *only),
                *("--header", "X-API-Key: secret", "--no-color", "--warnings", "off"),
                *("--phases", "examples,coverage,fuzzing", "--max-examples", "8"),
                *("--seed", "1", "--generation-deterministic"),
                *("--checks", "all", "--exclude-checks", "positive_data_acceptance,ignored_auth"),
                *("--continue-on-failure", "--request-timeout", "30"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert " 0 generated" not in run.stdout


def test_a_changed_schema_is_in_the_changelog(harbour_store: Store, letters: LetterEncoder) -> None:
    now = published(harbour_store, letters)
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert now == golden, f"the API's schema has changed; run: {RENEW}"
    top = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)[1]
    line = f"API schema: {digest(golden)}"
    assert line in top, f"name the change in CHANGELOG.md's top section, with '{line}'"


def test_every_operation_is_documented(harbour_store: Store, letters: LetterEncoder) -> None:
    schema = published(harbour_store, letters)
    tags = {tag["name"] for tag in schema["tags"] if tag["description"]}
    ids = [operation["operationId"] for _, operation in operations(schema)]

    assert "servers" not in schema
    assert sorted(set(ids)) == sorted(ids)
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), name
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], name
                problem = response["content"]["application/problem+json"]
                assert problem["schema"]["$ref"].endswith("Problem"), name
                assert problem["example"]["status"] == int(status), name


def test_every_field_parameter_and_header_says_what_it_is(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    schema = published(harbour_store, letters)
    silent = [
        f"{name}.{field}"
        for name, model in schema["components"]["schemas"].items()
        for field, told in model.get("properties", {}).items()
        if not told.get("description")
    ]
    for name, operation in operations(schema):
        silent += [
            f"{name} {each['name']}"
            for each in operation.get("parameters", [])
            if not each.get("description")
        ]
        for status, response in operation["responses"].items():
            assert "X-Request-ID" in response["headers"], (name, status)
            assert all(header["description"] for header in response["headers"].values())

    assert silent == []


def test_a_server_that_asks_for_keys_says_so_in_its_schema(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    def closed(require: bool) -> set[str]:
        guard = Guard(Keys(own="a-long-secret"), require_key=require)
        schema = create_app(harbour_store, letters, guard=guard).openapi()
        return {
            name
            for name, each in operations(schema)
            if each["security"] and {} not in each["security"]
        }

    writing = {"POST /api/v1/reports", "DELETE /api/v1/reports/{report}", "GET /api/v1/jobs"}
    assert writing <= closed(False)
    assert "POST /api/v1/ask" not in closed(False)
    assert {"POST /api/v1/ask", "GET /api/v1/search", *writing} <= closed(True)
    assert not {"GET /healthz", "GET /readyz"} & closed(True)


@pytest.mark.model
def test_the_examples_are_what_the_seed_answers(server_url: str) -> None:
    schema = httpx.get(f"{server_url}/openapi.json").json()
    shown = {
        operation["operationId"]: (name.split()[0], operation)
        for name, operation in operations(schema)
        if "example" in operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    }  # fmt: skip
    assert shown.keys() == EXAMPLES.keys()
    for name, (path, body) in EXAMPLES.items():
        method, operation = shown[name]
        answer = httpx.request(method, server_url + path, json=body).json()
        example = operation["responses"]["200"]["content"]["application/json"]["example"]
        assert steady(answer) == steady(example), name


# The request whose answer is an operation's example in search_api/http/examples.json.
SEED = "/api/v1/reports/northumberland-2012"
WHY = "Why was the joint fostering service with North Tyneside dropped?"
DRAFT = "“This approach was felt not to be cost effective” (para 99)."
EXAMPLES: dict[str, tuple[str, object]] = {
    "ask": ("/api/v1/ask", {"question": WHY, "limit": 1}),
    "ask_batch": ("/api/v1/ask/batch", {"questions": [WHY, "recipe for stottie cake"], "limit": 1}),
    "fill_table": ("/api/v1/tables", {"questions": [WHY, "recipe for stottie cake"]}),
    "verify_draft": ("/api/v1/verify", {"text": DRAFT, "report": "northumberland-2012"}),
    "search_passages": ("/api/v1/search?q=young+carers&limit=1", None),
    "suggest": ("/api/v1/suggest?q=foster&limit=2", None),
    "list_reports": ("/api/v1/reports", None),
    "list_paragraphs": (f"{SEED}/paragraphs?numbers=11", None),
    "get_paragraph": (f"{SEED}/paragraphs/99", None),
    "cite_paragraph": (f"{SEED}/paragraphs/99/citation?style=apa", None),
}
# Fields that differ from machine to machine and from build to build.
UNSTEADY = {"took_ms", "receipt", "score", "confidence", "permalink", "ris", "bibtex", "csl_json"}


def steady(value: Any) -> Any:
    """The part of an answer that is the same everywhere."""
    if isinstance(value, dict):
        return {name: steady(part) for name, part in value.items() if name not in UNSTEADY}
    return [steady(part) for part in value] if isinstance(value, list) else value


def renew_examples() -> None:
    """Write each operation's example as the seed answers it now."""
    encoder = load_encoder()
    path = ROOT / "search_api" / "http" / "examples.json"
    examples = json.loads(path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        store = build_store(Path(folder) / "store", [load_report(SEED_FILE)], encoder)
        with serving(create_app(store, encoder, "")) as url:
            schema = httpx.get(f"{url}/openapi.json").json()
            methods = {each["operationId"]: name.split()[0] for name, each in operations(schema)}
            for name, (address, body) in EXAMPLES.items():
                answer = httpx.request(methods[name], url + address, json=body).json()
                if steady(answer) != steady(examples.get(name)):
                    examples[name] = json.loads(json.dumps(answer).replace(url, LOCAL))
    path.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["examples"]:
        renew_examples()
    encoder = LetterEncoder()
    with tempfile.TemporaryDirectory() as folder:
        store = build_store(Path(folder) / "store", [load_report(HARBOUR)], encoder)
        schema = published(store, encoder)
    GOLDEN.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"API schema: {digest(schema)}")
