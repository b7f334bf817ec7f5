"""A real Chromium. A test fails on any console error, script error or request to another host."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import ConsoleMessage, Page, Request

EXPECTED = "the server responded with a status of 4"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium, else the one Playwright brought; without either the tests skip."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        except Error as error:
            pytest.skip(f"no Chromium: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, server_url: str) -> Iterator[Callable[..., Page]]:
    """Opens pages with the context options given, and checks afterwards that none misbehaved."""
    faults: list[str] = []
    contexts = []

    def on_console(message: ConsoleMessage) -> None:
        # Chromium logs every refused request; that a refusal is shown is what a test looks at.
        if message.type in ("error", "warning") and EXPECTED not in message.text:
            faults.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(server_url).netloc:
            faults.append(f"request to another host: {request.url}")

    def open_page(**options: object) -> Page:
        context = browser.new_context(base_url=server_url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", on_request)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page as most readers have it: a wide screen, JavaScript on."""
    return new_page(viewport={"width": 1280, "height": 850})
