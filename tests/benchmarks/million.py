"""A store of a million paragraphs: built, opened, asked, a report added and removed.

    python tests/benchmarks/million.py [--paragraphs 1000000] [--growth] [--work DIR]
                                       [--json FILE] [--plot FILE]

The paragraphs are real sentences of ../shared/documents in new orders, as many to a paragraph as
there, each with one of its words changed for another; 200 to a report, under headings that the
documents have. They come with their sentences marked, which for real ones takes Punkt half a
millisecond each. Their vectors are not embedded, which would take days, but recombined from those of
`--sentences` real sentences: a weighted mean of two, and the difference of two more for noise
(.35), so that the variance lies along the same axes as the encoder's own. What is asked are the
real questions of tests/gold, embedded. `--growth` goes from 100 paragraphs up in tens; sizes whose
results are in the JSON file already are not run again. `--plot` needs matplotlib.

Every step is a process of its own. Prints seconds, peak and resident memory, bytes on disk, and the
share of the exact ten nearest rows that are among the candidates; deletes the store.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from indexer.encoders import DEFAULT_MODEL, load_encoder  # noqa: E402
from indexer.errors import ReportError  # noqa: E402
from indexer.formats import READERS  # noqa: E402
from indexer.load import load_report  # noqa: E402
from indexer.report import (  # noqa: E402
    Abbreviation,
    Metadata,
    NumberingAudit,
    Passage,
    Report,
    Sentence,
)
from indexer.sentences import with_sentences  # noqa: E402
from indexer.store import (  # noqa: E402
    build_store,
    ivf,
    open_store,
    update_store,
)
from search_api.ask.answer import answer, search  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.encoders.base import Rows
    from indexer.store.vectors import VectorIndex

DOCUMENTS = ROOT.parent / "shared" / "documents"
GOLD = ROOT / "tests" / "gold" / "northumberland-dev.jsonl"
A_REPORT = 200
NOISE = 0.35
WARM, ASKED = 60, 300


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--paragraphs", type=int, default=1_000_000)
    options.add_argument("--growth", action="store_true")
    options.add_argument("--sentences", type=int, default=3_000)
    options.add_argument("--work", type=Path)
    options.add_argument("--json", type=Path)
    options.add_argument("--plot", type=Path)
    options.add_argument("--step", choices=STEPS)
    chosen = options.parse_args()
    if chosen.step:
        print(json.dumps(STEPS[chosen.step](chosen.work, chosen.paragraphs)))
        return
    sizes = [chosen.paragraphs]
    while chosen.growth and sizes[0] > 100:
        sizes.insert(0, sizes[0] // 10)
    known = json.loads(chosen.json.read_text()) if chosen.json and chosen.json.exists() else []
    found = {result["paragraphs"]: result for result in known}
    with tempfile.TemporaryDirectory() as temporary:
        work = chosen.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        prepare(work, chosen.sentences)
        for size in sizes:
            found[size] = found.get(size) or run(work, size)
            if chosen.json:
                chosen.json.write_text(json.dumps(list(found.values()), indent=2))
    results = [found[size] for size in sizes]
    show(results)
    if chosen.plot:
        plot(results, chosen.plot)


def run(work: Path, paragraphs: int) -> dict[str, Any]:
    found: dict[str, Any] = {"paragraphs": paragraphs}
    try:
        for step in STEPS:
            command = [sys.executable, __file__, "--step", step, "--work", str(work)]
            command += ["--paragraphs", str(paragraphs)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found |= json.loads(done.stdout.splitlines()[-1])
            print(step, done.stdout.splitlines()[-1], file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(work / "store", ignore_errors=True)
    return found


def prepare(work: Path, sentences: int) -> None:
    """Embed the real sentences and questions, unless that was done."""
    if (work / "pool.npy").exists() and (work / "questions.npy").exists():
        return
    encoder = load_encoder()
    texts = sorted({text for paragraph in real().paragraphs for text in paragraph})
    random.Random(1).shuffle(texts)
    np.save(work / "pool.npy", encoder.encode(texts[:sentences]))
    np.save(work / "questions.npy", encoder.encode(questions()))


def questions() -> list[str]:
    return [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]


class real:  # noqa: N801
    """What the paragraphs are made of."""

    def __init__(self) -> None:
        self.paragraphs: list[list[str]] = []
        self.headings: list[tuple[str, ...]] = []
        self.glossary: list[tuple[str, str]] = []
        for path in sorted(DOCUMENTS.iterdir()):
            if path.suffix not in READERS or path.name == "README.md":
                continue
            try:
                report = with_sentences(load_report(path))
            except ReportError:
                continue
            self.glossary += [(entry.short, entry.long) for entry in report.glossary]
            for p in report.passages:
                texts = [p.text[s.start : s.end] for s in p.sentences]
                if texts:
                    self.paragraphs.append(texts)
                    self.headings.append(p.section)
        self.sentences = [text for paragraph in self.paragraphs for text in paragraph]
        self.words = [word for text in self.sentences for word in text.split()]


class Recombining:
    """An encoder that draws from real vectors, by the hash of the text."""

    name = DEFAULT_MODEL
    fingerprint = "recombined"

    def __init__(self, work: Path) -> None:
        self._pool: Rows = np.load(work / "pool.npy")

    def encode(self, texts: list[str]) -> Rows:
        digests = b"".join(hashlib.blake2b(t.encode(), digest_size=20).digest() for t in texts)
        drawn = np.frombuffer(digests, np.uint32).reshape(-1, 5)
        a, b, c, d = (self._pool[drawn[:, i] % len(self._pool)] for i in range(4))
        share = np.float32(0.3) + drawn[:, 4:].astype(np.float32) / np.float32(2**32) * 2 / 5
        rows = share * a + (1 - share) * b + np.float32(NOISE) * (c - d)
        found: Rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found.astype(np.float32)


class Asked:
    """An encoder that knows the questions' vectors: what is left is the search itself."""

    name = DEFAULT_MODEL
    fingerprint = "recombined"

    def __init__(self, work: Path) -> None:
        self._rows = dict(zip(questions(), np.load(work / "questions.npy"), strict=True))

    def encode(self, texts: list[str]) -> Rows:
        return np.stack([self._rows[text] for text in texts])


