"""Addresses of releases, below /work/releases/."""

from django.urls import path

from kexie.reporting.releases.web import keys, listing, loaded, pages

app_name = "releases"
urlpatterns = [
    path("", listing.ReleasesPage.as_view(), name="list"),
    path("close/", listing.ClosePage.as_view(), name="close"),
    path("cities/", loaded.LoadedPage.as_view(), name="loaded"),
    path("keys/", keys.KeysPage.as_view(), name="keys"),
    path("<uuid:pk>/", pages.ReleasePage.as_view(), name="one"),
    path("<uuid:pk>/changes/", pages.ChangesPage.as_view(), name="changes"),
    path("<uuid:pk>/release.json", pages.FilePage.as_view(), name="file"),
]
