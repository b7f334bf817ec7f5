"""Settings of a user's own, fitted to made-up questions over the harbour report."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner, Result

from indexer.errors import PilcrowError, StoreError
from indexer.load import load_report
from indexer.store import build_store, open_store, write_sealed
from search_api import cli
from search_api.ask.answer import answer
from search_api.ask.question.query import make_query
from search_api.ask.ranking import rank
from search_api.ask.receipt import check_receipt
from search_api.ask.tuned import READER, TUNED, Confidence, settings_of, shipped
from search_api.evaluation.bench import ask, values
from search_api.evaluation.calibrate import fit, threshold_for
from search_api.evaluation.gold import GoldQuestion
from search_api.evaluation.measures import measure
from search_api.evaluation.run import run
from search_api.evaluation.tune import tune
from tests.conftest import HARBOUR, LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store


def asked_of(store: Store, others: int = 12, put: str = "{}") -> list[GoldQuestion]:
    """Parts of the report's sentences, and words of letters it hardly has."""
    gold = []
    for _, passage in store.rows:
        for sentence in passage.sentences:
            text = passage.text[sentence.start : sentence.end]
            words = text.split()
            for part in (words[:6], words[1::2]) if len(words) > 3 else ():
                gold.append(
                    GoldQuestion(
                        id=f"a{len(gold)}",
                        question=put.format(" ".join(part)),
                        type="lookup",
                        answerable=True,
                        relevant={passage.key: 2},
                        quotes={passage.key: [text]},
                    )
                )
    letters = random.Random(1)
    return gold + [
        GoldQuestion(
            id=f"u{number}",
            question=" ".join("".join(letters.choices("jkqxz", k=5)) for _ in range(4)),
            type="off-topic",
            answerable=False,
        )
        for number in range(others)
    ]


def write_gold(path: Path, questions: list[GoldQuestion]) -> Path:
    path.write_text("".join(question.model_dump_json() + "\n" for question in questions))
    return path


