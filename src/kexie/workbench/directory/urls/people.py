"""Addresses of people."""

from django.urls import path

from kexie.workbench.directory import people

app_name = "people"
urlpatterns = [
    path("", people.ListView.as_view(), name="list"),
    path("new", people.NewView.as_view(), name="new"),
    path("find", people.FindView.as_view(), name="find"),
    path("<uuid:pk>/", people.PersonView.as_view(), name="person"),
    path("<uuid:pk>/edit", people.EditView.as_view(), name="edit"),
    path("<uuid:pk>/reveal", people.RevealView.as_view(), name="reveal"),
]
