"""A process's calls that change a folder, in order, recorded by strace.

At the border of the system, so that what tantivy, FAISS or C's own buffers write is there too. That
nothing was missed is checked: the folder as the calls make it must be the folder as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tests.faults.disk import (
    Change,
    Cut,
    File,
    Folder,
    Named,
    Node,
    Said,
    Synced,
    Written,
    done,
    listed,
    tree,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FORKS, SYNCS = ("clone", "clone3", "fork", "vfork"), ("fsync", "fdatasync")
# Each has a method below.
OTHERS = (
    *("open", "openat", "creat", "close", "dup", "dup2", "dup3", "fcntl", "lseek", "write"),
    *("writev", "pwrite64", "sendfile", "copy_file_range", "ftruncate", "mkdir", "mkdirat"),
    *("unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "sendto"),
)
LONGEST = 1 << 26
LINE = re.compile(r"(\d+) (.*)")
CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(?: .*)?")
BEGUN, RESUMED = " <unfinished ...>", re.compile(r"<\.\.\. \w+ resumed>(.*)")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
NAME = 255


def can_record() -> bool:
    """Whether there is an strace that may look at a process."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], check=False).returncode == 0


def traced(log: Path, words: Sequence[str]) -> list[str]:
    """The command that runs `tests.faults.acts` with these words and records it in a file."""
    return [
        *("strace", "-f", "--seccomp-bpf", "-o", str(log), "-xx", "-s", str(LONGEST)),
        *("-e", "signal=none", "-e", f"trace={','.join((*FORKS, *SYNCS, *OTHERS))}"),
        *(sys.executable, "-m", "tests.faults.acts", *words),
    ]


@dataclass(eq=False)
class _Opened:
    """An open file: which one, if it lies in the folder, and where the next byte is written."""

    node: Node | None
    path: str
    at: int = 0
    adds: bool = False


_Table = dict[int, _Opened]


