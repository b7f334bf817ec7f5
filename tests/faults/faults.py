"""The faults, one function each; what each yields is how a store came through it, once a time."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.store import LAYOUT, open_store
from tests.faults.acts import UNEXPECTED, Run
from tests.faults.server import Server
from tests.faults.world import REFUSED, Act, World, answers, answers_of, done

if TYPE_CHECKING:
    from collections.abc import Iterator

FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
)
CHANGES = ("flipped", "cut", "emptied", "deleted")
# Two generations and part of a third; what a third takes.
SMALL_DISK, TAKEN = 4 << 20, 800_000


@dataclass(frozen=True)
class Outcome:
    """How a store came through a fault: `survived` at once, or by the doctor, with nothing lost."""

    fault: str
    where: str
    survived: bool
    lost: bool = False


def kills(world: World, rng: random.Random, times: int) -> Iterator[Outcome]:
    """kill -9 in the midst of a verb, at a file operation or at any moment."""
    whole = {act.name: _measured(world, act) for act in world.acts}
    for number in range(times):
        act = world.acts[number % len(world.acts)]
        operations, seconds = whole[act.name]
        store = world.copy(act.before)
        code, fatal = 0, 0
        # At a moment that comes too late the process has ended; then it is tried again.
        while code != -9:
            store = world.copy(act.before)
            fatal = rng.randint(1, operations) if rng.random() < 0.7 else 0
            run = Run([*act.words, "--store", str(store)], fatal)
            if not fatal:
                time.sleep(rng.uniform(0, seconds))
                run.process.kill()
            code = run.end()
        yield _outcome(world, f"kill -9 in {act.name}", f"operation {fatal}", act, store)


def kills_of_servers(world: World, rng: random.Random, times: int) -> Iterator[Outcome]:
    """kill -9 of a server that has just been brought a report."""
    act = Act("serve", ("index", world.file("b")), world.one, world.two)
    seconds = _server_killed(world.copy(act.before), world.file("b"), None)
    for _ in range(times):
        store = world.copy(act.before)
        moment = rng.uniform(0, seconds)
        _server_killed(store, world.file("b"), moment)
        yield _outcome(world, "kill -9 in serve", f"after {moment:.3f} s", act, store)


def full_disks(world: World, rng: random.Random, times: int) -> Iterator[Outcome]:
    """No room for what a verb writes; where a small disk can be mounted, on that."""
    with _small_disk(world.folder / "disk") as disk:
        for number in range(times):
            act = world.acts[number % 3]
            store = world.copy(act.before, disk / "store" if disk else None)
            words = [*act.words, "--store", str(store)]
            if disk:
                free = shutil.disk_usage(disk).free
                left = rng.randrange(0, TAKEN)
                (disk / "filler").write_bytes(bytes(max(0, free - left)))
                code = Run(words).end()
                (disk / "filler").unlink()
            else:
                left = rng.randrange(1, 6_000)
                code = Run(words, room=left).end()
            found = _outcome(world, "full disk", f"{act.name}, {left} bytes left", act, store)
            yield found if code != UNEXPECTED else replace(found, survived=False)


def read_only(world: World) -> Iterator[Outcome]:
    """A folder that can be read alone: each verb says so, and questions are answered."""
    for act in world.acts:
        with _small_disk(world.folder / "disk") as disk:
            if disk is None:
                return
            store = world.copy(act.before, disk / "store")
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            code = done(store, *act.words)
            told = code == 1 or act.before == world.empty
            same = answers(store) == world.expected(act.before)
            yield Outcome("read-only folder", act.name, told and same, not same)


def damage(world: World, rng: random.Random, offsets: int, most: int) -> Iterator[Outcome]:
    """A byte that changes, or a part that goes, in each file of a store in turn.

    No answer may differ, and the doctor has to bring all back. Of more cases than `most` it takes
    so many by chance.
    """
    expected = world.expected(world.tuned)
    files = sorted(p.relative_to(world.tuned) for p in world.tuned.rglob("*") if p.is_file())
    cases = [(name, how) for name in files for how in ["flipped"] * offsets + list(CHANGES[1:])]
    for name, how in cases if len(cases) <= most else rng.sample(cases, most):
        store = world.copy(world.tuned)
        if not _harm(store / name, how, rng):
            continue
        right = answers(store) in (expected, REFUSED, _without(world, name, how))
        codes = done(store, "doctor", "--repair"), done(store, "doctor")
        back = codes == (0, 0) and answers(store) == expected
        yield Outcome(f"{how} file", f"{name}, doctor {codes}", right and back, not back)


def flips_under(world: World, rng: random.Random, times: int) -> Iterator[Outcome]:
    """A bit that changes in place in a file of a store that is open: no text, no order may differ.

    Either the store answers as it did or it says that it is damaged.
    """
    expected = world.expected(world.tuned)
    store = world.copy(world.tuned)
    files = sorted(p for p in open_store(store).folder.glob("gen-*/**/*") if p.is_file())
    for number in range(times):
        path = files[number % len(files)]
        data = path.read_bytes()
        if not data:
            continue
        opened = open_store(store)
        at, bit = rng.randrange(len(data)), 1 << rng.randrange(8)
        _write_at(path, at, data[at] ^ bit)
        try:
            said = answers_of(opened)
        except Exception as error:
            said = repr(error)
        _write_at(path, at, data[at])
        where = f"{path.relative_to(store)}, byte {at}"
        yield Outcome("bit flipped under an open store", where, said in (expected, REFUSED))


def other_times(world: World, rng: random.Random) -> Iterator[Outcome]:
    """Files from the future and the past."""
    for act in world.acts:
        store = world.copy(act.before)
        for path in store.rglob("*"):
            moment = rng.uniform(0, 4_000_000_000)
            os.utime(path, (moment, moment))
        yield _outcome(world, "files of other times", act.name, act, store)


def clock_jumps(world: World) -> Iterator[Outcome]:
    """Runs under another clock, where libfaketime is installed."""
    library = next((path for path in FAKETIME if Path(path).exists()), None)
    if library is None:
        return
    for act, jump in zip(world.acts[:3], ("+20y", "-20y", "-40y"), strict=True):
        store = world.copy(act.before)
        subprocess.run(
            [sys.executable, "-m", "tests.faults.acts", *act.words, "--store", str(store)],
            env={**os.environ, "LD_PRELOAD": library, "FAKETIME": jump},
            check=True,
        )
        yield _outcome(world, "clock jumps", f"{act.name} at {jump}", act, store)


def two_writers(world: World, times: int) -> Iterator[Outcome]:
    """Two processes that add a report each, at once."""
    expected = world.expected(world.three)
    for number in range(times):
        store = world.copy(world.one)
        runs = [Run(["index", world.file(name), "--store", str(store)]) for name in "bc"]
        codes = [run.end() for run in runs]
        same = answers(store) == expected
        yield Outcome("two writers", f"time {number}", codes == [0, 0] and same, not same)


def _outcome(world: World, fault: str, where: str, act: Act, store: Path) -> Outcome:
    """The store must answer as before the act or as after it; run again, the act must come through."""
    now = answers(store)
    whole = now in (world.expected(act.before), world.expected(act.after))
    if now != world.expected(act.after):
        done(store, *act.words)
    lost = answers(store) != world.expected(act.after)
    return Outcome(fault, where, whole and not lost, lost)


def _measured(world: World, act: Act) -> tuple[int, float]:
    """The file operations of an act, and how long it takes."""
    store = world.copy(act.before)
    start = time.monotonic()
    run = Run([*act.words, "--store", str(store)])
    assert run.end() == 0
    return run.operations, time.monotonic() - start


def _harm(path: Path, how: str, rng: random.Random) -> bool:
    """Harm a file; False when that changes nothing."""
    data = path.read_bytes()
    if how == "deleted":
        path.unlink()
    elif not data:
        return False
    elif how == "flipped":
        at = rng.randrange(len(data))
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :])
    else:
        path.write_bytes(data[: len(data) // 2] if how == "cut" else b"")
    return True


def _write_at(path: Path, at: int, value: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes([value]))


def _without(world: World, name: Path, how: str) -> str | None:
    """What a store answers without a file that it may be without."""
    return world.expected(world.two) if name.name == LAYOUT.settings and how == "deleted" else None


def _server_killed(store: Path, file: str, moment: float | None) -> float:
    """Start a server, bring it a report, and kill it; gives how long it took to index.

    Without a moment, it is killed when the report is there.
    """
    server = Server(store)
    try:
        server.upload(file, Path(file).name).raise_for_status()
        start = time.monotonic()
        if moment is None:
            server.settled()
        else:
            time.sleep(moment)
        return time.monotonic() - start
    finally:
        server.end(signal.SIGKILL)


@contextlib.contextmanager
def _small_disk(place: Path) -> Iterator[Path | None]:
    """A disk of some megabytes; None where none can be mounted."""
    place.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield place
    finally:
        # Lazily: files of a store that was opened may still be mapped.
        subprocess.run(["umount", "--lazy", str(place)], check=True)
