"""The same questions of many reports: a table, its files, and what a reader marks in it."""

from __future__ import annotations

import csv
import io
import json
import threading
from typing import TYPE_CHECKING

import docx
import httpx
import openpyxl
import pytest
from click.testing import CliRunner, Result
from docx.oxml.ns import qn

from indexer.errors import NotFoundError, QuestionError
from indexer.load import load_report
from indexer.store import build_store, open_store
from search_api import Pilcrow, PilcrowClient, cli
from search_api.ask.answer import answer
from search_api.evaluation.gold import GoldQuestion, load_gold
from search_api.evaluation.measures import measure
from search_api.evaluation.run import run as run_gold
from search_api.evaluation.tune import tune
from search_api.http.app import create_app
from search_api.library.places import passage_of
from search_api.table import cells
from search_api.table import run as running
from search_api.table.cells import cell_of, make_plan
from search_api.table.files import FORMATS, write_table
from search_api.table.gold import gold_lines
from search_api.table.saved import StaleTableError, as_stored, load_table
from search_api.training.data import load_documents, report_of
from search_api.types.tables import Cell, Mark, SavedTable, Table, TableQuote, TableReport, table_of
from tests.conftest import HARBOUR, ROOT, LetterEncoder, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.encoders.base import Encoder
    from indexer.store import Store
    from search_api.training.data import Question

QUARRY = """=SUM(A1) Quarry Review

Published: 3 March 2029

1. Blasting at the quarry is announced a day ahead by a siren and a notice at the gate.

2. Safety drills at the quarry are held every month, and each drill is logged.
"""
DRILLS = "Are safety drills held weekly?"
SUM = "=1+1 are safety drills logged?"
NOTHING = "jjj qqq zzz xxx"
REPORTS = ("harbour-2031", "quarry")


@pytest.fixture
def two_reports(tmp_path: Path, letters: LetterEncoder) -> Store:
    quarry = tmp_path / "quarry.txt"
    quarry.write_text(QUARRY, encoding="utf-8")
    return build_store(tmp_path / "two", [load_report(HARBOUR), load_report(quarry)], letters)


