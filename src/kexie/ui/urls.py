"""Addresses of the interface itself."""

from django.urls import path

from kexie.ui import views

app_name = "ui"
urlpatterns = [
    path("ui-gallery/", views.show_gallery, name="gallery"),
    path("ui-gallery/staff/", views.show_staff_gallery, name="gallery-staff"),
    path("appearance/", views.keep_appearance, name="appearance"),
]
