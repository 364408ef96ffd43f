"""Addresses of the seasons, below /work/touring/season/."""

from django.urls import path

from kexie.contexts.touring.web.season import (
    board,
    hosts,
    pages,
    planning,
    roads,
    settings,
    sheets,
    telling,
)

app_name = "touring_season"
urlpatterns = [
    path("", pages.ListView.as_view(), name="list"),
    path("add/", pages.AddView.as_view(), name="add"),
    path("<uuid:pk>/", pages.PageView.as_view(), name="season"),
    path("<uuid:pk>/vans/add/", pages.VanView.as_view(), name="van_add"),
    path("<uuid:pk>/edit/", settings.EditView.as_view(), name="edit"),
    path("<uuid:pk>/vans/<uuid:van>/", settings.VanEditView.as_view(), name="van"),
    path("<uuid:pk>/sites/", settings.SitesView.as_view(), name="sites"),
    path("<uuid:pk>/sites/<uuid:site>/", settings.SiteView.as_view(), name="site"),
    path("<uuid:pk>/terms/", settings.TermsView.as_view(), name="terms"),
    path("<uuid:pk>/terms/<uuid:term>/", settings.TermView.as_view(), name="term"),
    path("<uuid:pk>/roads/", roads.RoadsView.as_view(), name="roads"),
    path("<uuid:pk>/roads/template.xlsx", roads.TemplateView.as_view(), name="roads_template"),
    path("<uuid:pk>/roads/<uuid:table>/progress/", roads.ProgressView.as_view(), name="roads_progress"),
    path("plans/<uuid:pk>/", board.BoardView.as_view(), name="plan"),
    path("plans/<uuid:pk>/try/", board.TryView.as_view(), name="try"),
    path("plans/<uuid:pk>/progress/", planning.ProgressView.as_view(), name="progress"),
    path("plans/<uuid:pk>/telling/", telling.TellingView.as_view(), name="telling"),
    path("plans/<uuid:pk>/beside/<uuid:other>/", planning.CompareView.as_view(), name="compare"),
    path("plans/<uuid:pk>/sheets/", sheets.SheetsView.as_view(), name="sheets"),
    path("plans/<uuid:pk>/sheets.pdf", sheets.PaperView.as_view(), name="paper"),
    path("plans/<uuid:pk>/vans/<uuid:van>/calendar.ics", sheets.CalendarView.as_view(), name="van_calendar"),
    path("plans/<uuid:pk>/hosts/", hosts.HostsView.as_view(), name="hosts"),
    path("plans/<uuid:pk>/hosts/<uuid:site>/", hosts.HostView.as_view(), name="host"),
]
