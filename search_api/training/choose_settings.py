"""Choose the shipped settings: `python -m search_api.training.choose_settings --data ../shared`.

Ranking weights are chosen on reports that the encoder was not tuned on, `HELD_OUT`. The confidence
is fitted on evidence that cannot be told by the form of a question: twins, of which a report
answers one, and questions asked with and without the paragraphs that answer them, of the reports
held out and of the development set, as many answered as not. Each set's figures are of a confidence
fitted on the other reports.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from indexer.encoders import DEFAULT_MODEL, load_encoder
from indexer.encoders.base import Encoder
from indexer.encoders.remembering import RememberingEncoder
from indexer.load import load_report
from indexer.report import Report
from indexer.store import build_store
from indexer.store.index import Engine
from search_api.ask.question.query import make_query
from search_api.ask.ranking import rank
from search_api.ask.reading.confidence import SIGNALS, signals
from search_api.ask.reading.quotes import choose_quotes
from search_api.ask.reading.reader import read_best
from search_api.ask.tuned import (
    WITHOUT_TOKENS,
    Confidence,
    Settings,
    Weights,
    settings_json,
    shipped,
)
from search_api.evaluation.bench import Bench, ask, values
from search_api.evaluation.calibrate import Flags, Floats, fit, logistic
from search_api.evaluation.gold import GoldQuestion, answers, load_gold, overlaps_gold
from search_api.evaluation.measures import auroc, calibration_error
from search_api.training.data import HELD_OUT, Document, load_documents, report_of
from search_api.training.train import OWN_QUESTIONS, ROOT

SEED = ROOT / "seeds" / "northumberland-2012.txt"
GOLD = ROOT / "tests" / "gold"
DEVELOPMENT = ("northumberland-dev", "northumberland-dev-twins", "northumberland-dev-twins-lay")
FREE = Confidence((0.0,) * len(SIGNALS), 0.0, 0.0)
# Operating point: the share of answerable questions that are answered, in the mean of the sets.
COVERAGE = 0.88
# Questions of a report that is held out, at most, of each kind.
MOST = 150


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a set of questions found: signals, and whether the first quote answers.

    `answerable` is False for twins that are not answered and questions whose answer was left out.
    """

    report: str
    name: str
    signals: Floats
    right: Flags
    answerable: Flags


def main() -> None:
    """Read the arguments, choose and print; with --write, replace settings.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds training/")
    parser.add_argument("--write", action="store_true", help="replace the shipped settings")
    given = parser.parse_args()
    encoder = RememberingEncoder(load_encoder())
    start = shipped(DEFAULT_MODEL).ranking
    training = given.data / "training"
    folders = [training / "reports", OWN_QUESTIONS]
    documents = [d for d in load_documents(folders) if d.name in HELD_OUT]
    twins = {d.name: twins_of(training, d) for d in documents}
    ranking = _ranking(encoder, documents, start)
    print("ranking", ranking, flush=True)
    rankings = {DEFAULT_MODEL: ranking, WITHOUT_TOKENS: shipped(WITHOUT_TOKENS).ranking}
    found = list(_evidence(encoder, documents, twins, rankings))
    path = Path(str(files("search_api.ask") / "settings.json"))
    known = json.loads(path.read_text(encoding="utf-8"))
    for name, weights in rankings.items():
        mine = [evidence for fitted_for, evidence in found if fitted_for == name]
        print(f"\n{name}\n{table(mine)}")
        known[name] = settings_json(Settings(weights, calibrated(mine)))
        print(json.dumps(known[name], indent=2))
    if given.write:
        path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def twins_of(training: Path, document: Document) -> list[GoldQuestion]:
    """The twins over a report, given or the project's own."""
    places = [folder / "twins" / f"{document.name}.jsonl" for folder in (training, OWN_QUESTIONS)]
    return [gold for place in places if place.exists() for gold in load_gold(place)]


def _ranking(encoder: Encoder, documents: Sequence[Document], start: Weights) -> Weights:
    """The ranking with the best mean nDCG@10 over the reports held out."""
    grid: list[Weights] = []
    gains = []
    for document in documents:
        with _stored(encoder, report_of(document)) as store:
            asked = [ask(store, encoder, gold, None, start) for gold in _gold(document)]
            bench = Bench(store, encoder, asked, start)
            grid, chosen = bench.grid, bench.answerable
            gains.append(bench.ndcg[:, chosen].mean(1))
    best = values(grid[int(np.mean(gains, axis=0).argmax())]).tolist()
    return Weights(*(round(value, 6) for value in best))


