"""Address of the dashboard."""

from django.urls import path

from kexie.workbench.dashboard import views

app_name = "dashboard"
urlpatterns = [path("", views.DashboardView.as_view(), name="home")]
