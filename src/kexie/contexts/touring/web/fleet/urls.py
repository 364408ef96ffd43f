"""Addresses of the caravans' desk, below /work/touring/fleet/."""

from django.urls import path

from kexie.contexts.touring.web.fleet import boundaries, coverage, crews, field, phones, requests, trips, vans

app_name = "touring_fleet"
urlpatterns = [
    path("", vans.VansList.as_view(), name="vans"),
    path("vans/<uuid:pk>/", vans.VanPage.as_view(), name="van"),
    path("exhibits/<uuid:pk>/", vans.ExhibitPage.as_view(), name="exhibit"),
    path("documents/", vans.DocumentsList.as_view(), name="documents"),
    path("crew/", crews.CrewList.as_view(), name="crew"),
    path("crew/<uuid:pk>/", crews.MemberPage.as_view(), name="member"),
    path("requests/", requests.RequestsList.as_view(), name="requests"),
    path("requests/<uuid:pk>/", requests.RequestPage.as_view(), name="request"),
    path("coverage/boundaries/", boundaries.BoundariesPage.as_view(), name="boundaries"),
    path("coverage/", coverage.CoverageList.as_view(), name="coverage"),
    path("field/", field.LogsList.as_view(), name="field"),
    path("field/<uuid:pk>/", field.LogPage.as_view(), name="field_log"),
    path("phones/", phones.PhonesList.as_view(), name="phones"),
    path("phones/new/", phones.PhoneNew.as_view(), name="phone_new"),
    path("phones/<uuid:pk>/pairing/", phones.PairingPage.as_view(), name="phone_pairing"),
    path("phones/<uuid:pk>/", phones.PhonePage.as_view(), name="phone"),
    path("trips/", trips.TripsList.as_view(), name="trips"),
    path("trips/<uuid:pk>/", trips.TripPage.as_view(), name="trip"),
]