@pytest.fixture
def pilcrow(
    two_reports: Store, letters: LetterEncoder, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    """Runs a verb on the two reports, its questions encoded by letters."""
    monkeypatch.setattr(cli.opening, "open_ready", lambda folder: (open_store(folder), letters))
    monkeypatch.setenv("PILCROW_STORE", str(two_reports.folder))
    return CliRunner()


def tabulate(pilcrow: CliRunner, out: Path, *args: str, questions: str = "") -> Result:
    asked = out.with_suffix(".txt")
    asked.write_text(questions or f"{DRILLS}\n\n{SUM}\n{NOTHING}\n", encoding="utf-8")
    return pilcrow.invoke(cli.main, ["table", "--questions", str(asked), "--out", str(out), *args])


def filled(store: Store, letters: LetterEncoder, *questions: str, **more: object) -> SavedTable:
    plan = make_plan(store, questions or (DRILLS, SUM, NOTHING))
    cells = [
        cell_of(store, letters, plan, question, report.id)
        for question in plan.questions
        for report in plan.reports
    ]
    table = {"questions": plan.questions, "reports": plan.reports, "cells": cells, **more}
    return SavedTable.model_validate(table, from_attributes=True)


def written(table: Table, form: str) -> bytes:
    out = io.BytesIO()
    write_table(table, form, out)  # type: ignore[arg-type]
    return out.getvalue()


def mark(question: str, report: str, verdict: str | None, **more: str) -> Mark:
    return Mark.model_validate({"question": question, "report": report, "verdict": verdict, **more})


def test_each_cell_is_what_its_report_alone_answers(
    two_reports: Store, letters: LetterEncoder
) -> None:
    table = filled(two_reports, letters)

    assert [(cell.question, cell.report) for cell in table.cells] == [
        (question, report) for question in (DRILLS, SUM, NOTHING) for report in REPORTS
    ]
    for cell in table.cells:
        alone = answer(two_reports, letters, cell.question, report=cell.report)
        assert (cell.status, cell.confidence) == (alone.status, alone.confidence)
        assert [quote.url for quote in cell.quotes] == [quote.url for quote in alone.quotes]
        for quote in (*cell.quotes, *cell.closest):
            passage = passage_of(two_reports.report(cell.report), quote.key)
            assert quote.text == passage.text[quote.start : quote.end]
        assert bool(cell.closest) == (cell.status == "not_found")
    assert {cell.status for cell in table.cells} == {"answered", "not_found"}


def test_a_spreadsheet_opens_with_links_and_without_a_single_formula(
    pilcrow: CliRunner, tmp_path: Path
) -> None:
    result = tabulate(pilcrow, tmp_path / "t.xlsx")
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    table, quotes = book["Table"], book["Quotes"]

    assert [cell.value for cell in table["A"]] == ["Question", DRILLS, SUM, NOTHING]
    assert str(table["C1"].value).startswith("=SUM(A1) Quarry Review")
    for sheet in book:
        assert "f" not in {cell.data_type for row in sheet for cell in row}
    link = "http://127.0.0.1:8000/reports/harbour-2031/paragraphs/6"
    assert f"“Safety drills are held weekly.”\npara 6 {link}" in str(table["B2"].value)
    # LibreOffice shows a cell that is a link in one line.
    assert table["B2"].hyperlink is None
    assert table["B1"].hyperlink.target == "http://127.0.0.1:8000/reports/harbour-2031"
    assert quotes["F2"].hyperlink.target.startswith(link)
    assert table.row_dimensions[2].height > 30
    assert str(table["B4"].value).startswith("Not in the report")
    first = [cell.value for cell in quotes[2]]
    assert first[0] == DRILLS
    assert first[5:7] == ["para 6", "Safety drills are held weekly."]
    assert 0 <= first[4] <= 1


def test_a_csv_file_holds_nothing_that_a_spreadsheet_would_run(
    pilcrow: CliRunner, tmp_path: Path
) -> None:
    assert tabulate(pilcrow, tmp_path / "t.csv").exit_code == 0
    text = (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    assert [row[0] for row in rows] == ["Question", DRILLS, f"'{SUM}", NOTHING]
    assert not [cell for row in rows for cell in row if cell.lstrip()[:1] in set("=+-@")]
    assert "para 6 http://127.0.0.1:8000/reports/harbour-2031/paragraphs/6?quote=" in rows[1][1]


def test_a_word_document_has_the_table_with_its_links(pilcrow: CliRunner, tmp_path: Path) -> None:
    assert tabulate(pilcrow, tmp_path / "t.docx").exit_code == 0
    document = docx.Document(str(tmp_path / "t.docx"))
    (table,) = document.tables

    assert [row.cells[0].text for row in table.rows] == ["Question", DRILLS, SUM, NOTHING]
    assert "“Safety drills are held weekly.”" in table.cell(1, 1).text
    links = [
        document.part.rels[link.get(qn("r:id"))].target_ref
        for link in document.element.body.iter(qn("w:hyperlink"))
    ]
    assert any("/reports/harbour-2031/paragraphs/6?quote=" in link for link in links)


def test_a_word_table_of_many_reports_is_several_that_fit_the_page() -> None:
    reports = [
        TableReport(
            id=f"r{place}", name=f"Report {place}", published=None, url=f"/reports/r{place}"
        )
        for place in range(9)
    ]
    table = Table(("Why?",), tuple(reports), lambda question, report: None, {})
    document = docx.Document(io.BytesIO(written(table, "docx")))

    assert [len(each.columns) for each in document.tables] == [5, 5, 2]
    assert document.tables[2].cell(0, 1).text == "Report 8"


def test_markup_in_a_report_or_a_note_stays_text(
    two_reports: Store, letters: LetterEncoder
) -> None:
    note = "<script>alert(1)</script>"
    table = filled(
        two_reports, letters, "<b>drills</b> held?",
        marks=[mark("<b>drills</b> held?", "quarry", "right", note=note)],
    )  # fmt: skip
    page = written(table_of(table, "http://here"), "html").decode()

    assert "<script>" not in page
    assert "<b>" not in page
    assert "Note: &lt;script&gt;" in page
    assert 'href="http://here/reports/quarry/paragraphs/2?quote=' in page


def test_the_table_is_turned_round_and_sorted_by_date(pilcrow: CliRunner, tmp_path: Path) -> None:
    tabulate(pilcrow, tmp_path / "t.csv", "--by", "report", "--sort", "date")
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text(encoding="utf-8-sig"))))

    assert rows[0] == ["Report", DRILLS, f"'{SUM}", NOTHING]
    assert "Quarry Review (3 March 2029)" in rows[1][0]
    assert "2 May 2031" in rows[2][0]


