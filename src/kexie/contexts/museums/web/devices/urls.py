"""Addresses of the desk's pages about scanners, below /work/museum/<code>/."""

from django.urls import path

from kexie.contexts.museums.web.devices import views

urlpatterns = [
    path("devices/", views.DevicesView.as_view(), name="devices"),
    path("devices/export.xlsx", views.DevicesExportView.as_view(), name="devices_export"),
    path("devices/<uuid:pk>/", views.DeviceView.as_view(), name="device"),
    path("devices/<uuid:pk>/code/", views.CodeView.as_view(), name="device_code"),
    path("doubles/<uuid:pk>/", views.DoubleView.as_view(), name="double"),
]
