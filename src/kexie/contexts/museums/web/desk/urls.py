"""Addresses of the desk's day, below /work/museum/<code>/."""

from django.urls import URLPattern, path

from kexie.contexts.museums.web.desk import days, figures, groups, reservations, today, visitors

urlpatterns: list[URLPattern] = [
    path("today/", today.TodayView.as_view(), name="today"),
    path("today/live/", today.LiveView.as_view(), name="today-live"),
    path("today/admit/", today.AdmitView.as_view(), name="admit"),
    path("today/named/", today.NamedView.as_view(), name="named"),
    path("today/doubles/", days.DoublesView.as_view(), name="doubles"),
    path("today/<slug:act>/", today.ActView.as_view(), name="act"),
    path("days/", days.DaysView.as_view(), name="days"),
    path("days.xlsx", days.DaysExportView.as_view(), name="days_export"),
    path("days/<str:day>/", days.DayView.as_view(), name="day"),
    path("days/<str:day>/<slug:act>/", days.ConfirmDayView.as_view(), name="day-act"),
    path("reservations/", reservations.FindView.as_view(), name="find"),
    path("reservations/<slug:reservation>/", reservations.ReservationView.as_view(), name="reservation"),
    path(
        "reservations/<slug:reservation>/<slug:act>/",
        reservations.ReservationActView.as_view(),
        name="reservation-act",
    ),
    path("groups/", groups.GroupsView.as_view(), name="groups"),
    path("groups/export.xlsx", groups.GroupsExportView.as_view(), name="groups_export"),
    path("groups/calendar/", groups.GroupCalendarView.as_view(), name="group-calendar"),
    path("groups/<slug:group>/", groups.GroupView.as_view(), name="group"),
    path("groups/<slug:group>/<slug:act>/", groups.GroupActView.as_view(), name="group-act"),
    path("visitors/", visitors.BlocksView.as_view(), name="visitors"),
    path("visitors/new/", visitors.NewBlockView.as_view(), name="block-new"),
    path("visitors/amnesty/", visitors.AmnestyView.as_view(), name="amnesty"),
    path("visitors/export.xlsx", visitors.BlocksExportView.as_view(), name="blocks_export"),
    path("visitors/conduct.xlsx", visitors.ConductExportView.as_view(), name="conduct_export"),
    path("visitors/conduct/", visitors.ConductView.as_view(), name="conduct"),
    path("visitors/<uuid:pk>/", visitors.BlockView.as_view(), name="block"),
    path("visitors/<uuid:pk>/<slug:act>/", visitors.BlockActView.as_view(), name="block-act"),
    path("figures/", figures.FiguresView.as_view(), name="figures"),
    path("figures/<slug:paper>.<slug:kind>", figures.PaperView.as_view(), name="paper"),
]
