"""No pattern of the packages takes more than linear time, whatever text it meets.

A stranger's text meets hundreds of patterns while the interpreter is held: one that backtracks
stops every other request, and no time limit fires. Each is given texts grown from itself
(`tests.patterns.attack`), of 1,000 and 10,000 characters. A pattern that is only applied to
`text[:N]` is given N.
"""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.patterns.attack import Attack, attacks_on
from tests.patterns.found import Found, patterns_of
from tests.patterns.scripts import patterns_in

if TYPE_CHECKING:
    from types import FrameType

FEW, LONG = 1_000, 10_000
# Ten times the text may take this many times as long, and what takes less than this many seconds
# is not measured. Some thousand steps a character are as bad as a square.
GROWTH, NOTICED = 30.0, 0.004
# Seconds, of the processor: no pattern needs them for so little text.
ENOUGH, TOO_LONG = 0.06, 0.2
ALL = patterns_of(ROOT, ("indexer", "search_api"))
SCRIPTS = [each for path in sorted((ROOT / "web").glob("*.js")) for each in patterns_in(path)]
# Patterns that are not known before the program runs: what they are made of.
MADE = {
    "indexer/store/records.py: re.compile(pattern)": "escaped text",
    "search_api/ask/forms/exact.py: re.compile('\\\\b' + '\\\\W{1,3}'.join(map(_any_ending, run)), "
    "re.IGNORECASE)": "at most five escaped words and bounded endings, no two of a kind side by side",
    "search_api/evaluation/forms.py: re.compile(pattern)": "patterns of one table beside it",
    "search_api/library/headings.py: re.compile('\\\\s+'.join(map(re.escape, words.split())), "
    "re.IGNORECASE)": "escaped words",
    "search_api/library/phrases.py: re.compile('\\\\s+'.join(map(re.escape, words)), "
    "re.IGNORECASE)": "escaped words",
    "search_api/evaluation/gold.py: re.search(pattern, text)": "patterns of one table beside it",
}


class SlowError(Exception):
    """The time is up."""


def seconds(pattern: re.Pattern[str], method: str, text: str) -> float:
    """How long a pattern is at a text; TOO_LONG when it was stopped."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, TOO_LONG)
    start = time.thread_time()
    try:
        if method in ("match", "fullmatch"):
            getattr(pattern, method)(text)
        else:
            for _ in pattern.finditer(text):
                pass
        return time.thread_time() - start
    except SlowError:
        return TOO_LONG
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def slow_on(found: Found, method: str, longest: int | None) -> str | None:
    """What a pattern is slow on; None if nothing was found."""
    source = found.pattern.decode("latin-1") if isinstance(found.pattern, bytes) else found.pattern
    pattern = re.compile(source, found.flags)
    few, long = min(FEW, longest or FEW), min(LONG, longest or LONG)
    tried: list[tuple[float, Attack]] = []
    for attack in attacks_on(source, found.flags):
        taken = seconds(pattern, method, attack.text(few))
        if taken > ENOUGH / 4 and least(pattern, method, attack.text(few)) > ENOUGH / 4:
            return f"{taken:.3f} s for {few} of {attack}"
        tried.append((taken, attack))
    tried.sort(key=lambda pair: -pair[0])
    for _, attack in tried[:3]:
        if seconds(pattern, method, attack.text(long)) < NOTICED:
            continue
        short = least(pattern, method, attack.text(few))
        taken = least(pattern, method, attack.text(long))
        growth = GROWTH * short * long / (FEW * 10)
        if taken > ENOUGH or (long > few and taken > max(NOTICED, growth)):
            return f"{1000 * short:.2f} ms for {few}, {1000 * taken:.1f} for {long} of {attack}"
    return None


def least(pattern: re.Pattern[str], method: str, text: str) -> float:
    """The shortest of some times, since others use the processor too."""
    times = []
    for _ in range(3):
        times.append(seconds(pattern, method, text))
        if times[-1] < NOTICED:
            break
    return min(times)


def one_by_one(all_found: list[Found]) -> list[object]:
    return [
        pytest.param(found, method, longest, id=f"{found.where}-{method}")
        for found in all_found
        for method, longest in (found.uses or {"search": None}).items()
    ]


@pytest.mark.parametrize(("found", "method", "longest"), one_by_one(ALL.found))
def test_a_pattern_of_the_packages_takes_linear_time(
    found: Found, method: str, longest: int | None
) -> None:
    assert slow_on(found, method, longest) is None


@pytest.mark.parametrize(("found", "method", "longest"), one_by_one(SCRIPTS))
def test_a_pattern_of_the_page_takes_linear_time(
    found: Found, method: str, longest: int | None
) -> None:
    assert slow_on(found, method, longest) is None


def test_every_pattern_is_known_or_said_to_be_made_of_what() -> None:
    assert sorted(set(ALL.unknown)) == sorted(MADE)
    assert len(ALL.found) > 150
    assert len(SCRIPTS) > 10


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(?:a+)+$", "match"),
        (r"\S{0,12}\d[^\s,]{0,12}(?:\s*(?:,|-|–|to)\s*\S{0,12}\d[^\s,]{0,12}){0,5}", "fullmatch"),
        (r"(?P<first>[^\s–]*\d\S*?)\s*(?:–|-|\bto\b)\s*(?P<last>[^\s–]*\d[^\s–]*)", "fullmatch"),
        (r"(?: {0,3}> ?)+$", "match"),
        (r"\s+$", "search"),
        (r"\[[^\]]*\]", "search"),
        (r"<[^>]{0,2000}x>", "search"),
        (r"(a|b|ab)*c", "match"),
        (r"x*y*x*z", "search"),
    ],
)
def test_patterns_known_to_be_slow_are_found_so(pattern: str, method: str) -> None:
    assert slow_on(Found("here", pattern, 0), method, None) is not None


@pytest.mark.parametrize("pattern", [r"\bpara(?:graph)?s? \d{1,6}", r"[^\W_]+", r"(?:a|b)c{0,9}d"])
def test_patterns_known_to_be_quick_are_found_so(pattern: str) -> None:
    assert slow_on(Found("here", pattern, 0), "search", None) is None
