"""Addresses of meetings, below /work/meetings/."""

from django.urls import path

from kexie.contexts.matching.web.meetings import day, pages, parts, register

app_name = "meetings"
urlpatterns = [
    path("", register.MeetingsPage.as_view(), name="meetings"),
    path("new/", register.NewPage.as_view(), name="new"),
    path("<uuid:pk>/", pages.MeetingPage.as_view(), name="meeting"),
    path("<uuid:pk>/edit/", register.EditPage.as_view(), name="edit"),
    path("<uuid:pk>/parts/", parts.PartsPage.as_view(), name="parts"),
    path("<uuid:pk>/parts/<uuid:part>/", parts.PartPage.as_view(), name="part"),
    path("<uuid:pk>/talks/<uuid:talk>/", pages.TalkPage.as_view(), name="talk"),
    path("<uuid:pk>/sheets/", day.SheetsPage.as_view(), name="sheets"),
    path("<uuid:pk>/door/", day.DoorPage.as_view(), name="door"),
    path("<uuid:pk>/wall/", day.WallPage.as_view(), name="wall"),
    path("<uuid:pk>/minutes/", day.MinutesPage.as_view(), name="minutes"),
]
