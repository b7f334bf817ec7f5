"""Small files that are the old or the new ones after a crash, and tell when they are neither.

A sealed file is JSON with a hash over itself. It is kept twice, the second time as NAME.spare,
for `indexer.store.repair`; nobody else reads that one.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

SPARE = ".spare"
NEW = ".new"
SEAL = "seal"


def write_sealed(path: Path, value: dict[str, Any]) -> str:
    """Put a value in the place of a sealed file and of its spare; gives the seal."""
    seal = seal_of(value)
    text = json.dumps({**value, SEAL: seal}, ensure_ascii=False) + "\n"
    replace_text(spare_of(path), text)
    replace_text(path, text)
    return seal


def read_sealed(path: Path) -> dict[str, Any]:
    """The value of a sealed file, with its seal.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged.
    """
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or found.get(SEAL) != seal_of(found):
        raise ValueError(f"{path.name} has changed")
    return found


def spare_of(path: Path) -> Path:
    """The path of the second copy of a sealed file."""
    return path.with_name(path.name + SPARE)


def seal_of(value: dict[str, Any]) -> str:
    """A hash over a value, its seal left out."""
    body = {name: each for name, each in value.items() if name != SEAL}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file, at once and on disk when this returns."""
    fresh = path.with_name(path.name + NEW)
    fresh.write_text(text, encoding="utf-8")
    to_disk(fresh)
    fresh.replace(path)
    to_disk(path.parent)


def make_folder(path: Path) -> None:
    """Have a folder, and those above it; on disk when this returns."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in missing:
        to_disk(each.parent)


def to_disk(path: Path) -> None:
    """Have the operating system write a file, or a folder's entries, out."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        # Some file systems cannot do it for a folder; of a file it means that it may not be there.
        if not path.is_dir():
            raise
    finally:
        os.close(descriptor)