def made(source: real, paragraphs: int) -> Iterator[Report]:
    for number, first in enumerate(range(0, paragraphs, A_REPORT)):
        yield made_report(source, number, min(A_REPORT, paragraphs - first))


def made_report(source: real, number: int, size: int) -> Report:
    pick = random.Random(number)
    passages: list[Passage] = []
    at = 0
    texts = []
    section: tuple[str, ...] = ()
    for place in range(size):
        if place % 8 == 0:
            section = pick.choice(source.headings)
        parts = [changed(source, pick) for _ in pick.choice(source.paragraphs)]
        text, key = " ".join(parts), str(place + 1)
        starts = accumulate((len(part) + 1 for part in parts), initial=0)
        spans = tuple(Sentence(s, s + len(part)) for s, part in zip(starts, parts, strict=False))
        passages.append(Passage(key, key, section, None, text, at, at + len(text), sentences=spans))
        texts.append(text)
        at += len(text) + 2
    name = f"report-{number:06d}"
    pairs = pick.sample(source.glossary, min(5, len(source.glossary)))
    return Report(
        name,
        f"{name}.txt",
        hashlib.sha256(name.encode()).hexdigest(),
        "\n\n".join(texts),
        tuple(passages),
        NumberingAudit(size, "1", str(size), share=1.0),
        Metadata(title=f"Report {number}", publisher="Made"),
        tuple(Abbreviation(short, long, "1") for short, long in pairs),
    )


def changed(source: real, pick: random.Random) -> str:
    words = pick.choice(source.sentences).split()
    words[pick.randrange(len(words))] = pick.choice(source.words)
    return " ".join(words)


def build(work: Path, paragraphs: int) -> dict[str, Any]:
    source = real()
    began = time.perf_counter()
    store = build_store(work / "store", made(source, paragraphs), Recombining(work))
    seconds = time.perf_counter() - began
    about = store.manifest["vectors"]
    size = sum(entry["bytes"] for entry in store.manifest["files"].values())
    return {
        "vectors": about["passages"]["rows"] + about["sentences"]["rows"],
        "build s": round(seconds),
        "build peak MB": peak(),
        "store MB": size >> 20,
        "index": {name: about[name] for name in about},
    }


