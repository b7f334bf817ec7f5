"""The page of reports: adding, describing, removing. Each test a sentence of a reader's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from indexer.load import load_report
from indexer.store import build_store
from search_api.http.app import create_app
from tests.conftest import HARBOUR, LetterEncoder, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
FERRY = "".join(
    f"{n}. The ferry board met {n} times about zebras.\n\n" for n in range(1, 41) if n != 7
)
SIDECAR = 'title = "Zebras on ferries"\npublisher = "Zoo"\npublished = 2031-05-02\n'


@pytest.fixture
def upload_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that takes uploads, over a store of its own."""
    folder = tmp_path_factory.mktemp("upload") / "store"
    encoder = LetterEncoder()
    store = build_store(folder, [load_report(HARBOUR)], encoder)
    with serving(create_app(store, encoder, "secret")) as url:
        yield url


@pytest.fixture
def reports(open_at: Callable[..., Page], upload_url: str) -> Page:
    """The page of reports, opened by the link that the server prints."""
    page = open_at(upload_url, viewport={"width": 1280, "height": 850})
    page.goto("/reports#key=secret")
    return page


def file(name: str, text: str) -> Any:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def area(page: Page) -> Locator:
    return page.get_by_role("region", name="Add reports")


def bring(page: Page, *files: Any) -> None:
    area(page).get_by_label("Report files").set_input_files(list(files))
    area(page).get_by_role("button", name="Add", exact=True).press("Enter")


def ready(page: Page, name: str) -> None:
    expect(area(page).locator(".queue")).to_contain_text(f"{name} is ready", timeout=30_000)


def dropped(page: Page, name: str, text: str) -> None:
    """What the browser does when a file is let go over the heading of the page."""
    page.evaluate(
        """([name, text]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], name));
            const target = document.querySelector("h1");
            for (const type of ["dragover", "drop"]) {
                target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
            }
        }""",
        [name, text],
    )


def test_the_link_brings_the_key_and_it_leaves_the_address(reports: Page) -> None:
    expect(area(reports).get_by_label("Key")).to_be_hidden()
    assert reports.evaluate("location.hash") == ""
    reports.reload()
    expect(area(reports).get_by_label("Key")).to_be_hidden()


def test_i_bring_several_reports_and_they_are_there_at_once(reports: Page) -> None:
    bring(
        reports,
        file("Zebra report (final).txt", FERRY),
        file("Zebra report (final).toml", SIDECAR),
        file("second.txt", FERRY.replace("zebras", "okapis")),
    )

    ready(reports, "Zebras on ferries")
    ready(reports, "second")
    listed = reports.locator(".report", has_text="Zebras on ferries")
    expect(listed.locator(".audit")).to_contain_text("39 paragraphs, 1 to 40; missing: 7")
    expect(listed.locator(".byline")).to_contain_text("Zoo, 2 May 2031")

    area(reports).get_by_role("link", name="Ask it").first.click()
    expect(reports.get_by_role("combobox", name="Report")).to_have_value("Zebra-report-final")
    reports.get_by_label("Your question").fill("Who met about zebras?")
    reports.get_by_label("Your question").press("Enter")
    expect(reports.locator(".result .number").first).to_be_visible()
    found = reports.locator(".result").evaluate_all("all => all.map((each) => each.dataset.report)")
    assert set(found) == {"Zebra-report-final"}