def test_what_a_killed_run_has_done_is_not_done_again(
    pilcrow: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    real = running.cell_of

    def until_killed(*args: object) -> Cell:
        if len(asked) == 4:
            raise KeyboardInterrupt
        asked.append(args[3:])  # type: ignore[arg-type]
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "cell_of", until_killed)
    out, kept = tmp_path / "t.json", tmp_path / "t.json.cells.jsonl"
    assert tabulate(pilcrow, out).exit_code != 0
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 4
    # It was killed in the midst of a line.
    with kept.open("a", encoding="utf-8") as file:
        file.write('{"key": "0123", "cell": {"quest')
    before, asked[:] = list(asked), []

    result = tabulate(pilcrow, out)
    assert "4 cells are done" in result.output
    assert len(asked) == 2
    assert not set(asked) & set(before)
    assert len(load_table(out).cells) == 6
    assert not kept.exists()


def test_cells_of_another_store_are_asked_anew(
    pilcrow: CliRunner, tmp_path: Path, two_reports: Store, letters: LetterEncoder
) -> None:
    plan = make_plan(two_reports, [DRILLS])
    with running.Finished(tmp_path / "t.json.cells.jsonl", "another store") as finished:
        finished.add(cell_of(two_reports, letters, plan, DRILLS, "quarry"))

    assert "are done" not in tabulate(pilcrow, tmp_path / "t.json").output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--report", "nowhere"], "no report 'nowhere'"),
        (["--out", "t.pdf"], "xlsx, csv, docx, html, json"),
        (["--gold", "g.jsonl"], "--questions and --out, or --marks and --gold"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    pilcrow: CliRunner, tmp_path: Path, args: list[str], said: str
) -> None:
    result = tabulate(pilcrow, tmp_path / "t.csv", *args)

    assert result.exit_code in (1, 2)
    assert said in result.output
    assert not (tmp_path / "t.csv").exists()


def test_a_table_has_bounds(two_reports: Store) -> None:
    with pytest.raises(QuestionError, match=r"2,002 questions; it may have 1,000"):
        make_plan(two_reports, [f"question {place}?" for place in range(2_002)])
    with pytest.raises(QuestionError, match="question 2: the question is empty"):
        make_plan(two_reports, [DRILLS, "?"])
    with pytest.raises(QuestionError, match="at least one"):
        make_plan(two_reports, [])
    with pytest.raises(NotFoundError):
        make_plan(two_reports, [DRILLS], ["nowhere"])


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_carries_the_marks(
    two_reports: Store, letters: LetterEncoder, form: str
) -> None:
    marks = [mark(DRILLS, "quarry", "elsewhere", paragraph="2", note="-1 monthly, not weekly")]
    content = written(table_of(filled(two_reports, letters, marks=marks)), form)

    if form == "json":
        assert SavedTable.model_validate_json(content).marks == marks
        return
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        text = "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    elif form == "docx":
        body = docx.Document(io.BytesIO(content)).element.body
        text = "".join(each.text or "" for each in body.iter(qn("w:t")))
    else:
        text = content.decode()
    assert "Marked: the report does say: para 2" in text
    assert "Note: -1 monthly, not weekly" in text


def test_a_quote_longer_than_a_spreadsheets_cell_is_cut_and_said_to_be() -> None:
    quote = TableQuote(
        text="a\x07b" * 20_000, label="para 1", number="1", key="1", start=0, end=60_000, url="/x"
    )
    cell = Cell(
        question="Why?", report="r", status="answered", certainty="likely", confidence=0.9,
        quotes=[quote], closest=[],
    )  # fmt: skip
    report = TableReport(id="r", name="R", published=None, url="/reports/r")
    table = Table(("Why?",), (report,), lambda question, report: cell, {})
    sheet = openpyxl.load_workbook(io.BytesIO(written(table, "xlsx")))["Table"]

    text = str(sheet["B2"].value)
    assert len(text) <= 32_767
    assert text.endswith(" …\nConfidence 90%")


