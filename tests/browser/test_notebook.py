"""Collecting quotes: each test a sentence of a reader's."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

KEPT = "pilcrow-notebook"
QUESTIONS = ("Why was the joint fostering service dropped?", "Are safety drills held weekly?")
PHONE = {"width": 360, "height": 740}


def pin(page: Page, question: str, place: int = 0) -> str:
    """Asks and pins a ranked hit; the words that are marked in it."""
    page.goto(f"/?q={quote(question)}")
    hit = page.locator(".hits .result:has(.pin[aria-pressed=false])").nth(place)
    words = hit.locator(".excerpt mark").first.text_content()
    hit.get_by_role("button", name="Pin").click()
    expect(page.get_by_role("status").first).to_contain_text("Pinned")
    return words or ""


def notebook(page: Page) -> Locator:
    page.goto("/notebook")
    return page.locator(".pinned")


def filled(page: Page, count: int = 3) -> list[str]:
    """Pins hits of two questions, and opens the notebook."""
    words = [pin(page, QUESTIONS[each % 2]) for each in range(count)]
    expect(notebook(page)).to_have_count(count)
    return words


def keep(page: Page, book: object) -> None:
    """Puts a notebook, whole or damaged, into the browser."""
    raw = book if isinstance(book, str) else json.dumps(book)
    page.goto("/notebook")
    page.evaluate("([key, raw]) => localStorage.setItem(key, raw)", [KEPT, raw])
    page.reload()


def kept(page: Page) -> Any:
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEPT))


def item(**changes: Any) -> dict[str, Any]:
    fields = {"report": "harbour-2031", "key": "6", "start": 0, "end": 30, "note": ""}
    fields |= {"text": "Safety drills are held weekly.", "citation": "Harbour, para 6"}
    return fields | {"url": "/reports/harbour-2031/paragraphs/6", "question": "Drills?"} | changes


def quotes(page: Page) -> list[str]:
    return page.locator(".pinned blockquote").all_text_contents()


def download(page: Page, name: str) -> tuple[str, bytes]:
    with page.expect_download() as started:
        page.get_by_role("button", name=name, exact=True).click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def test_i_pin_quotes_of_several_questions_and_find_them_after_a_reload(desk: Page) -> None:
    words = filled(desk)

    assert quotes(desk) == words
    desk.reload()
    assert quotes(desk) == words
    expect(desk.get_by_role("link", name="Notebook 3")).to_be_visible()
    asked = desk.locator(".pinned").first.get_by_role("link", name=QUESTIONS[0])
    asked.click()
    expect(desk.locator("#question")).to_have_value(QUESTIONS[0])
    expect(desk.locator(".hits .pin[aria-pressed=true]").first).to_contain_text("Pinned")


def test_i_pin_by_key_and_pin_again_what_i_took_out_with_its_note(desk: Page) -> None:
    desk.goto(f"/?q={quote(QUESTIONS[1])}")
    expect(desk.locator(".pin").first).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("b")
    expect(desk.locator(".pin[aria-pressed=true]").first).to_be_visible()
    notebook(desk).get_by_role("textbox").fill("mine")
    desk.go_back()
    button = desk.locator(".pin[aria-pressed=true]").first
    button.click()
    expect(desk.locator(".pin[aria-pressed=true]")).to_have_count(0)
    desk.locator(".pin").first.click()
    expect(notebook(desk).get_by_role("textbox")).to_have_value("mine")


def test_a_quote_of_the_answer_is_pinned_word_for_word(desk: Page) -> None:
    desk.goto(f"/?q={quote(QUESTIONS[1])}")
    first = desk.locator(".quotes .result").first
    words = first.get_by_role("blockquote").text_content()
    first.get_by_role("button", name="Pin").click()

    expect(notebook(desk).locator("blockquote")).to_have_text(words or "?")
    pinned = kept(desk)["items"][0]
    path = f"/api/v1/reports/{pinned['report']}/paragraphs/{quote(pinned['key'])}"
    text = desk.request.get(path).json()["text"]
    assert text[pinned["start"] : pinned["end"]] == pinned["text"] == words


def test_i_order_them_with_the_keyboard_alone(desk: Page) -> None:
    one, two, three = filled(desk)

    down = desk.get_by_role("button", name=re.compile("^Move down")).first
    down.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_have_text("Moved to 2 of 3")
    desk.keyboard.press("Enter")
    assert quotes(desk) == [two, three, one]
    # It can go no further down: the way up has the focus.
    expect(desk.locator(".pinned").last.get_by_role("button", name="Move up")).to_be_focused()
    desk.reload()
    assert quotes(desk) == [two, three, one]


@pytest.mark.parametrize("drop", [True, False])
def test_i_drag_one_to_another_place_or_let_it_be(desk: Page, drop: bool) -> None:
    one, two, three = filled(desk)

    grip = desk.locator(".handle").first.bounding_box()
    last = desk.locator(".pinned").last.bounding_box()
    assert grip is not None
    assert last is not None
    desk.mouse.move(grip["x"] + 5, grip["y"] + 5)
    desk.mouse.down()
    for share in range(1, 11):
        way = last["y"] + last["height"] - 5 - grip["y"]
        desk.mouse.move(grip["x"] + 5, grip["y"] + 5 + way * share / 10)
    assert quotes(desk) == [two, three, one]
    if not drop:
        desk.keyboard.press("Escape")
    desk.mouse.up()
    expected = [two, three, one] if drop else [one, two, three]
    assert quotes(desk) == expected
    desk.reload()
    assert quotes(desk) == expected


def test_i_drag_with_a_finger(open_at: Callable[..., Page], desk_url: str) -> None:
    page = open_at(desk_url, viewport=PHONE, has_touch=True, is_mobile=True)
    one, two = filled(page, 2)
    grip = page.locator(".handle").first
    box = page.locator(".pinned").last.bounding_box()
    assert box is not None
    at = {"pointerId": 1, "isPrimary": True, "pointerType": "touch", "bubbles": True}
    # A made-up pointer cannot be captured.
    page.evaluate("Element.prototype.setPointerCapture = () => {}")
    grip.dispatch_event("pointerdown", at | {"clientY": 10, "button": 0})
    grip.dispatch_event("pointermove", at | {"clientY": box["y"] + box["height"]})
    grip.dispatch_event("pointerup", at)

    assert quotes(page) == [two, one]


def test_i_remove_one_and_think_better_of_it(desk: Page) -> None:
    one, two, three = filled(desk)
    desk.locator(".pinned textarea").nth(1).fill("keep me")

    desk.get_by_role("button", name=re.compile("^Remove (?!all)")).nth(1).press("Enter")
    assert quotes(desk) == [one, three]
    expect(desk.get_by_role("button", name="Undo")).to_be_focused()
    assert len(kept(desk)["items"]) == 2
    desk.keyboard.press("Enter")
    assert quotes(desk) == [one, two, three]
    expect(desk.locator(".pinned textarea").nth(1)).to_have_value("keep me")

    desk.get_by_role("button", name="Remove all").click()
    desk.get_by_role("dialog").get_by_role("button", name="Remove all").click()
    assert kept(desk)["items"] == []
    desk.reload()
    desk.get_by_role("button", name="Undo").click()
    assert quotes(desk) == [one, two, three]


def test_i_see_what_i_asked_and_clear_it(desk: Page) -> None:
    filled(desk)
    history = desk.get_by_role("region", name="Questions asked on this device")
    expect(history.get_by_role("link", name=QUESTIONS[0])).to_be_visible()
    history.get_by_role("button", name="Clear these questions").click()
    expect(history).to_be_hidden()
    desk.reload()
    expect(history).to_be_hidden()


def test_i_take_it_away_in_every_format(desk: Page) -> None:
    words = filled(desk)
    desk.get_by_role("textbox", name="Title").fill("Ferries & fostering")
    desk.locator(".pinned textarea").first.fill("Look *this* up")
    desk.get_by_role("combobox", name="Cite in").select_option("APA 7")

    name, content = download(desk, "Word")
    document = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    day = datetime.now(UTC).date().isoformat()
    assert name == f"Ferries-fostering-{day}.docx"
    assert texts[:2] == ["Ferries & fostering", words[0]]
    assert "Note: Look *this* up" in texts
    name, content = download(desk, "Markdown")
    assert (name, content.decode().split("\n")[0]) == (
        f"Ferries-fostering-{day}.md",
        "# Ferries & fostering",
    )
    name, content = download(desk, "HTML")
    assert name == f"Ferries-fostering-{day}.html"
    assert "Look *this* up" in content.decode()
    name, content = download(desk, "RIS")
    assert (name, content[:6]) == (f"Ferries-fostering-{day}.ris", b"TY  - ")
    name, content = download(desk, "BibTeX")
    assert (name, content[:1]) == (f"Ferries-fostering-{day}.bib", b"@")
    expect(desk.get_by_role("status")).to_contain_text("Exported as Ferries-fostering-")


def test_a_quote_with_other_words_is_not_exported_and_i_see_which(desk: Page) -> None:
    keep(desk, {"version": 1, "title": "", "items": [item(), item(key="8", text="Made up.")]})
    desk.get_by_role("button", name="RIS").click()

    expect(desk.locator("#trouble")).to_contain_text("1 of 2 quotes")
    expect(desk.locator(".pinned").last.locator(".fault")).to_contain_text("Not as it was pinned")
    expect(desk.locator(".pinned").first.locator(".fault")).to_be_hidden()


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("{not json", 0),
        ("null", 0),
        ("[1, 2]", 0),
        (json.dumps({"version": 1, "items": "none"}), 0),
        (json.dumps({"version": 1, "title": 5, "items": [item(), 7, None, {"report": 1}]}), 1),
        (json.dumps({"version": 1, "items": [item(url="javascript:alert(1)")]}), 0),
    ],
)
def test_a_damaged_notebook_loses_only_what_is_damaged(desk: Page, raw: str, left: int) -> None:
    keep(desk, raw)

    expect(desk.locator("#trouble")).to_contain_text("could not be read")
    expect(desk.locator(".pinned")).to_have_count(left)
    pin(desk, QUESTIONS[0], 3)
    expect(notebook(desk)).to_have_count(left + 1)
    assert desk.evaluate("localStorage.getItem('pilcrow-notebook-damaged')") == raw


def test_a_notebook_of_a_newer_version_is_left_alone(desk: Page) -> None:
    newer = {"version": 2, "pages": [1]}
    keep(desk, newer)
    expect(desk.locator("#trouble")).to_contain_text("newer version")

    desk.goto(f"/?q={quote(QUESTIONS[0])}")
    desk.locator(".pin").first.click()
    expect(desk.get_by_role("button", name="Not pinned")).to_be_visible()
    assert kept(desk) == newer


def test_no_room_left_is_said_and_nothing_is_lost(desk: Page) -> None:
    words = filled(desk, 1)
    desk.evaluate(
        """() => {
            for (let size = 1 << 22; size >= 1; size >>= 1) {
                try { for (let n = 0; ; n++) localStorage.setItem(`fill-${size}-${n}`, "x".repeat(size)); }
                catch { /* full at this size */ }
            }
        }"""
    )
    desk.locator(".pinned textarea").fill("a note that finds no room")
    expect(desk.locator("#trouble")).to_contain_text("no room left")
    desk.goto(f"/?q={quote(QUESTIONS[0])}")
    desk.locator(".pin[aria-pressed=false]").last.click()
    expect(desk.get_by_role("button", name="Not pinned")).to_be_visible()
    notebook(desk)
    assert quotes(desk) == words


def test_a_browser_that_keeps_nothing_still_shows_what_is_pinned(
    open_at: Callable[..., Page], desk_url: str
) -> None:
    page = open_at(desk_url, viewport=PHONE)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page.goto("/notebook")

    expect(page.locator("#trouble")).to_contain_text("keeps nothing")


def test_another_tab_shows_what_i_pin_here(desk: Page) -> None:
    words = filled(desk, 1)
    other = desk.context.new_page()
    words.append(pin(other, QUESTIONS[1]))

    expect(desk.locator(".pinned")).to_have_count(2)
    assert quotes(desk) == words
    expect(desk.get_by_role("link", name="Notebook 2")).to_be_visible()


def test_hostile_words_are_shown_as_words(desk: Page) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\">\u202e<script>1</script>"
    keep(
        desk,
        {
            "version": 1,
            "title": evil,
            "items": [item(text=evil, citation=evil, note=evil, question=evil, report=evil)],
        },
    )

    assert quotes(desk) == [evil]
    assert desk.locator("main img, main script").count() == 0
    assert "owned" not in desk.title()
    desk.get_by_role("button", name="HTML").click()
    expect(desk.locator("#trouble")).to_contain_text("no report")


def test_it_works_on_the_phone_and_on_paper(open_at: Callable[..., Page], desk_url: str) -> None:
    page = open_at(desk_url, viewport=PHONE)
    filled(page, 2)
    page.locator(".pinned textarea").first.fill("a note")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.emulate_media(media="print")

    expect(page.locator(".printed-note").first).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".pinned textarea").first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way(open_at: Callable[..., Page], desk_url: str, scheme: str) -> None:
    page = open_at(desk_url, viewport=PHONE, color_scheme=scheme)
    found = []
    page.goto("/notebook")
    found += Axe().run(page).response["violations"]
    filled(page, 2)
    found += Axe().run(page).response["violations"]

    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


@pytest.mark.parametrize(
    "address",
    ["/", "/notebook", "/verify", "/reports/harbour-2031", "/reports/harbour-2031/paragraphs/6"],
)
def test_the_notebook_can_be_reached_from_every_page(desk: Page, address: str) -> None:
    desk.goto(address)
    desk.get_by_role("link", name="Notebook").click()

    expect(desk.get_by_role("heading", level=1)).to_have_text("Notebook")
    expect(desk.get_by_text("Nothing is pinned yet")).to_be_visible()
