"""Addresses of the kept tickets, below /my/tickets/."""

from django.urls import path

from kexie.platform.tickets.web import views

app_name = "tickets"
urlpatterns = [
    path("", views.kept, name="kept"),
    path("worker.js", views.worker, name="worker"),
]
