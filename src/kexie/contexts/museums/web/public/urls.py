"""Public addresses of the museums, below /museums/<code>/."""

from django.urls import path

from kexie.contexts.museums.web.public import (
    availability,
    booking,
    draw_pages,
    group_documents,
    group_pages,
    museum,
    my_waiting,
    share,
)

app_name = "museum"
urlpatterns = [
    path("<slug:code>/", museum.MuseumView.as_view(), name="museum"),
    path("<slug:code>/slots/", availability.SlotsView.as_view(), name="slots"),
    path("<slug:code>/rules/", museum.RulesView.as_view(), name="rules"),
    path("<slug:code>/calendar.ics", museum.CalendarFile.as_view(), name="calendar"),
    path("<slug:code>/share.png", share.ShareImage.as_view(), name="share"),
    path("<slug:code>/book/", booking.ChooseView.as_view(), name="book"),
    path("<slug:code>/book/<uuid:slot>/", booking.PartyView.as_view(), name="party"),
    path("<slug:code>/book/<uuid:slot>/draw/", draw_pages.DrawView.as_view(), name="draw"),
    path("<slug:code>/book/<uuid:slot>/draw/proof.json", draw_pages.DrawProof.as_view(), name="draw_proof"),
    path("<slug:code>/book/<uuid:slot>/wait/", my_waiting.WaitView.as_view(), name="wait"),
    path("<slug:code>/book/held/<slug:number>/", booking.HeldView.as_view(), name="who"),
    path("<slug:code>/groups/", group_pages.GroupsView.as_view(), name="groups"),
    path("<slug:code>/groups/roster.xlsx", group_pages.RosterTemplate.as_view(), name="roster_template"),
    path("<slug:code>/groups/<slug:number>/", group_pages.GroupView.as_view(), name="group"),
    path(
        "<slug:code>/groups/<slug:number>/documents/",
        group_documents.DocumentsView.as_view(),
        name="group_documents",
    ),
    path(
        "<slug:code>/groups/<slug:number>/documents/<uuid:document>/",
        group_documents.DocumentView.as_view(),
        name="group_document",
    ),
    path(
        "<slug:code>/groups/<slug:number>/documents/<uuid:document>/remove/",
        group_documents.DocumentRemoveView.as_view(),
        name="group_document_remove",
    ),
    path(
        "<slug:code>/groups/<slug:number>/roster.xlsx",
        group_pages.MarkedRoster.as_view(),
        name="marked_roster",
    ),
    path(
        "<slug:code>/groups/<slug:number>/change/", group_pages.GroupChangeView.as_view(), name="group_change"
    ),
    path(
        "<slug:code>/groups/<slug:number>/cancel/", group_pages.GroupCancelView.as_view(), name="group_cancel"
    ),
]
