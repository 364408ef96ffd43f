"""Addresses of the field log, below /field/."""

from django.urls import path

from kexie.contexts.touring.web.field import api, page

app_name = "field"
urlpatterns = [
    path("", page.log, name="log"),
    path("worker.js", page.worker, name="worker"),
    path("manifest.webmanifest", page.manifest, name="manifest"),
    path("api/pair", api.pair, name="pair"),
    path("api/unpair", api.unpair, name="unpair"),
    path("api/notes", api.notes, name="notes"),
    path("api/pack", api.pack, name="pack"),
]
