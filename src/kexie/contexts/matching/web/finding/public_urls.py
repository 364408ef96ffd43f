"""The pages of those invited, below /invitations/."""

from django.urls import path

from kexie.contexts.matching.web.finding import answers

app_name = "invitation"
urlpatterns = [
    path("<slug:code>/", answers.AnswerPage.as_view(), name="answer"),
    path("<slug:code>/files/<uuid:paper>/", answers.PaperPage.as_view(), name="paper"),
]
