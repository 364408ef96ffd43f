"""Addresses of figures."""

from django.urls import path

from kexie.portal.figures import views

app_name = "figures"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:measure>/", views.detail, name="detail"),
    path("<str:measure>/rows/", views.rows, name="rows"),
    path("<str:measure>/rows.csv", views.rows_csv, name="rows-csv"),
]
