"""Addresses of the touring sets' desk, below /work/touring/sets/."""

from django.urls import path

from kexie.contexts.touring.web.sets import lists, pages, plans, stops

app_name = "touring_sets"
urlpatterns = [
    path("", lists.SetsList.as_view(), name="sets"),
    path("set/<uuid:pk>/", pages.SetPage.as_view(), name="set"),
    path("exhibit/<uuid:pk>/", pages.ExhibitPage.as_view(), name="exhibit"),
    path("stops/", lists.StopsList.as_view(), name="stops"),
    path("stops/new/", lists.ArrangePage.as_view(), name="arrange"),
    path("stops/<uuid:pk>/", stops.StopPage.as_view(), name="stop"),
    path("stops/<uuid:pk>/handover/<slug:kind>/", stops.SignPage.as_view(), name="sign"),
    path("handovers/<uuid:pk>/", stops.HandoverPage.as_view(), name="handover"),
    path("applications/", lists.ApplicationsList.as_view(), name="applications"),
    path("applications/new/", lists.ApplyPage.as_view(), name="apply"),
    path("applications/<uuid:pk>/", pages.ApplicationPage.as_view(), name="application"),
    path("venues/", lists.VenuesList.as_view(), name="venues"),
    path("venues/<uuid:pk>/", pages.VenuePage.as_view(), name="venue"),
    path("tickets/", lists.TicketsList.as_view(), name="tickets"),
    path("tickets/<uuid:pk>/", pages.TicketPage.as_view(), name="ticket"),
    path("plans/", plans.PlansList.as_view(), name="plans"),
    path("plans/new/", plans.NewPlanPage.as_view(), name="new_plan"),
    path("plans/<uuid:pk>/", plans.PlanPage.as_view(), name="plan"),
]
