"""Addresses that the museums add below /my/, in the namespace `my` (settings.KEXIE_VISITOR_PAGES)."""

from django.urls import path

from kexie.contexts.museums.web.public import my_bookings, my_waiting

urlpatterns = [
    path("bookings/", my_bookings.BookingsView.as_view(), name="bookings"),
    path("bookings/<slug:number>/", my_bookings.BookingView.as_view(), name="booking"),
    path("bookings/<slug:number>/change/", my_bookings.ChangeView.as_view(), name="change"),
    path("bookings/<slug:number>/people/", my_bookings.PeopleView.as_view(), name="people"),
    path("bookings/<slug:number>/cancel/", my_bookings.CancelView.as_view(), name="cancel"),
    path(
        "bookings/<slug:number>/ticket.png",
        my_bookings.TicketFile.as_view(),
        {"kind": "png"},
        name="ticket_png",
    ),
    path(
        "bookings/<slug:number>/ticket.pdf",
        my_bookings.TicketFile.as_view(),
        {"kind": "pdf"},
        name="ticket_pdf",
    ),
    path(
        "bookings/<slug:number>/ticket.ics",
        my_bookings.TicketFile.as_view(),
        {"kind": "ics"},
        name="ticket_ics",
    ),
    path("waiting/", my_waiting.WaitingView.as_view(), name="waiting"),
    path("waiting/<uuid:wish>/leave/", my_waiting.LeaveView.as_view(), name="leave"),
    path("appeals/<uuid:block>/", my_waiting.AppealView.as_view(), name="appeal"),
]
