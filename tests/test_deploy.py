"""Running it for real: the health check, the units, the container file, and backups.

The page's own commands (backup, restore, rollback) are run by test_examples.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.store import build_store, open_store
from search_api.http.app import create_app
from tests.conftest import HARBOUR, ROOT, SEED, serving

if TYPE_CHECKING:
    from indexer.store import Store
    from tests.conftest import LetterEncoder

DEPLOY = ROOT / "search_api" / "deploy"
PAGE = (DEPLOY / "README.md").read_text(encoding="utf-8")
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Nobody listens on the discard port.
NOBODY = "http://127.0.0.1:9/readyz"


def health(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "search_api.deploy.health", *options]
    whole = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, env=whole, timeout=60)


def tool(name: str) -> str:
    """A program, on the PATH or beside Python."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which(name, path=beside)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def test_health_passes_when_the_server_is_ready(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    with serving(create_app(harbour_store, letters)) as url:
        # A proxy of the environment is not asked about a server on this machine.
        done = health("--url", f"{url}/readyz", "--wait", "0", http_proxy=NOBODY)
    assert (done.returncode, done.stderr) == (0, "")


def test_health_fails_in_one_line_when_nobody_listens() -> None:
    done = health("--url", NOBODY, "--wait", "0")
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert done.stderr.count("\n") == 1


def test_health_waits_for_no_process_that_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    done = health("--url", NOBODY, "--wait", "1e6", "--pid", str(ended.pid))
    assert done.returncode == 1
    assert "not ready" in done.stderr


def test_health_waits_until_the_server_is_ready() -> None:
    asked: list[int] = []

    class Late(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(200 if len(asked) == 2 else 503)
            self.send_response(asked[-1])
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Late) as server:
        url = f"http://127.0.0.1:{server.server_port}/readyz"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert "status 503" in health("--url", url, "--wait", "0").stderr
        assert health("--url", url, "--wait", "30").returncode == 0
        server.shutdown()
    assert asked == [503, 503, 200]


def test_systemd_knows_every_setting_of_the_units(tmp_path: Path) -> None:
    names = ["pilcrow.service", "pilcrow-health.service", "pilcrow-health.timer"]
    for name in names:
        unit = (DEPLOY / name).read_text(encoding="utf-8")
        # It looks for the programs too.
        here = unit.replace("/opt/pilcrow/bin", str(Path(sys.executable).parent))
        (tmp_path / name).write_text(here, encoding="utf-8")
    verify = [tool("systemd-analyze"), "verify", *names]
    done = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_gives_away_little() -> None:
    command = [
        tool("systemd-analyze"),
        "security",
        "--offline=true",
        "--threshold=15",
        "--no-pager",
    ]
    done = subprocess.run([*command, DEPLOY / "pilcrow.service"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_hadolint_finds_nothing_in_the_container_file() -> None:
    done = subprocess.run(
        [tool("hadolint"), DEPLOY / "Containerfile"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_takes_all_packages_and_ends_without_rights_or_tools() -> None:
    build, _, final = CONTAINERFILE.rpartition("\nFROM ")
    for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert f"COPY {package} {package}\n" in build
    assert "RUN" not in final
    assert re.findall(r"^USER (.*)", final, re.M) == ["10001:10001"]
    assert "search_api.deploy.health" in final


def test_the_image_runs_read_only_with_no_rights() -> None:
    """Where one was built: podman build --format docker -f search_api/deploy/Containerfile -t pilcrow ."""
    podman = tool("podman")
    if subprocess.run([podman, "image", "exists", "localhost/pilcrow"]).returncode:
        pytest.skip("no image 'pilcrow' was built")
    script = """
        set -e
        pilcrow serve > /tmp/log 2>&1 &
        python -m search_api.deploy.health
        pilcrow ask "What does paragraph 11 say?" --json
        id -u >&2
        if touch /opt/pilcrow/x || command -v cc pip curl; then exit 1; fi
    """
    run = [podman, "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "all"]
    run += ["--security-opt", "no-new-privileges", "--no-healthcheck", "localhost/pilcrow"]
    done = subprocess.run([*run, "sh", "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["quotes"][0]["paragraph"] == "11"
    assert "10001" in done.stderr.splitlines()


WRITER = """
import sys
from pathlib import Path
from indexer.load import load_report
from indexer.store import build_store, writing
from tests.conftest import LetterEncoder

folder, *files = map(Path, sys.argv[1:])
reports, written = [load_report(file) for file in files], 0
while not (folder / "stop").exists():
    with writing(folder):
        written += 1
        build_store(folder, reports[: 1 + written % 2], LetterEncoder())
    print(written, flush=True)
"""


def test_every_backup_taken_while_reports_are_indexed_is_whole(tmp_path: Path) -> None:
    backup = command_of_the_page("tar -C .pilcrow -czf")
    folder = tmp_path / ".pilcrow"
    command = [sys.executable, "-c", WRITER, folder, SEED, HARBOUR]
    restored = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        try:
            assert writer.stdout.readline(), "the writer died"
            for number in range(5):
                subprocess.run(["bash", "-c", backup], cwd=tmp_path, check=True)
                place = tmp_path / f"restored-{number}"
                place.mkdir()
                subprocess.run(
                    ["tar", "-C", place, "-xzf", tmp_path / "pilcrow.tar.gz"], check=True
                )
                restored.append({report.id for report in open_store(place).reports})
        finally:
            (folder / "stop").touch()
        written = writer.stdout.read().splitlines()
    assert writer.returncode == 0
    assert written, "nothing was written while backups were taken"
    assert set.intersection(*restored) >= {"northumberland-2012"}


def test_keys_and_audit_log_are_not_in_a_backup_but_all_else_is(
    harbour_store: Store, tmp_path: Path
) -> None:
    folder = harbour_store.folder.rename(tmp_path / ".pilcrow")
    for name in ("keys.json", "audit.jsonl", "settings.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    backup = command_of_the_page("tar -C .pilcrow -czf")
    subprocess.run(["bash", "-c", backup], cwd=tmp_path, check=True)
    listed = subprocess.run(
        ["tar", "-tzf", "pilcrow.tar.gz"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    saved = {Path(name) for name in listed.stdout.split() if not name.endswith("/")}
    there = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert there - saved == {Path("keys.json"), Path("audit.jsonl")}


def test_a_store_that_was_rolled_back_takes_new_reports(
    harbour_store: Store, letters: LetterEncoder, tmp_path: Path
) -> None:
    folder = harbour_store.folder.rename(tmp_path / ".pilcrow")
    build_store(folder, open_store(folder).reports, letters)
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for part in ("gen-000002 unwanted", "doctor --repair"):
        command = command_of_the_page(part)
        subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, env={"PATH": beside})
    assert open_store(folder).fingerprint == harbour_store.fingerprint
    build_store(folder, open_store(folder).reports, letters)
    assert sorted(path.name for path in folder.glob("gen-*")) == ["gen-000001", "gen-000002"]


def command_of_the_page(part: str) -> str:
    """The one command of the page with these words in it."""
    blocks = "".join(re.findall(r"^```console\n(.*?)^```", PAGE, re.M | re.S))
    (found,) = (c for c in re.findall(r"^\$ (.*(?:\\\n.*)*)", blocks, re.M) if part in c)
    return str(found)
