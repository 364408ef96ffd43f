"""Addresses of files."""

from django.urls import path

from kexie.platform.files.web import views

app_name = "files"
urlpatterns = [path("files/<uuid:file_id>/", views.show_file, name="show")]
