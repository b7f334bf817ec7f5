"""What a parser that was taken over would try; run by tests/test_sandbox.py inside the sandbox."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path


def env() -> bytes:
    return repr(sorted(os.environ)).encode()


def cwd() -> bytes:
    return str(Path.cwd()).encode()


def fds() -> bytes:
    found = []
    for number in range(60):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            continue
    return repr(found).encode()


def read_etc() -> bytes:
    return Path("/etc/passwd").read_bytes()


def read_store() -> bytes:
    return (Path(__file__).parents[1] / "README.md").read_bytes()


def write_tmp() -> bytes:
    Path("/tmp/pilcrow-was-here").write_text("x")
    return b"written"


def fork() -> bytes:
    return str(os.fork()).encode()


def run() -> bytes:
    return subprocess.run(["/bin/true"], check=True, capture_output=True).stdout


def sock() -> bytes:
    socket.socket()
    return b"open"


def socketpair() -> bytes:
    socket.socketpair()
    return b"open"


def killparent() -> bytes:
    os.kill(os.getppid(), signal.SIGURG)
    return b"killed"


def thread() -> bytes:
    done = []
    each = threading.Thread(target=lambda: done.append(1))
    each.start()
    each.join()
    return repr(done).encode()


def numpy() -> bytes:
    import numpy as np

    return repr(float(np.ones((50, 50)).dot(np.ones((50, 50))).sum())).encode()


def proc() -> bytes:
    return Path(f"/proc/{os.getppid()}/environ").read_bytes()


def listroot() -> bytes:
    return repr(list(Path("/").iterdir())).encode()


def sleepy() -> bytes:
    time.sleep(60)
    return b"awake"


def caps() -> bytes:
    os.setgroups([])
    return b"may"


def dlopen() -> bytes:
    import lxml.etree
    import pypdfium2

    return b"loaded" + str(len(sys.modules) > 10 and bool(lxml.etree) and bool(pypdfium2)).encode()
