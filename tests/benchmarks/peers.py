"""How fast and how heavy Pilcrow is beside others that search the same passages.

    python tests/benchmarks/peers.py [--rounds N] [--questions N] [--write]

Makes an environment of its own for the peers (tests/benchmarks/peers.txt), indexes the seed with
every system, and asks all of them the development questions, in turn, a round after another, so
that what else the machine does weighs on all alike. Prints a Markdown table, `--write` puts it
between `<!-- peers -->` and `<!-- /peers -->` in tests/benchmarks/README.md. The peers and "MiniLM" run the same
weights of all-MiniLM-L6-v2; plain "pilcrow" is the shipped encoder, eight times as large.

cold     a new process answers one question from its stored embeddings: median seconds, and its
         highest memory
warm     milliseconds a question in a process that has loaded everything
index    tokens a second of encoding the seed's passages and sentences, and what share that is of
         the arithmetic limit: float32 matrix products of numpy on all processors
served   searches a second over HTTP from 1, 8 and 32 clients on the same machine
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from indexer.encoders.sentence_transformer import embedded_folder  # noqa: E402
from indexer.load import load_report  # noqa: E402
from indexer.sentences import with_sentences  # noqa: E402
from indexer.store import embedded_text, sentence_texts  # noqa: E402

PILCROWS = ("pilcrow ask", "pilcrow search", "pilcrow ask, MiniLM", "pilcrow search, MiniLM")
PEERS = ("sentence-transformers", "txtai", "haystack", "chroma")
ENCODERS = ("pilcrow search", "pilcrow search, MiniLM", "sentence-transformers")
# Operations a token takes in the matrices of the layers: 2 x layers x 12 x width squared.
WORK = dict.fromkeys(ENCODERS, 2 * 6 * 12 * 384**2) | {"pilcrow search": 2 * 12 * 12 * 768**2}
CLIENTS = (1, 8, 32)
QUIET = {
    **os.environ,
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "true",
}
MARKS = ("<!-- peers -->", "<!-- /peers -->")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--questions", type=int, default=110)
    options.add_argument(
        "--write", action="store_true", help="put the table into tests/benchmarks/README.md"
    )
    options.add_argument(
        "--venv", type=Path, default=Path(tempfile.gettempdir()) / "pilcrow-peers-venv"
    )
    chosen = options.parse_args()
    python = peers_python(chosen.venv)
    report = with_sentences(load_report(ROOT / "seeds" / "northumberland-2012.txt"))
    passages = [embedded_text(passage) for passage in report.passages]
    sentences = [text for passage in report.passages for text in sentence_texts(passage)]
    texts = list(dict.fromkeys([*passages, *sentences]))
    gold = ROOT / "tests" / "gold" / "northumberland-dev.jsonl"
    lines = gold.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][: chosen.questions]
    pythons = dict.fromkeys(PILCROWS, sys.executable) | dict.fromkeys(PEERS, str(python))

    with tempfile.TemporaryDirectory() as made:
        folders = {
            name: Path(made) / name.replace(" ask", "").replace(" search", "") for name in pythons
        }
        for name, folder in folders.items():
            if not folder.exists():
                folder.mkdir()
                print(f"indexing: {name}", file=sys.stderr)
                run(pythons[name], name, "index", folder, passages)
        cold, memory, warm = defaultdict(list), defaultdict(list), defaultdict(list)
        encoding = defaultdict(list)
        for turn in range(chosen.rounds):
            print(f"round {turn + 1} of {chosen.rounds}", file=sys.stderr)
            for name, folder in folders.items():
                taken, most = started(cold_command(pythons[name], name, folder), questions[turn])
                cold[name].append(taken)
                memory[name].append(most)
                # The first question of a process is not a warm one.
                asked = [questions[-1], *questions]
                warm[name] += run(pythons[name], name, "ask", folder, asked)[1:]
            for name in ENCODERS:
                encoding[name].append(run(pythons[name], name, "encode", folders[name], texts))
        count, limit = tokens(texts), operations()
        served = {
            name: throughput(folders[name] / "store", questions)
            for name in ("pilcrow search", "pilcrow search, MiniLM")
        }
        rows = []
        for name, folder in folders.items():
            hundredths = quantiles(warm[name], n=100)
            rate = ""
            if name in ENCODERS:
                speed = count / median(encoding[name])
                rate = f"{speed:,.0f} ({speed * WORK[name] / limit:.0%})"
            rows.append(
                [
                    name,
                    f"{median(cold[name]):.2f} s",
                    f"{max(memory[name]):.0f} MB",
                    *(f"{hundredths[at]:.1f}" for at in (49, 94, 98)),
                    f"{size(folder) / 1e6:.1f} MB",
                    rate,
                    " / ".join(f"{found:.0f}" for found in served.get(name, ())),
                ]
            )
    found = table(rows, median(cold["sentence-transformers"]) / median(cold["pilcrow ask"]))
    print(found)
    if chosen.write:
        write(ROOT / "tests" / "benchmarks" / "README.md", found)


def peers_python(venv: Path) -> Path:
    """The interpreter of the peers' environment, made and filled if it is not there."""
    python = venv / "bin" / "python"
    listed = HERE / "peers.txt"
    done = venv / "installed.txt"
    if not done.exists() or done.read_text() != listed.read_text():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", listed], check=True)
        done.write_text(listed.read_text())
    return python


