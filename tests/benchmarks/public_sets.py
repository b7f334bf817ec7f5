"""nDCG@10 on Cranfield and CISI: the shipped ranking beside its dense and its BM25 part alone.

    python tests/benchmarks/public_sets.py ../shared/benchmarks [MODEL]

An abstract is a passage. Neither set was trained or tuned on.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from indexer.encoders import DEFAULT_MODEL, load_encoder
from indexer.encoders.base import Encoder
from indexer.encoders.remembering import RememberingEncoder
from indexer.store import build_store
from search_api.ask.question.query import make_query
from search_api.ask.ranking import rank
from search_api.ask.tuned import Weights, shipped
from search_api.evaluation.measures import ndcg
from search_api.training.data import Document, Paragraph, report_of

LONGEST = 2_000


def main() -> None:
    folder = Path(sys.argv[1])
    model = sys.argv[2] if len(sys.argv) > 2 else DEFAULT_MODEL
    encoder = load_encoder(model)
    rankings = {
        "shipped": shipped(model).ranking,
        "dense": Weights(passage=1, sentence=0, bm25=0, unnumbered=0),
        "BM25": Weights(passage=0, sentence=0, bm25=1, unnumbered=0),
    }
    print("| set | queries | " + " | ".join(rankings) + " |\n|---|---|---|---|---|")
    for name in ("cranfield", "cisi"):
        figures = measure(folder / name, encoder, rankings)
        count = len(next(iter(figures.values())))
        means = " | ".join(f"{np.mean(values):.3f}" for values in figures.values())
        print(f"| {name} | {count} | {means} |", flush=True)


def measure(folder: Path, encoder: Encoder, rankings: dict[str, Weights]) -> dict[str, list[float]]:
    """nDCG@10 of each query under each ranking."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            grades[query][document] = int(grade)
    queries = {item["_id"]: item["text"] for item in lines(folder / "queries.jsonl")}
    figures: dict[str, list[float]] = {name: [] for name in rankings}
    with tempfile.TemporaryDirectory() as temporary:
        store = build_store(Path(temporary), [report_of(corpus(folder / "corpus.jsonl"))], encoder)
        remembering = RememberingEncoder(encoder)
        for query, relevant in grades.items():
            asked = make_query(store, queries[query][:LONGEST])
            for name, weights in rankings.items():
                ranked = rank(store, remembering, asked, weights).passages
                found = [relevant.get(store.rows[item.row][1].key, 0) for item in ranked[:10]]
                figures[name].append(ndcg(found, list(relevant.values()), 10))
    return figures


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def corpus(path: Path) -> Document:
    """The abstracts as the paragraphs of one document."""
    texts = {
        item["_id"]: f"{item.get('title', '')} {item['text']}".strip() or "(empty)"
        for item in lines(path)
    }
    return Document(path.parent.name, {key: Paragraph((), text, ()) for key, text in texts.items()})


if __name__ == "__main__":
    main()
