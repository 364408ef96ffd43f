"""Addresses of packages, below /work/packages/."""

from django.urls import path

from kexie.workbench.packages.web import lines, merges, packages

_MERGE = "returned/<uuid:pk>/"

app_name = "packages"
urlpatterns = [
    path("", packages.PackagesPage.as_view(), name="list"),
    path("new/", packages.NewPage.as_view(), name="new"),
    path("hand-in/", merges.HandInPage.as_view(), name="hand_in"),
    path("returned/", merges.ReturnedPage.as_view(), name="returned"),
    path(_MERGE, merges.MergePage.as_view(), name="merge"),
    path(f"{_MERGE}progress", merges.ProgressPage.as_view(), name="progress"),
    path(f"{_MERGE}stop", merges.StopPage.as_view(), name="stop"),
    path(f"{_MERGE}receipt.xlsx", merges.ReceiptPage.as_view(), name="receipt"),
    path(f"{_MERGE}rows/<uuid:line>/", lines.LinePage.as_view(), name="line"),
    path("<str:code>/", packages.PackagePage.as_view(), name="one"),
    path("<str:code>/file.xlsx", packages.FilePage.as_view(), name="file"),
]
