"""PDF of a .docx by LibreOffice, where it is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.utils.translation import gettext as _

from kexie.kernel.errors import UserError
from kexie.platform.papers import fonts

_SECONDS = 180
_PROGRAMS = ("soffice", "libreoffice")


class NoOffice(UserError):
    """There is no LibreOffice, or it made nothing of the document."""


def office() -> str | None:
    """Return the program that makes PDF, None where it is not installed."""
    return next((found for found in map(shutil.which, _PROGRAMS) if found), None)


def missing() -> str:
    """Return one line on what is missing, "" where PDF can be made."""
    if office():
        return ""
    return _("这台服务器没有安装 LibreOffice，只能给出 .docx；装上 libreoffice-writer 后可以同时给出 PDF。")


def pdf_of(docx: bytes) -> bytes:
    """Return the document as PDF. Raises NoOffice."""
    program = office()
    if program is None:
        raise NoOffice(missing())
    with tempfile.TemporaryDirectory(prefix="kexie-paper-") as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(docx)
        (folder / "fonts.conf").write_text(fonts.fontconfig(), encoding="utf-8")
        _convert(program, folder)
        made = folder / "paper.pdf"
        if not made.exists():
            raise NoOffice(_("LibreOffice 没有做出 PDF，请下载 .docx 后另存为 PDF。"))
        return made.read_bytes()


def _convert(program: str, folder: Path) -> None:
    """Run it with a profile and fonts of its own, so that several can run at once."""
    command = [
        program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
        "--convert-to", "pdf", "--outdir", str(folder), str(folder / "paper.docx"),
    ]  # fmt: skip
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder)}
    try:
        subprocess.run(command, env=environment, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NoOffice(_("LibreOffice 超时没有做完 PDF，请下载 .docx 后另存为 PDF。")) from error
