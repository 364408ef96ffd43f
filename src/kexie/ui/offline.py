"""Service workers of applications that work without a network, as the crews' field log."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.templatetags.static import static

MODULES = ("ui/offline/ask.js", "ui/offline/store.js")
_WORKER = "ui/offline/worker.js"


def worker(
    name: str, *, page: str, files: Sequence[str], modules: Sequence[str], sources: Sequence[Path]
) -> HttpResponse:
    """Give a service worker that keeps a page with its files, under a common digest.

    `modules` name each other without the digests of hashed file names, so they are kept under their plain names;
    `sources` are templates and words of the page, which also make it another one when they change.
    """
    kept = [page, *map(static, files), *map(static_plain, modules)]
    version = _version((*files, *modules, _WORKER), tuple(sources))
    told = {"NAME": name, "VERSION": version, "FILES": kept}
    head = "".join(f"const {key} = {json.dumps(value)};\n" for key, value in told.items())
    body = head + Path(str(finders.find(_WORKER))).read_text()
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


def static_plain(name: str) -> str:
    """Return the address of a static file without the digest in its name."""
    return f"{static(name).rsplit('/', 1)[0]}/{Path(name).name}"


@cache
def _version(names: tuple[str, ...], sources: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        found = finders.find(name)
        digest.update(Path(str(found)).read_bytes() if found else b"")
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
