"""The same store and question give the same bytes, and upgrades of libraries the same answers.

`python -m tests.test_same_answers` writes `tests/golden/answers.json` anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from indexer.encoders import load_encoder
from indexer.load import load_report
from indexer.store import Store, build_store, open_store, update_store
from search_api.ask.answer import answer
from tests.conftest import GOLD, HARBOUR, ROOT, SEED, LetterEncoder

if TYPE_CHECKING:
    from indexer.encoders.base import Encoder

GOLDEN = ROOT / "tests" / "golden" / "answers.json"
# Confidence may move this much with another release of a library; no quote may.
MOVES = 0.005
ASKED = 12
PILCROW = "from search_api.cli import main; main()"


def questions() -> list[str]:
    """The development questions over the seed."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def in_short(store: Store, encoder: Encoder, question: str) -> dict[str, Any]:
    """What must stay of an answer."""
    found = answer(store, encoder, question)
    return {
        "question": question,
        "status": found.status,
        "confidence": round(found.confidence, 3),
        "quotes": [{"paragraph": quote.paragraph, "text": quote.text} for quote in found.quotes],
        "hits": [hit.key for hit in found.hits[:3]],
    }


@pytest.mark.model
def test_answers_are_those_of_the_golden_file(seed_store: Store, encoder: Encoder) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert [one["question"] for one in golden] == questions()

    for expected in golden:
        found = in_short(seed_store, encoder, expected["question"])
        assert found["confidence"] == pytest.approx(expected["confidence"], abs=MOVES)
        assert {**found, "confidence": None} == {**expected, "confidence": None}


@pytest.mark.slow
@pytest.mark.model
def test_processes_give_the_same_bytes_whatever_their_threads(
    seed_store: Store, encoder: Encoder, tmp_path: Path
) -> None:
    store = shutil.copytree(seed_store.folder, tmp_path / "store")
    asked = tmp_path / "questions.txt"
    asked.write_text("\n".join(questions()[:: len(questions()) // ASKED]), encoding="utf-8")

    said = {asked_by_process(store, asked, threads) for threads in ("1", "2", "4")}

    here = [answer(seed_store, encoder, question) for question in asked.read_text().splitlines()]
    said.add(timeless("".join(one.model_dump_json() + "\n" for one in here)))
    assert len(said) == 1


def test_a_store_built_again_gives_the_same_bytes(tmp_path: Path, letters: LetterEncoder) -> None:
    report = load_report(HARBOUR)
    other = replace(report, id="another-2031")
    once = build_store(tmp_path / "once", [report, other], letters)
    grown = build_store(tmp_path / "grown", [other], letters)
    grown = update_store(grown, [report, replace(report, id="third")], letters)
    grown = update_store(grown, [], letters, gone=["third"])

    said = {
        "".join(timeless(answer(store, letters, q).model_dump_json()) for q in questions()[:20])
        for store in (once, grown, open_store(tmp_path / "grown"))
    }
    assert len(said) == 1
    assert once.fingerprint == grown.fingerprint


def asked_by_process(store: Path, asked: Path, threads: str) -> str:
    """What `pilcrow ask` prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PILCROW, "ask", "--questions", asked, "--store", store],
        env={**os.environ, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
        text=True,
        check=True,
        capture_output=True,
    )
    assert done.stdout.count("\n") == len(asked.read_text(encoding="utf-8").splitlines())
    return timeless(done.stdout)


def timeless(answers: str) -> str:
    """Answers without the time they took."""
    return re.sub(r'"took_ms":[0-9.]+', "", answers)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        shipped = load_encoder()
        kept = ROOT / ".pytest_cache" / "d" / "seed-store" / "store"
        before = open_store(kept) if kept.exists() else None
        seed = build_store(Path(folder), [load_report(SEED)], shipped, before=before)
        every = [in_short(seed, shipped, question) for question in questions()]
    GOLDEN.write_text(json.dumps(every, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
