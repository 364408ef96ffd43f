"""Addresses of opening, below /work/museum/<code>/."""

from django.urls import path

from kexie.contexts.museums.web.opening import calendar, rules, shows, slots

urlpatterns = [
    path("slots/", slots.SlotsView.as_view(), name="slots"),
    path("slots/patterns/", slots.PatternsView.as_view(), name="patterns"),
    path("slots/patterns/propose/", slots.ProposeView.as_view(), name="patterns_propose"),
    path("slots/patterns/add/", slots.PatternView.as_view(), name="pattern_add"),
    path("slots/patterns/<uuid:pk>/", slots.PatternView.as_view(), name="pattern"),
    path("slots/patterns/<uuid:pk>/end/", slots.PatternEndView.as_view(), name="pattern_end"),
    path("slots/change/", slots.ChangeView.as_view(), name="slots_change"),
    path("slots/changes/", slots.ChangesView.as_view(), name="changes"),
    path("slots/changes/<uuid:pk>/", slots.ChangeDetailView.as_view(), name="change"),
    path("slots/changes/<uuid:pk>/undo/", slots.UndoView.as_view(), name="change_undo"),
    path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("calendar/stages/", calendar.StagesView.as_view(), name="stages"),
    path("calendar/<slug:day>/", calendar.DayView.as_view(), name="day"),
    path("calendar/<slug:day>/close/", calendar.CloseDayView.as_view(), name="day_close"),
    path("calendar/<slug:day>/reopen/", calendar.ReopenDayView.as_view(), name="day_reopen"),
    path("calendar/<slug:day>/open/", calendar.OpenDayView.as_view(), name="day_open"),
    path("rules/", rules.RulesView.as_view(), name="rules"),
    path("rules/add/", rules.RulesFormView.as_view(), name="rules_add"),
    path("rules/words/", rules.RulesWordsView.as_view(), name="rules_words"),
    path("rules/<uuid:pk>/", rules.RulesDetailView.as_view(), name="rules_one"),
    path("rules/<uuid:pk>/edit/", rules.RulesFormView.as_view(), name="rules_edit"),
    path("rules/<uuid:pk>/drop/", rules.RulesDropView.as_view(), name="rules_drop"),
    path("shows/", shows.ShowsView.as_view(), name="shows"),
    path("shows/add/", shows.SessionFormView.as_view(), name="session_add"),
    path("shows/series/add/", shows.SeriesView.as_view(), name="series_add"),
    path("shows/regular/add/", shows.ShowTimeView.as_view(), name="show_time_add"),
    path("shows/regular/<uuid:pk>/", shows.ShowTimeView.as_view(), name="show_time"),
    path("shows/regular/<uuid:pk>/end/", shows.ShowTimeEndView.as_view(), name="show_time_end"),
    path("shows/<uuid:pk>/", shows.SessionView.as_view(), name="session"),
    path("shows/<uuid:pk>/edit/", shows.SessionFormView.as_view(), name="session_edit"),
    path("shows/<uuid:pk>/cancel/", shows.CancelView.as_view(), name="session_cancel"),
]
