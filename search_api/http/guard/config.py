"""The configuration of the guard: who is let in, and how much at once."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.encoders.onnx import processors
from indexer.errors import PilcrowError
from search_api.http.guard.api_keys import VARIABLE, Keys, new_key

HOSTS, RATE, KEY_RATE = "PILCROW_HOSTS", "PILCROW_RATE", "PILCROW_KEY_RATE"
KEYS, AUDIT, QUESTIONS = "PILCROW_KEYS", "PILCROW_AUDIT", "PILCROW_LOG_QUESTIONS"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
HOST = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9._-]+", re.I)


def at_once() -> int:
    """The number of questions to answer at once: one a processor.

    Each keeps more than one busy while it is encoded, but not before and after.
    """
    return processors()


@dataclass(frozen=True, slots=True)
class Guard:
    """The guard's settings: keys, names, rates and places.

    `hosts` are the names the server goes by, None for any; `rate` and `key_rate` requests a second
    from an address and with a key, 0 for any number; `running` and `waiting` requests for the
    engine at once, with up to `burst` more that wait for a while. `audit` is the file that writes
    are recorded in; `run_key` the key that was made for this run alone, if one was.
    """

    keys: Keys = Keys()  # noqa: RUF009
    require_key: bool = False
    hosts: tuple[str, ...] | None = None
    rate: float = 0.0
    key_rate: float = 0.0
    running: int = at_once()
    waiting: int = 100
    burst: int = 0
    log_questions: bool = False
    audit: Path | None = None
    run_key: str = field(default="", repr=False)


def guard_of(
    folder: Path,
    host: str,
    require_key: bool = False,
    proxy: str = "",
    environment: Mapping[str, str] = os.environ,
) -> Guard:
    """The guard the environment asks for, for a server of `folder` that listens on `host`.

    Where none but this machine reaches it, without a proxy, no address is held to a rate unless
    the environment says so.

    Raises:
        PilcrowError: a setting cannot be understood, or no key is there where one is required.
    """
    listed, said = keys_file(folder, environment), environment.get(VARIABLE, "")
    keys, run_key = Keys(listed, said), ""
    if require_key and keys.empty:
        raise PilcrowError("--require-key, but there is no key; add one: pilcrow keys add NAME")
    own = host.lower() in (*LOOPBACK, "::1")
    if own and not proxy and not keys.writable:
        # Nobody but this machine's user reaches it, and he reads what it prints.
        run_key = new_key()
        keys = Keys(listed, run_key)
    return Guard(
        keys=keys,
        require_key=require_key,
        hosts=_hosts(environment.get(HOSTS, ""), host),
        rate=_rate(environment, RATE, 0.0 if own and not proxy else 20.0),
        key_rate=_rate(environment, KEY_RATE, 100.0),
        # More would wait longer than three times as long as an answer takes.
        waiting=(at_once() + 1) // 2,
        burst=32,
        log_questions=environment.get(QUESTIONS, "") == "1",
        audit=audit_file(folder, environment),
        run_key=run_key,
    )


def keys_file(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The path of a store's keys: $PILCROW_KEYS, else keys.json in it."""
    return Path(environment.get(KEYS) or folder / "keys.json")


def audit_file(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The path of the record of writes: $PILCROW_AUDIT, else audit.jsonl in the store."""
    return Path(environment.get(AUDIT) or folder / "audit.jsonl")


def _hosts(listed: str, listening: str) -> tuple[str, ...] | None:
    """The names in the setting beside those of the address; `*` for any."""
    named = [name.strip().lower() for name in listed.split(",") if name.strip()]
    if named == ["*"]:
        return None
    for name in named:
        if not HOST.fullmatch(name):
            raise PilcrowError(
                f"{HOSTS}: '{name}' is no host name; write reports.example.org, without a port, "
                "with commas between several, or * for any"
            )
    own = [f"[{listening}]" if ":" in listening else listening.lower()]
    if listening in EVERYWHERE:
        own = [socket.gethostname().lower()]
    return tuple(dict.fromkeys([*LOOPBACK, *own, *named]))


def _rate(environment: Mapping[str, str], name: str, usual: float) -> float:
    said = environment.get(name, "")
    try:
        rate = float(said) if said else usual
    except ValueError:
        rate = -1.0
    if not 0 <= rate < 1e6:
        raise PilcrowError(f"{name}: '{said}' is no number of requests a second; 0 for any")
    return rate
