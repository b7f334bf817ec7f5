"""A real Chromium. A test fails on any console error, script error or request to another host."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from indexer.load import load_report
from indexer.store import build_store
from search_api.http.app import create_app
from tests.conftest import HARBOUR, SEED, LetterEncoder, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import ConsoleMessage, Page, Request

EXPECTED = "the server responded with a status of 4"
LONG = "The ferry was late again and the harbour master wrote it down. " * 800
# What a report may hold that is no good: markup, scripts, controls that turn the line around,
# words without a break, text that runs from right to left, a paragraph of 50,000 characters.
HOSTILE = f"""<b>Review</b> of hostile text

Published: 3 March 2031

Markup </title><script>document.title="owned"</script>

1. The ferry <img src=x onerror="document.title='owned'"> was late & <b>nobody</b> said why.

2. The crew wrote <script>document.title="owned"</script> in the ferry log; {{{{7*7}}}} &lt;i&gt;.

3. The ferry\u202e sailed backwards and nobody turned it round.

4. {LONG}

5. {"harbour" * 700}

\u202eReversed heading with \u2066isolates

6. כל המעבורות איחרו. The ferry was late. كانت العبارة متأخرة.

7. javascript:alert(1) "quoted' \\u0022 ferry `tick` %00 %3Cscript%3E harbour.
"""


@pytest.fixture(scope="session")
def desk_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over three reports, one of them hostile, with an encoder of letters."""
    folder = tmp_path_factory.mktemp("desk")
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    encoder = LetterEncoder()
    reports = [load_report(path) for path in (SEED, HARBOUR, hostile)]
    with serving(create_app(build_store(folder / "store", reports, encoder), encoder)) as url:
        yield url


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
def open_at(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of a server, with context options; afterwards checks that none misbehaved."""
    faults: list[str] = []
    contexts = []

    def on_console(message: ConsoleMessage) -> None:
        # Chromium logs every refused request; that a refusal is shown is what a test looks at.
        if message.type in ("error", "warning") and EXPECTED not in message.text:
            faults.append(f"console: {message.text}")

    def open_page(url: str, **options: object) -> Page:
        def on_request(request: Request) -> None:
            if urlsplit(request.url).netloc != urlsplit(url).netloc:
                faults.append(f"request to another host: {request.url}")

        context = browser.new_context(base_url=url, **options)  # type: ignore[arg-type]
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
def new_page(open_at: Callable[..., Page], server_url: str) -> Callable[..., Page]:
    """Opens pages of the server over the seed."""
    return lambda **options: open_at(server_url, **options)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page as most readers have it: a wide screen, JavaScript on."""
    return new_page(viewport={"width": 1280, "height": 850})


@pytest.fixture
def desk(open_at: Callable[..., Page], desk_url: str) -> Page:
    """A wide page of the server over three reports."""
    return open_at(desk_url, viewport={"width": 1360, "height": 850})
