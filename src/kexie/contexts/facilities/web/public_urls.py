"""Public addresses of facilities, below /facilities/: reports of faults."""

from django.urls import path

from kexie.contexts.facilities.web import public

app_name = "facility_public"
urlpatterns = [
    path("<uuid:pk>/report/", public.ReportView.as_view(), name="report"),
    path("<uuid:pk>/reports/<slug:code>/", public.StatusView.as_view(), name="status"),
]
