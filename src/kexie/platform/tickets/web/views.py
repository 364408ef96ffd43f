"""A page that shows the tickets kept on this device. It holds none itself: they stand in the browser's own store."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_FILES = (
    "ui/css/tokens.css", "ui/css/base.css", "ui/css/icon.css", "ui/css/button.css", "tickets/tickets.css",
    "tickets/kept.js", "ui/icons.svg", "ui/mark.svg",
)  # fmt: skip
_WORKER = "tickets/worker.js"


@never_cache
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Show the tickets of this device."""
    return render(request, "tickets/kept.html", {"words": words()})


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker of /my/tickets/, with the files it keeps."""
    files = [reverse("tickets:kept"), *map(static, _FILES)]
    head = f"const VERSION = {json.dumps(_version())};\nconst FILES = {json.dumps(files)};\n"
    body = Path(str(finders.find(_WORKER))).read_text()
    return HttpResponse(head + body, content_type="text/javascript; charset=utf-8")


def words() -> dict[str, str]:
    """Return what the page's script says; {braces} are filled in by it."""
    return {
        "code": _("预约号"),
        "people": _("{n} 人"),
        "remove": _("从本机删除"),
        "none": _("这台设备上没有保存入馆票。联网打开“我的预约”里的入馆票，就会自动保存在这里。"),
        "failed": _("这个浏览器不能保存入馆票（可能是无痕模式）。请截图或下载图片。"),
    }


def to_keep(
    *, owner: str, code: str, title: str, when: str, size: int, drawing: str, ends_at_ms: int
) -> dict[str, Any]:
    """Return what `tickets/_keep.html` stores of one ticket: no names. Another `owner` removes what was there."""
    return {
        "owner": owner,
        "code": code,
        "title": title,
        "when": when,
        "size": size,
        "drawing": drawing,
        "endsAt": ends_at_ms,
    }


@cache
def _version() -> str:
    digest = hashlib.sha256()
    for name in (*_FILES, _WORKER):
        digest.update(Path(str(finders.find(name))).read_bytes())
    digest.update((Path(__file__).parents[1] / "templates/tickets/kept.html").read_bytes())
    return digest.hexdigest()[:16]
