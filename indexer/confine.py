"""Rights that a process gives up for good: by limits, prctl, Landlock and seccomp, through ctypes.

What the system or its kernel does not have is left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

DESCRIPTORS, WRITTEN = 64, 0
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_NO_NEW_PRIVS = 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
# Landlock's rights on files that a version handles, on the network, on signals and sockets.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
READ_FILE, READ_DIR = 1 << 2, 1 << 3
NETWORK, SCOPES = 0b11, 0b11
# Calls that are refused: programs, sockets, other processes, the kernel's inner parts.
REFUSED = {
    "x86_64": {
        "socket": 41, "socketpair": 53, "connect": 42, "bind": 49, "sendto": 44, "sendmsg": 46,
        "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "ptrace": 101, "kill": 62,
        "tkill": 200, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_open": 434,
        "pidfd_send_signal": 424, "pidfd_getfd": 438, "mount": 165, "umount2": 166,
        "pivot_root": 155, "chroot": 161, "setns": 308, "unshare": 272, "bpf": 321,
        "perf_event_open": 298,
        "userfaultfd": 323, "io_uring_setup": 425, "keyctl": 250, "add_key": 248,
        "request_key": 249, "init_module": 175, "finit_module": 313, "kexec_load": 246,
        "memfd_create": 319, "open_by_handle_at": 304, "shmget": 29, "msgget": 68, "semget": 64,
    },
    "aarch64": {
        "socket": 198, "socketpair": 199, "connect": 203, "bind": 200, "sendto": 206,
        "sendmsg": 211, "execve": 221, "execveat": 281, "ptrace": 117, "kill": 129, "tkill": 130,
        "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_open": 434,
        "pidfd_send_signal": 424, "pidfd_getfd": 438, "mount": 40, "umount2": 39, "pivot_root": 41,
        "chroot": 51, "setns": 268, "unshare": 97, "bpf": 280, "perf_event_open": 241,
        "userfaultfd": 282, "io_uring_setup": 425, "keyctl": 219, "add_key": 217,
        "request_key": 218, "init_module": 105, "finit_module": 273, "kexec_load": 104,
        "memfd_create": 279, "open_by_handle_at": 265, "shmget": 194, "msgget": 186, "semget": 190,
    },
}  # fmt: skip
# Number of clone, clone3, and the audit architecture.
MACHINE = {"x86_64": (56, 435, 0xC000003E), "aarch64": (220, 435, 0xC00000B7)}
CLONE_THREAD = 0x10000
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, ENOSYS = 1, 38
LOAD, EQUAL, ANY_OF, RETURN = 0x20, 0x15, 0x45, 0x06


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def end_with(parent: int) -> None:
    """Have the kernel end this process when the one that started it ends."""
    if sys.platform != "linux":
        return
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


def limit(memory: int, seconds: int) -> None:
    """Bound memory, processor time, files and descriptors, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit alone
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
        # Of the user, threads among them; beside a busy server it may be reached already.
        (resource.RLIMIT_NPROC, 4096),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def confine(readable: Iterable[Path]) -> None:
    """Give up, for good, whatever is not needed to read these files and folders."""
    if sys.platform != "linux":
        return
    libc = _libc()
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    _drop_capabilities(libc)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    landlock(libc, readable)
    seccomp(libc)


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """What a process of root may besides; nothing for others."""
    for each in range(64):
        libc.prctl(PR_CAPBSET_DROP, each, 0, 0, 0)
    head = struct.pack("=Ii", 0x20080522, 0)
    libc.capset(head, bytes(24))


def landlock(libc: ctypes.CDLL, readable: Iterable[Path]) -> bool:
    """Leave no file, port or process to reach but these; False where the kernel cannot."""
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    rights = FILE_RIGHTS.get(version, (1 << 16) - 1)
    handled = struct.pack("=Q", rights)
    handled += struct.pack("=Q", NETWORK) if version >= 4 else b""
    handled += struct.pack("=Q", SCOPES) if version >= 6 else b""
    rules = libc.syscall(CREATE_RULESET, handled, len(handled), 0)
    if rules < 0:
        return False
    for path in readable:
        try:
            place = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = READ_FILE | (READ_DIR if path.is_dir() else 0)
        libc.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", allowed, place), 0)
        os.close(place)
    done = libc.syscall(RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return bool(done)


def seccomp(libc: ctypes.CDLL) -> bool:
    """Refuse the calls of REFUSED and new processes; False where the kernel cannot."""
    machine = platform.machine()
    if machine not in MACHINE:
        return False
    clone, clone3, architecture = MACHINE[machine]
    refused = ERRNO | EPERM
    program = [
        _step(LOAD, 4),
        _step(EQUAL, architecture, 1, 0),
        _step(RETURN, KILL),
        _step(LOAD, 0),
        # Another set of calls on the same machine (x32).
        _step(0x35, 0x40000000, 0, 1),
        _step(RETURN, refused),
        # With clone3 what is cloned cannot be seen from here; the C library then takes clone.
        _step(EQUAL, clone3, 0, 1),
        _step(RETURN, ERRNO | ENOSYS),
        # A thread may be made, a process may not.
        _step(EQUAL, clone, 0, 3),
        _step(LOAD, 16),
        _step(ANY_OF, CLONE_THREAD, 1, 0),
        _step(RETURN, refused),
        _step(LOAD, 0),
    ]
    for number in REFUSED[machine].values():
        program += [_step(EQUAL, number, 0, 1), _step(RETURN, refused)]
    program.append(_step(RETURN, ALLOW))
    code = ctypes.create_string_buffer(b"".join(program))
    told = struct.pack("@HxxxxxxP", len(program), ctypes.addressof(code))
    return bool(libc.prctl(PR_SET_SECCOMP, 2, told, 0, 0) == 0)


def _step(what: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", what, then, otherwise, value)
