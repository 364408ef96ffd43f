"""Addresses of what was typed and what came out, below /work/burden/."""

from django.urls import path

from kexie.reporting.burden.web import pages

app_name = "burden"
urlpatterns = [
    path("", pages.YearPage.as_view(), name="year"),
    path("records/<str:key>/", pages.RecordsPage.as_view(), name="records"),
]