@dataclass
class Recording:
    """The changes to a folder that a log tells of; `root` is the folder as it was, then as it is."""

    path: Path
    root: Folder
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path) -> Recording:
        """Begin with a folder as it is now."""
        return cls(path, tree(path))

    def read(self, log: Path) -> None:
        """Take in what a process did.

        Raises:
            AssertionError: the folder is not what these calls make of it.
        """
        tables: dict[str, _Table] = {}
        for pid, name, words, result, begun in _calls(log, lambda: len(self.changes)):
            if result < 0:
                continue
            table = tables.setdefault(pid, {})
            if name in FORKS:
                shared = any("CLONE_FILES" in word for word in words)
                # The child's first calls may be in the log before its parent's is done.
                early = tables.get(str(result), {})
                tables[str(result)] = table if shared else {**table, **early}
                table.update(early if shared else {})
            elif name in SYNCS:
                if node := self._node(table, words[0]):
                    self.changes.append(Synced(node, begun))
            else:
                getattr(self, f"_{name}")(table, words, result)
        self._compare()

    def _compare(self) -> None:
        real = tree(self.path)
        made = {name: _content(node) for name, node in listed(self.root)}
        is_so = {name: _content(node) for name, node in listed(real)}
        wrong = [name for name in {*made, *is_so} if made.get(name, 0) != is_so.get(name, 0)]
        assert not wrong, f"calls were missed that changed {wrong}"

    # The calls, each with its open files, its arguments and its result.

    def _open(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._openat(table, ["AT_FDCWD", *words], result)

    def _creat(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._openat(table, ["AT_FDCWD", words[0], "O_CREAT|O_TRUNC"], result)

    def _openat(self, table: _Table, words: Sequence[str], result: int) -> None:
        path = self._path(table, words[0], words[1])
        flags = words[2].split("|")
        place = self._place(path)
        node = self._at(path)
        if place and node is None and "O_CREAT" in flags:
            node = File()
            self._add(Named(*place, node))
        if isinstance(node, File) and "O_TRUNC" in flags and node.now:
            self._add(Cut(node, 0))
        table[result] = _Opened(node, path, adds="O_APPEND" in flags)

    def _close(self, table: _Table, words: Sequence[str], result: int) -> None:
        table.pop(int(words[0]), None)

    def _dup(self, table: _Table, words: Sequence[str], result: int) -> None:
        if int(words[0]) in table:
            table[result] = table[int(words[0])]
        else:
            table.pop(result, None)

    _dup2 = _dup3 = _dup

    def _fcntl(self, table: _Table, words: Sequence[str], result: int) -> None:
        if words[1].startswith("F_DUPFD"):
            self._dup(table, words, result)

    def _lseek(self, table: _Table, words: Sequence[str], result: int) -> None:
        if int(words[0]) in table:
            table[int(words[0])].at = result

    def _write(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._append(table, words[0], _bytes(words[1])[:result])

    def _writev(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._append(table, words[0], _parts(words)[:result])

    def _pwrite64(self, table: _Table, words: Sequence[str], result: int) -> None:
        node = self._node(table, words[0])
        if isinstance(node, File):
            self._add(Written(node, int(words[-1]), _bytes(words[1])[:result]))

    def _sendfile(self, table: _Table, words: Sequence[str], result: int) -> None:
        out, source = int(words[0]), int(words[1])
        from_ = table[source]
        held = from_.node.now if isinstance(from_.node, File) else Path(from_.path).read_bytes()
        # "[0] => [2]": from where to where it was read.
        start = int(found[1]) if (found := re.search(r"\[(\d+)\]", words[2])) else from_.at
        self._append(table, str(out), bytes(held[start : start + result]))
        if not found:
            from_.at += result

    def _copy_file_range(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._sendfile(table, [words[2], words[0], words[1]], result)

    def _ftruncate(self, table: _Table, words: Sequence[str], result: int) -> None:
        node = self._node(table, words[0])
        if isinstance(node, File):
            self._add(Cut(node, int(words[1])))

    def _mkdir(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._mkdirat(table, ["AT_FDCWD", *words], result)

    def _mkdirat(self, table: _Table, words: Sequence[str], result: int) -> None:
        if place := self._place(self._path(table, words[0], words[1])):
            self._add(Named(*place, Folder()))

    def _unlink(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._unlinkat(table, ["AT_FDCWD", *words], result)

    _rmdir = _unlink

    def _unlinkat(self, table: _Table, words: Sequence[str], result: int) -> None:
        if place := self._place(self._path(table, words[0], words[1])):
            self._add(Named(*place, None))

    def _rename(self, table: _Table, words: Sequence[str], result: int) -> None:
        self._renameat(table, ["AT_FDCWD", words[0], "AT_FDCWD", words[1]], result)

    def _renameat(self, table: _Table, words: Sequence[str], result: int) -> None:
        before = self._place(self._path(table, words[0], words[1]))
        after = self._place(self._path(table, words[2], words[3]))
        if before or after:
            assert before, "what comes from another disk is copied"
            assert after, "what goes to another disk is copied"
            self._add(Named(*after, before[0].now[before[1]], before))

    _renameat2 = _renameat

    def _sendto(self, table: _Table, words: Sequence[str], result: int) -> None:
        self.changes.append(Said(_bytes(words[1])[:result]))

    def _append(self, table: _Table, number: str, data: bytes) -> None:
        opened = table.get(int(number))
        if opened is None or not isinstance(opened.node, File):
            return
        at = len(opened.node.now) if opened.adds else opened.at
        self._add(Written(opened.node, at, data))
        opened.at = at + len(data)

    def _add(self, change: Change) -> None:
        self.changes.append(change)
        done(change)

    def _node(self, table: _Table, number: str) -> Node | None:
        opened = table.get(int(number))
        return opened.node if opened else None

    def _path(self, table: _Table, folder: str, name: str) -> str:
        path = _bytes(name).decode(errors="replace")
        if path.startswith("/"):
            return path
        if folder == "AT_FDCWD":
            return str(Path.cwd() / path)
        opened = table.get(int(folder))
        return f"{opened.path}/{path}" if opened else path

    def _place(self, path: str) -> tuple[Folder, str] | None:
        """The folder and name that a path stands for; None outside of what is recorded."""
        if not path.startswith(f"{self.path}/"):
            return None
        *above, name = PurePosixPath(path).relative_to(self.path).parts
        folder = self.root
        for each in above:
            inner = folder.now.get(each)
            if not isinstance(inner, Folder):
                return None
            folder = inner
        return folder, name

    def _at(self, path: str) -> Node | None:
        if path.rstrip("/") == str(self.path):
            return self.root
        place = self._place(path)
        return place[0].now.get(place[1]) if place else None


def _content(node: Node) -> bytes | None:
    return bytes(node.now) if isinstance(node, File) else None


def _bytes(word: str) -> bytes:
    found = STRING.match(word)
    assert found, word[:80]
    return bytes.fromhex(found[1].replace("\\x", ""))


def _parts(words: Sequence[str]) -> bytes:
    """The bytes of a call that takes them in pieces."""
    return b"".join(_bytes(each[0]) for each in STRING.finditer(",".join(words)))


def _calls(log: Path, now: Callable[[], int]) -> Iterator[tuple[str, str, list[str], int, int]]:
    """Each call that came to its end: who, which, with what, its result; how much was before it."""
    begun: dict[str, tuple[str, int]] = {}
    with log.open() as lines:
        for line in lines:
            found = LINE.match(line)
            if not found:
                continue
            pid, said = found[1], found[2].lstrip()
            if said.endswith(BEGUN):
                begun[pid] = said.removesuffix(BEGUN), now()
                continue
            before = now()
            if resumed := RESUMED.match(said):
                head, before = begun.pop(pid)
                said = head + resumed[1]
            if call := CALL.fullmatch(said):
                yield pid, call[1], _split(call[2]), int(call[3]), before


def _split(words: str) -> list[str]:
    """Arguments, which hold no comma in their strings."""
    return re.split(r", (?![^\[{]*[\]}])", words)
