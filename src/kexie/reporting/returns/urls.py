"""Addresses of returns, below /work/returns/."""

from django.urls import path

from kexie.reporting.returns.web import listing, overviews, pages

app_name = "returns"
urlpatterns = [
    path("", listing.ReturnsPage.as_view(), name="list"),
    path("new/", listing.NewPage.as_view(), name="new"),
    path("gaps/", overviews.GapsPage.as_view(), name="gaps"),
    path("units/", overviews.UnitsPage.as_view(), name="units"),
    path("editions/", overviews.EditionsPage.as_view(), name="editions"),
    path("<uuid:pk>/", pages.ReturnPage.as_view(), name="one"),
    path("<uuid:pk>/items/<slug:key>/", pages.ItemPage.as_view(), name="item"),
    path("<uuid:pk>/changes/", overviews.ChangesPage.as_view(), name="changes"),
    path("<uuid:pk>/print/", pages.PrintPage.as_view(), name="print"),
    path("<uuid:pk>/return.<slug:kind>", pages.FilePage.as_view(), name="file"),
]
