"""Addresses of the facilities' desk, below /work/facilities/."""

from django.urls import path

from kexie.contexts.facilities.web import pages, registry, titles

app_name = "facility_desk"
urlpatterns = [
    path("registry/", registry.RegistryPage.as_view(), name="registry"),
    path("registry/import/", registry.ImportPage.as_view(), name="import"),
    path("registry/<uuid:pk>/", pages.FacilityPage.as_view(), name="facility"),
    path("registry/<uuid:pk>/label/", pages.LabelPage.as_view(), name="label"),
    path("titles/", titles.TitlesPage.as_view(), name="titles"),
    path("titles/look-alikes/", titles.LookAlikesPage.as_view(), name="look_alikes"),
    path("faults/", registry.FaultsPage.as_view(), name="faults"),
    path("faults/<uuid:pk>/", pages.FaultPage.as_view(), name="fault"),
]
