"""Generations of a store: written beside the one in use, published whole, checked when opened.

A file of a generation never changes once it is published. The manifest has the size and SHA-256
of each, and a seal over itself that CURRENT repeats. Opening checks every size, and every hash of
a store of up to `CHECKED_WHOLE` bytes; of a larger store it hashes the tables and the small files
only: a byte that changed in a large one is found when it is read (`indexer.store.sums`), or by
`verify_store`, which reads all.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from indexer.errors import StoreError
from indexer.store.atomic import (
    SEAL,
    make_folder,
    read_sealed,
    replace_text,
    to_disk,
    write_sealed,
)

FORMAT = 5
# Read as they are, and written anew in the present format by whoever writes the store next.
READABLE = (4, FORMAT)
GENERATION = re.compile(r"gen-[0-9]{6,}")
# Hashing takes about a second for a gigabyte.
CHECKED_WHOLE = 256 << 20
SMALL_FILE = 4 << 20
# Not there, or on a part of the disk that is broken.
GONE = (errno.ENOENT, errno.ENOTDIR, errno.EIO)


@dataclass(frozen=True, slots=True)
class Layout:
    """File names on disk."""

    current: str = "CURRENT"
    generation: str = "gen-{:06d}"
    building: str = "building"
    embedded: str = "embedded"
    lock: str = "lock"
    settings: str = "settings.json"
    manifest: str = "manifest.json"
    reports: str = "reports.jsonl"
    passages: str = "passages.jsonl"
    sections: str = "sections.txt"
    outlines: str = "outlines.txt"
    abbreviations: str = "abbreviations.jsonl"
    report_table: str = "reports.npy"
    row_table: str = "rows.npy"
    section_table: str = "sections.npy"
    names: str = "names.npy"
    vector_sums: str = "{}.sums.npy"
    passage_vectors: str = "passages"
    sentence_vectors: str = "sentences"
    terms: str = "terms"
    texts: str = "texts.gz"


LAYOUT = Layout()
# Read into memory and then believed, so hashed whatever their size.
TABLES = (LAYOUT.report_table, LAYOUT.row_table, LAYOUT.section_table, LAYOUT.names)
SUMS = LAYOUT.vector_sums.format("")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the store for writing; a second writer waits its turn.

    Raises:
        StoreError: the folder cannot be made or locked.
    """
    try:
        make_folder(folder)
        lock = FileLock(folder / LAYOUT.lock)
        lock.acquire()
    except OSError as error:
        raise StoreError(
            f"the store {folder} cannot be written ({error.strerror}); check its permissions"
        ) from error
    try:
        yield
    finally:
        lock.release()


def exists(folder: Path) -> bool:
    """True when the folder holds a store, whole or not."""
    return (folder / LAYOUT.current).exists() or bool(generations(folder))


def generations(folder: Path) -> list[Path]:
    """The generations in a store folder, oldest first."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if GENERATION.fullmatch(path.name))
    return sorted(found, key=lambda path: int(path.name.removeprefix("gen-")))


def mark_of(folder: Path) -> str | None:
    """The version token of a store folder, new for each generation; None without a store."""
    try:
        return (folder / LAYOUT.current).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


@contextmanager
def drafted(folder: Path) -> Iterator[Path]:
    """A folder to write the next generation into; it goes when it was not published.

    Raises:
        StoreError: the disk refuses.
    """
    building = folder / LAYOUT.building
    try:
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        yield building
    except OSError as error:
        raise StoreError(
            f"the store {folder} cannot be written ({error.strerror}); the one before is "
            "untouched; check permissions and free space"
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def publish(building: Path, about: dict[str, Any]) -> None:
    """Seal a finished draft with a manifest that says this about it, and point CURRENT at it.

    The generation before is kept, older ones go.
    """
    folder = building.parent
    _keep_texts(building)
    files = sorted(
        path.relative_to(building).as_posix()
        for path in building.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    )
    manifest: dict[str, Any] = {
        "format": FORMAT,
        **about,
        "files": {
            name: {"bytes": (building / name).stat().st_size, "sha256": digest_of(building / name)}
            for name in files
        },
    }
    seal = write_sealed(building / LAYOUT.manifest, manifest)
    for path in (building, *building.rglob("*")):
        to_disk(path)
    taken = generations(folder)
    kept = _named(folder)
    number = int(taken[-1].name.removeprefix("gen-")) + 1 if taken else 1
    name = LAYOUT.generation.format(number)
    building.rename(folder / name)
    to_disk(folder)
    put_in_use(folder / name, seal)
    for old in taken:
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)


def put_in_use(generation: Path, seal: str) -> None:
    """Point CURRENT at a generation whose manifest has this seal."""
    replace_text(generation.parent / LAYOUT.current, f"{generation.name} {seal}\n")


def read_current(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The generation in use and its manifest, its files checked as the module's text says.

    Raises:
        StoreError: there is no store, it has another format, or a file is missing or damaged.
    """
    generation, manifest = current_of(folder)
    total = sum(entry["bytes"] for entry in manifest["files"].values())
    most = CHECKED_WHOLE if total <= CHECKED_WHOLE else SMALL_FILE
    _check(generation, manifest, most)
    return generation, manifest


