"""Quotations and drafts over two invented reports: what turns the sense is told from what is fair."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.load import load_report
from indexer.report import Passage, Report
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.verify import check_draft
from tests.conftest import ROOT
from tests.test_verify import DRILLS, LATE, checks, short

GOLDEN = ROOT / "tests" / "golden" / "verify"
TRAINING = ROOT / "tests" / "gold" / "training"
REPORTS = {
    "P": "invented_prison_inspection",
    "J": "invented_judgment",
    "R": "invented_rail_accident",
    "A": "invented_audit_report",
}
ABOUT = {
    "P": 'title = "Report on an unannounced inspection of Orrelby prison"\nshort_title = "Orrelby"\n'
    'publisher = "Inspectorate of Prisons"\npublished = 2015-02-10\n',
    "J": 'title = "Tidewell Homes Ltd v Residents of Garrison Court"\nshort_title = "Tidewell"\n'
    'publisher = "Supreme Court"\npublished = 2022-03-01\n',
    "R": 'title = "Collision at Cold Harrow Farm No. 2 level crossing"\n'
    'short_title = "Cold Harrow"\npublisher = "Transport Accident Branch"\n'
    "published = 2024-10-14\n",
    "A": 'title = "The Healthy Start Programme"\nshort_title = "Healthy Start"\n'
    'publisher = "National Audit Court"\npublished = 2019-11-20\n',
}
QUOTATIONS = [
    line.split("|", 3)
    for line in (GOLDEN / "quotations.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
DRAFTS = [
    json.loads(line)
    for line in (GOLDEN / "drafts.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PassageIndex]:
    folder = tmp_path_factory.mktemp("reports")
    return {
        key: PassageIndex([_numbered(load_report(_written(folder, name, ABOUT[key])), name)])
        for key, name in REPORTS.items()
    }


def _numbered(report: Report, name: str) -> Report:
    """The report with the paragraphs that the training set says it has, however it was split."""
    passages, at = [], 0
    paragraphs = json.loads((TRAINING / f"{name}.paras.json").read_text(encoding="utf-8"))
    for each in paragraphs:
        number, text = str(each["number"]), each["text"]
        end = at + len(text)
        passages.append(Passage(number, number, tuple(each["section"]), None, text, at, end))
        at = end + 2
    whole = "\n\n".join(each["text"] for each in paragraphs)
    return replace(report, text=whole, passages=tuple(passages))


def _written(folder: Path, name: str, about: str) -> Path:
    """A report of the training set as text, with its headings."""
    lines: list[str] = []
    above: list[str] = []
    for each in json.loads((TRAINING / f"{name}.paras.json").read_text(encoding="utf-8")):
        for level, heading in enumerate(each["section"]):
            if above[: level + 1] != each["section"][: level + 1]:
                lines += ["", heading, ""]
        above = each["section"]
        lines += [f"{each['number']}. {each['text']}", ""]
    path = folder / f"{name}.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    path.with_suffix(".toml").write_text(about, encoding="utf-8")
    return path


def test_what_an_ellipsis_or_a_bracket_turns_is_distorted_and_what_is_fair_is_found(
    indexes: dict[str, PassageIndex],
) -> None:
    wrong = []
    for report, number, expected, quotation in QUOTATIONS:
        check = check_draft(indexes[report], f"The report says: “{quotation}” (para {number}).")[0]
        wrong += [(quotation, check.verdict)] if check.verdict != expected else []

    assert len(QUOTATIONS) > 350
    assert len(wrong) <= len(QUOTATIONS) // 100, wrong


def test_fair_drafts_are_not_accused_and_false_ones_are_not_missed(
    indexes: dict[str, PassageIndex],
) -> None:
    wrong = []
    for draft in DRAFTS:
        found = check_draft(indexes[draft["report"]], draft["text"])
        if any(check.is_to_mend for check in found) == draft["fair"]:
            wrong.append(draft["text"])

    assert len(wrong) <= 1, wrong


def test_a_latex_draft_keeps_its_offsets() -> None:
    draft = (
        "\\documentclass{article}\n\\begin{document}\n% “a comment”\n"
        f"It says \\enquote{{{DRILLS}}} \\parencite[para~6]{{h}}.\n"
        f"\\begin{{quote}}\n{LATE}.\n\\end{{quote}}\n(para 3)\n\\end{{document}}\n"
    )

    found = checks(draft)
    assert [(c.claimed, c.verdict) for c in found] == [("6", "found"), ("3", "found")]
    assert draft[found[0].start : found[0].end] == DRILLS


def test_a_note_of_a_web_page_carries_the_number() -> None:
    draft = (
        f'<p>It says “{DRILLS}”.<sup><a href="#fn1" id="fnref1">1</a></sup></p><ol><li id="fn1">'
        '<p>Harbour review, para 6.<a href="#fnref1">back</a></p></li></ol>'
    )

    assert short(draft) == [("6", "found", "6")]


def test_ibid_is_the_last_citation() -> None:
    assert short(f"“{LATE}” (para 3). “{DRILLS}” (ibid).")[1] == ("3", "wrong_paragraph", "6")


SLUICE = """1. The keeper may open the sluice only with the consent of the river board.

