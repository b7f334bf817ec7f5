"""The command line as its user types it, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from search_api.cli import main
from tests.conftest import GOLD, HARBOUR, ROOT, SEED

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store

pytestmark = pytest.mark.model


def pilcrow(*args: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from search_api.cli import main; main(prog_name='pilcrow')"]
    return subprocess.run(
        [*command, *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def fails(result: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The error of a failed run: one line, nothing on standard output."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    if code == 1:
        assert result.stderr.startswith("pilcrow: ")
        assert result.stderr.count("\n") == 1
    return result.stderr


def test_every_verb_has_help_and_none_loads_the_model_for_it() -> None:
    verbs = list(main.commands)
    top = pilcrow("--help").stdout
    for verb in verbs:
        assert verb in top
        result = pilcrow(verb, "--help")
        assert result.returncode == 0
        assert "Usage: pilcrow" in result.stdout
    probe = "import search_api.cli, sys; print([m for m in sys.modules if m in ('torch', 'faiss')])"
    shown = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "[]\n"


def test_split_prints_the_paragraphs_and_the_audit_as_json() -> None:
    result = pilcrow("split", HARBOUR, "--json")
    body = json.loads(result.stdout)

    assert [p["number"] for p in body["paragraphs"]] == ["1", "2", "3", "4", "4A", "5", "6", "8"]
    assert body["audit"]["gaps"] == ["7"]
    assert body["metadata"]["missing"] == ["publisher"]
    for p in [*body["paragraphs"], *body["unnumbered"]]:
        assert body["text"][p["start"] : p["end"]] == p["text"]


def test_split_prints_for_people_too() -> None:
    result = pilcrow("split", HARBOUR)

    assert "8 paragraphs, 1 to 8; missing 7" in result.stdout


def test_index_ask_search_show_reports(tmp_path: Path) -> None:
    shutil.copy(HARBOUR, tmp_path)
    indexed = pilcrow("index", "harbour-2031.txt", cwd=tmp_path)
    assert indexed.returncode == 0, indexed.stderr
    assert "missing 7" in indexed.stderr
    assert "unknown publisher" in indexed.stderr
    again = pilcrow("index", "harbour-2031.txt", cwd=tmp_path)
    assert "0 texts embedded" in again.stderr

    answer = json.loads(pilcrow("ask", "Are crews short of people?", "--json", cwd=tmp_path).stdout)
    assert answer["quotes"][0]["paragraph"] == "4"
    assert "para 4" in pilcrow("ask", "Are crews short of people?", cwd=tmp_path).stdout
    refused = pilcrow("ask", "capital of Australia", cwd=tmp_path).stdout
    assert refused.startswith("No sentence found that clearly answers")
    assert "Nothing near “capital”, “Australia”." in refused

    (tmp_path / "q.txt").write_text('Are crews short?\n\n{"question": "When are drills held?"}\n')
    lines = pilcrow("ask", "--questions", "q.txt", cwd=tmp_path).stdout.splitlines()
    assert [json.loads(line)["question"] for line in lines] == [
        "Are crews short?",
        "When are drills held?",
    ]

    hits = json.loads(pilcrow("search", "drills", "--limit", "2", "--json", cwd=tmp_path).stdout)
    assert hits["hits"][0]["paragraph"] == "6"
    shown = json.loads(pilcrow("show", "harbour-2031", "4-5", "--json", cwd=tmp_path).stdout)
    assert [p["number"] for p in shown] == ["4", "4A", "5"]
    assert "para 8" in pilcrow("show", "harbour-2031", "8", cwd=tmp_path).stdout
    listed = json.loads(pilcrow("reports", "--json", cwd=tmp_path).stdout)
    assert [report["id"] for report in listed["reports"]] == ["harbour-2031"]

    pointed = json.loads(pilcrow("ask", "paras 1-2", "--json", cwd=tmp_path).stdout)
    assert [quote["paragraph"] for quote in pointed["quotes"]] == ["1", "2"]
    assert pointed["confidence"] == 1

    (tmp_path / "answer.json").write_text(json.dumps(answer))
    assert pilcrow("check-receipt", "answer.json", cwd=tmp_path).stdout == "confirmed\n"
    answer["quotes"][0]["start"] += 1
    (tmp_path / "answer.json").write_text(json.dumps(answer))
    differing = pilcrow("check-receipt", "answer.json", cwd=tmp_path)
    assert differing.returncode == 1
    assert "quote 1" in differing.stdout

    text = (tmp_path / "harbour-2031.txt").read_text()
    (tmp_path / "harbour-2031.txt").write_text(text.replace("[8] Life", "[9] Life"))
    again = pilcrow("index", "harbour-2031.txt", cwd=tmp_path)
    assert "issued again: 1 paragraphs moved, 0 changed, 0 went" in again.stderr
    (tmp_path / "harbour-2031.txt").write_text(text)
    pilcrow("index", "harbour-2031.txt", cwd=tmp_path)

    assert "run from 1 to 8" in fails(pilcrow("show", "harbour-2031", "7", cwd=tmp_path))
    assert "last report" in fails(pilcrow("remove", "harbour-2031", cwd=tmp_path))
    assert "no answer of pilcrow" in fails(pilcrow("check-receipt", "q.txt", cwd=tmp_path))
    assert "question is empty" in fails(pilcrow("ask", "", cwd=tmp_path))
    assert "at most 2,000" in fails(pilcrow("ask", "why " * 2500, cwd=tmp_path))
    assert "no report 'x'" in fails(pilcrow("ask", "why", "--report", "x", cwd=tmp_path))
    assert "does not exist" in fails(pilcrow("index", "none.txt", cwd=tmp_path))
    assert json.loads(pilcrow("reports", "--json", cwd=tmp_path).stdout) == listed


def test_a_new_report_joins_the_store_and_the_old_one_is_not_embedded_again(
    seed_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    shutil.copytree(seed_store.folder, folder)
    result = pilcrow("index", HARBOUR, "--store", folder)

    assert "2 reports, 119 passages, 41 texts embedded" in result.stderr
    hits = json.loads(
        pilcrow("search", "safety", "--report", "harbour-2031", "--store", folder, "--json").stdout
    )
    assert {hit["report"] for hit in hits["hits"]} == {"harbour-2031"}
    assert pilcrow("remove", "northumberland-2012", "--store", folder).returncode == 0
    listed = json.loads(pilcrow("reports", "--store", folder, "--json").stdout)
    assert [report["id"] for report in listed["reports"]] == ["harbour-2031"]


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    fails(pilcrow("ask", cwd=tmp_path), code=2)
    fails(pilcrow("asks", cwd=tmp_path), code=2)
    fails(pilcrow("index", cwd=tmp_path), code=2)


def test_errors_name_the_fix(tmp_path: Path) -> None:
    assert "pilcrow index" in fails(pilcrow("ask", "why", cwd=tmp_path))
    assert "cannot be read" in fails(pilcrow("evaluate", "none.jsonl", cwd=tmp_path))
    (tmp_path / "empty.txt").write_text("")
    assert "is empty" in fails(pilcrow("split", "empty.txt", cwd=tmp_path))
    (tmp_path / "dir").mkdir()
    assert "holds no report" in fails(pilcrow("index", "dir", cwd=tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("1. One.\n2. Two.")
    path.chmod(0)
    assert "cannot be read" in fails(pilcrow("split", path))


def test_evaluate_prints_the_contracts_measures(seed_store: Store) -> None:
    result = pilcrow("evaluate", GOLD, "--store", seed_store.folder, "--json")
    measures = json.loads(result.stdout)

    wanted = {"R@1", "R@5", "MRR", "nDCG@10", "quote_hit", "citation_precision", "AUROC"}
    assert wanted | {"coverage", "precision", "AURC", "ECE"} <= set(measures)
    assert measures["questions"] == 110


def test_the_seed_is_the_one_that_was_given() -> None:
    import hashlib

    digest = hashlib.sha256(SEED.read_bytes()).hexdigest()
    assert digest == "9aa9be4fd45063bc3253f42291d431dbf771d668bc09ad84915d078bf537e326"
    assert (ROOT / "seeds" / "northumberland-2012.toml").exists()
