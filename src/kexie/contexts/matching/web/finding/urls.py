"""Addresses of finding, below /work/problems/."""

from django.urls import path

from kexie.contexts.matching.web.finding import experts, quality

app_name = "finding"
urlpatterns = [
    path("finding-quality/", quality.QualityPage.as_view(), name="quality"),
    path("for-expert/<uuid:pk>/", experts.ProblemsForExpert.as_view(), name="problems"),
    path("<uuid:pk>/experts/", experts.ExpertsForProblem.as_view(), name="experts"),
]
