"""Power that fails while a store is changed: what was not synced is lost, cut, zeroed, reordered.

Each act is recorded once (`recording.py`); then the disk is laid out again and again as it may be
after a loss at any moment (`disk.py`), and the store on it is asked.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import PilcrowError
from indexer.store import open_store
from indexer.store.kept import REMOVED, aside, original_of
from search_api.http.uploads.accepted import left_over
from tests.faults.disk import HOWS, Change, File, Said, after_loss, laid_out, listed, tree
from tests.faults.faults import Outcome
from tests.faults.recording import Recording, traced
from tests.faults.server import Server
from tests.faults.world import Act, World, answers, done

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

BROUGHT, TAKEN = b"HTTP/1.1 202", b"HTTP/1.1 204"
# After one loss in so many the act is done once more, or the server started again.
AGAIN = 8


@dataclass(frozen=True)
class Played:
    """An act that was recorded; `promise` begins the reply that says that it is kept."""

    act: Act
    recording: Recording
    promise: bytes = b""

    @property
    def changes(self) -> list[Change]:
        """What it did, in order."""
        return self.recording.changes

    def promised(self, count: int) -> bool:
        """Whether somebody was told within so many changes that it is done, or will be."""
        if not self.promise:
            return count == len(self.changes)
        replies = (each for each in self.changes[:count] if isinstance(each, Said))
        return any(each.data.startswith(self.promise) for each in replies)


def played(world: World) -> list[Played]:
    """All acts, recorded: those of the command line, a report brought, one taken out by a server."""
    found = [_ran(world, act) for act in world.acts]
    upload = Act("upload", ("index", world.file("b")), world.one, world.two)
    found.append(_served(world, upload, BROUGHT))
    # Of a report that was brought to a server, the file is kept.
    brought = world.folder / "brought"
    shutil.copytree(_disk(world) / "store", brought)
    taken = Act("take out", ("remove", "b"), brought, world.one)
    found.append(_served(world, taken, TAKEN))
    return found


def power_losses(
    world: World, runs: list[Played], rng: random.Random, times: int
) -> Iterator[Outcome]:
    """The power fails at any moment, and now and then when all is done."""
    for number in range(times):
        run = runs[number % len(runs)]
        whole = len(run.changes)
        count = whole if rng.random() < 0.1 else rng.randint(0, whole)
        how = rng.choice(HOWS)
        disk = _emptied(world)
        laid_out(run.recording.root, disk, *after_loss(run.changes, count, how, rng))
        again = number // len(runs) % AGAIN == 0
        wrong = _wrong(world, run, disk / "store", run.promised(count), again)
        where = f"{count} of {whole} changes, {how}: {wrong}"
        yield Outcome(f"power lost in {run.act.name}", where, not wrong, bool(wrong))


def forgotten(world: World, run: Played, rng: random.Random) -> list[str]:
    """The files that an act has made and that the disk need not have, though the act is done."""
    disk = _emptied(world)
    laid_out(run.recording.root, disk, *after_loss(run.changes, len(run.changes), HOWS[0], rng))
    on_disk = dict(listed(tree(disk)))
    made = {name: node for name, node in listed(run.recording.root) if isinstance(node, File)}
    return [
        name
        for name, node in made.items()
        if getattr(on_disk.get(name), "now", None) != node.now and not name.endswith("lock")
    ]


def _wrong(world: World, run: Played, store: Path, promised: bool, again: bool) -> str:
    """What is not as it must be in a store after a loss; nothing if all is."""
    before, after = world.expected(run.act.before), world.expected(run.act.after)
    now = answers(store)
    if now not in (before, after):
        return f"other answers: {now[:60]}"
    if run.promise == BROUGHT:
        return _brought_wrong(world, store, now == after, promised, again)
    if promised and now == before != after:
        return "what was done is undone"
    if run.promise == TAKEN:
        return _taken_wrong(world, store, now == after)
    if again and now != after:
        code = done(store, *run.act.words)
        return "" if code == 0 and answers(store) == after else f"not done when asked again: {code}"
    return ""


def _brought_wrong(world: World, store: Path, stored: bool, promised: bool, again: bool) -> str:
    """An upload that was accepted is in the store, or kept as it came until it is."""
    came = (world.files / "b.txt").read_bytes()
    if again and promised:
        server = Server(store)
        jobs = server.settled()
        server.end(signal.SIGTERM)
        if any(job["status"] != "ready" for job in jobs):
            return f"it is not gone on with: {jobs}"
        stored = answers(store) == world.expected(world.two)
    kept, lock = left_over(store)
    if lock is not None:
        lock.release()
    if any(each.path.read_bytes() != came for each in kept if each.path.exists()):
        return "the upload has changed"
    if any(not each.path.exists() for each in kept):
        return "an upload is asked for whose file is gone"
    original = original_of(store, "b")
    if original is not None and original.read_bytes() != came:
        return "the file it was read from has changed"
    if stored and not kept and original is None:
        return "the file it was read from is gone"
    if promised and not stored and not kept:
        return "what was accepted is lost"
    record = store / "audit.jsonl"
    asked = record.read_bytes() if record.exists() else b""
    return "it is not recorded" if promised and b'"upload"' not in asked else ""


def _taken_wrong(world: World, store: Path, gone: bool) -> str:
    """A report that was taken out can be put back as it was, with its file."""
    came = (world.files / "b.txt").read_bytes()
    file = next((store / REMOVED).glob("b.txt"), None) or original_of(store, "b")
    if file is None or file.read_bytes() != came:
        return "the file it was read from is gone or has changed"
    if not gone:
        return ""
    texts = [passage.text for passage in open_store(world.two).report("b").passages]
    try:
        same = [passage.text for passage in aside(store, "b").passages] == texts
    except PilcrowError as error:
        return str(error)
    return "" if same else "the report that can be put back has changed"


def _ran(world: World, act: Act) -> Played:
    disk, log = _with_store(world, act.before), world.folder / "calls"
    recording = Recording.of(disk)
    words = [*act.words, "--store", str(disk / "store")]
    assert subprocess.run(traced(log, words), check=False).returncode == 0
    recording.read(log)
    return Played(act, recording)


def _served(world: World, act: Act, promise: bytes) -> Played:
    disk, log = _with_store(world, act.before), world.folder / "calls"
    recording = Recording.of(disk)
    server = Server(disk / "store", log)
    if promise == BROUGHT:
        assert server.upload(world.file("b"), "b.txt").status_code == 202
        assert [job["status"] for job in server.settled()] == ["ready"]
    else:
        assert server.client.delete("/api/v1/reports/b").status_code == 204
    server.end(signal.SIGTERM)
    recording.read(log)
    return Played(act, recording, promise)


def _disk(world: World) -> Path:
    return world.folder / "disk-after-loss"


def _emptied(world: World) -> Path:
    """The place for a disk, with nothing there."""
    shutil.rmtree(_disk(world), ignore_errors=True)
    return _disk(world)


def _with_store(world: World, before: Path) -> Path:
    """A disk with a store; without one where there is none before."""
    disk = _emptied(world)
    disk.mkdir()
    if before != world.empty:
        shutil.copytree(before, disk / "store")
    return disk
