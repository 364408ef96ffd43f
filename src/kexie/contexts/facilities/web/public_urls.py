"""Public addresses of facilities, below /facilities/: reports of faults, calls for titles and names that are shown."""

from django.urls import path

from kexie.contexts.facilities.web import certificates, near, public

app_name = "facility_public"
urlpatterns = [
    path("near/", near.NearView.as_view(), name="near"),
    path("titles/<uuid:pk>/", certificates.TitleView.as_view(), name="title"),
    path("rounds/", public.RoundsView.as_view(), name="rounds"),
    path("<uuid:pk>/report/", public.ReportView.as_view(), name="report"),
    path("<uuid:pk>/reports/<slug:code>/", public.StatusView.as_view(), name="status"),
]