def command(python: str, name: str, verb: str, folder: Path) -> list[str]:
    return [python, str(HERE / "peer_runs.py"), name, verb, str(folder)]


def cold_command(python: str, name: str, folder: Path) -> list[str]:
    if name not in PILCROWS:
        return command(python, name, "ask", folder)
    verb = "ask" if name.startswith("pilcrow ask") else "search"
    return [str(Path(python).parent / "pilcrow"), verb, "--store", str(folder / "store")]


def run(python: str, name: str, verb: str, folder: Path, given: list[str]) -> Any:
    """What a system prints for a verb, as read from JSON."""
    done = subprocess.run(
        command(python, name, verb, folder),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        env=QUIET,
    )
    if done.returncode:
        raise SystemExit(f"{name} {verb} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def started(words: list[str], question: str) -> tuple[float, float]:
    """Seconds and highest memory in MB of a new process that answers one question."""
    ours = words[1] in ("ask", "search")
    began = time.perf_counter()
    process = subprocess.Popen(
        [*words, question] if ours else words,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=QUIET,
    )
    assert process.stdin is not None
    process.stdin.write(b"" if ours else json.dumps([question]).encode())
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return taken, used.ru_maxrss / 1e3


def tokens(texts: list[str]) -> int:
    """Tokens of the texts; both encoders have the same words."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(embedded_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    return sum(len(item.ids) for item in tokenizer.encode_batch(texts))


def operations() -> float:
    """Operations a second of a product of large float32 matrices."""
    import numpy as np

    size, taken = 2_048, []
    square = np.random.default_rng(0).standard_normal((size, size), np.float32)
    for _ in range(10):
        began = time.perf_counter()
        square @ square
        taken.append(time.perf_counter() - began)
    return 2 * size**3 / min(taken)


@contextmanager
def serving(store: Path) -> Iterator[int]:
    """The port of a server over a store."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [str(Path(sys.executable).parent / "pilcrow"), "serve", "--port", str(port)]
    server = subprocess.Popen([*words, "--store", str(store)], stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def throughput(store: Path, questions: list[str]) -> list[float]:
    """Searches a second that a server answers to so many CLIENTS at once."""

    def client(port: int, asked: list[str]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for question in asked:
            line.request("GET", f"/api/v1/search?q={quote(question)}")
            reply = line.getresponse()
            reply.read()
            assert reply.status == 200
        line.close()

    found = []
    with serving(store) as port:
        client(port, questions[:2])
        for clients in CLIENTS:
            shares = [questions[place::clients] for place in range(clients)]
            began = time.perf_counter()
            with ThreadPoolExecutor(clients) as pool:
                list(pool.map(client, [port] * clients, shares))
            found.append(sum(map(len, shares)) / (time.perf_counter() - began))
    return found


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def table(rows: list[list[str]], ratio: float) -> str:
    """The rows as a Markdown table, and how much sooner a cold answer comes."""
    heads = [
        "system",
        "cold",
        "memory",
        "warm p50, ms",
        "p95",
        "p99",
        "store",
        "index, tokens/s (share)",
    ]
    lines = [[*heads, f"served/s, {' / '.join(map(str, CLIENTS))}"], ["---"] * (len(heads) + 1)]
    drawn = "\n".join(f"| {' | '.join(line)} |" for line in [*lines, *rows])
    return (
        f"{drawn}\n\nA cold `pilcrow ask` comes {ratio:.1f} times sooner than a cold search of "
        "sentence-transformers."
    )


def write(path: Path, found: str) -> None:
    """Put the table between its marks in a file."""
    text = path.read_text(encoding="utf-8")
    before, opening, rest = text.partition(MARKS[0])
    _, closing, after = rest.partition(MARKS[1])
    if not opening or not closing:
        raise SystemExit(f"{path.name} lacks {MARKS[0]} and {MARKS[1]}; put both in")
    path.write_text(f"{before}{MARKS[0]}\n{found}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
