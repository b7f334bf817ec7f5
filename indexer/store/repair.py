"""The examination of a store in files, and its repair from what is left.

Only small sealed files are put back in place, from their second copy. Where more is damaged, each
report is read from the newest copy of it that is whole, the vectors that are whole are kept as an
indexing run keeps its own, and the next generation is built of these like any other. No report is
taken that is not, by its hash, the one the store held.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.encoders.base import Encoder, Rows, TokenRows, token_encoder
from indexer.errors import ModelError, StoreError
from indexer.store.atomic import NEW, SEAL, read_sealed, spare_of, write_sealed
from indexer.store.embedding_cache import Embedded
from indexer.store.encoder import damaged_exports, encoder_named
from indexer.store.generation import (
    GONE,
    LAYOUT,
    changed_files,
    current_of,
    generations,
    put_in_use,
    read_manifest,
    unreadable,
    writing,
)
from indexer.store.salvage import read_reports, remains_of, save_vectors, whole_reports
from indexer.store.store import Store, open_generation
from indexer.store.update import write_store


@dataclass(slots=True)
class Findings:
    """The faults found and the repairs made, a line each.

    `damage` is what keeps answers from being given or a repair from being possible, `notes` what
    does no harm, `done` what was repaired, `lost` the ids of reports that could not be saved.
    """

    damage: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """True when nothing is damaged."""
        return not self.damage


def examine(folder: Path) -> Findings:
    """Read every file of a store and say what is wrong.

    Raises:
        StoreError: there is no store, or it has another format.
    """
    kept = generations(folder)
    if not kept and not (folder / LAYOUT.current).exists():
        raise StoreError(f"no store in {folder}; build one: pilcrow index REPORT")
    found = Findings()
    for path in _sealed_files(folder):
        copies = (path, spare_of(path))
        found.damage += [
            f"{copy.relative_to(folder)} is missing or has changed"
            for copy in copies
            if not _sealed(copy)
        ]
    for generation in kept:
        if _sealed(generation / LAYOUT.manifest):
            # One of another format is not damaged.
            read_manifest(generation)
            found.damage += [f"{generation.name}/{wrong}" for wrong in _wrong_in(generation)]
    if _in_use(folder) is None:
        found.damage.append(f"{LAYOUT.current} names no generation that is whole")
    found.damage += [
        f"{place.relative_to(folder)}, the exported model, has changed"
        for place in damaged_exports(folder)
    ]
    found.notes += [f"{path.relative_to(folder)} was left over" for path in _left_over(folder)]
    if (folder / LAYOUT.embedded).exists():
        found.notes.append("an indexing run was cut short; the next one goes on where it was")
    return found


def repair(folder: Path) -> Findings:
    """Repair a store as far as that can be done, and clear what was left over.

    Returns:
        what was found before, what was done, and what is lost.

    Raises:
        StoreError: there is no store, nothing is left of it, or it cannot be written.
        ModelError: vectors are lost, their model cannot be loaded, and no generation is whole.
    """
    with writing(folder):
        found = examine(folder)
        for path in _sealed_files(folder):
            _restore(path, folder, found)
        for place in damaged_exports(folder):
            shutil.rmtree(place)
            found.done.append(f"{place.relative_to(folder)} was deleted; the model itself is used")
        in_use = _in_use(folder)
        if in_use is None or any(_wrong_in(in_use)):
            in_use = _restore_store(folder, found)
        for generation in generations(folder):
            if generation != in_use and any(_wrong_in(generation)):
                shutil.rmtree(generation)
                found.done.append(f"{generation.name}, not in use, was deleted")
        for path in _left_over(folder):
            _delete(path)
            found.done.append(f"{path.relative_to(folder)} was deleted")
    return found


def _restore_store(folder: Path, found: Findings) -> Path:
    """Have a whole generation in use."""
    kept = generations(folder)[::-1]
    # The newest that has a manifest: what the store held, or was about to hold.
    known = [path for path in kept if _sealed(path / LAYOUT.manifest)]
    if not known:
        raise StoreError(
            f"nothing is left of the store {folder} to repair it from; delete the folder and run: "
            "pilcrow index REPORT"
        )
    found.lost += [
        f"{path.name}, which was newer: index again what was indexed last"
        for path in kept[: kept.index(known[0])]
    ]
    wanted = read_manifest(known[0])
    if not any(_wrong_in(known[0])):
        put_in_use(known[0], wanted[SEAL])
        found.done.append(f"{LAYOUT.current} names {known[0].name} again")
        return known[0]
    try:
        _rebuild(folder, known, wanted, found)
    except ModelError:
        whole = [path for path in known if not any(_wrong_in(path))]
        if not whole:
            raise
        _go_back(whole[0], wanted, found)
    return current_of(folder)[0]


def _rebuild(folder: Path, known: list[Path], wanted: dict[str, Any], found: Findings) -> None:
    """Build the generation again from what is whole."""
    copies = [copy for path in known for copy in remains_of(path, read_manifest(path))]
    chosen = whole_reports(wanted, copies)
    if not chosen:
        raise StoreError(
            f"no report of the store {folder} is whole; delete the folder and run: "
            "pilcrow index REPORT"
        )
    # A store with token vectors has them again: without, it would answer otherwise.
    token_dim = wanted["tokens"]["dim"] if wanted.get("tokens") else 0
    encoder = _Recorded(folder, **wanted["model"], token_dim=token_dim)
    embedded = Embedded(folder / LAYOUT.embedded, encoder)
    for copy in copies:
        if copy.manifest["model"] == wanted["model"]:
            save_vectors(copy, embedded)
    store = write_store(folder, read_reports(chosen), encoder)
    found.lost += [
        f"report {entry['id']}: index its file again"
        for entry in wanted["reports"]
        if entry["id"] not in chosen
    ]
    again = f", {encoder.encoded} texts embedded again" if encoder.encoded else ""
    found.done.append(f"built again of what was whole: {len(store.reports)} reports{again}")


def _go_back(whole: Path, wanted: dict[str, Any], found: Findings) -> None:
    """Use an earlier generation: vectors are lost, and the model that made them is not at hand."""
    manifest = read_manifest(whole)
    put_in_use(whole, manifest[SEAL])
    still = {(entry["id"], entry["digest"]) for entry in manifest["reports"]}
    found.lost += [
        f"report {entry['id']}: index its file again"
        for entry in wanted["reports"]
        if (entry["id"], entry["digest"]) not in still
    ]
    found.done.append(f"went back to {whole.name}, because the model cannot be loaded")


def _restore(path: Path, folder: Path, found: Findings) -> None:
    """Put a sealed file back from its spare, or the spare from the file; settings may go."""
    name, spare = path.relative_to(folder), spare_of(path)
    if _sealed(path) and _sealed(spare):
        return
    source = path if _sealed(path) else spare
    if _sealed(source):
        write_sealed(path, read_sealed(source))
        found.done.append(f"{name} was put back from its second copy")
    elif path.name == LAYOUT.settings:
        _delete(path)
        _delete(spare)
        found.lost.append(f"{name}: run pilcrow tune again")


def _in_use(folder: Path) -> Path | None:
    """The generation in use, if its manifest is whole and is the one that CURRENT means."""
    try:
        return current_of(folder)[0]
    except StoreError:
        return None


def _wrong_in(generation: Path) -> Iterator[str]:
    """The faults of a generation, its second manifest aside."""
    try:
        manifest = read_manifest(generation)
    except StoreError:
        yield f"{LAYOUT.manifest} is missing or has changed"
        return
    changed = list(changed_files(generation, manifest, sys.maxsize))
    yield from changed
    if not changed:
        try:
            store = open_generation(generation, manifest)
        except StoreError as error:
            yield str(error)
        else:
            yield from _contradictions(store)


def _contradictions(store: Store) -> Iterator[str]:
    """The places where tables and lines disagree."""
    for row, (report, passage) in enumerate(store.rows):
        first, last = store.sentence_starts[row : row + 2].tolist()
        fits = all(0 <= s.start <= s.end <= len(passage.text) for s in passage.sentences)
        if not fits or last - first != len(passage.sentences):
            yield f"{LAYOUT.row_table} does not fit paragraph {passage.key} of {report.id}"


def _sealed_files(folder: Path) -> list[Path]:
    """The sealed files there are, or should be."""
    settings = folder / LAYOUT.settings
    manifests = [path / LAYOUT.manifest for path in generations(folder)]
    kept = settings.exists() or spare_of(settings).exists()
    return [*manifests, *([settings] if kept else [])]


def _sealed(path: Path) -> bool:
    try:
        read_sealed(path)
    except ValueError:
        return False
    except OSError as error:
        if error.errno not in GONE:
            raise unreadable(path.parent, error) from error
        return False
    return True


def _left_over(folder: Path) -> list[Path]:
    """The files that a run cut short has left, or that one under way needs."""
    in_use = _in_use(folder)
    kept = generations(folder)
    older = kept[: kept.index(in_use)] if in_use in kept else kept
    gone = [path for path in kept if in_use and path not in (in_use, *older[-1:])]
    building = [path for path in (folder / LAYOUT.building,) if path.exists()]
    return [*building, *gone, *folder.glob(f"*{NEW}"), *folder.glob(f"encoder/*{NEW}")]


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class _Recorded:
    """The encoder that a manifest names; it is looked for when a vector is missing."""

    def __init__(self, folder: Path, name: str, fingerprint: str, token_dim: int) -> None:
        self.name, self.fingerprint = name, fingerprint
        self.token_dim = token_dim
        self.encoded = 0
        self._folder = folder

    def encode(self, texts: list[str]) -> Rows:
        """See Encoder.encode."""
        self.encoded += len(texts)
        return self._found().encode(texts)

    def encode_tokens(self, texts: list[str]) -> tuple[Rows, list[TokenRows]]:
        """See TokenEncoder.encode_tokens."""
        self.encoded += len(texts)
        reader = token_encoder(self._found())
        if reader is None or reader.token_dim != self.token_dim:
            raise ModelError(
                f"the model {self.name} gives no token vectors now; run: pilcrow index REPORT"
            )
        return reader.encode_tokens(texts)

    def _found(self) -> Encoder:
        return encoder_named(self._folder, self.name, self.fingerprint)