@pytest.fixture
def pilcrow(
    harbour_store: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    """Runs a verb on the harbour's store, its questions encoded by letters."""
    monkeypatch.setattr(
        "search_api.cli.opening.open_ready", lambda folder: (open_store(folder), letters)
    )
    monkeypatch.setenv("PILCROW_STORE", str(harbour_store.folder))
    return CliRunner()


def tune_verb(pilcrow: CliRunner, *args: str) -> Result:
    return pilcrow.invoke(cli.main, ["tune", *args])


def test_tuned_settings_are_in_use_and_the_receipt_says_so(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    before = answer(harbour_store, letters, "safety drills")
    found = tune(harbour_store, letters, asked_of(harbour_store))

    assert found.changed
    assert found.after["nDCG@10"] > found.before["nDCG@10"]
    assert settings_of(harbour_store) == found.settings != shipped("letters")
    after = answer(harbour_store, letters, "safety drills")
    assert before.receipt.reader == READER
    name, _, mark = after.receipt.reader.partition("+")
    assert (name, len(mark)) == (READER, 8)
    assert int(mark, 16) >= 0
    assert check_receipt(harbour_store, letters, after).confirmed
    differences = check_receipt(harbour_store, letters, before).differences
    assert any(line.startswith("reader: ") for line in differences)


def test_the_figures_before_are_those_that_evaluate_prints(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    # Keywords are answered whatever the confidence, which tuning knows nothing of.
    questions = asked_of(harbour_store, put="Is it so that {}?")
    measures = measure(run(harbour_store, letters, questions), threshold=0)
    found = tune(harbour_store, letters, questions)

    # Answers round the confidence to four places.
    assert found.before == pytest.approx({name: measures[name] for name in found.before}, abs=1e-3)


def test_signals_times_weights_are_the_scores_that_search_gives(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    """Tuning tries rankings without searching again; it may do so while scores are such sums."""
    gold = asked_of(harbour_store)[0]
    weights = shipped("letters").ranking
    asked = ask(harbour_store, letters, gold, None, weights)

    assert asked.signals @ values(weights) == pytest.approx([c.score for c in asked.candidates])
    moved = replace(weights, passage=2.0, unnumbered=0.0)
    again = rank(harbour_store, letters, make_query(harbour_store, gold.question), moved).passages
    scores = {
        c.row: score
        for c, score in zip(asked.candidates, asked.signals @ values(moved), strict=True)
    }
    assert scores == pytest.approx({item.row: item.score for item in again})


def test_tuning_twice_gives_the_same_settings(harbour_store: Store, letters: LetterEncoder) -> None:
    questions = asked_of(harbour_store)
    first, second = (tune(harbour_store, letters, questions) for _ in range(2))

    assert first == second


def test_about_85_percent_of_the_answerable_are_answered(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    questions = asked_of(harbour_store)
    settings = tune(harbour_store, letters, questions).settings

    measures = measure(run(harbour_store, letters, questions, settings=settings), threshold=0)
    # The threshold answers 85% out of fold; on the questions themselves it may be a little less.
    assert measures["coverage"] >= 0.8


def test_settings_that_would_not_be_better_are_not_kept(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    """Every question is of the one paragraph that is first anyway, or is one of these again."""
    asked = [
        gold
        for gold, outcome in zip(
            asked_of(harbour_store, 0),
            run(harbour_store, letters, asked_of(harbour_store, 0)),
            strict=True,
        )
        if outcome.answer.hits[0].key in gold.relevant
    ]
    others = [
        GoldQuestion(id=f"u-{gold.id}", question=gold.question, answerable=False) for gold in asked
    ]
    found = tune(harbour_store, letters, asked + others)

    assert found.before["AUROC"] == pytest.approx(0.5)
    assert not found.changed
    assert "nDCG@10 +0.000" in found.reason
    assert settings_of(harbour_store) == shipped("letters")


@pytest.mark.parametrize(("answerable", "others"), [(29, 10), (30, 9)])
def test_too_few_questions_are_refused_with_what_is_needed(
    harbour_store: Store, letters: LetterEncoder, answerable: int, others: int
) -> None:
    gold = asked_of(harbour_store, others)
    # A question that only points at a paragraph is not one that settings are of use to.
    pointing = gold[0].model_copy(update={"question": "paragraph 4"})
    again = gold[0].model_copy(update={"id": "again"})
    few = [*gold[:answerable], again, pointing, *gold[-others:]]

    says = f"{answerable} answerable and {others} unanswerable .* at least 30 and 10"
    with pytest.raises(PilcrowError, match=says):
        tune(harbour_store, letters, few)


def test_settings_stay_with_a_rebuilt_store_and_are_ignored_under_another_model(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    tuned = tune(harbour_store, letters, asked_of(harbour_store)).settings
    folder, reports = harbour_store.folder, [load_report(HARBOUR)]

    assert settings_of(build_store(folder, reports, letters)) == tuned
    for other in (LetterEncoder("other-name"), LetterEncoder(fingerprint="letters-2")):
        assert settings_of(build_store(folder, reports, other)) == shipped("letters")
    assert settings_of(build_store(folder, reports, letters)) == tuned


def test_settings_fall_with_the_shipped_ones_they_were_compared_to(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    tune(harbour_store, letters, asked_of(harbour_store))
    path = harbour_store.folder / TUNED
    kept = json.loads(path.read_text())
    kept["fitted_for"]["shipped"] = "of an older version"
    write_sealed(path, kept)

    assert settings_of(harbour_store) == shipped("letters")


@pytest.mark.parametrize("spoil", ["{", "[]", '{"fitted_for": 1', "bias", "weights", "ranking"])
def test_damaged_settings_are_named_with_the_fix(
    harbour_store: Store, letters: LetterEncoder, spoil: str
) -> None:
    tune(harbour_store, letters, asked_of(harbour_store))
    path = harbour_store.folder / TUNED
    kept = json.loads(path.read_text())
    spoilt = {
        "bias": {"confidence": {**kept["confidence"], "bias": "high"}},
        "weights": {"confidence": {**kept["confidence"], "weights": [1]}},
        "ranking": {"ranking": {"moon": 1}},
    }
    if spoil in spoilt:
        write_sealed(path, {**kept, **spoilt[spoil]})
    else:
        path.write_text(spoil)

    with pytest.raises(StoreError, match="tune --reset"):
        answer(harbour_store, letters, "safety drills")


def test_the_verb_prints_before_and_after_and_reset_goes_back(
    pilcrow: CliRunner, harbour_store: Store, tmp_path: Path
) -> None:
    gold = str(write_gold(tmp_path / "gold.jsonl", asked_of(harbour_store)))
    result = tune_verb(pilcrow, gold)

    assert result.exit_code == 0, result.output
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["measure", "shipped", "tuned,", "cross-validated"]
    assert [row.split()[0] for row in rows] == [
        *("R@1", "nDCG@10", "quote_hit", "AUROC", "ECE", "coverage", "refused")
    ]
    assert f"{TUNED} written" in result.stderr
    assert (harbour_store.folder / TUNED).exists()
    assert json.loads(tune_verb(pilcrow, gold, "--json").stdout)["changed"] is True

    assert "deleted" in tune_verb(pilcrow, "--reset").stderr
    assert settings_of(harbour_store) == shipped("letters")
    assert "has no settings of its own" in tune_verb(pilcrow, "--reset").stderr


def test_the_verb_says_what_is_wrong_with_its_questions(
    pilcrow: CliRunner, harbour_store: Store, tmp_path: Path
) -> None:
    few = str(write_gold(tmp_path / "few.jsonl", asked_of(harbour_store)[:5]))
    wrong = asked_of(harbour_store)[0].model_copy(update={"relevant": {"99": 2}})
    elsewhere = str(write_gold(tmp_path / "elsewhere.jsonl", [wrong]))

    assert "5 answerable and 0 unanswerable" in tune_verb(pilcrow, few).output
    assert "no paragraph '99'" in tune_verb(pilcrow, elsewhere).output
    assert "cannot be read" in tune_verb(pilcrow, "none.jsonl").output
    assert tune_verb(pilcrow).exit_code == 2
    assert tune_verb(pilcrow, few, "--reset").exit_code == 2
    assert not (harbour_store.folder / TUNED).exists()


def test_a_fit_without_news_stays_and_with_much_of_it_moves() -> None:
    held = Confidence((2.0,), -1.0, 0.5)
    signals = np.array([[0.5], [0.5]])
    # At .5 the held confidence is one half, which is what these two say.
    weights, bias = fit(signals, np.array([True, False]), held)
    assert (weights.tolist(), bias) == ([2.0], -1.0)

    # Three in four are right at 0, one in four at 1: log-odds log 3 and -log 3, nearly reached.
    signals = np.repeat([[0.0], [1.0]], 4000, axis=0)
    right = np.tile([True, True, True, False], 2000)
    right[4000:] = ~right[4000:]
    weights, bias = fit(signals, right, held)
    assert bias == pytest.approx(np.log(3), abs=0.01)
    assert weights[0] + bias == pytest.approx(-np.log(3), abs=0.01)


def test_the_threshold_answers_85_percent() -> None:
    # 17 of 20 stand at .04 and above.
    assert threshold_for(np.arange(1, 21) / 100) == pytest.approx(0.04)


def test_other_settings_can_be_tried_without_keeping_them(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    own = settings_of(harbour_store)
    strict = replace(own, confidence=replace(own.confidence, threshold=1.0))

    assert (
        answer(harbour_store, letters, "When are safety drills held?", settings=strict).quotes == []
    )
    assert answer(harbour_store, letters, "When are safety drills held?").quotes != []
