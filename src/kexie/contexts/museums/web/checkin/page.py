"""The scanner's page, its service worker and its manifest. The page holds no data: what it shows comes later, encrypted."""

import hashlib
import json
from functools import cache
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kexie.contexts.museums.web.checkin.words import words

_FOLDER = "museums/checkin"
_MODULES = ("app", "camera", "daylist", "rules", "sound", "store", "sync", "ticket")
_FILES = (
    "ui/css/tokens.css", "ui/css/base.css", "ui/css/icon.css", "ui/css/button.css", "ui/css/form.css",
    f"{_FOLDER}/checkin.css", "ui/icons.svg", "ui/mark.svg", "vendor/barcode-detector.js", "vendor/zxing_reader.wasm",
)  # fmt: skip
# Modules name each other without the digests of hashed file names, so they are kept under their plain names.
_PLAIN = tuple(f"{_FOLDER}/{name}.js" for name in _MODULES)


@csp_update({"script-src": ["'wasm-unsafe-eval'"], "worker-src": [SELF], "manifest-src": [SELF]})
@never_cache
@require_safe
def scanner(request: HttpRequest) -> HttpResponse:
    """Show the scanner; who has not paired the device sees how to."""
    return render(request, "museums/checkin/scanner.html", {"words": words(), "module": _plain("app")})


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker of /checkin/, with the files it keeps and their common digest."""
    kept = [reverse("checkin:scanner"), *map(static, _FILES), *(static_plain(name) for name in _PLAIN)]
    head = f"const VERSION = {json.dumps(_version())};\nconst FILES = {json.dumps(kept)};\n"
    body = _source(f"{_FOLDER}/worker.js")
    return HttpResponse(head + body, content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the scanner is put on a phone's first screen."""
    start = reverse("checkin:scanner")
    icon = {"src": static("ui/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {
        "name": _("科技馆检票"), "short_name": _("检票"), "lang": get_language() or "zh-hans", "start_url": start,
        "scope": start, "display": "standalone", "orientation": "any", "background_color": "#15202b",
        "theme_color": "#15202b", "icons": [icon],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


def static_plain(name: str) -> str:
    """Return the address of a static file without the digest in its name."""
    hashed = static(name)
    return f"{hashed.rsplit('/', 1)[0]}/{Path(name).name}"


def _plain(name: str) -> str:
    return static_plain(f"{_FOLDER}/{name}.js")


def _source(name: str) -> str:
    found = finders.find(name)
    return Path(str(found)).read_text()


@cache
def _version() -> str:
    """Return a digest of all that is kept, in this language's words too: another one, and phones fetch all again."""
    digest = hashlib.sha256()
    for name in (*_FILES, *_PLAIN, f"{_FOLDER}/worker.js"):
        found = finders.find(name)
        digest.update(Path(str(found)).read_bytes() if found else b"")
    digest.update((Path(__file__).parents[2] / "templates/museums/checkin/scanner.html").read_bytes())
    digest.update((Path(__file__).parent / "words.py").read_bytes())
    return digest.hexdigest()[:16]
