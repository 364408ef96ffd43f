"""Addresses of the museums' desk, below /work/museum/. Each part of the desk brings its own `urls.py`."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from kexie.contexts.museums.web import entry

_HERE = "kexie.contexts.museums.web"
# A part that is there has a package here with `urls.py` (a list `urlpatterns`, no app_name).
_PARTS = ("opening", "desk", "exhibits", "devices")

app_name = "museum_desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", entry.EntryView.as_view(), name="entry"),
    path("<slug:code>/", entry.FrontView.as_view(), name="museum"),
    *(
        path("<slug:code>/", include(f"{_HERE}.{part}.urls"))
        for part in _PARTS
        if find_spec(f"{_HERE}.{part}")
    ),
]
