"""The frame of a visitor's own pages: tabs and the cards of the first page, to which other apps add theirs.

An app registers when it is ready::

    shell.register_tab(shell.Tab(key="bookings", label=_("预约"), address="my:bookings", order=10))
    shell.register_card("bookings", next_booking, order=10)

Its addresses stand in a module of `urlpatterns` named in the setting KEXIE_VISITOR_PAGES, which is included
below /my/ in the namespace `my`; its templates extend "visitors/my.html" and are answered with `render`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as plainly
from django.urls import NoReverseMatch, reverse

from kexie.foundation.visitors.models import Visitor
from kexie.kernel.errors import Text
from kexie.ui.nav import Link


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of a visitor's pages. `count`, one query at most, is shown beside the label unless it is None or 0."""

    key: str
    label: Text
    address: str
    order: int
    count: Callable[[Visitor], int | None] | None = None


@dataclass(frozen=True)
class Card:
    """A part of the first page: a template and its values."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


# Returns None when there is nothing to show.
MakeCard = Callable[[Visitor, dt.datetime], Card | None]

_tabs: dict[str, Tab] = {}
_cards: dict[str, tuple[int, MakeCard]] = {}


def register_tab(tab: Tab) -> None:
    """Add a tab; registering the same key again replaces it."""
    _tabs[tab.key] = tab


def register_card(key: str, make: MakeCard, *, order: int) -> None:
    """Add a card to the first page; registering the same key again replaces it."""
    _cards[key] = (order, make)


def tabs(visitor: Visitor, current: str = "") -> list[Link]:
    """Return the tabs in their order, those that are mounted."""
    found = []
    for tab in sorted(_tabs.values(), key=lambda one: one.order):
        try:
            address = reverse(tab.address)
        except NoReverseMatch:
            continue
        count = (tab.count(visitor) if tab.count else None) or None
        found.append(Link(tab.label, address, count=count, current=tab.key == current))
    return found


def cards(visitor: Visitor, now: dt.datetime) -> list[Card]:
    """Return the cards of the first page that have something to show."""
    made = (make(visitor, now) for _order, make in sorted(_cards.values(), key=lambda one: one[0]))
    return [card for card in made if card is not None]


def render(
    request: HttpRequest,
    visitor: Visitor,
    template: str,
    values: Mapping[str, Any] | None = None,
    *,
    current: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with one of a visitor's pages; `current` is the key of its tab."""
    frame = {"tabs": tabs(visitor, current), "visitor": visitor, "is_demo": visitor.association.is_demo}
    context = {**frame, **(values or {})}
    return plainly(request, template, context, status=status)
