"""The scanner's page, its service worker and its manifest. The page holds no data: what it shows comes later, encrypted."""

from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kexie.contexts.museums.web.checkin.words import words
from kexie.ui import offline

_FOLDER = "museums/checkin"
_FILES = (
    "ui/css/tokens.css", "ui/css/base.css", "ui/css/icon.css", "ui/css/button.css", "ui/css/form.css",
    f"{_FOLDER}/checkin.css", "ui/icons.svg", "ui/mark.svg", "vendor/barcode-detector.js", "vendor/zxing_reader.wasm",
)  # fmt: skip
_MODULES = (
    *(f"{_FOLDER}/{name}.js" for name in ("app", "camera", "daylist", "rules", "sound", "sync", "ticket")),
    *offline.MODULES,
)
_SOURCES = (
    Path(__file__).parents[2] / "templates/museums/checkin/scanner.html",
    Path(__file__).parent / "words.py",
)


@csp_update({"script-src": ["'wasm-unsafe-eval'"], "worker-src": [SELF], "manifest-src": [SELF]})
@never_cache
@require_safe
def scanner(request: HttpRequest) -> HttpResponse:
    """Show the scanner; who has not paired the device sees how to."""
    context = {"words": words(), "module": offline.static_plain(f"{_FOLDER}/app.js")}
    return render(request, "museums/checkin/scanner.html", context)


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker of /checkin/."""
    page = reverse("checkin:scanner")
    return offline.worker("kexie-checkin", page=page, files=_FILES, modules=_MODULES, sources=_SOURCES)


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
