"""Addresses of campaigns and their forms, below /work/campaigns/."""

from django.urls import path

from kexie.contexts.governance.web.campaigns import pages

app_name = "campaigns"
urlpatterns = [
    path("", pages.CampaignsPage.as_view(), name="list"),
    path("<uuid:pk>/", pages.FormPage.as_view(), name="form"),
    path("<uuid:pk>/form.xlsx", pages.SheetPage.as_view(), name="sheet"),
]
