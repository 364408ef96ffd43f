"""One running server with the demonstration city; the people who come to it, each with a browser of their own.

The city is loaded once, in one worker: see tests/conftest.py.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from kexie.config.demo.city import PASSWORD
from kexie.config.postgres import Cluster
from tests.config.processes import Serving, kexie
from tests.e2e.conftest import DESK, RULES


@pytest.fixture(scope="session")
def city() -> Iterator[str]:
    """The address of a server, started as in production, with the whole demonstration city."""
    # Not below the test's own home: the database's user must be able to enter the folder.
    folder = Path(tempfile.mkdtemp(prefix="kexie-journeys-"))
    folder.chmod(0o755)
    home = folder / "home"
    loaded = kexie(home, "demo", "--no-serve", KEXIE_DATABASE_FAST="1")
    assert loaded.returncode == 0, loaded.stderr
    server = Serving(home)
    yield server.url("").rstrip("/")
    server.stop()
    Cluster(home).destroy()
    shutil.rmtree(folder)


@dataclass
class People:
    """Opens browsers, one per person; keeps what their pages complain about."""

    browser: Browser
    address: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, path: str = "/", *, viewport: Any = DESK, **options: Any) -> Page:
        """Somebody who comes to an address without signing in."""
        context = self.browser.new_context(
            viewport=viewport, locale="zh-CN", base_url=self.address, reduced_motion="reduce", **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._answered)
        page.goto(path)
        return page

    def member(self, username: str, path: str = "/work/", *, viewport: Any = DESK, **options: Any) -> Page:
        """Somebody who signs in with a demonstration account on the way to an address."""
        page = self.visitor(sign_in_url(path), viewport=viewport, **options)
        sign_in(page, username)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of" not in message.text:
            self.complaints.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")


@pytest.fixture
def people(browser: Browser, city: str) -> Iterator[People]:
    """The people of one journey; it fails if any page of theirs complained."""
    found = People(browser, city)
    yield found
    for context in found.contexts:
        context.close()
    assert found.complaints == []


def sign_in_url(path: str) -> str:
    """The sign-in page on the way to an address."""
    return f"/sign-in/?{urlencode({'next': path})}"


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.get_by_role("textbox", name="账号").fill(username)
    page.get_by_role("textbox", name="密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def assert_open_to_all(page: Page) -> None:
    """No barrier by WCAG 2.2 AA as far as axe finds them, and no sideways scrolling."""
    found = Axe().run(page, options=RULES).response["violations"]
    barriers = [f"{one['id']}: {[node['target'] for node in one['nodes'][:4]]}" for one in found]
    assert (page.url, barriers) == (page.url, [])
    width = page.viewport_size["width"]
    assert (page.url, page.evaluate("document.documentElement.scrollWidth")) == (page.url, width)


def total_of(page: Page, figure: str) -> int:
    """The exact value of a figure in that browser, from the page of its rows' own sum."""
    page.goto(f"/figures/{figure}")
    shown = page.locator(".figure--hero .figure__number .num").inner_text()
    return int(re.sub(r"\D", "", shown))
