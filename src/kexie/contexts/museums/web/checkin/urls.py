"""Addresses of the scanner, below /checkin/."""

from django.urls import path

from kexie.contexts.museums.web.checkin import api, page

app_name = "checkin"
urlpatterns = [
    path("", page.scanner, name="scanner"),
    path("worker.js", page.worker, name="worker"),
    path("manifest.webmanifest", page.manifest, name="manifest"),
    path("api/pair", api.pair, name="pair"),
    path("api/notes", api.notes, name="notes"),
    path("api/list", api.day_list, name="list"),
    path("api/find", api.find, name="find"),
]
