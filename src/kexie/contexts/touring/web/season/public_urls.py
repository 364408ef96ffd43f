"""Public addresses of the seasons, below /caravans/."""

from django.urls import path

from kexie.contexts.touring.web.season import public

app_name = "caravans"
urlpatterns = [
    path("", public.ComingView.as_view(), name="coming"),
    path("calendar.ics", public.CalendarView.as_view(), name="calendar"),
    path("confirm/<slug:code>/", public.ConfirmView.as_view(), name="confirm"),
    path("confirm/<slug:code>/visit.ics", public.VisitCalendarView.as_view(), name="visit_calendar"),
]
