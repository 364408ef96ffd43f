"""An expert's own pages, below /expert/."""

from django.urls import path

from kexie.contexts.matching.web.experts import own

app_name = "my_expert"
urlpatterns = [
    path("", own.OwnPage.as_view(), name="page"),
    path("edit/", own.EditPage.as_view(), name="edit"),
    path("still-right/<str:token>/", own.StillRightPage.as_view(), name="still_right"),
]
