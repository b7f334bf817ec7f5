"""Choose the ranking weights and fit the confidence on the development questions.

    python tests/benchmarks/choose_weights.py [--write]

Prints what was chosen with its cross-validated figures (5 folds, repeated), which are the ones to
report: the figures of the chosen setting on all questions are flattered by the choosing. With
--write it replaces search_api/settings.json.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from indexer.encoder import SentenceEncoder
from indexer.load import load_report
from indexer.store import Store, build_store
from search_api import reader
from search_api.evaluation import (
    GoldQuestion,
    auroc,
    calibration_error,
    find_folded,
    load_gold,
    ndcg,
)
from search_api.retriever import Ranked, Weights, rank

ROOT = Path(__file__).parents[2]
GRID = {
    "passage": (0.3, 0.4, 0.5, 0.6, 0.75, 1.0, 1.25),
    "sentence": (1.0,),
    "bm25": (0.0, 0.005, 0.01, 0.015, 0.02, 0.03),
    "unnumbered": (0.1, 0.2),
}
FOLDS, REPEATS = 5, 20
# Operating point: the lowest threshold at which this share of answerable questions is answered.
COVERAGE = 0.9


def main() -> None:
    questions = load_gold(ROOT / "tests/gold/northumberland-dev.jsonl")
    encoder = SentenceEncoder()
    with tempfile.TemporaryDirectory() as folder:
        report = load_report(ROOT / "seeds/northumberland-2012.txt")
        store = build_store(Path(folder), [report], encoder)
        unit = Weights(1, 1, 1, 0)
        ranked = [rank(store, encoder, question.question, weights=unit) for question in questions]
        weights = choose_ranking(store, questions, ranked)
        ranked = [reweigh(store, items, weights) for items in ranked]
        fitted = fit_confidence(store, questions, ranked)
    settings = {"ranking": {name: getattr(weights, name) for name in GRID}, "confidence": fitted}
    print(json.dumps(settings, indent=2))
    if "--write" in sys.argv:
        path = ROOT / "search_api/settings.json"
        path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def reweigh(store: Store, items: list[Ranked], weights: Weights) -> list[Ranked]:
    """The same candidates under other weights."""
    again = []
    for item in items:
        score = (
            weights.passage * item.passage
            + weights.sentence * item.sentence
            + weights.bm25 * item.bm25
            - (weights.unnumbered if store.rows[item.row][1].number is None else 0)
        )
        again.append(
            Ranked(item.row, score, item.passage, item.sentence, item.bm25, item.sentences)
        )
    return sorted(again, key=lambda item: (-item.score, item.row))


def choose_ranking(
    store: Store, questions: list[GoldQuestion], ranked: list[list[Ranked]]
) -> Weights:
    """The grid's best by nDCG@10, and what choosing so yields on questions not chosen on."""
    asked = [i for i, question in enumerate(questions) if question.answerable]
    grid = [
        Weights(**dict(zip(GRID, point, strict=True)))
        for point in itertools.product(*GRID.values())
    ]
    table = np.array(
        [[ndcg_of(store, questions[i], reweigh(store, ranked[i], w)) for i in asked] for w in grid]
    )
    held_out = []
    rng = np.random.default_rng(0)
    for _ in range(REPEATS):
        order = rng.permutation(len(asked))
        for fold in range(FOLDS):
            test = order[fold::FOLDS]
            train = np.setdiff1d(order, test)
            held_out.append(table[table[:, train].mean(1).argmax(), test].mean())
    best = int(table.mean(1).argmax())
    print(
        f"ranking: nDCG@10 {np.mean(held_out):.3f} cross-validated, "
        f"{table[best].mean():.3f} chosen on all"
    )
    return grid[best]


def ndcg_of(store: Store, question: GoldQuestion, items: list[Ranked]) -> float:
    grades = [question.relevant.get(store.rows[item.row][1].key, 0) for item in items]
    return ndcg(grades, list(question.relevant.values()), 10)


def fit_confidence(
    store: Store, questions: list[GoldQuestion], ranked: list[list[Ranked]]
) -> dict[str, object]:
    """A logistic fit of "the first quote overlaps a gold quote", with out-of-fold figures."""
    features = np.array(
        [
            reader.signals(store, q.question, items)
            for q, items in zip(questions, ranked, strict=True)
        ]
    )
    right = np.array(
        [first_quote_hits(store, q, items) for q, items in zip(questions, ranked, strict=True)]
    )
    answerable = np.array([question.answerable for question in questions])
    sure = np.zeros(len(questions))
    rng = np.random.default_rng(0)
    for _ in range(REPEATS):
        order = rng.permutation(len(questions))
        for fold in range(FOLDS):
            test = order[fold::FOLDS]
            train = np.setdiff1d(order, test)
            model = LogisticRegression(C=10).fit(features[train], right[train])
            sure[test] += model.predict_proba(features[test])[:, 1] / REPEATS
    limit = float(np.quantile(sure[answerable], 1 - COVERAGE))
    print(
        f"quote hit {right[answerable].mean():.3f}; confidence, out of fold: "
        f"AUROC {auroc(sure[answerable].tolist(), sure[~answerable].tolist()):.3f}, "
        f"ECE {calibration_error(list(zip(sure.tolist(), right.tolist(), strict=True))):.3f}, "
        f"refused at coverage {COVERAGE:.0%}: {(sure[~answerable] < limit).mean():.3f}"
    )
    model = LogisticRegression(C=10).fit(features, right)
    return {
        "weights": [round(float(weight), 4) for weight in model.coef_[0]],
        "bias": round(float(model.intercept_[0]), 4),
        "threshold": round(limit, 3),
    }


def first_quote_hits(store: Store, question: GoldQuestion, items: list[Ranked]) -> bool:
    spans = reader.choose_quotes(store, items)
    if not spans:
        return False
    passage = store.rows[spans[0].row][1]
    gold = [find_folded(passage.text, text) for text in question.quotes.get(passage.key, [])]
    return any(start < spans[0].end and spans[0].start < end for start, end in gold)


if __name__ == "__main__":
    main()
