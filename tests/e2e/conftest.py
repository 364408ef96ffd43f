"""A browser for the journeys; what a page complains about in its console fails the test."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from kexie.config.browser import ARGUMENTS, chromium

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}

# A busy machine is slow; what never comes still fails.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; ended with the module, as other tests of the same process may not find a loop running."""
    # Playwright runs a loop in this thread; the ORM is still used from one thread at a time.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Open an address of the live server in a fresh context: `open_page("/", viewport=PHONE, cookies={…})`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def told(message: ConsoleMessage) -> None:
        # What the server or a lost network answers is the tests' own business, not a fault of the page.
        if message.type == "error" and not re.search("status of|ERR_INTERNET_DISCONNECTED", message.text):
            complaints.append(message.text)

    def go(path: str, *, cookies: dict[str, str] | None = None, viewport: Any = DESK, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, locale="zh-CN", base_url=live_server.url, **options)
        contexts.append(context)
        context.add_cookies(
            [{"name": k, "value": v, "url": live_server.url} for k, v in (cookies or {}).items()]
        )
        page = context.new_page()
        page.on("console", told)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA: rule and places, one line each."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes'][:4]]}" for one in found]
