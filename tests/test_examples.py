"""The pages' examples run as they are printed.

A page is a README.md in a package. Its ```python blocks run one after another in one namespace;
in its ```console blocks each line that begins with `$ ` is run by bash, and what follows is its
output, where `...` stands for anything. The current folder holds `.pilcrow`, a store of the seed,
and `seeds`; `http://127.0.0.1:8000` is a running server over it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from indexer.store import Store

PAGES = sorted(ROOT.glob("search_api/**/README.md"))
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVER = "http://127.0.0.1:8000"


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_examples_run(
    page: Path,
    seed_store: Store,
    server_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(seed_store.folder, tmp_path / ".pilcrow")
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks, f"{page} has no example"
    namespace: dict[str, Any] = {"__name__": page.parent.name}
    for language, text in blocks:
        code = text.replace(SERVER, server_url).replace("localhost:8000", server_url[7:])
        if language == "python":
            exec(compile(code, str(page), "exec"), namespace)
        else:
            run_console(code)


def run_console(text: str) -> None:
    for command, expected in re.findall(r"^\$ (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", text, re.M):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        pattern = re.escape(expected.strip()).replace(r"\.\.\.", ".*")
        assert re.search(pattern, done.stdout, re.DOTALL), f"{command} printed:\n{done.stdout}"
