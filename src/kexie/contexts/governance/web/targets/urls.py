"""Addresses of targets, below /work/targets/."""

from django.urls import path

from kexie.contexts.governance.web.targets import entry, listing, pages

app_name = "targets"
urlpatterns = [
    path("", listing.ProgrammesPage.as_view(), name="programmes"),
    path("list/", listing.TargetsPage.as_view(), name="list"),
    path("print/", listing.PrintPage.as_view(), name="print"),
    path("programmes/<uuid:pk>/", listing.ProgrammePage.as_view(), name="programme"),
    path("new/", entry.NewPage.as_view(), name="new"),
    path("copy/", entry.CopyPage.as_view(), name="copy"),
    path("import/", entry.ImportPage.as_view(), name="import"),
    path("targets.xlsx", entry.SheetPage.as_view(), name="sheet"),
    path("<uuid:pk>/", pages.TargetPage.as_view(), name="target"),
    path("<uuid:pk>/edit/", entry.EditPage.as_view(), name="edit"),
    path("<uuid:pk>/parts/", entry.PartsPage.as_view(), name="parts"),
    path("<uuid:pk>/milestones/<uuid:row>/", pages.MilestonePage.as_view(), name="milestone"),
]
