"""Anything as input: an error of ours in one line, or an outcome that holds; soon, in little memory.

The targets are in `tests/fuzz`, which also runs them for hours; the hostile files are made by
`tests/formats/hostile/make.py`. Time is the processor's, since the clock counts others' work too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import NotFoundError, ReportError
from indexer.load import load_report
from search_api.verify.verify import verify
from tests.formats.hostile.make import FILES, TEXT, make
from tests.fuzz.invariants import check_error, check_report
from tests.fuzz.targets import TARGETS, passages, world

ROOT = Path(__file__).parents[1]
EXAMPLES = 100
# Styles are rendered in many formats for each.
SLOW = {"sidecar": 15, "store": 40, "address": 60}
# What a file of the corpus may take.
SECONDS = 8.0
MEGABYTES = 500
# Seconds below which a growth is not measured, the most it may be, and how often it is tried.
LEAST, MOST_GROWTH, TRIES = 0.03, 11.0, 4
PEAK = """
import sys
from pathlib import Path
from indexer.errors import ReportError
from indexer.load import load_report
for name in sys.argv[1:]:
    try:
        load_report(Path(name))
    except ReportError:
        pass
# Not ru_maxrss, which begins at what the process that started this one holds.
peak = next(x for x in open("/proc/self/status") if x.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""
# Pieces that patterns and counters trip over, repeated without end.
PIECES = [
    " ", "\t", "1", "1.", "1.1 ", "(", "[", "“", "‘a ", "* ", "> ", "_a", "`", "<p>", "&#", "§ ", "A\n",
    "a:\n", "1. a\n\n", "(AB) ", "paras 1 to ", "Good - ", "**", " .", "x y  z\n", "“a” (para 2) ",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_in(name: str) -> None:
    @settings(
        max_examples=SLOW.get(name, EXAMPLES),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=400))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    make(folder)
    return folder


def spent(work: Callable[[], object]) -> float:
    """Seconds of the processor, those of processes that it waited for included."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused(corpus: Path, name: str) -> None:
    expected = FILES[name][0]

    def read() -> None:
        if isinstance(expected, str):
            with pytest.raises(ReportError, match=expected) as refused:
                load_report(corpus / name)
            check_error(refused.value)
            return
        report = load_report(corpus / name)
        check_report(report)
        assert report.audit.count == expected

    assert spent(read) < SECONDS


@pytest.mark.slow
def test_hostile_files_take_little_memory(corpus: Path) -> None:
    names = [str(corpus / name) for name in FILES if not name.endswith(".pdf")]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *names], capture_output=True, check=True, cwd=ROOT
    )
    assert int(done.stdout) < MEGABYTES


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".txt", ".md", ".rst", ".html", "draft"])
def test_time_grows_no_faster_than_the_input(tmp_path: Path, suffix: str) -> None:
    """Five times the text: five times the work, where the square would be twenty-five."""

    def read(piece: str, size: int) -> None:
        text = piece * (size // len(piece))
        if suffix == "draft":
            verify(world()[0].reports, text)
            return
        path = tmp_path / f"long{suffix}"
        path.write_text(f"<p>{TEXT}{text}" if suffix == ".html" else TEXT + text)
        try:
            load_report(path, allow_unnumbered=True)
        except ReportError as refused:
            check_error(refused)

    def growth(piece: str) -> float:
        few, many = (spent(lambda size=size: read(piece, size)) for size in (20_000, 100_000))
        return many / max(few, LEAST)

    for piece in PIECES:
        # What else the machine does makes the same work twice as long, but not each time.
        assert any(growth(piece) < MOST_GROWTH for _ in range(TRIES)), piece


LONG = {
    "a page number's space": "page" + " " * 60_000 + "-\n\nquay\n",
    "space in a list of paragraphs": "See paragraphs 1," + " " * 60_000 + "2.\n",
    "space in a list that fails": "See paragraphs 1" + " " * 60_000 + "x.\n",
    "brackets": "See (" + "(" * 60_000 + "SHB).\n",
    "a heading's note": "Pier" + " -" * 30_000 + " Good\n=====\n\n",
    "a contents entry": "Contents\n\n" + "Pier ." + " ." * 30_000 + "x\n",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_one_long_line_takes_bounded_time(tmp_path: Path, text: str) -> None:
    path = tmp_path / "long.txt"
    path.write_text(TEXT + text)

    assert spent(lambda: load_report(path, allow_unnumbered=True)) < SECONDS


def test_what_steers_a_terminal_is_no_text(corpus: Path) -> None:
    for name in ("steering.txt", "steering.md", "steering.html", "steering.docx"):
        report = load_report(corpus / name)
        assert "closed" in report.passages[3].text, name
        assert report.passages[3].text.startswith("The "), name
    text = load_report(corpus / "steering.txt").passages[3].text
    assert text == "The quay was2J closed today."


def test_a_sidecar_beyond_the_parser_is_refused(tmp_path: Path) -> None:
    report = tmp_path / "a.txt"
    report.write_text(TEXT)
    for toml in ("n = " + "9" * 5000, "n = " + "[" * 5000, "title = 'a\0'"):
        (tmp_path / "a.toml").write_text(toml)
        with pytest.raises(ReportError, match=r"a\.toml is not valid TOML") as caught:
            load_report(report)
        check_error(caught.value)


def test_metadata_is_shown_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "a.toml").write_text(
        'title = "The\\u001b[2J \\u202equay\\nreview"\nauthors = ["I.\\u0007 Okafor"]\n'
    )
    about = load_report(tmp_path / "a.txt").metadata

    assert (about.title, about.authors) == ("The[2J quay review", ("I. Okafor",))


def test_an_error_is_one_short_line_whatever_it_quotes(tmp_path: Path) -> None:
    store, _ = world()
    for name in ("\x1b[2J\u202e\n", "x" * 1_000_000, "\ud800"):
        with pytest.raises(NotFoundError) as caught:
            store.report(name)
        check_error(caught.value)
        assert str(caught.value).endswith("in the store; it has: harbour-2031")
    with pytest.raises(ReportError) as refused:
        load_report(tmp_path / "a\nb\x1b[2J.txt")
    check_error(refused.value)


def test_a_number_without_text_is_no_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    units = [f"Article {n}\n\nThe pier was open.\n\n" for n in (1, 2, 3)]
    path.write_text("".join(units) + "Article 4\n\nArticle 5\n\nThe quay was shut.\n")
    report = load_report(path)

    assert report.audit.count == len(report.paragraphs) == 4
    assert [passage.key for passage in report.paragraphs] == ["1", "2", "3", "5"]
    assert report.audit.gaps == ()


def test_a_quotation_is_found_without_what_hides_in_it() -> None:
    _, passage = world()[0].rows[1]
    words = passage.text[passage.sentences[0].start : passage.sentences[0].end]
    [check] = verify(passages().reports, f"“{words[:5]}\x1b\u202e{words[5:]}”")

    assert check.verdict == "found"
    assert check.quotation == words
