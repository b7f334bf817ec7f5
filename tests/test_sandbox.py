"""A parser that was taken over gets nothing: no key, no file, no network, no process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.sandbox import Limits, RefusedError, SpentError, run_apart
from search_api.http.uploads.read_apart import load_apart, report_of
from tests import sandboxed
from tests.conftest import HARBOUR, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

BRIEF = Limits(seconds=30)


@pytest.mark.parametrize(
    "attempt",
    [
        sandboxed.read_etc,
        sandboxed.read_store,
        sandboxed.proc,
        sandboxed.listroot,
        sandboxed.write_tmp,
        sandboxed.fork,
        sandboxed.run,
        sandboxed.sock,
        sandboxed.socketpair,
        sandboxed.killparent,
        sandboxed.caps,
    ],
    ids=lambda attempt: attempt.__name__,
)
def test_what_a_parser_that_was_taken_over_tries_is_refused(attempt: Callable[..., bytes]) -> None:
    with pytest.raises(SpentError):
        run_apart(attempt, [], BRIEF)


def test_it_inherits_no_key_no_descriptor_and_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILCROW_API_KEY", "a secret")
    monkeypatch.setenv("PILCROW_LLM_KEY", "another")
    with (ROOT / "README.md").open():
        assert b"PILCROW" not in run_apart(sandboxed.env, [], BRIEF)
        assert run_apart(sandboxed.fds, [], BRIEF) == b"[0, 1, 2]"
    assert b"pilcrow-apart-" in run_apart(sandboxed.cwd, [], BRIEF)


def test_what_parsers_need_is_left_to_them() -> None:
    assert run_apart(sandboxed.thread, [], BRIEF) == b"[1]"
    assert run_apart(sandboxed.dlopen, [], BRIEF) == b"loadedTrue"


def test_it_is_ended_when_its_time_is_up() -> None:
    started = time.monotonic()
    with pytest.raises(SpentError):
        run_apart(sandboxed.sleepy, [], Limits(seconds=2))
    assert time.monotonic() - started < 20


def test_it_ends_with_its_parent() -> None:
    code = (
        "from indexer.sandbox import *\nfrom tests import sandboxed\n"
        "run_apart(sandboxed.sleepy, [], Limits())"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    end = time.monotonic() + 60
    children: list[int] = []
    while not children and time.monotonic() < end:
        children = children_of(parent.pid)
        time.sleep(0.1)
    time.sleep(1.0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while any(map(runs, children)) and time.monotonic() < end:
        time.sleep(0.1)
    assert children
    assert not any(map(runs, children))


def test_a_refusal_comes_back_in_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_text("no numbers here")
    with pytest.raises(RefusedError, match="has no numbered paragraphs"):
        run_apart(report_of, [str(path), False], BRIEF, [tmp_path])


def test_a_file_beside_the_one_given_is_not_read(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "harbour.txt").write_bytes(HARBOUR.read_bytes())
    (tmp_path / "given").mkdir()
    with pytest.raises((SpentError, RefusedError)):
        run_apart(report_of, [str(other / "harbour.txt"), False], BRIEF, [tmp_path / "given"])


def test_a_report_read_apart_is_the_one_read_here() -> None:
    assert load_apart(HARBOUR, allow_unnumbered=False).id == "harbour-2031"


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found if b"sandbox" in Path(f"/proc/{each}/cmdline").read_bytes()]


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
