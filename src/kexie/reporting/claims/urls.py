"""Addresses of the pages where texts are checked."""

from django.urls import path

from kexie.reporting.claims.web import views

_TEXT = "texts/<uuid:pk>/"
_CLAIM = f"{_TEXT}claims/<int:start>-<int:end>/"

app_name = "claims"
urlpatterns = [
    path("texts/", views.index, name="check"),
    path(_TEXT, views.detail, name="text"),
    path(f"{_TEXT}recheck", views.recheck, name="recheck"),
    path(f"{_TEXT}remove", views.remove, name="remove"),
    path(f"{_TEXT}findings.xlsx", views.export, name="export"),
    path(f"{_TEXT}marked.docx", views.marked, name="marked"),
    path(_CLAIM, views.correct, name="correct"),
    path(f"{_CLAIM}undo", views.undo, name="undo"),
]
