"""What a reader does with the page, each test a sentence of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

REPORT = "/reports/northumberland-2012"
FOSTERING = "Why was the joint fostering service with North Tyneside dropped?"
STOTTIE = "recipe for stottie cake"


def ask(page: Page, question: str) -> None:
    page.goto("/")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask").click()


def first_quote_of_99(page: Page) -> str:
    """Asks about fostering and returns the words quoted from paragraph 99."""
    ask(page, FOSTERING)
    quote = page.locator(".quotes .result", has=page.get_by_role("link", name="para 99")).first
    return quote.get_by_role("blockquote").inner_text()


def paragraph(page: Page, key: str) -> str:
    return str(page.request.get(f"/api/v1{REPORT}/paragraphs/{key}").json()["text"])


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_i_ask_and_read_the_reports_own_words_with_their_paragraph_number(page: Page) -> None:
    quote = first_quote_of_99(page)

    assert quote in paragraph(page, "99")
    expect(page.get_by_role("heading", name="The report says")).to_be_visible()
    expect(page.locator(".quotes .number").first).to_have_text("para 99")
    expect(page.locator(".sure")).to_contain_text("of 100 answers rated like this one")
    expect(page.get_by_role("status")).to_contain_text("Answered from paragraph 99")


def test_i_see_the_other_paragraphs_with_their_sentence_marked_and_no_quote_twice(
    page: Page,
) -> None:
    ask(page, FOSTERING)

    hit = page.locator(".hits .result").first
    key = hit.get_attribute("data-key")
    assert key is not None
    assert hit.locator("mark").inner_text() in paragraph(page, key)
    expect(page.locator(".hits").get_by_role("link", name="para 99")).to_have_count(0)


def test_i_open_the_paragraph_and_see_the_quote_marked_among_its_neighbours(page: Page) -> None:
    quote = first_quote_of_99(page)
    page.locator(".quotes").get_by_role("link", name="para 99").first.click()

    pane = page.get_by_role("complementary")
    expect(pane.locator("mark")).to_have_text(quote)
    expect(pane.locator("mark")).to_be_in_viewport()
    for number in ("para 98", "para 99", "para 100"):
        expect(pane.get_by_role("link", name=number, exact=True)).to_have_count(1)
    assert pane.locator(".target .prose").text_content() == paragraph(page, "99")


def test_i_go_back_through_paragraph_answer_and_first_page(page: Page) -> None:
    first_quote_of_99(page)
    page.locator(".hits .number").nth(1).click()
    title = page.get_by_role("complementary").get_by_role("heading", level=2)
    expect(title).not_to_have_text("Northumberland (Ofsted, 14 May 2012), para 99")

    page.go_back()
    expect(title).to_have_text("Northumberland (Ofsted, 14 May 2012), para 99")
    expect(page.locator(".quotes")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="For example")).to_be_visible()
    expect(page.locator(".quotes")).to_be_hidden()
    page.go_forward()
    expect(page.locator(".quotes .number").first).to_have_text("para 99")
    expect(page.get_by_label("Your question")).to_have_value(FOSTERING)


def test_i_send_a_colleague_the_address_and_they_see_what_i_see(page: Page) -> None:
    quote = first_quote_of_99(page)
    page.locator(".quotes .number").first.click()
    expect(page.get_by_role("complementary").locator("mark")).to_have_text(quote)

    colleague = page.context.new_page()
    colleague.goto(page.url)
    expect(colleague.locator(".quotes .number").first).to_have_text("para 99")
    expect(colleague.get_by_role("complementary").locator("mark")).to_have_text(quote)
    expect(colleague.locator(".quotes .opened .number").first).to_have_text("para 99")


def test_i_pick_an_example_and_it_is_asked(page: Page) -> None:
    page.goto("/")
    example = page.locator(".examples a").first
    question = example.inner_text()
    example.click()

    expect(page.get_by_label("Your question")).to_have_value(question)
    expect(page.locator(".quotes .number").first).to_be_visible()


def test_i_ask_what_the_report_does_not_say_and_am_told_so(page: Page) -> None:
    ask(page, STOTTIE)

    state = page.get_by_role("heading", name="The report does not answer this")
    expect(state).to_be_visible()
    expect(page.locator(".not-found")).to_contain_text("The nearest paragraphs are para")
    expect(page.get_by_role("heading", name="The nearest paragraphs, which do")).to_be_visible()
    expect(page.locator(".quotes")).to_have_count(0)
    expect(page.get_by_role("complementary")).to_be_hidden()
    expect(page.locator("#map.faint")).to_be_visible()
    assert page.locator(".nearest .result").count() > 0
    expect(page.get_by_role("status")).to_contain_text("The report does not answer")


def test_i_copy_a_quote_with_its_citation(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quote = first_quote_of_99(page)
    page.get_by_role("button", name="Copy with citation").first.click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{quote}” (Northumberland (Ofsted, 14 May 2012), para 99)\nhttp")


def test_i_use_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.locator("body").press("Tab")
    page.keyboard.press("/")
    page.keyboard.type(FOSTERING)
    page.keyboard.press("Enter")
    links = page.locator(".result .number")
    expect(links.first).to_be_visible()

    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary").locator("mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_be_hidden()
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_i_skip_to_the_text(page: Page) -> None:
    page.goto(REPORT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_i_read_on_a_phone_without_scrolling_sideways(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 360, "height": 740})
    first_quote_of_99(page)
    assert overflow(page) <= 0

    page.locator(".quotes .number").first.click()
    pane = page.get_by_role("complementary")
    expect(pane.locator("mark")).to_be_in_viewport()
    box = pane.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (360, 740)
    assert pane.evaluate("pane => pane.scrollWidth - pane.clientWidth") <= 0
    page.get_by_role("button", name="Close the report").click()
    expect(page.locator(".quotes .number").first).to_be_focused()

    for address in (REPORT, f"{REPORT}/paragraphs/3", "/"):
        page.goto(address)
        assert overflow(page) <= 0, address


def test_i_type_markup_and_it_stays_text(page: Page) -> None:
    hostile = '<img src=x onerror="document.title=1"> </title><script>alert(1)</script> {{7*7}}'
    ask(page, hostile)
    expect(page.locator("#answer h2").first).to_be_visible()

    for _ in range(2):
        expect(page.get_by_label("Your question")).to_have_value(hostile)
        expect(page.locator("img, script:not([src], [type])")).to_have_count(0)
        assert page.title().startswith("<img src=x onerror=")
        page.reload()
        expect(page.locator("#answer h2").first).to_be_visible()


def test_i_open_a_mangled_address_and_am_told_what_is_wrong(page: Page) -> None:
    page.goto("/?q=fostering&open=northumberland-2012/9999&quote=9-1")

    alert = page.get_by_role("complementary").get_by_role("alert")
    expect(alert).not_to_be_empty()


def test_i_ask_too_long_a_question_and_read_why_it_was_refused(page: Page) -> None:
    ask(page, "why " * 2500)

    alert = page.get_by_role("alert")
    expect(alert.get_by_role("heading", name="No answer")).to_be_visible()
    expect(alert).to_contain_text("the question has 9,999 characters")
    expect(alert.get_by_role("button")).to_have_count(0)
    assert overflow(page) <= 0


def test_the_server_is_busy_and_i_try_again(page: Page) -> None:
    page.goto("/")
    page.route("**/api/v1/ask", lambda route: route.fulfill(status=429, body="busy"))
    page.get_by_label("Your question").fill(FOSTERING)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The server answered 429.")

    page.unroute("**/api/v1/ask")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".quotes .number").first).to_have_text("para 99")


def test_i_see_every_passage_verbatim_in_the_whole_report(new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(REPORT)

    passages = page.request.get(f"/api/v1{REPORT}/paragraphs").json()["paragraphs"]
    assert page.locator(".passage .prose").all_text_contents() == [p["text"] for p in passages]
    expect(page.locator(".audit")).to_contain_text("107 paragraphs, 1 to 107, no gaps")
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link", name="Service information")).to_be_visible()


def test_i_see_every_passage_verbatim_in_the_reading_pane(page: Page) -> None:
    page.goto("/")
    passages = page.request.get(f"/api/v1{REPORT}/paragraphs").json()["paragraphs"]
    texts = [p["text"] for p in passages] + ["😀 a\tb\n\n - c <i>d</i>"]
    shown = page.evaluate(
        """async (texts) => {
            const { prose } = await import("/static/dom.js");
            return texts.map((text) => {
                const element = prose(text, 2, 9);
                const marks = [...element.querySelectorAll("mark")];
                return [element.textContent, marks.map((mark) => mark.textContent).join("")];
            });
        }""",
        texts,
    )

    assert [text for text, _ in shown] == texts
    # A mark that runs over lines or cells has one element in each, without the break between.
    unbroken = [text[2:9].replace("\n", "").replace("\t", "") for text in texts]
    assert [marked for _, marked in shown] == unbroken


def test_i_follow_a_permalink_without_javascript(new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    text = paragraph(page, "99")
    start = text.index("However,")
    end = text.index("abandoned.") + len("abandoned.")
    page.goto(f"{REPORT}/paragraphs/99?quote={start}-{end}")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Paragraph 99")
    expect(page.locator("mark")).to_have_text(text[start:end])
    assert page.locator(".target .prose").text_content() == text
    expect(page.locator(".citation")).to_have_text("Northumberland (Ofsted, 14 May 2012), para 99")
    expect(page.get_by_role("contentinfo")).to_contain_text("© Crown copyright 2012")
    expect(page.get_by_role("link", name="para 98")).to_be_visible()
    page.get_by_role("link", name="In the whole report").click()
    expect(page.locator("#p-99")).to_be_in_viewport()


def test_i_follow_a_link_to_a_paragraph_that_is_not_there(page: Page) -> None:
    response = page.goto(f"{REPORT}/paragraphs/9999")

    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Ask a question")).to_be_visible()


def test_the_page_is_light(page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto("/", wait_until="networkidle")

    assert 10_000 < sum(sizes) < 60_000
