"""Addresses of the academic events' desk, below /work/academic/."""

from django.urls import path

from kexie.contexts.organisations.web.academic import events, parts

app_name = "academic"
urlpatterns = [
    path("", events.EventsPage.as_view(), name="events"),
    path("new/", events.NewPage.as_view(), name="new"),
    path("<uuid:pk>/", events.EventPage.as_view(), name="event"),
    path("<uuid:pk>/edit/", parts.EditPage.as_view(), name="edit"),
    path("<uuid:pk>/attendance/", parts.AttendPage.as_view(), name="attend"),
    path("<uuid:pk>/programme/<uuid:row>/", parts.SlotPage.as_view(), name="slot"),
    path("<uuid:pk>/programme/<uuid:row>/delete/", parts.DropPage.as_view(), name="drop"),
    path("<uuid:pk>/papers/<uuid:row>/", parts.PaperPage.as_view(), name="paper"),
]
