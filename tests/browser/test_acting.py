"""What a reader does with the text: each test a sentence of theirs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

SEED = "northumberland-2012"
REPORT = f"/reports/{SEED}"
FOSTERING = "Why was the joint fostering service with North Tyneside dropped?"
ASKED = f"/?q={quote(FOSTERING)}&report={SEED}"
SIZES = {"desk": (1440, 900), "laptop": (1024, 768), "phone": (390, 844), "small": (320, 640)}


def pane(page: Page) -> Locator:
    return page.get_by_role("complementary")


def select(page: Page, within: str, start: int, end: int) -> None:
    """Selects characters of the first text found, as a mouse does."""
    page.locator(within).first.wait_for()
    page.evaluate(
        """([within, start, end]) => {
            const root = document.querySelector(within);
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            let at = 0;
            let begun = false;
            while (walker.nextNode()) {
                const node = walker.currentNode;
                const after = at + node.data.length;
                if (!begun && after > start) { range.setStart(node, start - at); begun = true; }
                if (after >= end) { range.setEnd(node, end - at); break; }
                at = after;
            }
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [within, start, end],
    )


def chosen(page: Page) -> Locator:
    return page.get_by_role("region", name="Selected words")


def words_of(page: Page, key: str) -> str:
    return str(page.request.get(f"/api/v1{REPORT}/paragraphs/{key}").json()["text"])


