"""Choose the shipped settings.

`python -m search_api.training.choose_settings --data ... --folds FOLDER`

FOLDER holds encoders that `search_api.training.train --hold-out` trained, each without some of the
reports; a report's questions are asked with an encoder that has not seen it. Prints, a report a
line, what the ranking and the probe chosen on the other reports yield, beside the untuned small
model. The confidence is then calibrated on the development questions, which no encoder was trained
on.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from indexer.encoders import DEFAULT_MODEL, load_encoder
from indexer.encoders.base import Encoder, Rows
from indexer.encoders.onnx import OnnxEncoder
from indexer.encoders.sentence_transformer import SMALL_MODEL, SentenceEncoder
from indexer.load import load_report
from indexer.store import build_store
from search_api.ask.confidence import PROBE, SIGNALS
from search_api.ask.tuned import OTHER_MODELS, Confidence, Settings, Weights, settings_json, shipped
from search_api.evaluation import GoldQuestion, auroc, calibration_error, load_gold
from search_api.evaluation.bench import Bench, ask, values
from search_api.evaluation.calibrate import Flags, Floats, fit, logistic
from search_api.evaluation.gold import OFF_TOPIC
from search_api.evaluation.run import RememberingEncoder
from search_api.training.data import Document, load_documents, report_of
from search_api.training.train import OWN_QUESTIONS, ROOT

HELD_OUT = "held-out.json"
SEED = ROOT / "seeds" / "northumberland-2012.txt"
DEVELOPMENT = ROOT / "tests" / "gold" / "northumberland-dev.jsonl"
FOLDS, REPEATS = 5, 20
# Operating point: the share of answerable questions that are answered, out of fold.
COVERAGE = 0.92
FREE = Confidence((0.0,) * len(SIGNALS), 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """A report's questions under every ranking; `given` marks those of the data folder."""

    name: str
    bench: Bench
    given: Flags

    @property
    def vectors(self) -> Rows:
        """The vectors of the questions, shape (questions, dim)."""
        return _vectors(self.bench)


