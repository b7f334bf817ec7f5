"""Sentences as offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "See para. 4 of the annex.",
        "It is listed as No. 7 in the schedule.",
        "Some drills, e.g. Fire drills, were held.",
        "The school of St. Mary was visited.",
        "Dr. Dahl and Mrs. Okafor agreed with Mr. Lind.",
        "Under s. 47 and reg. 3(1) the board must act.",
        "Attendance rose by 4.5 per cent (see fig. 2).",
        "Figures for pp. 3-4 are in vol. 2.",
    ],
)
def test_abbreviations_of_reports_do_not_split(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The answer was no. Crews agreed.", ["The answer was no.", "Crews agreed."]),
        ("One. Two.", ["One.", "Two."]),
        ("Do this:\n- one\n- two.", ["Do this:", "one", "two."]),
        ("Grade\tMeaning\n-----\t---\nGood\tFine", ["Grade\tMeaning", "Good\tFine"]),
        ("", []),
    ],
)
def test_sentences_end_at_full_stops_and_lines(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(max_size=300))
def test_sentences_are_in_order_apart_and_hold_every_word(text: str) -> None:
    found = split_sentences(text)

    ends = [0, *(s.end for s in found)]
    assert all(end <= s.start < s.end for end, s in zip(ends, found, strict=False))
    inside = "".join(text[s.start : s.end] for s in found)
    outside = [c for c in text if c.isalnum()]
    assert [c for c in inside if c.isalnum()] == outside