def test_i_select_words_see_what_will_be_pasted_and_copy_them_in_my_style(desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(ASKED)
    text = words_of(desk, "99")
    end = text.index("2009") + 2
    select(desk, "#reader .target .prose", 4, end)
    bar = chosen(desk)
    # Half a word is a slip of the hand.
    expect(bar.locator(".preview")).to_contain_text(f"“{text[4 : end + 2]}”")
    bar.get_by_role("combobox").select_option("MLA 9")
    expect(bar.locator(".preview")).to_contain_text("par. 99")
    shown = bar.locator(".preview").inner_text()
    bar.get_by_role("button", name="Copy with citation").click()
    expect(bar.get_by_role("button", name="Copied")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == shown
    html = desk.evaluate(
        "navigator.clipboard.read().then((all) => all[0].getType('text/html')).then((b) => b.text())"
    )
    assert "99" in html


def test_italics_survive_in_what_is_pasted(desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(f"{REPORT}/paragraphs/99")
    desk.get_by_role("combobox", name="Citation style").select_option("APA 7")
    desk.get_by_role("button", name="Copy citation").click()
    expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    html = desk.evaluate(
        "navigator.clipboard.read().then((all) => all[0].getType('text/html')).then((b) => b.text())"
    )
    assert re.search(r"<i>Inspection of safeguarding[^<]*</i>", html)
    assert "<" not in desk.evaluate("navigator.clipboard.readText()")


def test_a_colleague_sees_the_sentence_i_link_to(desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(ASKED)
    text = words_of(desk, "99")
    start = text.index("However")
    end = text.index("abandoned.") + len("abandoned.")
    select(desk, "#reader .target .prose", start, end)
    chosen(desk).get_by_role("button", name="Copy link").click()
    expect(chosen(desk).get_by_role("button", name="Copied")).to_be_visible()
    link = desk.evaluate("navigator.clipboard.readText()")
    assert "#:~:text=However%2C" in link

    desk.set_viewport_size({"width": 390, "height": 600})
    desk.goto(link)
    expect(desk.locator("mark").first).to_have_text(text[start:end])
    expect(desk.locator("mark").first).to_be_in_viewport()


def test_i_pin_selected_words_of_two_paragraphs(desk: Page) -> None:
    desk.goto(f"{REPORT}")
    desk.evaluate(
        """() => {
            const range = document.createRange();
            range.setStart(document.querySelector("[id='p-98'] .prose p").firstChild, 0);
            range.setEnd(document.querySelector("[id='p-99'] .prose p").firstChild, 20);
            getSelection().addRange(range);
        }"""
    )
    pins = chosen(desk).get_by_role("button", name=re.compile("^Pin para"))
    expect(pins).to_have_count(2)
    pins.first.click()
    expect(desk.get_by_role("link", name="Notebook 1")).to_be_visible()


def test_without_a_clipboard_there_is_a_field_to_copy_from(desk: Page) -> None:
    desk.add_init_script("delete Navigator.prototype.clipboard")
    desk.goto(ASKED)
    desk.get_by_role("button", name="Copy with citation").first.click()
    field = desk.get_by_role("textbox", name="Copy from here")
    expect(field).to_be_focused()
    assert field.input_value().startswith("“Over the last 12 months")


def test_every_paragraph_in_the_pane_has_its_tools_and_the_title_follows(desk: Page) -> None:
    desk.goto(ASKED)
    expect(pane(desk).locator(".target")).to_be_visible()
    articles = pane(desk).locator("article").count()
    assert pane(desk).get_by_role("button", name=re.compile("^Copy link")).count() == articles
    title = pane(desk).get_by_role("heading", level=2)
    expect(title).to_have_text(re.compile("para 99$"))
    expect(pane(desk).locator(".hits-at")).to_contain_text("match 1 of")
    pane(desk).evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
    expect(title).not_to_have_text(re.compile("para 99$"))
    expect(pane(desk).locator(".hits-at")).not_to_contain_text("match 1 of")


def test_i_find_every_paragraph_that_mentions_a_phrase(
    open_at: Callable[..., Page], desk_url: str
) -> None:
    page = open_at(desk_url, java_script_enabled=False)
    page.goto(REPORT)
    page.get_by_label("Find a phrase").fill("care  LEAVERS")
    page.keyboard.press("Enter")
    found = page.get_by_role("region", name=re.compile("paragraphs mention"))
    every = page.request.get(f"/api/v1{REPORT}/paragraphs").json()["paragraphs"]
    there = [p for p in every if "care leavers" in " ".join(p["text"].lower().split())]
    expect(found.locator("li")).to_have_count(len(there))
    assert page.locator("main mark").count() >= len(there)
    assert page.locator(".passage .prose").all_text_contents() == [p["text"] for p in every]


def test_the_box_for_questions_leads_to_every_paragraph_that_mentions_a_phrase(desk: Page) -> None:
    desk.goto(f"/?q={quote('“foster carers” please')}&report={SEED}")
    line = desk.locator("#answer").get_by_text("Every paragraph that mentions “foster carers”:")
    line.get_by_role("link", name="Northumberland").click()
    expect(desk.get_by_role("heading", name="5 paragraphs mention “foster carers”")).to_be_visible()
    desk.goto(f"/?q={quote('foster carers')}&report={SEED}")
    expect(line.get_by_role("link")).to_have_attribute("href", f"{REPORT}?find=foster+carers")
    desk.goto(ASKED)
    expect(desk.locator(".quotes .number").first).to_be_visible()
    expect(desk.get_by_text("Every paragraph that mentions")).to_have_count(0)


def test_the_entry_for_my_list_of_references_is_copied_beside_the_quote(desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(ASKED)
    quoted = desk.locator(".quotes .result").first
    quoted.get_by_label("Citation style").select_option("apa")
    quoted.get_by_role("button", name="Copy citation").click()
    expect(quoted.get_by_text("Copied")).to_be_visible()
    html = desk.evaluate(
        """async () => (await (await navigator.clipboard.read())[0].getType("text/html")).text()"""
    )
    assert "(Ofsted, 2012, para. 99)" in html
    assert "<i>Inspection of safeguarding and looked after children services" in html


def test_a_pointer_in_the_question_box_goes_there(desk: Page) -> None:
    desk.goto(f"/?report={SEED}")
    box = desk.get_by_label("Your question")
    for typed, count in (("29-31", 3), ("para § 99", 1), ("paragraphs 29 and 30", 2)):
        box.fill(typed)
        box.press("Enter")
        expect(pane(desk).locator(".target")).to_have_count(count)
    box.fill("paragraph 999")
    box.press("Enter")
    expect(desk.get_by_role("heading", name="There is no such paragraph")).to_be_visible()
    expect(desk.locator(".not-found")).to_contain_text("run from 1 to 107")
    expect(desk.locator(".sure")).to_have_count(0)


def test_i_ask_from_a_report_and_stay_in_it(desk: Page) -> None:
    for address in (REPORT, f"{REPORT}/paragraphs/99"):
        desk.goto(address)
        expect(desk.locator(".scope")).to_have_text("Asking Northumberland")
        desk.get_by_label("Your question").fill(FOSTERING)
        desk.get_by_label("Your question").press("Enter")
        expect(desk.locator(".quotes .number").first).to_have_text("para 99")
        expect(desk.get_by_role("combobox", name="Report")).to_have_value(SEED)


def test_a_report_without_examples_gets_some_of_its_own(desk: Page) -> None:
    desk.goto("/?report=harbour-2031")
    links = desk.locator(".examples a")
    assert links.count() > 0
    assert all("report=harbour-2031" in (each.get_attribute("href") or "") for each in links.all())


def test_a_shared_question_shows_its_answer_without_javascript(
    open_at: Callable[..., Page], desk_url: str
) -> None:
    page = open_at(desk_url, java_script_enabled=False)
    page.goto(ASKED)
    expect(page.locator(".quotes .number").first).to_have_text("para 99")
    page.goto("/")
    page.locator(".examples a").first.click()
    expect(page.locator(".result .number").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_or_runs_out_at_any_width(
    open_at: Callable[..., Page], desk_url: str, size: str
) -> None:
    width, height = SIZES[size]
    page = open_at(desk_url, viewport={"width": width, "height": height})
    for address in (
        "/",
        ASKED,
        "/?q=recipe+for+stottie+cake",
        REPORT,
        f"{REPORT}/paragraphs/99",
        "/reports",
        "/notebook",
        "/verify",
    ):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        out = page.evaluate(
            """() => [...document.querySelectorAll("button, a, input, select, textarea")]
                .filter((each) => each.checkVisibility({ checkOpacity: true })
                    && !each.closest(".unseen, .skip, #reader, [inert]"))
                .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
                .map((each) => each.outerHTML.slice(0, 80))"""
        )
        assert out == [], address
    if width < 600:
        page.goto(ASKED)
        expect(page.locator(".quotes blockquote").first).to_be_in_viewport()
        page.goto(REPORT)
        top = page.locator(".passage").first.bounding_box()
        assert top is not None
        assert top["y"] < 900


def test_on_paper_the_whole_report_is_there(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 1280, "height": 850})
    page.goto(REPORT)
    page.emulate_media(media="print")
    expect(page.locator(".outline")).to_be_hidden()
    assert page.locator(".passage:visible").count() == page.locator(".passage").count()


def test_keys_of_one_letter_can_be_switched_off(desk: Page) -> None:
    desk.goto(ASKED)
    expect(desk.locator(".quotes .number").first).to_be_visible()
    desk.get_by_role("button", name="Keyboard shortcuts").click()
    desk.get_by_label("Shortcuts of a single key").uncheck()
    desk.keyboard.press("Escape")
    desk.reload()
    expect(desk.locator(".quotes .number").first).to_be_visible()
    desk.locator("h1:visible").first.click()
    desk.keyboard.press("j")
    expect(desk.locator(".result .number").first).not_to_be_focused()


def test_the_scripts_are_few_and_short() -> None:
    lines = [
        line for path in Path(ROOT / "web").glob("*.js") for line in path.read_text().split("\n")
    ]
    assert len(lines) < 3_500
    assert [line for line in lines if len(line) > 100] == []


def test_a_page_comes_in_three_requests_that_are_kept(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("/", 3)[3]))
    page.goto(f"/?q={quote(FOSTERING)}")
    expect(page.locator(".quotes blockquote").first).to_be_visible()
    first = [each for each in asked if not each.startswith(("api/", "static/icon"))]
    assert len(first) == 3, asked
    assert not any(each.startswith("api/v1/ask") for each in asked)
    for each in first[1:]:
        kept = page.request.get(f"/{each}").headers["cache-control"]
        assert "immutable" in kept


def test_i_drop_a_draft_and_go_from_one_fault_to_the_next(desk: Page) -> None:
    text = words_of(desk, "99")
    right = text[text.index("However") : text.index("abandoned.") + len("abandoned.")]
    wrong = right.replace("cost-effective", "worth the money")
    draft = f"The report says “{right}” (para 99). It also says “{wrong}” (para 99) and “{right}” (para 12).\n"
    desk.goto("/verify")
    desk.get_by_label("A file").set_input_files(
        {"name": "essay.md", "mimeType": "text/markdown", "buffer": draft.encode()}
    )
    expect(desk.get_by_role("heading", name=re.compile("1 right, 2 to mend"))).to_be_visible()
    desk.keyboard.press("n")
    expect(desk.locator(".draft .here")).to_contain_text("worth the money")
    expect(desk.locator(".check.here del")).to_contain_text("cost-effective")
    desk.keyboard.press("n")
    expect(desk.locator(".draft a.here")).to_have_class(re.compile("wrong_paragraph"))
    with desk.expect_download() as started:
        desk.get_by_role("button", name="Download the marked draft").click()
    assert started.value.suggested_filename == "essay-checked.html"
    assert "worth the money" in Path(started.value.path()).read_text()


def test_what_differs_in_a_draft_is_said_in_words_that_i_know(desk: Page) -> None:
    text = words_of(desk, "99")
    said = text[text.index("However") : text.index("abandoned.")].upper()
    desk.goto("/verify")
    desk.get_by_label("Or paste the draft").fill(
        f"Northumberland says “{said}” (para 99), and more (Northumberland, para 250)."
    )
    desk.get_by_role("button", name="Check").click()
    checks = desk.locator("ol.checks")
    expect(checks).to_contain_text("differs only as a quotation may: capitals")
    expect(checks).to_contain_text("Northumberland has no paragraph 250")
    expect(checks).not_to_contain_text("permitted")
    expect(checks).not_to_contain_text(SEED)
