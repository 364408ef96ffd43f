"""Addresses of places."""

from django.urls import path

from kexie.workbench.directory import places

app_name = "places"
urlpatterns = [
    path("", places.ListView.as_view(), name="list"),
    path("new", places.NewView.as_view(), name="new"),
    path("choices", places.ChoicesView.as_view(), name="choices"),
    path("<uuid:pk>/", places.PlaceView.as_view(), name="place"),
    path("<uuid:pk>/edit", places.EditView.as_view(), name="edit"),
]
