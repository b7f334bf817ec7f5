"""The store folder: what is indexed, on disk, and back.

    STORE/CURRENT            name of the generation in use
    STORE/lock               held by the process that writes
    STORE/gen-000001/
        manifest.json        format, model, reports, and the hash of every other file
        reports/ID.json      the split report
        passages.faiss       a row a passage: reports by id, passages in document order
        sentences.faiss      a row a sentence, in the same order
        terms/               BM25 over the passages, same rows

A build writes a new generation beside the old one and then names it in CURRENT, so a reader
sees the old store or the new one, whole. The generation before is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from indexer.encoder import Encoder, Rows
from indexer.errors import NotFoundError, StoreError
from indexer.report import (
    Abbreviation,
    Doubt,
    Footnote,
    Metadata,
    Move,
    NumberingAudit,
    Passage,
    Reference,
    Report,
    Sentence,
    Version,
)
from indexer.sentences import with_sentences
from indexer.terms import TermIndex
from indexer.vectors import VectorIndex

FORMAT = 3
GENERATION = re.compile(r"gen-[0-9]{6,}")
BATCH = 256

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Layout:
    """File names on disk."""

    current: str = "CURRENT"
    generation: str = "gen-{:06d}"
    building: str = "building"
    lock: str = "lock"
    manifest: str = "manifest.json"
    reports: str = "reports"
    passages: str = "passages.faiss"
    sentences: str = "sentences.faiss"
    terms: str = "terms"


LAYOUT = Layout()


@dataclass(frozen=True)
class Store:
    """An opened store. Rows count over all its reports, in order."""

    folder: Path
    manifest: dict[str, Any]
    reports: tuple[Report, ...]
    passage_vectors: VectorIndex
    sentence_vectors: VectorIndex
    terms: TermIndex

    @property
    def model(self) -> str:
        """The name of the model the vectors were made with."""
        return str(self.manifest["model"]["name"])

    @property
    def fingerprint(self) -> str:
        """A hash of what answers are made from: equal for equal reports, splits and vectors."""
        files = self.manifest["files"]
        # The names and bytes of the term index differ from build to build; its texts do not.
        kept = {name: files[name] for name in files if not name.startswith(f"{LAYOUT.terms}/")}
        return _digest(json.dumps([self.manifest["model"], kept], sort_keys=True).encode())

    @cached_property
    def rows(self) -> tuple[tuple[Report, Passage], ...]:
        """Report and passage of each passage row."""
        return tuple((report, p) for report in self.reports for p in report.passages)

    @cached_property
    def sentence_starts(self) -> NDArray[np.int64]:
        """Passage row i owns the sentence rows sentence_starts[i] to sentence_starts[i + 1] - 1."""
        counts = [0, *(len(passage.sentences) for _, passage in self.rows)]
        return np.cumsum(counts, dtype=np.int64)

    def owner_of(self, sentence_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The passage rows that own these sentence rows."""
        owners: NDArray[np.int64] = (
            np.searchsorted(self.sentence_starts, sentence_rows, side="right") - 1
        )
        return owners

    @cached_property
    def _by_id(self) -> dict[str, Report]:
        return {report.id: report for report in self.reports}

    def report(self, report_id: str) -> Report:
        """A report by id.

        Raises:
            NotFoundError: no such report.
        """
        found = self._by_id.get(report_id)
        if found is None:
            known = ", ".join(list(self._by_id)[:5]) or "none"
            raise NotFoundError(f"no report '{report_id}' in the store; it has: {known}")
        return found

    def check_encoder(self, encoder: Encoder) -> None:
        """Make sure that questions are encoded by the model the store was built with.

        Raises:
            StoreError: the weights differ.
        """
        built_with = self.manifest["model"]
        if encoder.fingerprint != built_with["fingerprint"]:
            raise StoreError(
                f"the store was built by model '{built_with['name']}' with other weights than "
                f"'{encoder.name}' has now; build it again: pilcrow index --model {encoder.name}"
            )


def embedded_text(passage: Passage) -> str:
    """What is indexed of a passage: its heading path gives the context its words leave out."""
    return " > ".join(passage.section) + "\n" + passage.text


def sentence_texts(passage: Passage) -> list[str]:
    """The sentences of a passage, as they stand in it."""
    return [passage.text[s.start : s.end] for s in passage.sentences]


