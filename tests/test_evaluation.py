"""Measures against figures worked out by hand, and what `pilcrow evaluate` makes of them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from indexer.errors import PilcrowError
from indexer.store import open_store
from search_api import cli
from search_api.evaluation.gold import GoldQuestion, load_gold
from search_api.evaluation.measures import (
    Judged,
    aurc,
    auroc,
    calibration_error,
    intervals,
    measure,
    ndcg,
    recall,
    reciprocal_rank,
)
from search_api.evaluation.outcome_files import wrongs
from search_api.evaluation.run import run

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store import Store
    from tests.conftest import LetterEncoder

CREWS = "Mr. Dahl, the harbour master, told the reviewers that crews are short by 12 people."
DRILLS = "Safety drills are held weekly."
GOLD = [
    GoldQuestion(
        id="drills",
        question="Safety drills are held weekly?",
        type="yesno",
        answerable=True,
        relevant={"6": 2},
        quotes={"6": [DRILLS]},
    ),
    GoldQuestion(
        id="crews", question=CREWS, type="why", answerable=True, relevant={"4": 2, "5": 1}
    ),
    # Graded wrongly on purpose: what is found for it counts as a miss.
    GoldQuestion(
        id="lifejackets",
        question="Lifejackets are checked by an outside firm",
        type="why",
        answerable=True,
        relevant={"3": 2},
        quotes={"3": ["Crossings were late on one day in five."]},
    ),
    GoldQuestion(id="fuel", question="zzz xxx jjj qqq", type="near-miss", answerable=False),
    GoldQuestion(
        id="held",
        question="Safety drills are held daily",
        type="unanswerable",
        answerable=False,
        note="off-topic",
    ),
]


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


@pytest.fixture
def gold_file(tmp_path: Path) -> str:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(gold.model_dump_json() + "\n" for gold in GOLD))
    return str(path)


def judged(right: bool, answerable: bool = True, confidence: float = 0.5) -> Judged:
    """An answered question of one quote, found first or not at all."""
    return Judged(
        kind="lookup",
        answerable=answerable,
        grades=(2,) if right else (0,),
        ndcg=float(right),
        quote_hit=right,
        cited=(right,),
        confidence=confidence,
        answered=True,
        right=right,
    )


@pytest.mark.parametrize(
    ("grades", "at_1", "at_5", "rank"),
    [([2, 0], 1, 1, 1), ([1, 0, 2], 0, 1, 1 / 3), ([0] * 5 + [2], 0, 0, 1 / 6), ([1], 0, 0, 0)],
)
def test_recall_and_rank_look_for_a_passage_that_answers_alone(
    grades: list[int], at_1: float, at_5: float, rank: float
) -> None:
    assert (recall(grades, 1), recall(grades, 5)) == (at_1, at_5)
    assert reciprocal_rank(grades) == rank


def test_ndcg_gains_3_for_grade_2_and_1_for_grade_1() -> None:
    assert ndcg([2, 1], [1, 2], 10) == 1
    # (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    second = 1 / math.log2(3)
    assert ndcg([1, 2], [1, 2], 10) == pytest.approx((1 + 3 * second) / (3 + second))
    assert ndcg([0] * 10 + [2], [2], 10) == 0
    assert ndcg([0], [], 10) == 0


def test_auroc_counts_the_pairs_put_right_and_half_the_ties() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert auroc([], [0.1]) is None


def test_aurc_is_the_mean_risk_over_all_coverages() -> None:
    assert aurc([(0.9, True), (0.5, False), (0.1, True)]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_calibration_error_weighs_the_bins() -> None:
    judged = [(0.95, True), (0.95, True), (0.15, True), (0.15, False)]
    assert calibration_error(judged) == pytest.approx(0.5 * 0.05 + 0.5 * 0.35)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no questions"),
        ("{", "line 1"),
        ('{"id": "a", "question": "b"}', "answerable"),
        ('{"id": "a", "question": "b", "answerable": true, "relevant": {"1": 3}}', "relevant"),
    ],
)
def test_a_wrong_gold_file_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(text)

    with pytest.raises(PilcrowError, match=says):
        load_gold(path)


def test_a_gold_file_may_hold_separators_that_are_no_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "question": "b\u2028c", "answerable": false}\r\n\n')

    assert [gold.question for gold in load_gold(path)] == ["b\u2028c"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"question": " "}, "drills: the question is empty"),
        ({"relevant": {}}, "drills: answerable, but"),
        ({"relevant": {"99": 2}}, "no paragraph '99'"),
        ({"quotes": {"6": ["not its words"]}}, "para 6 does not hold"),
    ],
)
def test_a_question_that_does_not_fit_the_report_is_named(
    harbour_store: Store, letters: LetterEncoder, change: dict[str, object], says: str
) -> None:
    with pytest.raises(PilcrowError, match=says):
        run(harbour_store, letters, [GOLD[0].model_copy(update=change)])


def test_intervals_are_the_percentiles_of_resampled_questions() -> None:
    """Of ten questions, five right, a resample has as many right as ten tosses of a coin.

    Heads are 1 or fewer with a probability of .011, 2 or fewer with .055: the 2.5th percentile is
    2 of 10, and by symmetry the 97.5th is 8.
    """
    found = intervals([judged(right=place % 2 == 0) for place in range(10)])

    assert found["R@1"] == pytest.approx([0.2, 0.8])
    assert found["nDCG@10"] == pytest.approx([0.2, 0.8])
    assert found["coverage"] == [1, 1]
    assert found["AUROC"] is None
    assert found["refused"] is None


def test_an_interval_of_auroc_leaves_out_resamples_of_one_kind() -> None:
    found = intervals([judged(right=True, confidence=0.9), judged(False, False, confidence=0.1)])

    assert found["AUROC"] == [1, 1]


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (judged(right=True), []),
        (judged(right=False), ["ranking"]),
        (judged(right=False, answerable=False), ["wrongly answered"]),
    ],
)
def test_what_is_wrong_has_a_name(outcome: Judged, wrong: list[str]) -> None:
    assert wrongs(outcome) == wrong


def test_each_type_is_measured_by_what_it_asks_for(
    harbour_store: Store, letters: LetterEncoder
) -> None:
    types = measure(run(harbour_store, letters, GOLD), threshold=0.2)["types"]

    assert list(types) == ["why", "yesno", "near-miss", "off-topic"]
    assert types["yesno"] == {
        "questions": 1,
        "R@1": 1,
        "nDCG@10": 1,
        "quote_hit": 1,
        "coverage": 1,
    }
    assert types["why"]["R@1"] == 0.5
    # One of the two has no gold quote, and is not counted.
    assert types["why"]["quote_hit"] == 0
    assert types["near-miss"] == {"questions": 1, "refused": 1}
    assert types["off-topic"] == {"questions": 1, "refused": 0}


def test_evaluate_prints_every_measure_with_its_interval(
    pilcrow: CliRunner, gold_file: str
) -> None:
    shown = pilcrow.invoke(cli.main, ["evaluate", gold_file]).stdout
    told = json.loads(pilcrow.invoke(cli.main, ["evaluate", gold_file, "--json"]).stdout)

    assert told["questions"] == 5
    for name, interval in told["intervals"].items():
        low, high = interval
        assert low <= told[name] <= high
        row = next(line.split() for line in shown.splitlines() if line.startswith(f"{name} "))
        assert row == [name, f"{told[name]:.3f}", f"{low:.3f}", "to", f"{high:.3f}"]
    assert "near-miss" in shown


def test_evaluate_writes_charts_failures_and_measures(
    pilcrow: CliRunner, gold_file: str, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "files"
    result = pilcrow.invoke(cli.main, ["evaluate", gold_file, "--files", str(folder), "--json"])

    assert json.loads((folder / "measures.json").read_text()) == json.loads(result.stdout)
    failures = [json.loads(line) for line in (folder / "failures.jsonl").read_text().splitlines()]
    assert {failure["id"]: failure["wrong"] for failure in failures} == {
        "lifejackets": ["ranking"],
        "held": ["wrongly answered"],
    }
    missed = failures[0]
    assert missed["gold"]["paragraphs"] == {"3": 2}
    assert missed["given"]["quoted"] == "8"
    assert missed["given"]["rank_of_answer"] == missed["given"]["paragraphs"].index("3") + 1
    for name, words in (
        ("risk-coverage", "Share of the answers that are wrong"),
        ("reliability", "Share whose first quote answers"),
    ):
        chart = ET.fromstring((folder / f"{name}.svg").read_text())
        texts = [element.text for element in chart.iter("{http://www.w3.org/2000/svg}text")]
        assert words in texts
        assert "prefers-color-scheme: dark" in "".join(chart.itertext())


def test_a_folder_that_cannot_be_written_is_named(pilcrow: CliRunner, gold_file: str) -> None:
    result = pilcrow.invoke(cli.main, ["evaluate", gold_file, "--files", gold_file])

    assert result.exit_code == 1
    assert "name another folder" in result.output


def test_the_ablation_is_a_markdown_table_with_each_signal_left_out(
    pilcrow: CliRunner, gold_file: str, letters: LetterEncoder
) -> None:
    letters.encoded.clear()
    head, rule, *rows = pilcrow.invoke(
        cli.main, ["evaluate", gold_file, "--ablation"]
    ).stdout.splitlines()

    assert head == "| signals | R@1 | R@5 | nDCG@10 | quote_hit | AUROC |"
    assert rule == "|---|---|---|---|---|---|"
    names = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert names[0] == "all signals"
    assert {"without passage", "without sentence", "without bm25"} < set(names)
    assert len({row.count("|") for row in [head, *rows]}) == 1
    # Once for the measures, once for all of the table.
    assert len(letters.encoded) == 2 * len(GOLD)