def _evidence(
    encoder: Encoder,
    documents: Sequence[Document],
    twins: dict[str, list[GoldQuestion]],
    rankings: dict[str, Weights],
) -> Iterator[tuple[str, Evidence]]:
    """Each set's evidence under each ranking, by its name."""
    for document in documents:
        with _stored(encoder, report_of(document)) as store:
            sets = {"twins": twins[document.name], "with and without": _gold(document)}
            for name, gold in sets.items():
                for fitted_for, weights in rankings.items():
                    yield (
                        fitted_for,
                        measured(store, encoder, document.name, name, gold, weights),
                    )
    with _stored(encoder, load_report(SEED)) as store:
        for name in DEVELOPMENT:
            gold = load_gold(GOLD / f"{name}.jsonl")
            for fitted_for, weights in rankings.items():
                yield fitted_for, measured(store, encoder, SEED.stem, name, gold, weights)


def measured(
    store: Engine,
    encoder: Encoder,
    report: str,
    name: str,
    questions: Sequence[GoldQuestion],
    ranking: Weights,
) -> Evidence:
    """Ask questions: twins as they are, others with and without what answers them."""
    rows = []
    for gold in questions:
        without = [frozenset(gold.relevant)] if gold.answerable and gold.pair is None else []
        for left_out in (frozenset[str](), *without):
            query = make_query(store, gold.question, leaving_out=left_out)
            found = rank(store, encoder, query, ranking)
            spans = choose_quotes(store, query.text, found.passages)
            right = False
            if spans and not left_out:
                passage = store.rows[spans[0].row][1]
                span = (spans[0].start, spans[0].end)
                hit = overlaps_gold(gold, passage.key, passage.text, *span)
                right = answers(gold, passage.key, hit)
            read = read_best(store, encoder, query.text, found.passages[0])
            rows.append((signals(found, read), right, gold.answerable and not left_out))
    return Evidence(report, name, *(np.array(column) for column in zip(*rows, strict=True)))


def calibrated(found: Sequence[Evidence]) -> Confidence:
    """The confidence fitted on all evidence, and its threshold."""
    weights, bias = _fitted(found)
    thresholds = [
        np.quantile(logistic(e.signals[e.answerable] @ weights + bias), 1 - COVERAGE) for e in found
    ]
    return Confidence(
        tuple(round(weight, 4) for weight in weights.tolist()),
        round(bias, 4),
        round(float(np.mean(thresholds)), 4),
    )


def _fitted(found: Sequence[Evidence]) -> tuple[Floats, float]:
    """Fitted on as many answerable as unanswerable of each set."""
    rng = np.random.default_rng(0)
    rows, rights = [], []
    for evidence in found:
        yes, no = np.flatnonzero(evidence.answerable), np.flatnonzero(~evidence.answerable)
        few = min(len(yes), len(no))
        chosen = np.concatenate([rng.permutation(yes)[:few], rng.permutation(no)[:few]])
        rows.append(evidence.signals[chosen])
        rights.append(evidence.right[chosen])
    return fit(np.concatenate(rows), np.concatenate(rights), FREE)


def table(found: Sequence[Evidence]) -> str:
    """Each set's figures by a confidence fitted on the other reports."""
    lines = ["| report | set | questions | AUROC | answered | refused | ECE |", "|---" * 7 + "|"]
    for evidence in found:
        others = [other for other in found if other.report != evidence.report]
        confidence = calibrated(others)
        weights = np.array(confidence.weights)
        sure = logistic(evidence.signals @ weights + confidence.bias)
        yes = evidence.answerable
        figures = (
            auroc(sure[yes].tolist(), sure[~yes].tolist()) or 0.0,
            float((sure[yes] >= confidence.threshold).mean()),
            float((sure[~yes] < confidence.threshold).mean()),
            calibration_error(list(zip(sure.tolist(), evidence.right.tolist(), strict=True)))
            or 0.0,
        )
        said = " | ".join(f"{value:.3f}" for value in figures)
        lines.append(f"| {evidence.report} | {evidence.name} | {len(yes)} | {said} |")
    return "\n".join(lines)


def _gold(document: Document) -> list[GoldQuestion]:
    """A report's questions, evenly drawn."""
    step = max(1, len(document.questions) // MOST)
    return [
        GoldQuestion(
            id=f"{document.name}-{place}",
            question=question.text,
            answerable=bool(question.relevant),
            relevant=question.relevant,
            quotes={key: list(quotes) for key, quotes in question.quotes.items()},
        )
        for place, question in enumerate(document.questions[::step])
    ]


@contextmanager
def _stored(encoder: Encoder, report: Report) -> Iterator[Engine]:
    """A store of one report, which goes when it is left."""
    with tempfile.TemporaryDirectory() as folder:
        yield build_store(Path(folder), [report], encoder)


if __name__ == "__main__":
    main()
