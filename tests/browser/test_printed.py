"""A PDF's own page beside the paragraph, and questions that lean on the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from indexer.load import load_report
from indexer.store import build_store
from indexer.store.kept import keep_original
from search_api.http.app import create_app
from tests.conftest import LetterEncoder, serving
from tests.test_printed_page import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def quay_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a report that is a PDF."""
    folder = tmp_path_factory.mktemp("quay")
    file, encoder = printed(folder), LetterEncoder()
    store = build_store(folder / "store", [load_report(file)], encoder)
    keep_original(folder / "store", "quay", file, keeping=True)
    with serving(create_app(store, encoder)) as url:
        yield url


@pytest.mark.parametrize("width", [1440, 390])
def test_i_see_the_page_as_it_is_printed_under_the_paragraph(
    open_at: Callable[..., Page], quay_url: str, width: int
) -> None:
    page = open_at(quay_url, viewport={"width": width, "height": 900})
    page.goto("/?open=quay/2&quote=3-11")
    pane = page.get_by_role("complementary")
    expect(pane.get_by_role("button", name="Printed page")).to_have_count(1)
    pane.get_by_role("heading", level=2).click()
    page.keyboard.press("v")

    picture = pane.get_by_role("img", name="The printed page, with the words marked")
    expect(pane.get_by_text("Drawing the page")).to_have_count(0)
    assert picture.evaluate("image => image.naturalWidth") == 1200
    expect(pane.get_by_role("link", name="Download the original file")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    assert int(page.evaluate("document.documentElement.scrollWidth - innerWidth")) <= 0
    page.keyboard.press("v")
    expect(picture).to_have_count(0)


def test_i_open_the_page_beside_a_paragraphs_text(
    open_at: Callable[..., Page], quay_url: str
) -> None:
    page = open_at(quay_url, viewport={"width": 1440, "height": 900})
    page.goto("/reports/quay/paragraphs/2?quote=3-11")
    page.locator("summary", has_text="Printed page").click()

    picture = page.get_by_role("img", name="The printed page").bounding_box()
    text = page.locator(".target .prose").bounding_box()
    assert picture is not None
    assert text is not None
    assert picture["x"] > text["x"] + text["width"]
    assert picture["y"] < text["y"] + text["height"]


def test_i_ask_on_and_my_question_is_read_with_the_one_before(page: Page) -> None:
    page.goto("/?q=What+is+the+rate+of+teenage+conceptions%3F")
    box, button = page.get_by_label("Your question"), page.get_by_role("button", name="Ask")
    expect(page.locator("#answer h1")).to_be_visible()
    box.fill("How does it compare?")
    button.click()

    line = page.locator(".read-as", has_text="Read as")
    expect(line).to_contain_text("What is the rate of teenage conceptions? How does it compare?")
    assert "after=What" in page.url
    # What is sent to a colleague is read as it was here.
    page.reload()
    expect(line).to_contain_text("What is the rate of teenage conceptions? How does it compare?")
    line.get_by_role("link", name="Read it by itself").click()
    expect(page.locator("#answer h1")).to_be_visible()
    expect(page.locator(".read-as", has_text="teenage conceptions")).to_have_count(0)


def test_i_ask_something_else_and_nothing_of_before_stays_in_the_address(page: Page) -> None:
    page.goto("/?q=What+is+the+rate+of+teenage+conceptions%3F")
    expect(page.locator("#answer h1")).to_be_visible()
    page.get_by_label("Your question").fill("Who inspects private fostering arrangements?")
    page.get_by_role("button", name="Ask").click()

    expect(page).to_have_title("Who inspects private fostering arrangements? – Pilcrow")
    expect(page.locator("#answer h1")).to_be_visible()
    assert "after=" not in page.url
    page.go_back()
    expect(page.get_by_label("Your question")).to_have_value(
        "What is the rate of teenage conceptions?"
    )
