"""A function run in a process of its own that can read one folder and do nothing else.

Files from strangers are read by parsers, some of them in C, which a few kilobytes can keep busy
for hours, or take over. What runs here has an empty environment and working folder, no descriptor
but the pipes to its parent, limits on memory, time, files and processes, no privileges and no way
to new ones; it ends with its parent. On Linux it sees, by Landlock, only the files it was given
and the installed code, cannot reach the network, and, by seccomp, cannot start programs, open
sockets or touch other processes. Where the kernel lacks one of these, the others remain.

    python -I indexer/sandbox.py    what to run as JSON on standard input; the result comes back on
                                    standard output, after `+`, or why it was refused, after `-`
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

Argument = str | int | float | bool | None
_inside = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a function may take: seconds, bytes of memory, bytes of its result."""

    seconds: int = 180
    memory: int = 4_000_000_000
    result: int = 1_000_000_000


class RefusedError(Exception):
    """The function refused its input; the message says why."""


class SpentError(Exception):
    """The function took more than it may, or its process broke down."""


def run_apart(
    function: Callable[..., bytes] | str,
    arguments: Sequence[Argument],
    limits: Limits,
    reads: Sequence[Path] = (),
) -> bytes:
    """Run a function of a module in a process of its own; in such a process, at once.

    Args:
        function: gives bytes; a PilcrowError that it raises is its refusal. By name, as
            `module:function`, where the module is not to be loaded here.
        arguments: what it is called with.
        limits: what it may take.
        reads: the files and folders it may read.

    Raises:
        RefusedError: the function refused its input.
        SpentError: it took too much, or broke down.
    """
    named = function if isinstance(function, str) else f"{function.__module__}:{function.__name__}"
    if _inside:
        return _function(named)(*arguments)
    order = {
        "function": named,
        "arguments": list(arguments),
        "limits": asdict(limits),
        "reads": [str(path.resolve()) for path in reads],
        "path": [str(Path(entry).resolve()) for entry in sys.path if entry],
        "parent": os.getpid(),
    }
    with tempfile.TemporaryDirectory(prefix="pilcrow-apart-") as nowhere:
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=nowhere,
            env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
        )
        said = _said_by(child, json.dumps(order).encode(), limits)
    if child.returncode != 0 or len(said) > limits.result or said[:1] not in (b"+", b"-"):
        raise SpentError
    if said[:1] == b"-":
        raise RefusedError(said[1:].decode("utf-8", "replace"))
    return said[1:]


def _said_by(child: subprocess.Popen[bytes], order: bytes, limits: Limits) -> bytes:
    """What a child writes until it ends, or is ended."""
    assert child.stdin is not None
    assert child.stdout is not None
    late = threading.Timer(limits.seconds, child.kill)
    late.start()
    try:
        # A child that was ended before it read its order leaves a pipe to close all the same.
        with child.stdout as from_child:
            with child.stdin as to_child:
                to_child.write(order)
            return from_child.read(limits.result + 2)
    except BrokenPipeError:
        return b""
    finally:
        late.cancel()
        if child.poll() is None:
            try:
                child.wait(timeout=0 if late.finished.is_set() and child.stdout.closed else 5)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()


def main() -> None:
    """Do as standard input says."""
    global _inside
    order = json.load(sys.stdin)
    sys.path[:] = [str(Path(__file__).resolve().parents[1]), *order["path"]]
    confine = importlib.import_module("indexer.confine")
    confine.end_with(order["parent"])
    function = _function(order["function"])
    refusal = importlib.import_module("indexer.errors").PilcrowError
    # The flag is looked up in the module that others import, not in this script.
    importlib.import_module("indexer.sandbox").__dict__["_inside"] = True
    confine.limit(order["limits"]["memory"], order["limits"]["seconds"])
    confine.confine([*map(Path, order["reads"]), *_code(order["path"])])
    try:
        said = b"+" + function(*order["arguments"])
    except refusal as error:
        said = b"-" + str(error).encode()
    sys.stdout.buffer.write(said)


def _function(named: str) -> Callable[..., bytes]:
    module, _, name = named.partition(":")
    found: Callable[..., bytes] = getattr(importlib.import_module(module), name)
    return found


def _code(entries: Sequence[str]) -> list[Path]:
    """Where modules and libraries lie that may still be loaded; of a source tree, the packages."""
    root = Path(__file__).resolve().parents[1]
    found = [root / name for name in ("indexer", "search_api")]
    found += [Path(entry) for entry in entries if Path(entry).resolve() != root]
    return [
        *found,
        *map(Path, ("/lib", "/lib64", "/usr/lib", "/etc/ld.so.cache")),
        Path(sys.prefix),
    ]


if __name__ == "__main__":
    main()
