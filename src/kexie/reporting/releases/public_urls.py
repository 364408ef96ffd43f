"""Addresses of published releases, below /releases/."""

from django.urls import path

from kexie.reporting.releases.web import keys, public

app_name = "published"
urlpatterns = [
    path("", public.ListView.as_view(), name="list"),
    path("verify_release.py", public.ScriptView.as_view(), name="script"),
    path("keys/", keys.PublicKeysView.as_view(), name="keys"),
    path("<uuid:pk>/", public.OneView.as_view(), name="one"),
    path("<uuid:pk>/release.json", public.FileView.as_view(), name="file"),
    path("<uuid:pk>/changes.json", public.ChangesView.as_view(), name="changes"),
]
