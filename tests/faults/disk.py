"""What a disk may hold when the power fails: all that was synced, and whatever it likes of the rest.

A recorded run is a list of changes to files and to folders' entries, with what was synced between.
POSIX promises no more than this: a file's bytes are there once the file was synced, its name once
the folder was. Of all else a disk keeps any part, in any order; only a rename is done or not.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

# How a disk may treat what was not synced.
HOWS = ("nothing kept", "names without bytes", "up to a moment", "anything")


@dataclass(eq=False)
class File:
    """A file: its bytes before the run, and as the run sees them."""

    before: bytes = b""
    now: bytearray = field(default_factory=bytearray)


@dataclass(eq=False)
class Folder:
    """A folder: its entries before the run, and as the run sees them."""

    before: dict[str, File | Folder] = field(default_factory=dict)
    now: dict[str, File | Folder] = field(default_factory=dict)


Node = File | Folder


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes put into a file at an offset."""

    file: File
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file made as long as this."""

    file: File
    size: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a folder given to a file or folder, or taken away; `moved` from another name."""

    folder: Folder
    name: str
    node: Node | None
    moved: tuple[Folder, str] | None = None


@dataclass(frozen=True, slots=True)
class Synced:
    """A file or folder of which all is on the disk that stood before the first `upto` changes."""

    node: Node
    upto: int


@dataclass(frozen=True, slots=True)
class Said:
    """What the run told somebody, who may rely on it from then on."""

    data: bytes


Change = Written | Cut | Named | Synced | Said


def tree(path: Path) -> Folder:
    """A folder as it lies on the disk, all of it synced."""
    found = Folder()
    for each in path.iterdir():
        if each.is_dir():
            node: Node = tree(each)
        else:
            data = each.read_bytes()
            node = File(data, bytearray(data))
        found.before[each.name] = found.now[each.name] = node
    return found


def done(change: Change) -> None:
    """Make a change as the run sees it."""
    if isinstance(change, Written):
        put(change.file.now, change.at, change.data)
    elif isinstance(change, Cut):
        cut(change.file.now, change.size)
    elif isinstance(change, Named):
        enter(change, lambda folder: folder.now)


def after_loss(
    changes: Sequence[Change], count: int, how: str, rng: random.Random
) -> tuple[dict[Folder, dict[str, Node]], dict[File, bytearray]]:
    """What is on the disk when the power fails after the first `count` changes."""
    synced: dict[Node, int] = {}
    for change in changes[:count]:
        if isinstance(change, Synced):
            synced[change.node] = max(synced.get(change.node, 0), change.upto)
    moment = rng.randrange(count + 1) if how == "up to a moment" else 0
    folders: dict[Folder, dict[str, Node]] = {}
    files: dict[File, bytearray] = {}
    for place, change in enumerate(changes[:count]):
        if isinstance(change, Synced | Said):
            continue
        node = change.folder if isinstance(change, Named) else change.file
        on_disk = place < synced.get(node, 0)
        if isinstance(change, Named):
            if on_disk or _lucky(how, rng, place < moment, name=True):
                enter(change, lambda folder: folders.setdefault(folder, dict(folder.before)))
            continue
        held = files.setdefault(change.file, bytearray(change.file.before))
        kept = on_disk or _lucky(how, rng, place < moment, name=False)
        if isinstance(change, Cut):
            if kept:
                cut(held, change.size)
        elif kept:
            put(held, change.at, change.data)
        else:
            _spoil(held, change, how, rng)
    return folders, files


def laid_out(
    folder: Folder,
    path: Path,
    folders: dict[Folder, dict[str, Node]],
    files: dict[File, bytearray],
) -> None:
    """Put what is on the disk into a fresh folder."""
    path.mkdir()
    for name, node in folders.get(folder, folder.before).items():
        if isinstance(node, Folder):
            laid_out(node, path / name, folders, files)
        else:
            (path / name).write_bytes(files.get(node, node.before))


def listed(folder: Folder, above: str = "") -> Iterator[tuple[str, Node]]:
    """All paths in a folder as the run sees it."""
    for name, node in folder.now.items():
        yield above + name, node
        if isinstance(node, Folder):
            yield from listed(node, f"{above}{name}/")


def put(held: bytearray, at: int, data: bytes) -> None:
    """Write bytes at an offset, with zeros where the file ended before it."""
    held.extend(bytes(max(0, at - len(held))))
    held[at : at + len(data)] = data


def cut(held: bytearray, size: int) -> None:
    """Make a file so long."""
    del held[size:]
    held.extend(bytes(size - len(held)))


def enter(change: Named, entries: Callable[[Folder], dict[str, Node]]) -> None:
    """Change the entries of a folder, or of two."""
    if change.moved is not None:
        folder, name = change.moved
        if entries(folder).get(name) is change.node:
            del entries(folder)[name]
    if change.node is None:
        entries(change.folder).pop(change.name, None)
    else:
        entries(change.folder)[change.name] = change.node


def _lucky(how: str, rng: random.Random, early: bool, name: bool) -> bool:
    """Whether a change that was not synced is on the disk all the same."""
    if how == "anything":
        return rng.random() < 0.5
    return early or (how == "names without bytes" and name)


def _spoil(held: bytearray, change: Written, how: str, rng: random.Random) -> None:
    """A write of which a part is there, or its length alone, or nothing."""
    fate = rng.choice(("part", "zeros", "nothing"))
    if how == "nothing kept" or fate == "nothing":
        return
    size = rng.randrange(len(change.data) + 1)
    if fate == "part":
        put(held, change.at, change.data[:size])
    else:
        put(held, change.at, bytes(len(change.data)))
