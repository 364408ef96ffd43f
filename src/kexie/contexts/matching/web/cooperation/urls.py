"""Addresses of the cooperation desk, below /work/cooperation/."""

from django.urls import path

from kexie.contexts.matching.web.cooperation import agreements

app_name = "cooperation"
urlpatterns = [
    path("agreements/", agreements.AgreementsPage.as_view(), name="agreements"),
    path("agreements/sign/", agreements.SignPage.as_view(), name="sign"),
    path("agreements/<uuid:pk>/", agreements.AgreementPage.as_view(), name="agreement"),
    path("agreements/<uuid:pk>/renew/", agreements.RenewPage.as_view(), name="renew"),
    path("agreements/<uuid:pk>/promises/<uuid:row>/", agreements.PromisePage.as_view(), name="promise"),
    path("agreements/<uuid:pk>/promises/<uuid:row>/settle/", agreements.SettlePage.as_view(), name="settle"),
]