2. The Harbour Master claimed that the pilot had slept, although not for as long as the log said.
The tribunal is dealing with possible neglect. I am satisfied that the pilot was tired.

3. The mother did not always attend. The child was seen by the nurse. The mother said that the
doors were shut.

4. The board must appoint an independent engineer unless the Minister waives this. Gates must not
be moved in fog without giving warning; the horn is to be sounded.

5. The owner paid for the repairs, and the tenants also cleaned the yard. No boat was hired after
May 2019. The fee is up to 40 pounds, with one small exception, for each gate.

6. Owners should, where relevant, keep a log. Losses seem likely to grow. The limit in paragraph 4
above is met.
"""
TURNED = [
    ("1", "The keeper may open the sluice …"),
    ("2", "The tribunal is dealing with … neglect"),
    ("2", "The Harbour Master claimed that the pilot had slept …"),
    ("2", "[The tribunal found] that the pilot had slept"),
    ("3", "The mother did not … attend."),
    ("3", "The [mother] was seen by the nurse."),
    ("3", "[Father] said that the doors were shut"),
    ("4", "The board must appoint an … engineer"),
    ("4", "The board must appoint an independent engineer …"),
    ("4", "Gates must not be moved in fog …; the horn is to be sounded."),
    ("5", "The owner paid for the repairs, and … also cleaned the yard."),
    ("5", "No boat was hired …"),
    ("5", "The fee is … 40 pounds"),
    ("5", "The fee is up to 40 pounds, … for each gate."),
    ("6", "Owners should … keep a log."),
    ("6", "Losses … grow."),
]
FAIR = [
    ("1", "The keeper may open the sluice only with the consent …"),
    ("2", "… the pilot was tired"),
    ("2", "[He] claimed that the pilot had slept"),
    ("3", "The child was seen …"),
    ("3", "The mother sa[ys] that the doors were shut."),
    ("5", "The owner paid for the repairs …"),
    ("6", "The limit in paragraph 4 [of the Code] is met."),
]


@pytest.mark.parametrize(
    ("expected", "number", "quotation"),
    [("distorted", *each) for each in TURNED] + [("found", *each) for each in FAIR],
)
def test_a_limit_left_out_or_another_party_put_in_is_told(
    expected: str, number: str, quotation: str, tmp_path: Path
) -> None:
    path = tmp_path / "sluice.txt"
    path.write_text(SLUICE, encoding="utf-8")

    found = check_draft(
        PassageIndex([load_report(path)]), f"It says “{quotation}” (para {number})."
    )
    assert found[0].verdict == expected, found[0].difference