def build_store(
    folder: Path,
    reports: Iterable[Report],
    encoder: Encoder,
    progress: Progress = lambda done, total: None,
    before: Store | None = None,
) -> Store:
    """Write a new generation that holds exactly these reports, and open it.

    Vectors of texts that the store before holds, made by the same weights, are taken over. One
    process may build at a time: hold `writing(folder)` from opening the store before.

    Args:
        folder: the store folder; made if missing.
        reports: the reports, in any order.
        encoder: makes the vectors.
        progress: called with (texts embedded, texts to embed).
        before: the store as it was, to take vectors from.

    Raises:
        StoreError: the folder cannot be written.
    """
    ordered = [with_sentences(r) for r in sorted(reports, key=lambda report: report.id)]
    passages = [passage for report in ordered for passage in report.passages]
    passage_texts = [embedded_text(passage) for passage in passages]
    sentences = [text for passage in passages for text in sentence_texts(passage)]
    known = _known_vectors(before, encoder) if before else {}
    vectors = _embed(list(dict.fromkeys([*passage_texts, *sentences])), known, encoder, progress)
    try:
        building = folder / LAYOUT.building
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        try:
            (building / LAYOUT.reports).mkdir()
            for report in ordered:
                _write_json(building / LAYOUT.reports / f"{report.id}.json", asdict(report))
            VectorIndex.build(_stack(passage_texts, vectors)).save(building / LAYOUT.passages)
            VectorIndex.build(_stack(sentences, vectors)).save(building / LAYOUT.sentences)
            TermIndex.build(passage_texts, building / LAYOUT.terms)
            _write_json(building / LAYOUT.manifest, _manifest(building, ordered, encoder))
            _publish(folder, building)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"the store {folder} cannot be written ({error.strerror}); the one before is "
            "untouched; check permissions and free space"
        ) from error
    return open_store(folder)


def open_store(folder: Path) -> Store:
    """Open the store's current generation, every file checked against the manifest.

    Raises:
        StoreError: there is no store, it has another format, or a file is missing or damaged.
    """
    generation = _current(folder)
    manifest = _read_manifest(generation)
    for name, expected in manifest["files"].items():
        try:
            found = _file_digest(generation / name)
        except OSError:
            raise _damaged(folder, f"{name} is missing") from None
        if found != expected:
            raise _damaged(folder, f"{name} has changed")
    reports = tuple(
        _report_from(
            json.loads((generation / LAYOUT.reports / f"{entry['id']}.json").read_text("utf-8"))
        )
        for entry in manifest["reports"]
    )
    try:
        store = Store(
            folder=folder,
            manifest=manifest,
            reports=reports,
            passage_vectors=VectorIndex.load(generation / LAYOUT.passages),
            sentence_vectors=VectorIndex.load(generation / LAYOUT.sentences),
            terms=TermIndex.load(generation / LAYOUT.terms),
        )
    except (RuntimeError, ValueError) as error:
        raise _damaged(folder, str(error).partition("\n")[0]) from error
    counts = (len(store.rows), len(store.rows), int(store.sentence_starts[-1]))
    if counts != (len(store.passage_vectors), len(store.terms), len(store.sentence_vectors)):
        raise _damaged(folder, "its row counts do not agree")
    return store


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the store for writing; a second writer waits its turn.

    Raises:
        StoreError: the folder cannot be made or locked.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
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
    return (folder / LAYOUT.current).exists()


def _damaged(folder: Path, what: str) -> StoreError:
    return StoreError(
        f"the store {folder} is damaged: {what}; delete the folder and index the reports again: "
        "pilcrow index REPORT"
    )


def _current(folder: Path) -> Path:
    try:
        name = (folder / LAYOUT.current).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(f"no store in {folder}; build one: pilcrow index REPORT") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"the store {folder} cannot be read ({error}); check it") from error
    if not GENERATION.fullmatch(name) or not (folder / name).is_dir():
        raise _damaged(folder, f"{LAYOUT.current} names no generation")
    return folder / name


