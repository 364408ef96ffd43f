"""What the museums add to a visitor's own pages: tabs, and a card with what comes next."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kexie.contexts.museums.queries import visits
from kexie.foundation.visitors.models import Visitor
from kexie.foundation.visitors.web import shell
from kexie.kernel.scope import Scope
from kexie.platform.capacity.models import Wish

_NEXT = 3


def register() -> None:
    """Add them."""
    shell.register_tab(
        shell.Tab(key="bookings", label=_("预约"), address="my:bookings", order=10, count=_coming)
    )
    shell.register_tab(
        shell.Tab(key="waiting", label=_("候补"), address="my:waiting", order=20, count=_waiting)
    )
    shell.register_card("bookings", _next, order=10)


def _scope(visitor: Visitor) -> Scope:
    return Scope(association_id=visitor.association_id)


def _coming(visitor: Visitor) -> int:
    return visits.coming(visitor.pk, _scope(visitor), now=timezone.now()).count()


def _waiting(visitor: Visitor) -> int:
    rows = Wish.objects.filter(association_id=visitor.association_id, holder_id=visitor.pk)
    return rows.filter(state__in=(Wish.State.WAITING, Wish.State.OFFERED)).count()


def _next(visitor: Visitor, now: dt.datetime) -> shell.Card:
    scope = _scope(visitor)
    found = visits.coming(visitor.pk, scope, now=now)[:_NEXT]
    return shell.Card("museums/my/_next.html", {"coming": visits.visits(found, scope)})