def test_marks_become_gold_questions_of_both_reports(
    pilcrow: CliRunner, tmp_path: Path, two_reports: Store, letters: LetterEncoder
) -> None:
    table = filled(two_reports, letters)
    verdicts = {(cell.question, cell.report): cell.status for cell in table.cells}
    assert verdicts[NOTHING, "quarry"] == "not_found"
    marks = [
        mark(DRILLS, "harbour-2031", "right"),
        mark(DRILLS, "quarry", "elsewhere", paragraph="para 2"),
        mark(SUM, "harbour-2031", "wrong"),
        mark(NOTHING, "harbour-2031", "right"),
        mark(NOTHING, "quarry", "wrong"),
        mark(SUM, "quarry", "elsewhere", paragraph="77"),
        mark(DRILLS, "quarry", None, note="see the annex"),
    ]
    kept, gold = tmp_path / "kept.json", tmp_path / "gold.jsonl"
    kept.write_text(table.model_copy(update={"marks": marks}).model_dump_json(), encoding="utf-8")

    result = pilcrow.invoke(cli.main, ["table", "--marks", str(kept), "--gold", str(gold)])
    assert result.exit_code == 0, result.output
    questions = load_gold(gold)

    assert [(each.report, each.answerable, each.relevant) for each in questions] == [
        ("harbour-2031", True, {"6": 2}),
        ("quarry", True, {"2": 2}),
        ("harbour-2031", False, {}),
        ("harbour-2031", False, {}),
    ]
    assert questions[0].quotes == {"6": ["Safety drills are held weekly."]}
    assert result.output.count("left out: ") == 2
    assert "say in which paragraph it is" in result.output
    assert "quarry has no paragraph '77'" in result.output
    outcomes = run_gold(two_reports, letters, questions)
    assert [o.answer.receipt.report for o in outcomes] == [each.report for each in questions]
    assert measure(outcomes, 0.5)["questions"] == 4


def test_a_table_with_other_words_than_the_reports_is_refused(
    two_reports: Store, letters: LetterEncoder
) -> None:
    table = filled(two_reports, letters, DRILLS)
    assert as_stored(two_reports, table) == table
    forged = json.loads(table.model_dump_json().replace("are held weekly", "are held daily "))

    with pytest.raises(StaleTableError, match="harbour-2031 does not have the words quoted at"):
        as_stored(two_reports, SavedTable.model_validate(forged))
    astray = table.model_dump_json().replace('"url":"/reports', '"url":"@elsewhere.example/reports')
    assert as_stored(two_reports, SavedTable.model_validate_json(astray)) == table


def test_a_file_that_is_no_table_is_said_to_be_none(pilcrow: CliRunner, tmp_path: Path) -> None:
    for text, said in (("{}", "is no table (questions"), ("not json", "is no table")):
        (tmp_path / "x.json").write_text(text, encoding="utf-8")
        marks = ["--marks", str(tmp_path / "x.json"), "--gold", str(tmp_path / "g")]
        result = pilcrow.invoke(cli.main, ["table", *marks])
        assert result.exit_code == 1
        assert said in result.output
    endless = ["--marks", "/dev/zero", "--gold", str(tmp_path / "g")]
    assert "more than 200 MB" in pilcrow.invoke(cli.main, ["table", *endless]).output


@pytest.fixture
def server(two_reports: Store, letters: LetterEncoder) -> Iterator[httpx.Client]:
    """A client of a server over the two reports."""
    with (
        serving(create_app(two_reports, letters)) as url,
        httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client,
    ):
        yield client


def test_cells_come_over_http_as_they_are_made(
    server: httpx.Client, two_reports: Store, letters: LetterEncoder
) -> None:
    body = {"questions": [DRILLS, NOTHING]}
    expected = filled(two_reports, letters, DRILLS, NOTHING)

    lines = server.post("/tables", json=body, headers={"Accept": "application/jsonl"})
    assert lines.headers["content-type"] == "application/jsonl"
    assert [Cell.model_validate_json(line) for line in lines.text.splitlines()] == expected.cells
    whole = server.post("/tables", json=body)
    assert SavedTable.model_validate(whole.json()) == expected
    events = server.post("/tables", json=body, headers={"Accept": "text/event-stream"}).text
    assert events.count("event: cell") == 4
    assert 'event: done\r\ndata: {"cells": 4}' in events
    one = server.post("/tables", json=body | {"reports": ["quarry"]}).json()
    assert [cell["report"] for cell in one["cells"]] == ["quarry", "quarry"]


def test_the_first_cell_does_not_wait_for_the_last(
    server: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    real = cells.cell_of

    def held(*args: object) -> Cell:
        if args[4] == "quarry":
            assert released.wait(20)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(cells, "cell_of", held)
    accepted = {"Accept": "application/jsonl"}
    with server.stream("POST", "/tables", json={"questions": [DRILLS]}, headers=accepted) as got:
        lines = got.iter_lines()
        assert json.loads(next(lines))["report"] == "harbour-2031"
        released.set()
        assert json.loads(next(lines))["report"] == "quarry"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"questions": []}, 422, "questions"),
        ({"questions": [DRILLS, " "]}, 422, "Question 2: the question is empty"),
        ({"questions": [DRILLS], "reports": ["nowhere"]}, 404, "no report 'nowhere'"),
        ({"questions": [DRILLS], "report": "quarry"}, 422, "did you mean 'reports'"),
    ],
)
def test_a_table_that_cannot_be_filled_is_refused_before_it_is_begun(
    server: httpx.Client, body: dict[str, object], status: int, said: str
) -> None:
    refused = server.post("/tables", json=body)

    assert refused.status_code == status
    assert said in refused.json()["detail"]