def _read_manifest(generation: Path) -> dict[str, Any]:
    folder = generation.parent
    try:
        manifest = json.loads((generation / LAYOUT.manifest).read_text(encoding="utf-8"))
        format_version = manifest["format"]
    except OSError as error:
        raise _damaged(folder, f"{LAYOUT.manifest} cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError):
        raise _damaged(folder, f"{LAYOUT.manifest} is not a manifest") from None
    if format_version != FORMAT:
        raise StoreError(
            f"the store {folder} has format {format_version}, this version reads {FORMAT}; delete "
            "the folder and run: pilcrow index REPORT"
        )
    if not {"model", "reports", "files", "seal"} <= manifest.keys() or manifest["seal"] != _seal(
        manifest
    ):
        raise _damaged(folder, f"{LAYOUT.manifest} has changed")
    found: dict[str, Any] = manifest
    return found


def _seal(manifest: dict[str, Any]) -> str:
    """A hash over the manifest itself, so that a damaged byte in it shows too."""
    body = {name: value for name, value in manifest.items() if name != "seal"}
    return _digest(json.dumps(body, sort_keys=True).encode())


def _manifest(building: Path, reports: Sequence[Report], encoder: Encoder) -> dict[str, Any]:
    files = sorted(
        path.relative_to(building).as_posix()
        for path in building.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    )
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "model": {"name": encoder.name, "fingerprint": encoder.fingerprint},
        "reports": [
            {
                "id": report.id,
                "sha256": report.sha256,
                "paragraphs": len(report.paragraphs),
                "passages": len(report.passages),
                "sentences": sum(len(passage.sentences) for passage in report.passages),
            }
            for report in reports
        ],
        "files": {name: _file_digest(building / name) for name in files},
    }
    return {**manifest, "seal": _seal(manifest)}


def _publish(folder: Path, building: Path) -> None:
    """Rename the finished build to the next generation and point CURRENT at it."""
    taken = sorted(path.name for path in folder.iterdir() if GENERATION.fullmatch(path.name))
    number = int(taken[-1].removeprefix("gen-")) + 1 if taken else 1
    name = LAYOUT.generation.format(number)
    building.rename(folder / name)
    pointer = folder / f"{LAYOUT.current}.new"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(folder / LAYOUT.current)
    for old in taken[:-1]:
        shutil.rmtree(folder / old, ignore_errors=True)


def _known_vectors(before: Store, encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """Vectors by text of a store that was made by the same weights."""
    if before.manifest["model"]["fingerprint"] != encoder.fingerprint:
        return {}
    passages = before.passage_vectors.rows(0, len(before.passage_vectors))
    sentences = before.sentence_vectors.rows(0, len(before.sentence_vectors))
    texts = [embedded_text(passage) for _, passage in before.rows]
    texts += [text for _, passage in before.rows for text in sentence_texts(passage)]
    return dict(zip(texts, np.concatenate([passages, sentences]), strict=True))


def _embed(
    texts: list[str],
    known: dict[str, NDArray[np.float32]],
    encoder: Encoder,
    progress: Progress,
) -> dict[str, NDArray[np.float32]]:
    """A vector for each text; those not known are encoded, short ones first to waste no padding."""
    missing = sorted((text for text in texts if text not in known), key=len)
    vectors = {text: known[text] for text in texts if text in known}
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        vectors.update(zip(batch, encoder.encode(batch), strict=True))
        progress(min(start + BATCH, len(missing)), len(missing))
    return vectors


def _stack(texts: list[str], vectors: dict[str, NDArray[np.float32]]) -> Rows:
    return np.stack([vectors[text] for text in texts])


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _report_from(stored: dict[str, Any]) -> Report:
    audit = stored["audit"]
    lists = ("gaps", "repeats", "disorder", "restarts")
    metadata = dict(stored["metadata"])
    published = metadata.pop("published")
    return Report(
        **{name: stored[name] for name in ("id", "source", "sha256", "text")},
        passages=tuple(_passage_from(passage) for passage in stored["passages"]),
        glossary=tuple(Abbreviation(**entry) for entry in stored["glossary"]),
        history=tuple(
            Version(version["sha256"], tuple(Move(**move) for move in version["moves"]))
            for version in stored["history"]
        ),
        audit=NumberingAudit(
            **{
                **audit,
                **{name: tuple(audit[name]) for name in lists},
                "doubtful": tuple(Doubt(**doubt) for doubt in audit["doubtful"]),
            }
        ),
        metadata=Metadata(
            **{
                **metadata,
                "authors": tuple(metadata["authors"]),
                "examples": tuple(metadata["examples"]),
                "published": date.fromisoformat(published) if published else None,
            }
        ),
    )


def _passage_from(stored: dict[str, Any]) -> Passage:
    return Passage(
        **{
            **stored,
            "section": tuple(stored["section"]),
            "sentences": tuple(Sentence(**sentence) for sentence in stored["sentences"]),
            "footnotes": tuple(Footnote(**footnote) for footnote in stored["footnotes"]),
            "references": tuple(Reference(**reference) for reference in stored["references"]),
        }
    )
