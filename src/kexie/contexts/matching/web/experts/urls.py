"""Addresses of the experts' desk, below /work/experts/."""

from django.urls import path

from kexie.contexts.matching.web.experts import imports, merging, pages, register, requests

app_name = "expert_desk"
urlpatterns = [
    path("", register.ExpertsPage.as_view(), name="experts"),
    path("new/", register.NewPage.as_view(), name="new"),
    path("import/", imports.UploadPage.as_view(), name="imports"),
    path("import/template/", imports.TemplateFile.as_view(), name="import_template"),
    path("import/<uuid:pk>/", imports.JobPage.as_view(), name="import"),
    path("duplicates/", merging.LookalikesPage.as_view(), name="lookalikes"),
    path("<uuid:pk>/same/<uuid:other>/", merging.PairPage.as_view(), name="pair"),
    path("requests/", requests.RequestsPage.as_view(), name="requests"),
    path("<uuid:pk>/", pages.ExpertPage.as_view(), name="expert"),
    path("<uuid:pk>/edit/", register.EditPage.as_view(), name="edit"),
    path("<uuid:pk>/reveal/", pages.RevealPage.as_view(), name="reveal"),
]
