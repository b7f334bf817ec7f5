"""A table of evidence: each test a sentence of a reader's."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

KEPT = "pilcrow-table"
DRILLS = "Are safety drills held weekly?"
NOTHING = "jjj qqq zzz xxx"


def fill(page: Page, *questions: str) -> Locator:
    """Fills a table over all three reports; its cells, row by row."""
    page.goto("/table")
    page.get_by_label("Questions, one a line").fill("\n".join(questions))
    page.get_by_role("button", name="Fill the table").click()
    cells = page.locator("#grid td button")
    expect(cells).to_have_count(3 * len(questions))
    expect(page.locator("#grid td button:disabled")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    return cells


def column(page: Page, report: str) -> int:
    heads = page.locator("#grid thead th").all_text_contents()[1:]
    return next(place for place, head in enumerate(heads) if report.casefold() in head.casefold())


def download(page: Page, name: str) -> tuple[str, bytes]:
    with page.expect_download() as started:
        page.get_by_role("button", name=name, exact=True).click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def kept(page: Page) -> Any:
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEPT))


def test_i_fill_a_table_open_a_cell_and_read_its_paragraph_beside_it(desk: Page) -> None:
    cells = fill(desk, DRILLS, NOTHING)
    harbour = column(desk, "Harbour")
    cell = cells.nth(harbour)
    expect(cell).to_contain_text("“Safety drills are held weekly.”")
    expect(cell).to_contain_text("para 6")
    expect(cells.nth(3 + harbour)).to_contain_text("Not in the report")

    cell.click()
    pane = desk.get_by_role("complementary", name="Cell")
    expect(pane.locator("mark").first).to_have_text("Safety drills are held weekly.")
    expect(pane).to_contain_text("Every drill is logged, e.g. by the mate on watch.")
    link = pane.get_by_role("link", name="para 6").first.get_attribute("href")
    assert re.fullmatch(r"/reports/harbour-2031/paragraphs/6\?quote=\d+-\d+", link or "")
    desk.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(cell).to_be_focused()


def test_my_marks_and_notes_are_there_after_a_reload_and_in_what_i_export(desk: Page) -> None:
    cells = fill(desk, DRILLS)
    harbour = column(desk, "Harbour")
    cells.nth(harbour).click()
    desk.get_by_label("Right").check()
    desk.get_by_label("Note").fill("=1+1 as para 6 has it")
    cells.nth((harbour + 1) % 3).click()
    desk.get_by_label("Paragraph").fill("2")
    expect(desk.get_by_label("The report does say")).to_be_checked()
    desk.reload()

    expect(cells.nth(harbour)).to_contain_text("Right, =1+1 as para 6 has it")
    expect(cells.nth((harbour + 1) % 3)).to_contain_text("The report does say, para 2")
    for name, ending in (("Excel", "xlsx"), ("CSV", "csv"), ("Word", "docx"), ("HTML", "html")):
        file, content = download(desk, name)
        assert file == f"table.{ending}"
        if ending == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            text = "\n".join(str(cell.value) for row in book["Table"] for cell in row)
            assert "Marked right\nNote: =1+1 as para 6 has it" in text
            assert "Marked: the report does say: para 2" in text
    _, gold = download(desk, "Gold questions")
    lines = [json.loads(line) for line in gold.decode().splitlines()]
    assert {line["report"]: line["relevant"] for line in lines}["harbour-2031"] == {"6": 2}


def test_i_turn_the_table_round_and_put_the_oldest_report_first(desk: Page) -> None:
    cells = fill(desk, DRILLS, NOTHING)
    cells.nth(column(desk, "Harbour")).click()
    desk.get_by_label("Note").fill("mine")
    desk.get_by_label("A row for each report").check()
    desk.get_by_label("Oldest report first").check()
    heads = desk.locator("#grid tbody th")
    days = [re.search(r"\((.*)\)", head) for head in heads.all_text_contents()]
    found = [day[1] if day else "9999" for day in days]
    assert found == sorted(found)
    assert len(set(found)) > 1
    expect(desk.locator("#grid thead th")).to_have_text(["Report", DRILLS, NOTHING])
    row = desk.locator("#grid tbody tr", has=desk.get_by_role("link", name="Harbour"))
    expect(row.get_by_role("button").first).to_contain_text("mine")
    desk.reload()

    expect(desk.locator("#grid thead th")).to_have_text(["Report", DRILLS, NOTHING])
    expect(row.get_by_role("button").first).to_contain_text("mine")
    names = [head.split(" (")[0] for head in heads.all_text_contents()]
    sheet = openpyxl.load_workbook(io.BytesIO(download(desk, "Excel")[1]))["Table"]
    rows = [str(line[0].value).split(" (")[0] for line in sheet.iter_rows(min_row=2)]
    assert [row for row in rows if row in names] == names
    marks = "\n".join(str(cell.value) for line in sheet for cell in line)
    assert "Note: mine" in marks
    saved = json.loads(download(desk, "JSON")[1])
    assert [report["name"] for report in saved["reports"]] == names
    assert [cell["question"] for cell in saved["cells"]] == [DRILLS] * 3 + [NOTHING] * 3
    desk.get_by_label("A row for each report").uncheck()
    expect(cells.nth(column(desk, "Harbour"))).to_contain_text("mine")


def test_i_open_the_file_i_exported_on_another_machine(
    desk: Page, open_at: Callable[..., Page], desk_url: str
) -> None:
    cells = fill(desk, DRILLS)
    cells.first.click()
    desk.get_by_label("Note").fill("mine")
    name, content = download(desk, "JSON")
    other = open_at(desk_url, viewport={"width": 1360, "height": 850})
    other.goto("/table")
    expect(other.locator("#filled")).to_be_hidden()
    file = other.get_by_label("Open a table")
    file.set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": b"[1]"})
    expect(other.get_by_role("alert")).to_contain_text("This is no table")
    file.set_input_files({"name": name, "mimeType": "application/json", "buffer": content})

    expect(other.locator("#grid td button").first).to_contain_text("mine")
    expect(other.get_by_label("Questions, one a line")).to_have_value(DRILLS)
    expect(other.get_by_role("alert")).to_be_hidden()


def test_what_was_filled_is_not_asked_again_and_what_is_new_is(desk: Page) -> None:
    fill(desk, DRILLS)
    asked: list[Any] = []
    desk.on("request", lambda r: asked.append(r.post_data_json) if r.method == "POST" else None)
    desk.get_by_label("Questions, one a line").fill(f"{DRILLS}\n\n  {NOTHING}  ")
    desk.get_by_role("button", name="Fill the table").click()
    expect(desk.locator("#grid td button:not(:disabled)")).to_have_count(6)

    assert [each["questions"] for each in asked] == [[NOTHING]]
    desk.get_by_role("button", name="Empty all cells").click()
    expect(desk.locator("#grid td button:disabled")).to_have_count(6)
    assert kept(desk)["cells"] == []


def test_a_refusal_is_shown_and_markup_stays_text(desk: Page) -> None:
    desk.goto("/table")
    desk.get_by_label("Questions, one a line").fill("???")
    desk.get_by_role("button", name="Fill the table").click()
    expect(desk.get_by_role("alert")).to_contain_text("the question is empty")
    question = "<img src=x onerror=alert(1)> ferry?"
    fill(desk, question)
    expect(desk.locator("#grid tbody th")).to_have_text(question)
    hostile = column(desk, "<b>Review</b>")
    desk.locator("#grid td button").nth(hostile).click()
    assert desk.locator("main img, main b:has-text('Review')").count() == 0
    assert desk.title() == "Table – Pilcrow"


@pytest.mark.parametrize("width", [1360, 320])
def test_the_table_can_be_used_by_keyboard_at_any_width_and_by_who_hears_it(
    open_at: Callable[..., Page], desk_url: str, width: int
) -> None:
    page = open_at(desk_url, viewport={"width": width, "height": 700})
    cells = fill(page, DRILLS, NOTHING)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Cell")).to_be_focused()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