def test_a_posted_table_comes_back_as_a_file_with_the_servers_links(
    server: httpx.Client, two_reports: Store, letters: LetterEncoder
) -> None:
    marks = [mark(DRILLS, "harbour-2031", "right")]
    table = filled(two_reports, letters, DRILLS, marks=marks).model_dump()

    for form, kind in FORMATS.items():
        found = server.post("/tables/export", json={"format": form, "table": table})
        assert found.headers["content-type"] == kind
        assert found.headers["content-disposition"] == f'attachment; filename="table.{form}"'
        if form in ("csv", "html"):
            assert f"{server.base_url.host}:{server.base_url.port}/reports/quarry" in found.text
    gold = server.post("/tables/export", json={"format": "gold", "table": table})
    assert json.loads(gold.text)["relevant"] == {"6": 2}
    table["cells"][0]["quotes"][0]["text"] = "Safety drills are held daily."
    forged = server.post("/tables/export", json={"format": "csv", "table": table})
    assert forged.status_code == 409
    assert "fill the table again" in forged.json()["detail"]


def test_programs_get_the_same_table_from_a_server_and_from_a_folder(
    server: httpx.Client, two_reports: Store, letters: LetterEncoder
) -> None:
    address = str(server.base_url).removesuffix("/api/v1/")
    with PilcrowClient(address) as client:
        remote = client.table([DRILLS, NOTHING], ["quarry"])
    local = Pilcrow(two_reports, letters).table([DRILLS, NOTHING], ["quarry"])

    assert local.model_dump_json().replace('"/reports', f'"{address}/reports') == (
        remote.model_dump_json()
    )
    assert [cell.status for cell in local.cells] == ["answered", "not_found"]


@pytest.mark.slow
@pytest.mark.model
def test_forty_marks_over_two_reports_make_the_next_table_better(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Figures are cross-validated: of cells that the settings were not fitted to."""
    names = ("invented_hospital_inquiry", "invented_local_plan")
    known = {each.name: each for each in load_documents([ROOT / "tests" / "gold" / "training"])}
    store = build_store(tmp_path / "two", [report_of(known[name]) for name in names], encoder)
    asked = [
        (name, question)
        for name in names
        for answerable, count in ((True, 15), (False, 5))
        for question in spread(known[name].questions, answerable, count)
    ]
    plan = make_plan(store, [question.text for _, question in asked])
    cells = [cell_of(store, encoder, plan, question.text, name) for name, question in asked]
    marks = [marked(cell, question) for cell, (_, question) in zip(cells, asked, strict=True)]
    table = SavedTable(
        questions=list(plan.questions), reports=list(plan.reports), cells=cells, marks=marks
    )
    lines, left_out = gold_lines(store, table)
    assert (len(lines), left_out) == (40, [])

    found = tune(store, encoder, [GoldQuestion.model_validate(line) for line in lines])

    gains = {name: found.after[name] - found.before[name] for name in ("AUROC", "quote_hit")}
    print(found.reason)
    assert found.changed, found.reason
    assert min(gains.values()) >= 0
    assert max(gains.values()) > 0
    assert make_plan(store, [DRILLS]).mark != plan.mark


def spread(questions: list[Question], answerable: bool, count: int) -> list[Question]:
    """Some of a report's questions, from its beginning to its end."""
    kind = [each for each in questions if bool(each.relevant) == answerable]
    return kind[:: len(kind) // count][:count]


def marked(cell: Cell, question: Question) -> Mark:
    """What a careful reader says of a cell."""
    first = cell.quotes[0] if cell.quotes else None
    if not question.relevant:
        return mark(cell.question, cell.report, "wrong" if first else "right")
    if first and any(
        first.text in quote or quote in first.text for quote in question.quotes.get(first.key, ())
    ):
        return mark(cell.question, cell.report, "right")
    best = [key for key, grade in question.relevant.items() if grade == 2]
    return mark(cell.question, cell.report, "elsewhere", paragraph=", ".join(best))
