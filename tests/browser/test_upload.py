"""Bringing a report to a running server: each test a sentence of a reader's."""

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


@pytest.fixture(params=[{"width": 1280, "height": 850}, PHONE], ids=["desktop", "phone"])
def home(request: pytest.FixtureRequest, open_at: Callable[..., Page], upload_url: str) -> Page:
    page = open_at(upload_url, viewport=request.param)
    page.goto("/")
    return page


def file(name: str, text: str) -> Any:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def area(page: Page) -> Locator:
    return page.get_by_role("region", name="Bring a report")


def bring(page: Page, *files: Any, key: str = "secret") -> None:
    area(page).get_by_label("Report file").set_input_files(list(files))
    if key:
        area(page).get_by_label("API key").fill(key)
    area(page).get_by_role("button", name="Add the report").press("Enter")


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


def test_i_bring_a_report_read_its_audit_and_ask_it(home: Page) -> None:
    bring(home, file("Zebra report (final).txt", FERRY), file("x.toml", SIDECAR))

    expect(area(home).get_by_role("link", name="Zebras on ferries")).to_be_visible()
    expect(area(home).get_by_role("status")).to_contain_text("Zebras on ferries is ready")
    audit = area(home).locator("dl")
    expect(audit).to_contain_text("39, 1 to 40")
    assert audit.locator("div", has_text="Missing").locator("dd").inner_text() == "7"
    question = area(home).get_by_role("textbox", name="Your question to Zebras on ferries")
    expect(question).to_be_focused()
    assert home.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    question.fill("Who met about zebras?")
    question.press("Enter")
    expect(home.locator(".result .number").first).to_be_visible()
    assert "report=Zebra-report-final" in home.url
    reports = home.locator(".result").evaluate_all("all => all.map((each) => each.dataset.report)")
    assert set(reports) == {"Zebra-report-final"}


def test_i_drop_a_file_and_give_the_key_once(home: Page) -> None:
    dropped(home, "first.txt", FERRY)
    key = area(home).get_by_label("API key")
    expect(key).to_be_focused()
    key.fill("secret")
    key.press("Enter")
    expect(area(home)).to_contain_text("It is ready.")

    home.reload()
    expect(key).to_be_hidden()
    dropped(home, "second.txt", FERRY)
    expect(area(home).get_by_role("link", name="second")).to_be_visible()
    dropped(home, "second.txt", FERRY.replace("zebras", "okapis"))
    expect(area(home)).to_contain_text("It has replaced its earlier issue")
    home.reload()
    expect(home.locator(".shelf li")).to_have_count(3)


def test_a_wrong_key_is_said_and_asked_for_again(home: Page) -> None:
    bring(home, file("ferry.txt", FERRY), key="guess")
    alert = area(home).get_by_role("alert")
    expect(alert).to_contain_text("does not take this API key")

    area(home).get_by_role("button", name="Try again").click()
    bring(home, file("ferry.txt", FERRY))
    expect(area(home)).to_contain_text("It is ready.")


def test_a_file_that_cannot_be_read_says_why_and_how_to_mend_it(home: Page) -> None:
    bring(home, file("plain.txt", "No numbers here.\n\nNone at all.\n\nNor in this one.\n"))
    expect(area(home).get_by_role("alert")).to_contain_text("no numbered paragraphs")

    area(home).get_by_role("button", name="Try again").click()
    area(home).get_by_label("Count the paragraphs").check()
    bring(home, file("plain.txt", "A first.\n\nA second one.\n\nA third one.\n"), key="")
    expect(area(home)).to_contain_text("(our count)")

    area(home).get_by_role("button", name="Bring another").click()
    bring(home, file("tool.exe", "MZ"), key="")
    expect(area(home).get_by_role("alert")).to_contain_text("unknown format '.exe'")


def test_the_server_is_busy_and_i_am_told(home: Page) -> None:
    home.route("**/api/v1/jobs/*", lambda route: route.fulfill(status=429, body="busy"))
    bring(home, file("ferry.txt", FERRY))

    expect(area(home).get_by_role("alert")).to_contain_text("The server answered 429.")


def test_hostile_names_and_titles_are_text(home: Page) -> None:
    evil = "<img src=x onerror=document.title=1>"
    bring(home, file(f"{evil}.txt", FERRY), file("x.toml", f'title = "{evil}"\n'))

    expect(area(home).get_by_role("link", name=evil)).to_be_visible()
    assert home.locator("main img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way(open_at: Callable[..., Page], upload_url: str, scheme: str) -> None:
    page = open_at(upload_url, viewport=PHONE, color_scheme=scheme)
    page.goto("/")
    found = Axe().run(page, "#upload").response["violations"]
    bring(page, file("ferry.txt", FERRY))
    expect(area(page)).to_contain_text("It is ready.")
    found += Axe().run(page, "#upload").response["violations"]

    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


def test_without_a_key_the_page_has_no_such_place(desk: Page) -> None:
    desk.goto("/")

    expect(area(desk)).to_have_count(0)
