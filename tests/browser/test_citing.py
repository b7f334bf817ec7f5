"""How a reader takes a citation away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PARAGRAPH = "/reports/northumberland-2012/paragraphs/99"
TITLE = "Inspection of safeguarding and looked after children services, Northumberland"


def copied(page: Page) -> str:
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_i_choose_a_style_once_and_copy_by_click_and_by_key(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(PARAGRAPH)
    style = page.get_by_role("combobox", name="Citation style")
    expect(style).to_have_value("short")
    style.select_option("APA 7")
    page.get_by_role("button", name="Copy citation").click()
    entry = f"Ofsted. (2012). {TITLE}. https://www.ofsted.gov.uk"
    assert copied(page) == f"(Ofsted, 2012, para. 99)\n\n{entry}"

    page.goto(PARAGRAPH.replace("99", "98"))
    expect(style).to_have_value("apa")
    page.locator("h1").click()
    page.keyboard.press("c")
    assert copied(page).startswith("(Ofsted, 2012, para. 98)\n")


def test_i_copy_quotes_and_the_open_paragraph_in_my_style(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?q=Why was the joint fostering service with North Tyneside dropped?")
    page.get_by_role("combobox", name="Citation style").first.select_option("OSCOLA")
    quote = page.locator(".quotes .result", has=page.get_by_role("link", name="para 99")).first
    said = quote.get_by_role("blockquote").inner_text()
    quote.get_by_role("button", name="Copy with citation").click()
    assert copied(page).startswith(f"“{said}”\nOfsted, ‘Inspection of Safeguarding")

    page.evaluate("navigator.clipboard.writeText('')")
    quote.get_by_role("link", name="para 99", exact=True).click()
    pane = page.get_by_role("complementary")
    expect(pane.get_by_role("combobox", name="Citation style")).to_have_value("oscola")
    page.keyboard.press("c")
    expect(pane.get_by_role("button", name="Copied")).to_be_visible()
    note = str(page.evaluate("navigator.clipboard.readText()"))
    assert "(Ofsted 2012) para 99" in note


def test_a_refused_citation_says_why(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(PARAGRAPH)
    page.get_by_role("combobox", name="Citation style").first.select_option("MLA 9")
    page.route("**/citation?*", lambda route: route.fulfill(status=429, body="busy"))
    page.get_by_role("button", name="Copy citation").click()

    expect(page.get_by_role("button", name="The server answered 429.")).to_be_visible()
