"""Addresses of the problems' desk, below /work/problems/."""

from django.urls import path

from kexie.contexts.matching.web.problems import desk

app_name = "problem_desk"
urlpatterns = [
    path("", desk.ProblemsPage.as_view(), name="problems"),
    path("new/", desk.NewPage.as_view(), name="new"),
    path("<uuid:pk>/", desk.ProblemPage.as_view(), name="problem"),
    path("<uuid:pk>/edit/", desk.EditPage.as_view(), name="edit"),
]
