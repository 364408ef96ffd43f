"""The browser that tests and screenshots drive: the system's Chromium, with fonts for Chinese."""

import os
import shutil
import subprocess
from pathlib import Path

from kexie.kernel.errors import UserError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium", "fonts-noto-cjk")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def chromium() -> str | None:
    """Return the path of a Chromium: KEXIE_CHROMIUM, or the system's; None if there is none."""
    named = os.environ.get("KEXIE_CHROMIUM")
    return named or next((path for path in map(shutil.which, _NAMES) if path), None)


def has_chinese_fonts() -> bool:
    """Whether pages in Chinese would show more than empty boxes."""
    program = shutil.which("fc-list")
    if program is None:
        return any(Path("/usr/share/fonts").rglob("*CJK*"))
    told = subprocess.run([program, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip())


def require() -> None:
    """Make sure of the browser and the fonts: as root by installing them, else by asking for them."""
    if chromium() and has_chinese_fonts():
        return
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *_PACKAGES]):
            subprocess.run(
                [apt, *command], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL, capture_output=True, check=False,
            )  # fmt: skip
    if not (chromium() and has_chinese_fonts()):
        message = (
            "浏览器测试需要 Chromium 和中文字体：请安装 chromium 和 fonts-noto-cjk，或用 KEXIE_CHROMIUM 指明浏览器。 "
            "Browser tests need Chromium and Chinese fonts: install chromium and fonts-noto-cjk, or set KEXIE_CHROMIUM."
        )
        raise UserError(message)
