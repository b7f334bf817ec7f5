"""Stores to do harm to, the acts that change them, and what they must answer."""

from __future__ import annotations

import gc
import json
import shutil
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.errors import StoreError
from indexer.store import exists, open_store
from search_api.ask.answer import answer
from tests.conftest import HARBOUR
from tests.faults.acts import MANY, LetterTokens, Run

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store

QUESTIONS = (
    "Why are ferries late?",
    "How often are lifejackets checked?",
    "Who keeps the log of safety drills?",
    "What does paragraph 3 say?",
    "zzz qqq xxx",
)
DESCRIBE = ("describe", "b", "--title", "Carriages of the harbour")
NOTHING = "no store"
REFUSED = "refused"


@dataclass(frozen=True)
class Act:
    """A change to a store: from the answers of one folder to those of another."""

    name: str
    words: tuple[str, ...]
    before: Path
    after: Path


class World:
    """A folder with reports, a store for each state, and the acts between these."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._expected: dict[Path, str] = {}
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        text = HARBOUR.read_text(encoding="utf-8")
        for name, old, new in (("a", "", ""), ("b", "ferr", "carr"), ("c", "harbour", "airport")):
            changed = text.replace(old, new) if old else text
            (self.files / f"{name}.txt").write_text(changed, encoding="utf-8")
        self.empty, self.one, self.two, self.three = (
            folder / name for name in ("empty", "one", "two", "three")
        )
        self.many, self.tuned, self.described = (
            folder / name for name in ("many", "tuned", "described")
        )
        self.empty.mkdir()
        self._grown(self.one, self.empty, "index", self.file("a"))
        self._grown(self.many, self.empty, MANY, "index", self.file("a"))
        self._grown(self.two, self.one, "index", self.file("b"))
        self._grown(self.three, self.two, "index", self.file("c"))
        self._grown(self.tuned, self.two, "settings")
        self._grown(self.described, self.two, *DESCRIBE)
        self.acts = [
            Act("index", ("index", self.file("a")), self.empty, self.one),
            Act("add", ("index", self.file("b")), self.one, self.two),
            Act("remove", ("remove", "b"), self.two, self.one),
            Act("tune", ("settings",), self.two, self.tuned),
            Act("reset", ("tune", "--reset"), self.tuned, self.two),
            Act("index many", (MANY, "index", self.file("a")), self.empty, self.many),
            Act("describe", DESCRIBE, self.two, self.described),
        ]

    def file(self, name: str) -> str:
        """The path of a report file."""
        return str(self.files / f"{name}.txt")

    def expected(self, store: Path) -> str:
        """What one of the stores that are only copied answers."""
        if store not in self._expected:
            self._expected[store] = answers(store)
        return self._expected[store]

    def copy(self, store: Path, at: Path | None = None) -> Path:
        """A fresh copy of a store, to be harmed."""
        # An opened store refers to itself; its files take room on the disk until that is found.
        gc.collect()
        place = at or self.folder / "harmed"
        shutil.rmtree(place, ignore_errors=True)
        return shutil.copytree(store, place)

    def _grown(self, store: Path, before: Path, *words: str) -> None:
        self.copy(before, store)
        assert done(store, *words) == 0


def done(store: Path, *words: str) -> int:
    """Run a verb on a store to its end."""
    return Run([*words, "--store", str(store)]).end()


def answers(store: Path) -> str:
    """All that a store answers, as one text; NOTHING, or REFUSED, where it does not."""
    if not exists(store):
        return NOTHING
    try:
        return answers_of(open_store(store))
    except StoreError:
        return REFUSED


def answers_of(opened: Store) -> str:
    """All that an opened store answers, as one text; REFUSED where it says that it is damaged."""
    try:
        found = [answer(opened, LetterTokens(), question) for question in QUESTIONS]
        texts = [passage.text for _, passage in opened.rows]
        weights = opened.token_weights(np.arange(26, dtype=np.uint16)).tolist()
        tokens = [opened.tokens_of(row) for row in range(len(texts))]
        sums = [zlib.crc32(each.ids) ^ zlib.crc32(each.codes) for each in tokens if each]
    except StoreError:
        return REFUSED
    said = [one.model_copy(update={"took_ms": 0}).model_dump(mode="json") for one in found]
    reports = [entry["id"] for entry in opened.manifest["reports"]]
    return json.dumps([said, texts, reports, weights, sums])
