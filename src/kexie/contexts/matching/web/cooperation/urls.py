"""Addresses of the cooperation desk, below /work/cooperation/."""

from django.urls import path

from kexie.contexts.matching.web.cooperation import agreements, applications, carrier_parts, carriers, teams

app_name = "cooperation"
urlpatterns = [
    path("agreements/", agreements.AgreementsPage.as_view(), name="agreements"),
    path("agreements/sign/", agreements.SignPage.as_view(), name="sign"),
    path("agreements/<uuid:pk>/", agreements.AgreementPage.as_view(), name="agreement"),
    path("agreements/<uuid:pk>/renew/", agreements.RenewPage.as_view(), name="renew"),
    path("agreements/<uuid:pk>/promises/<uuid:row>/", agreements.PromisePage.as_view(), name="promise"),
    path("agreements/<uuid:pk>/promises/<uuid:row>/settle/", agreements.SettlePage.as_view(), name="settle"),
    path("carriers/", carriers.CarriersPage.as_view(), name="carriers"),
    path("carriers/apply/", carriers.ApplyPage.as_view(), name="apply"),
    path("carriers/<uuid:pk>/", carriers.CarrierPage.as_view(), name="carrier"),
    path("carriers/<uuid:pk>/evaluate/", carrier_parts.EvaluatePage.as_view(), name="evaluate"),
    path("carriers/<uuid:pk>/conditions/<slug:key>/", carrier_parts.EvidencePage.as_view(), name="evidence"),
    path(
        "carriers/<uuid:pk>/conditions/<slug:key>/check/", carrier_parts.VerdictPage.as_view(), name="verdict"
    ),
    path("carriers/<uuid:pk>/experts/<uuid:row>/", carrier_parts.TermPage.as_view(), name="term"),
    path("carriers/<uuid:pk>/needs/<uuid:row>/", carrier_parts.MeetPage.as_view(), name="meet"),
    path("applications/", applications.ApplicationsPage.as_view(), name="applications"),
    path("applications/new/", applications.KindsPage.as_view(), name="kinds"),
    path("applications/new/<slug:kind>/<slug:level>/", applications.RequestPage.as_view(), name="request"),
    path("applications/<uuid:pk>/", applications.ApplicationPage.as_view(), name="application"),
    path("applications/<uuid:pk>/edit/", applications.CorrectPage.as_view(), name="correct"),
    path("teams/", teams.TeamsPage.as_view(), name="teams"),
    path("teams/new/", teams.FoundPage.as_view(), name="found"),
    path("teams/<uuid:pk>/", teams.TeamPage.as_view(), name="team"),
    path("teams/<uuid:pk>/members/<uuid:row>/leave/", teams.LeavePage.as_view(), name="leave"),
]