def main() -> None:
    """Read the arguments, choose and print; with --write, replace settings.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds reports/")
    parser.add_argument("--folds", type=Path, required=True, help="folder of held-out encoders")
    parser.add_argument("--write", action="store_true", help="replace the shipped settings")
    given = parser.parse_args()
    reports = given.data / "reports"
    documents = load_documents([reports, OWN_QUESTIONS])
    asked = {(d.name, q.text) for d in load_documents([reports]) for q in d.questions}
    whose = {name for name, _ in asked}
    small = list(_measure(documents, {name: SentenceEncoder() for name in whose}, asked))
    tuned = list(_measure(documents, _held_out(given.folds), asked))
    print(_table(small, tuned))
    found = {}
    for name, encoder, measured in (
        (DEFAULT_MODEL, load_encoder(), tuned),
        (OTHER_MODELS, SentenceEncoder(), small),
    ):
        ranking = choose(measured)
        probe = probe_of(measured) if name == DEFAULT_MODEL else None
        found[name] = settings_json(Settings(ranking, calibrate(ranking, encoder, probe)))
        if given.write and probe is not None:
            np.save(PROBE, probe, allow_pickle=False)
    print(json.dumps(found, indent=2))
    if given.write:
        path = Path(str(files("search_api.ask") / "settings.json"))
        path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _held_out(folds: Path) -> dict[str, Encoder]:
    """For each report an encoder that was trained without it."""
    found: dict[str, Encoder] = {}
    for listed in sorted(folds.glob(f"*/{HELD_OUT}")):
        encoder = OnnxEncoder(listed.parent.name, listed.parent / "model")
        for name in json.loads(listed.read_text(encoding="utf-8")):
            found.setdefault(name, encoder)
    return found


def _measure(
    documents: Sequence[Document], encoders: dict[str, Encoder], given: set[tuple[str, str]]
) -> Iterator[Measured]:
    start = shipped(SMALL_MODEL).ranking
    for document in documents:
        encoder = encoders.get(document.name)
        if encoder is None or not document.questions:
            continue
        with tempfile.TemporaryDirectory() as folder:
            store = build_store(Path(folder), [report_of(document)], encoder)
            remembering = RememberingEncoder(encoder)
            gold = [
                GoldQuestion(
                    id=f"{document.name}-{place}",
                    question=question.text,
                    answerable=bool(question.relevant),
                    relevant=question.relevant,
                    quotes={key: list(quotes) for key, quotes in question.quotes.items()},
                )
                for place, question in enumerate(document.questions)
            ]
            bench = Bench(store, [ask(store, remembering, g, None, start) for g in gold], start)
            flags = np.array([(document.name, q.text) in given for q in document.questions])
            print(f"measured {document.name}", flush=True)
            yield Measured(document.name, bench, flags)


def _vectors(bench: Bench) -> Rows:
    return np.stack([item.question for item in bench.asked])


def choose(measured: Sequence[Measured]) -> Weights:
    """The ranking with the best mean nDCG@10 over the reports."""
    found = values(measured[0].bench.grid[_best(measured)]).tolist()
    return Weights(*(round(value, 6) for value in found))


def _best(measured: Sequence[Measured]) -> int:
    tables = [m.bench.ndcg[:, m.bench.answerable].mean(1) for m in measured]
    return int(np.mean(tables, axis=0).argmax())


def probe_of(measured: Sequence[Measured]) -> Rows:
    """Whether such questions are answered: a weight for each dimension of a vector, and a bias.

    Logistic regression of the vectors of all questions on whether their report answers them.
    """
    vectors = np.concatenate([m.vectors for m in measured])
    answerable = np.concatenate([m.bench.answerable for m in measured])
    start = Confidence((0.0,) * vectors.shape[1], 0.0, 0.0)
    weights, bias = fit(vectors.astype(np.float64), answerable, start)
    return np.array([*weights, bias], np.float32)


def _probed(score: Floats, vectors: Rows, probe: Rows | None) -> Floats:
    """The signals of the confidence, a row a question, by a probe; None: every one as likely."""
    logits = np.zeros(len(score)) if probe is None else vectors @ probe[:-1] + probe[-1]
    return np.column_stack([score, logistic(logits)])


def calibrate(ranking: Weights, encoder: Encoder, probe: Rows | None) -> Confidence:
    """The confidence on the development questions, and the threshold at the operating point.

    Prints the figures out of fold (5 folds, repeated), which are the ones to report.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = build_store(Path(folder), [load_report(SEED)], encoder)
        remembering = RememberingEncoder(encoder)
        gold = load_gold(DEVELOPMENT)
        bench = Bench(store, [ask(store, remembering, g, None, ranking) for g in gold], ranking)
        signals, right = bench.judged(0)
        signals = _probed(signals[:, 0], _vectors(bench), probe)
    rng = np.random.default_rng(0)
    sures, limits = [], []
    for _ in range(REPEATS):
        order, sure = rng.permutation(len(gold)), np.zeros(len(gold))
        for fold in range(FOLDS):
            test = order[fold::FOLDS]
            train = np.setdiff1d(order, test)
            weights, bias = fit(signals[train], right[train], FREE)
            sure[test] = logistic(signals[test] @ weights + bias)
        sures.append(sure)
        limits.append(float(np.quantile(sure[bench.answerable], 1 - COVERAGE)))
    threshold = float(np.mean(limits))
    off_topic = np.array([g.kind == OFF_TOPIC for g in gold])
    near = ~bench.answerable & ~off_topic
    figures = {
        "AUROC": np.mean(
            [auroc(s[bench.answerable].tolist(), s[~bench.answerable].tolist()) for s in sures]
        ),
        "ECE": np.mean(
            [calibration_error(list(zip(s.tolist(), right.tolist(), strict=True))) for s in sures]
        ),
        "coverage": np.mean([(s >= threshold)[bench.answerable] for s in sures]),
        "near misses refused": np.mean([(s < threshold)[near] for s in sures]),
        "off topic refused": np.mean([(s < threshold)[off_topic] for s in sures]),
    }
    said = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"{encoder.name} on the development questions, out of fold: {said}")
    weights, bias = fit(signals, right, FREE)
    return Confidence(
        tuple(round(w, 4) for w in weights.tolist()), round(bias, 4), round(threshold, 4)
    )


def _signals(measured: Measured, place: int, probe: Rows) -> Floats:
    return _probed(measured.bench.judged(place)[0][:, 0], measured.vectors, probe)


def _table(small: Sequence[Measured], tuned: Sequence[Measured]) -> str:
    """Leave one report out: each line's ranking and confidence are chosen on the other reports."""
    lines = ["| report | R@1 | untuned | nDCG@10 | untuned | AUROC |", "|---" * 6 + "|"]
    rows = []
    for held in tuned:
        if not held.given.any():
            continue
        others = [m for m in tuned if m is not held]
        place = _best(others)
        # The probe that judges a report's questions saw neither them nor the held report's.
        signals = [_signals(m, place, probe_of([o for o in others if o is not m])) for m in others]
        rights = [m.bench.judged(place)[1] for m in others]
        weights, _ = fit(np.concatenate(signals), np.concatenate(rights), FREE)
        sure = (_signals(held, place, probe_of(others)) @ weights)[held.given]
        asked = held.bench.answerable[held.given]
        base = next(m for m in small if m.name == held.name).bench
        only = held.bench.answerable & held.given
        found = [
            held.bench.recall[place, only].mean(),
            base.recall[0, only].mean(),
            held.bench.ndcg[place, only].mean(),
            base.ndcg[0, only].mean(),
            auroc(sure[asked].tolist(), sure[~asked].tolist()),
        ]
        rows.append(found)
        lines.append(f"| {held.name} | " + " | ".join(f"{value:.3f}" for value in found) + " |")
    if rows:
        means = np.array(rows, np.float64).mean(0)
        lines.append("| mean | " + " | ".join(f"{value:.3f}" for value in means) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
