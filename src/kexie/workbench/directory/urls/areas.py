"""Addresses of areas."""

from django.urls import path

from kexie.workbench.directory import areas

app_name = "areas"
urlpatterns = [
    path("", areas.ListView.as_view(), name="list"),
    path("choices", areas.ChoicesView.as_view(), name="choices"),
]