def test_i_put_a_title_right_by_keyboard_and_go_on_where_i_was(reports: Page) -> None:
    opener = reports.get_by_role("button", name="Title and details")
    opener.press("Enter")
    title = reports.get_by_role("dialog").get_by_label("Title", exact=True)
    expect(title).to_be_focused()
    expect(reports.get_by_role("button", name="Save")).to_be_in_viewport()
    title.fill("Ferries again")
    title.press("Enter")

    expect(reports.get_by_role("link", name="Ferries again")).to_be_visible()
    expect(opener).to_be_focused()
    expect(reports.get_by_role("contentinfo")).to_contain_text("Ferries again")
    reports.get_by_role("button", name="Keyboard shortcuts").click()
    expect(reports.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    reports.keyboard.press("Escape")
    down = "**/api/v1/reports/*"
    reports.route(down, lambda route: route.fulfill(status=429, json={"detail": "busy; wait."}))
    opener.click()
    expect(reports.locator(".report").get_by_role("alert")).to_have_text("busy; wait.")


def test_i_drop_a_file_and_type_the_key_once(open_at: Callable[..., Page], upload_url: str) -> None:
    page = open_at(upload_url, viewport=PHONE)
    page.goto("/reports")
    dropped(page, "first.txt", FERRY)
    key = area(page).get_by_label("Key")
    expect(key).to_be_focused()
    key.fill("guess")
    key.press("Enter")
    expect(area(page).get_by_role("alert")).to_contain_text("This key does not let you")
    key.fill("secret")
    area(page).get_by_role("button", name="Try again").click()
    ready(page, "first")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.reload()
    dropped(page, "first.txt", FERRY.replace("boats", "ships"))
    replaced = "has replaced its earlier issue"
    expect(area(page).locator(".queue")).to_contain_text(replaced, timeout=30_000)


def test_a_file_that_cannot_be_read_says_why_and_how_to_mend_it(reports: Page) -> None:
    bring(reports, file("plain.txt", "A first.\n\nA second one.\n\nA third one.\n"))
    alert = area(reports).get_by_role("alert")
    expect(alert).to_contain_text("no numbered paragraphs", timeout=30_000)
    expect(alert).not_to_contain_text("--")

    area(reports).get_by_role("button", name="Count its paragraphs").click()
    ready(reports, "plain")
    expect(reports.locator(".report", has_text="plain").locator(".audit").first).to_contain_text(
        "(our count)"
    )


def test_a_file_that_is_too_large_is_not_sent(reports: Page) -> None:
    reports.route(
        "**/reports",
        lambda route: route.fulfill(
            body=route.fetch().text().replace('data-largest="200000000"', 'data-largest="10"'),
            content_type="text/html",
        ),
    )
    reports.reload()
    bring(reports, file("large.txt", FERRY))
    expect(area(reports).get_by_role("alert")).to_contain_text("at most 0 MB")


def test_i_put_a_title_right(reports: Page) -> None:
    reports.get_by_role("button", name="Title and details").first.click()
    form = reports.get_by_role("dialog", name="Title and details")
    title = form.get_by_label("Title", exact=True)
    expect(title).to_have_value("HARBOUR AND FERRY SERVICES REVIEW")
    title.fill("Review of ferries")
    form.get_by_role("button", name="Save").click()
    expect(reports.get_by_role("link", name="Review of ferries")).to_be_visible()
    expect(form).to_be_hidden()


def test_i_remove_a_report_and_put_it_back(reports: Page) -> None:
    bring(reports, file("zebra.txt", FERRY))
    ready(reports, "zebra")
    reports.get_by_role("button", name="Remove zebra").click()
    sure = reports.get_by_role("dialog", name="Remove this report?")
    expect(sure).to_contain_text("24 hours")
    sure.get_by_role("button", name="Remove", exact=True).click()
    expect(reports.locator(".report")).to_have_count(1)
    reports.get_by_role("button", name="Put it back").click()
    expect(reports.locator(".report", has_text="zebra")).to_be_visible(timeout=30_000)

    reports.get_by_role("button", name="Remove zebra").click()
    sure.get_by_role("button", name="Remove and erase now").click()
    expect(reports.locator(".report")).to_have_count(1)
    expect(reports.get_by_role("button", name="Put it back")).to_have_count(0)


def test_the_last_report_is_not_removed_and_i_am_told(reports: Page) -> None:
    reports.get_by_role("button", name="Remove").click()
    sure = reports.get_by_role("dialog", name="Remove this report?")
    sure.get_by_role("button", name="Remove", exact=True).click()
    expect(sure.get_by_role("alert")).to_contain_text("upload another one first")


def test_hostile_names_and_titles_are_text(reports: Page) -> None:
    evil = "<img src=x onerror=document.title=1>"
    bring(reports, file(f"{evil}.txt", FERRY), file("x.toml", f'title = "{evil}"\n'))

    expect(reports.get_by_role("link", name=evil)).to_be_visible(timeout=30_000)
    assert reports.locator("main img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way(open_at: Callable[..., Page], upload_url: str, scheme: str) -> None:
    page = open_at(upload_url, viewport=PHONE, color_scheme=scheme)
    page.goto("/reports")
    found = Axe().run(page).response["violations"]
    page.goto("/reports#key=secret")
    page.reload()
    bring(page, file("ferry.txt", FERRY))
    ready(page, "ferry")
    found += Axe().run(page).response["violations"]
    page.get_by_role("button", name="Title and details").first.click()
    found += Axe().run(page).response["violations"]

    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


def test_without_a_key_nobody_is_shown_a_place_to_add(desk: Page) -> None:
    desk.goto("/reports")

    expect(area(desk)).to_have_count(0)
    expect(desk.get_by_role("button", name="Remove")).to_have_count(0)
