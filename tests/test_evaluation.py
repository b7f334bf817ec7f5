"""Measures against figures worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from indexer.errors import PilcrowError
from search_api.evaluation import (
    aurc,
    auroc,
    calibration_error,
    load_gold,
    ndcg,
    recall,
    reciprocal_rank,
)

if TYPE_CHECKING:
    from pathlib import Path


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
