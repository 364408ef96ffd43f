"""The page of an invitation, below /meetings/."""

from django.urls import path

from kexie.contexts.matching.web.meetings import public

app_name = "meeting_answer"
urlpatterns = [path("<str:token>/", public.AnswerView.as_view(), name="answer")]
