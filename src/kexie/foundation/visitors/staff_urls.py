"""Addresses of the system administrator's pages about notices."""

from django.urls import path

from kexie.foundation.visitors.web import notice_views

app_name = "notices"
urlpatterns = [
    path("", notice_views.list_notices, name="list"),
    path("<uuid:notice_id>/", notice_views.show_notice, name="notice"),
    path("<uuid:notice_id>/retry/", notice_views.retry_notice, name="retry"),
]