def verify_store(folder: Path) -> None:
    """Hash every file of the store's current generation, whatever its size.

    Raises:
        StoreError: there is no store, it has another format, or a file is missing or damaged.
    """
    _check(*current_of(folder), most=sys.maxsize)


def damaged(folder: Path, what: str) -> StoreError:
    """The error for a store that is not what its manifest says."""
    return StoreError(
        f"the store {folder} is damaged: {what}; run: pilcrow doctor --repair --store {folder}"
    )


def unreadable(folder: Path, error: OSError) -> StoreError:
    """The error for a store that may be whole, but that this process cannot read."""
    return StoreError(
        f"the store {folder} cannot be read ({error.strerror}); check its permissions and "
        "how many files may be open"
    )


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed_files(generation: Path, manifest: dict[str, Any], most: int) -> Iterator[str]:
    """The faults of a generation's files; of those over `most` bytes, the size alone is checked.

    The tables are hashed whatever their size.

    Raises:
        StoreError: they cannot be read, which is no damage.
    """
    for name, expected in manifest["files"].items():
        path = generation / name
        try:
            same = path.stat().st_size == expected["bytes"] and (
                (expected["bytes"] > most and name not in TABLES and not name.endswith(SUMS))
                or digest_of(path) == expected["sha256"]
            )
        except OSError as error:
            if error.errno not in GONE:
                raise unreadable(generation.parent, error) from error
            yield f"{name} is missing"
        else:
            if not same:
                yield f"{name} has changed"


def _check(generation: Path, manifest: dict[str, Any], most: int) -> None:
    for wrong in changed_files(generation, manifest, most):
        raise damaged(generation.parent, wrong)


def current_of(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The generation in use and its manifest.

    Raises:
        StoreError: there is no store, it has another format, or these two are damaged.
    """
    try:
        name, _, seal = (folder / LAYOUT.current).read_text(encoding="utf-8").strip().partition(" ")
    except (FileNotFoundError, NotADirectoryError):
        # A kill before the first generation was put in use; it is whole all the same.
        newest = generations(folder)[-1:]
        if not newest:
            raise StoreError(f"no store in {folder}; build one: pilcrow index REPORT") from None
        return newest[0], read_manifest(newest[0])
    except UnicodeDecodeError:
        raise damaged(folder, f"{LAYOUT.current} has changed") from None
    except OSError as error:
        raise unreadable(folder, error) from error
    if not GENERATION.fullmatch(name) or not (folder / name).is_dir():
        raise damaged(folder, f"{LAYOUT.current} names no generation")
    manifest = read_manifest(folder / name)
    if seal != manifest[SEAL]:
        raise damaged(folder, f"{LAYOUT.current} names another generation than {name}")
    return folder / name, manifest


def _named(folder: Path) -> Path | None:
    """The generation that CURRENT names; without CURRENT, the newest."""
    try:
        return current_of(folder)[0]
    except StoreError:
        return generations(folder)[-1] if generations(folder) else None


def read_manifest(generation: Path) -> dict[str, Any]:
    """The manifest of a generation.

    Raises:
        StoreError: it is missing or damaged, or of another format.
    """
    folder, path = generation.parent, generation / LAYOUT.manifest
    try:
        manifest = read_sealed(path)
    except OSError as error:
        if error.errno not in GONE:
            raise unreadable(folder, error) from error
        raise damaged(folder, f"{path.name} is missing") from None
    except ValueError:
        raise damaged(folder, f"{path.name} has changed") from None
    if manifest.get("format") not in READABLE:
        raise StoreError(
            f"the store {folder} has format {manifest.get('format')}, this version reads "
            f"{' and '.join(map(str, READABLE))}; delete the folder and run: pilcrow index REPORT"
        )
    return manifest


def _keep_texts(building: Path) -> None:
    """Keep the lines a second time: what all else can be made from again."""
    with (
        (building / LAYOUT.texts).open("wb") as out,
        gzip.GzipFile("", "wb", 1, out, mtime=0) as packed,
    ):
        for name in (LAYOUT.reports, LAYOUT.passages):
            with (building / name).open("rb") as file:
                shutil.copyfileobj(file, packed, 1 << 20)
