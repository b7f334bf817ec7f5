"""What is installed, and that it is enough: the lock for serving, and the wheel by itself."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from search_api.cli import main
from search_api.client import PilcrowClient
from tests.conftest import HARBOUR, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SERVED = (ROOT / "requirements-serve.lock").read_text(encoding="utf-8")
LARGEST_WHEEL, LARGEST_ENVIRONMENT = 95_000_000, 800_000_000
QUESTION = "Why are ferries late?"
# Runs a verb where the packages named first are not installed.
WITHOUT = """
import sys
for name in sys.argv.pop(1).split(","):
    sys.modules[name] = None
from search_api.cli import main
main()
"""


def not_served() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^NOT_SERVED := (.*)", makefile, re.M)
    assert found is not None
    return set(found[1].split())


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", lock, re.M)
    return {canonicalize_name(name): version for name, version in found}


def test_the_lock_for_serving_has_what_the_project_needs_and_no_torch() -> None:
    needed = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    locked = pins(SERVED)

    assert needed - not_served() <= locked.keys(), "run: make lock-serve"
    assert not_served() <= needed
    assert not locked.keys() & {*not_served(), "transformers", "scipy", "scikit-learn", "sympy"}


def test_the_lock_for_serving_pins_what_the_tests_passed_with_by_hash() -> None:
    tested = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    elsewhere = {"pywin32", "httpx2-jsfetch"}

    assert {name: v for name, v in pins(SERVED).items() if name not in elsewhere}.items() <= (
        tested.items()
    )
    for entry in re.split(r"\n(?=\S)", SERVED.strip()):
        assert "--hash=sha256:" in entry, entry


def without(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process that finds none of the packages that serving leaves out."""
    gone = ",".join(name.replace("-", "_") for name in (*not_served(), "transformers", "scipy"))
    command = [sys.executable, "-c", WITHOUT, gone, *words, "--store", str(tmp_path / "store")]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.model
def test_what_serving_leaves_out_is_not_needed(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("1. Ferries are late.\n\n2. Fares rose.\n")

    done = without(tmp_path, "index", str(note))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("model", ["all-MiniLM-L6-v2", "some/other-model"])
def test_another_model_says_in_one_line_what_to_install(tmp_path: Path, model: str) -> None:
    done = without(tmp_path, "index", str(HARBOUR), "--model", model)

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "pip install 'sentence-transformers" in done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment outside the clone with the wheel and the lock for serving."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=True)
    pip = [str(place / "bin" / "pip"), "install", "--quiet", "--no-deps"]
    lock = ROOT / "requirements-serve.lock"
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    subprocess.run([*pip, str(wheel)], check=True)
    return place


@pytest.mark.slow
def test_the_wheel_can_be_published_and_has_no_training_code(wheel: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(wheel)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert wheel.stat().st_size < LARGEST_WHEEL
    assert "search_api/training" not in listed
    assert "search_api/cli/__init__.py" in listed


@pytest.mark.slow
def test_the_environment_of_a_server_is_small(installed: Path) -> None:
    used = subprocess.run(["du", "-sb", str(installed)], check=True, capture_output=True, text=True)

    assert int(used.stdout.split()[0]) < LARGEST_ENVIRONMENT


def pilcrow(
    installed: Path, folder: Path, *words: str, ends: tuple[int, ...] = (0,)
) -> subprocess.CompletedProcess[str]:
    """A verb of the installed command line, run in a folder outside the clone."""
    inside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(installed / "bin" / "pilcrow"), *words],
        cwd=folder, env=inside, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode in ends, f"{words}: {done.stderr}"
    return done


@pytest.fixture(scope="module")
def indexed(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    (folder / "harbour-2031.txt").write_bytes(HARBOUR.read_bytes())
    (folder / "note.txt").write_text("1. Ferries are late.\n\n2. Fares rose.\n")
    (folder / "draft.md").write_text("Crossings were late on one day in five (para 3).\n")
    gold = {
        "id": "1",
        "question": QUESTION,
        "type": "why",
        "answerable": True,
        "relevant": {"3": 2},
    }
    (folder / "gold.jsonl").write_text(f"{json.dumps(gold)}\n")
    pilcrow(installed, folder, "index", "harbour-2031.txt", "note.txt")
    answered = pilcrow(installed, folder, "ask", QUESTION, "--json").stdout
    (folder / "answer.json").write_text(answered)
    (folder / "questions.txt").write_text(f"{QUESTION}\n")
    return folder


VERBS = {
    "split": ["harbour-2031.txt"], "index": ["harbour-2031.txt"], "ask": [QUESTION],
    "search": ["ferries"], "show": ["harbour-2031", "3"], "cite": ["harbour-2031", "3"],
    "reports": [], "describe": ["harbour-2031"], "check-receipt": ["answer.json"],
    "verify": ["draft.md"], "evaluate": ["gold.jsonl"], "doctor": [],
    "keys": ["add", "reader"], "table": ["--questions", "questions.txt", "--out", "table.csv"],
    "tune": ["--reset"], "mcp": [], "remove": ["note"],
}  # fmt: skip
# Run by a test of its own.
SERVED_BY = {"serve"}


@pytest.mark.slow
def test_every_verb_works_from_the_wheel_outside_the_clone(installed: Path, indexed: Path) -> None:
    verbs = set(main.commands) - SERVED_BY
    assert verbs <= VERBS.keys(), "say here how the new verb is run"
    for verb in (verb for verb in VERBS if verb in verbs):
        pilcrow(installed, indexed, verb, *VERBS[verb])


@pytest.fixture
def served(installed: Path, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "harbour-2031.txt").write_bytes(HARBOUR.read_bytes())
    pilcrow(installed, tmp_path, "index", "harbour-2031.txt")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(installed / "bin" / "pilcrow"), "serve", "--port", str(port)]
    inside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    url = f"http://127.0.0.1:{port}"
    ready = [str(installed / "bin" / "python"), "-m", "search_api.deploy.health"]
    with subprocess.Popen(command, cwd=tmp_path, env=inside, stderr=subprocess.DEVNULL) as server:
        subprocess.run([*ready, "--url", f"{url}/readyz"], cwd=tmp_path, check=True, timeout=120)
        yield url
        server.send_signal(signal.SIGINT)


@pytest.mark.slow
def test_the_wheel_serves_the_api_and_the_page(served: str) -> None:
    with PilcrowClient(served) as client:
        assert client.ask(QUESTION).hits[0].report == "harbour-2031"
