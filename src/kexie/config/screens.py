"""Screenshots of the main pages of the demonstration city, for docs/screens/."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from kexie.config import browser, serving
from kexie.foundation.access.queries import demo_accounts
from kexie.kernel.errors import UserError

WIDTHS = {390: 844, 1440: 900}  # a phone's and a desk's, with their heights
_START_SECONDS = 120


@dataclass(frozen=True)
class Page:
    """A page to show: the file's name, its address, and the role of the demo account that looks at it."""

    name: str
    path: str
    role: str = ""


PAGES = (
    Page("portal-home", "/"),
    Page("portal-museums", "/museums/"),
    Page("portal-activities", "/activities/"),
    Page("portal-facilities", "/facilities/"),
    Page("portal-contests", "/contests/"),
    Page("sign-in", "/sign-in/"),
    Page("gallery", "/ui-gallery/"),
    Page("workbench-home", "/work/", "COUNTY_OFFICER"),
    Page("desk-list", "/work/records/museums.visits/", "COUNTY_OFFICER"),
    Page("leader-dashboard", "/work/dashboard/", "LEADER"),
    Page("figures", "/figures/", "LEADER"),
    Page("figure", "/figures/museums.visits/", "LEADER"),
    Page("check-text", "/texts/", "LEADER"),
)


def take(folder: Path) -> Iterator[Path]:
    """Serve the demonstration, visit each page at both widths, and yield each picture as it is made."""
    names = _names_by_role()
    missing = {page.role for page in PAGES if page.role} - names.keys()
    if missing:
        raise UserError(
            f"没有这些角色的演示账号：{missing}。请先运行 kexie demo --no-serve。 Load the demo first: kexie demo --no-serve."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with _served() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.chromium(), args=list(browser.ARGUMENTS)
        )
        for width in WIDTHS:
            yield from _visit(chromium, address, width, names, folder)
        chromium.close()


def _names_by_role() -> dict[str, str]:
    """Return a demo account's user name for each role."""
    accounts = reversed(demo_accounts())
    return {grant.role: account.username for account in accounts for grant in account.grants.all()}


def _visit(
    chromium: Browser, address: str, width: int, names: dict[str, str], folder: Path
) -> Iterator[Path]:
    for role in dict.fromkeys(page.role for page in PAGES):
        context = chromium.new_context(
            base_url=address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": WIDTHS[width]},
        )
        tab = context.new_page()
        if role:
            tab.goto("/sign-in/")
            tab.get_by_role("button", name=f"登录 {names[role]}", exact=True).click()
            tab.wait_for_url("**/work/**")
        for page in PAGES:
            if page.role == role:
                answer = tab.goto(page.path, wait_until="networkidle")
                if answer is None or not answer.ok:
                    raise UserError(f"{page.path} 未能打开。 {page.path} did not open.")
                target = folder / f"{page.name}-{width}.png"
                tab.screenshot(path=target, full_page=True)
                _shrink(target)
                yield target
        context.close()


def _shrink(picture: Path) -> None:
    """Keep 128 colours: paper and ink need no more, and the pictures live in the repository."""
    with Image.open(picture) as image:
        image.convert("RGB").quantize(128).save(picture, optimize=True)


@contextmanager
def _served() -> Iterator[str]:
    """Run `kexie serve` on a free port and yield its address."""
    with serving.listen("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kexie.config.cli", "serve", "--no-worker", "--port", str(port)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=os.environ
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  our own http:// address
        except OSError:  # refused, or accepted and not yet answered
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
