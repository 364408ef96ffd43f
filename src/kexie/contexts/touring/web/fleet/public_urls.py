"""Public addresses of the requests, below /touring/request/."""

from django.urls import path

from kexie.contexts.touring.web.fleet import public

app_name = "caravan_request"
urlpatterns = [
    path("", public.NewView.as_view(), name="new"),
    path("<slug:code>/", public.FollowView.as_view(), name="follow"),
]
