"""Addresses of the facilities' desk, below /work/facilities/."""

from django.urls import path

from kexie.contexts.facilities.web import (
    applications,
    certificates,
    checks,
    pages,
    registry,
    renewals,
    reports,
    rounds,
    titles,
)

app_name = "facility_desk"
urlpatterns = [
    path("registry/", registry.RegistryPage.as_view(), name="registry"),
    path("registry/import/", registry.ImportPage.as_view(), name="import"),
    path("registry/<uuid:pk>/", pages.FacilityPage.as_view(), name="facility"),
    path("registry/<uuid:pk>/label/", pages.LabelPage.as_view(), name="label"),
    path("titles/", titles.TitlesPage.as_view(), name="titles"),
    path("titles/look-alikes/", titles.LookAlikesPage.as_view(), name="look_alikes"),
    path("titles/ending/", renewals.EndingPage.as_view(), name="ending"),
    path("titles/<uuid:pk>/renew/", renewals.RenewPage.as_view(), name="renew"),
    path("titles/<uuid:pk>/certificate/", certificates.CertificatePage.as_view(), name="certificate"),
    path("rounds/", rounds.RoundsPage.as_view(), name="rounds"),
    path("rounds/new/", rounds.NewRoundPage.as_view(), name="new_round"),
    path("rounds/<uuid:pk>/", rounds.RoundPage.as_view(), name="round"),
    path("applications/", rounds.ApplicationsPage.as_view(), name="applications"),
    path("applications/<uuid:pk>/", applications.ApplicationPage.as_view(), name="application"),
    path("applications/<uuid:pk>/<slug:part>/", applications.FillPage.as_view(), name="fill"),
    path("reports/", reports.ReportsPage.as_view(), name="reports"),
    path("reports/<uuid:pk>/<int:year>/", reports.ReportPage.as_view(), name="report"),
    path("checks/", checks.SamplesPage.as_view(), name="checks"),
    path("checks/new/", checks.DrawPage.as_view(), name="draw"),
    path("checks/<uuid:pk>/", checks.SamplePage.as_view(), name="sample"),
    path("checks/facilities/<uuid:pk>/", checks.CheckPage.as_view(), name="check"),
    path("faults/", registry.FaultsPage.as_view(), name="faults"),
    path("faults/<uuid:pk>/", pages.FaultPage.as_view(), name="fault"),
]
