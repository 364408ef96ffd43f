"""Addresses of the pages about webhooks, below /work/webhooks/."""

from django.urls import path

from kexie.foundation.webhooks.web import views

app_name = "webhooks"
urlpatterns = [
    path("", views.list_endpoints, name="endpoints"),
    path("new/", views.create_endpoint, name="create"),
    path("<uuid:endpoint_id>/", views.show_endpoint, name="endpoint"),
    path("<uuid:endpoint_id>/edit/", views.change_endpoint, name="change"),
    path("<uuid:endpoint_id>/do/<slug:verb>/", views.act, name="act"),
    path("<uuid:endpoint_id>/confirm/<slug:verb>/", views.confirm, name="confirm"),
    path("<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/", views.show_delivery, name="delivery"),
    path("<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/again/", views.redeliver, name="redeliver"),
]
