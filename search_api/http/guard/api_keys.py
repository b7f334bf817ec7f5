"""API keys, of which only the hashes are kept.

A key is 256 random bits, so that one SHA-256 keeps it as safe as scrypt or argon2 would: those slow
down the guessing of passwords that people choose, and nobody guesses 256 bits. It takes a
microsecond, so that sending keys is no way to keep the server busy.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, TypeAdapter, ValidationError

from indexer.errors import NotFoundError, PilcrowError
from indexer.store.atomic import to_disk

VARIABLE = "PILCROW_API_KEY"
NAME = re.compile(r"[\w.@-]{1,64}", re.ASCII)
PREFIX = "pilcrow_"

log = logging.getLogger("pilcrow")

Scope = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key's holder, scope (who may write may read), SHA-256 and day."""

    name: str
    scope: Scope
    sha256: str
    created: str


class KeyFile(BaseModel):
    """The file of keys."""

    keys: list[Key]


FILE = TypeAdapter(KeyFile)


class Keys:
    """The keys of a running server: those in a file, read again when it changes, and one more."""

    def __init__(self, path: Path | None = None, own: str = "") -> None:
        """Take the keys in the file at `path`, if there is one, and `own`, which may write.

        Raises:
            PilcrowError: the file cannot be read.
        """
        self._path = path
        self._own = [Key(VARIABLE, "write", _digest(own), "")] if own else []
        self._mark: tuple[int, int, int] | None = None
        self._listed: Sequence[Key] = ()
        if path is not None:
            self._mark = _mark(path)
            self._listed = read_keys(path)

    @property
    def empty(self) -> bool:
        """True when there is no key at all."""
        return not self._all()

    @property
    def writable(self) -> bool:
        """True when somebody may write."""
        return any(key.scope == "write" for key in self._all())

    def find(self, given: str) -> Key | None:
        """The key that was sent; takes as long whether it is the first, the last or none."""
        digest = _digest(given)
        found = None
        for key in self._all():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def _all(self) -> list[Key]:
        if self._path is not None and (mark := _mark(self._path)) != self._mark:
            try:
                self._listed = read_keys(self._path)
            except PilcrowError as error:
                # Shut, rather than open by keys that may have been revoked.
                log.error("%s", error)
                self._listed = ()
            self._mark = mark
        return [*self._own, *self._listed]


def read_keys(path: Path) -> list[Key]:
    """The keys in a file; none where there is no file.

    Raises:
        PilcrowError: it is no file of keys, or cannot be read.
    """
    try:
        return FILE.validate_json(path.read_bytes()).keys
    except FileNotFoundError:
        return []
    except (ValidationError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no file of keys"
        raise PilcrowError(
            f"{path} cannot be read ({reason}); mend it, or delete it and add the keys again"
        ) from error


def new_key() -> str:
    """A key nobody can guess."""
    return PREFIX + secrets.token_urlsafe(32)


def add_key(path: Path, name: str, scope: Scope) -> str:
    """A new key; it is shown this once and only its hash is kept.

    Raises:
        PilcrowError: the name is taken or is none, or the file cannot be written.
    """
    if not NAME.fullmatch(name) or name == VARIABLE:
        raise PilcrowError(
            f"'{name}' is no name for a key; use up to 64 letters, digits, '.', '@', '-' or '_'"
        )
    with _lock(path):
        keys = read_keys(path)
        if any(key.name == name for key in keys):
            raise PilcrowError(
                f"there is a key '{name}' already; take another name, then revoke this one"
            )
        made = new_key()
        today = datetime.now(UTC).date().isoformat()
        _write(path, [*keys, Key(name, scope, _digest(made), today)])
    return made


def revoke_key(path: Path, name: str) -> None:
    """Take a key out of the file; a running server refuses it from its next request on.

    Raises:
        NotFoundError: there is no such key.
        PilcrowError: the file cannot be written.
    """
    with _lock(path):
        keys = read_keys(path)
        kept = [key for key in keys if key.name != name]
        if len(kept) == len(keys):
            known = ", ".join(key.name for key in keys) or "none"
            raise NotFoundError(f"no key '{name}' in {path}; there is: {known}")
        _write(path, kept)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _lock(path: Path) -> FileLock:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    return FileLock(path.with_name(f"{path.name}.lock"))


def _write(path: Path, keys: list[Key]) -> None:
    """Put another file in place of the one there is, readable to its owner alone."""
    try:
        handle, written = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
        with os.fdopen(handle, "wb") as out:
            out.write(FILE.dump_json(KeyFile(keys=keys), indent=2) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        Path(written).replace(path)
        to_disk(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> PilcrowError:
    return PilcrowError(f"{path} cannot be written ({error.strerror}); mend that and try again")