def ask(work: Path, paragraphs: int) -> dict[str, Any]:
    began = time.perf_counter()
    store = open_store(work / "store")
    opened = time.perf_counter() - began
    known = Asked(work)
    texts = (questions() * (1 + (WARM + ASKED) // len(questions())))[: WARM + ASKED]
    found: dict[str, Any] = {"open s": round(opened, 3), "open MB": resident()}
    began = time.perf_counter()
    search(store, known, texts[0])
    found["first search ms"] = round((time.perf_counter() - began) * 1000, 1)
    found["search ms"] = timed(lambda text: search(store, known, text), texts)
    one = store.reports[len(store.reports) // 2]
    section = next(p.section[-1] for p in one.passages if p.section)
    found["in a report ms"] = timed(lambda text: search(store, known, text, one.id), texts)
    found["in sections ms"] = timed(
        lambda text: search(store, known, text, section=section), texts[: 2 * WARM]
    )
    encoder = load_encoder()
    found["search, encoded, ms"] = timed(lambda text: search(store, encoder, text), texts[:150])
    found["ask ms"] = timed(lambda text: answer(store, encoder, text), texts[:150])
    found["resident MB"] = resident()
    return found


def recall(work: Path, paragraphs: int) -> dict[str, Any]:
    store = open_store(work / "store")
    asked: Rows = np.load(work / "questions.npy")
    return {
        "recall, questions": {
            "passages": recalled(store.passage_vectors, asked),
            "sentences": recalled(store.sentence_vectors, asked),
        }
    }


def recalled(index: VectorIndex, asked: Rows) -> float:
    """The share of the exact ten nearest rows that are fetched."""
    exact = ivf.nearest(index.stored, asked, 10)
    found = [index.search(query, ivf.FETCHED)[0] for query in asked]
    shares = [np.isin(near, rows).mean() for near, rows in zip(exact, found, strict=True)]
    return round(float(np.mean(shares)), 4)


def add(work: Path, paragraphs: int) -> dict[str, Any]:
    store = open_store(work / "store")
    fresh = made_report(real(), 10**6, A_REPORT)
    began = time.perf_counter()
    update_store(store, [fresh], Recombining(work))
    return {"add s": round(time.perf_counter() - began, 1), "add peak MB": peak()}


def remove(work: Path, paragraphs: int) -> dict[str, Any]:
    store = open_store(work / "store")
    began = time.perf_counter()
    update_store(store, [], Recombining(work), gone=["report-000000"])
    return {"remove s": round(time.perf_counter() - began, 1), "remove peak MB": peak()}


STEPS = {"build": build, "ask": ask, "recall": recall, "add": add, "remove": remove}


def timed(call: Any, texts: list[str]) -> list[float]:
    """Milliseconds of each call after the first ones: p50, p95, p99."""
    spent = []
    for text in texts:
        began = time.perf_counter()
        call(text)
        spent.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(spent[WARM:], n=100)
    return [round(cuts[at], 1) for at in (49, 94, 98)]


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def resident() -> int:
    """MB of this process in memory, mapped files included."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) >> 10


def show(results: list[dict[str, Any]]) -> None:
    names = [name for name in results[-1] if name != "index"]
    print("| |" + "|".join(f"{r['paragraphs']:,}" for r in results) + "|")
    print("|---" * (len(results) + 1) + "|")
    for name in names[1:]:
        cells = (" / ".join(map(str, v)) if isinstance(v := r[name], list) else v for r in results)
        print(f"| {name} |" + "|".join(map(str, cells)) + "|")
    for result in results:
        print(json.dumps(result["index"]))


def plot(results: list[dict[str, Any]], path: Path) -> None:
    """Draw how times and memory grow with the store, both axes logarithmic."""
    from matplotlib import pyplot

    sizes = [result["paragraphs"] for result in results]
    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for name, at in (("median", 0), ("99th percentile", 2)):
        times.plot(sizes, [result["search ms"][at] for result in results], "o-", label=name)
    times.plot(sizes, [1000 * result["open s"] for result in results], "s--", label="opening")
    times.set(title="A search, its question embedded before", ylabel="milliseconds")
    memory.plot(sizes, [result["resident MB"] for result in results], "o-", label="while asked")
    memory.plot(sizes, [result["build peak MB"] for result in results], "s--", label="while built")
    memory.plot(sizes, [result["store MB"] for result in results], "^:", label="store on disk")
    memory.set(title="Memory and disk", ylabel="MB")
    for axes in (times, memory):
        axes.set(xscale="log", yscale="log", xlabel="paragraphs")
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path)


if __name__ == "__main__":
    main()
