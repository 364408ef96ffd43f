"""Addresses of the problems' desk, below /work/problems/."""

from django.urls import path

from kexie.contexts.matching.web.problems import board, desk, follow_ups, problem, terms

app_name = "problem_desk"
urlpatterns = [
    path("", desk.ProblemsPage.as_view(), name="problems"),
    path("board/", board.BoardPage.as_view(), name="board"),
    path("board/experts/", board.EngagedPage.as_view(), name="engaged"),
    path("follow-ups/", follow_ups.FollowUpsPage.as_view(), name="follow_ups"),
    path("new/", desk.NewPage.as_view(), name="new"),
    path("<uuid:pk>/", problem.ProblemPage.as_view(), name="problem"),
    path("<uuid:pk>/terms/", terms.TermsPage.as_view(), name="terms"),
    path("<uuid:pk>/text/", problem.TextPage.as_view(), name="text"),
    path("<uuid:pk>/files/<uuid:paper>/", problem.PaperPage.as_view(), name="paper"),
    path("<uuid:pk>/edit/", desk.EditPage.as_view(), name="edit"),
]
