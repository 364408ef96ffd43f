"""Public address of the touring sets, below /touring/sets/."""

from django.urls import path

from kexie.contexts.touring.web.sets import public

app_name = "touring_public"
urlpatterns = [path("", public.SetsView.as_view(), name="sets")]
