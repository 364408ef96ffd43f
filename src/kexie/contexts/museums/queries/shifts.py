"""Reads of volunteers and their shifts."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Shift, SignUp, Volunteer
from kexie.kernel.errors import NotFound
from kexie.kernel.scope import Scope

HELD = Q(state__in=SignUp.HELD)


def shifts(scope: Scope) -> QuerySet[Shift]:
    """Return the shifts in sight, earliest first, each with how many still have to answer (`waiting`)."""
    waiting = Count("sign_ups", filter=Q(sign_ups__state=SignUp.State.INVITED))
    rows = Shift.objects.filter(scope.q()).annotate(waiting=waiting)
    return rows.order_by("on", "starts_at", "post", "pk")


def shift(scope: Scope, pk: UUID) -> Shift:
    """Return one shift in sight, or raise NotFound."""
    found = shifts(scope).filter(pk=pk).select_related("unit__area").first()
    if found is None:
        raise NotFound(_("没有找到这个班次。"))
    return found


def sign_ups(shift: Shift) -> list[SignUp]:
    """Return who was asked for a shift, those who hold a place first."""
    rows = SignUp.objects.filter(association_id=shift.association_id, shift=shift)
    found = list(rows.select_related("volunteer").order_by("invited_at", "pk"))
    return sorted(found, key=lambda one: one.state not in SignUp.HELD)


def volunteers(scope: Scope) -> QuerySet[Volunteer]:
    """Return the volunteers in sight, by name."""
    return Volunteer.objects.filter(scope.q()).order_by("name", "pk")


def volunteer(scope: Scope, pk: UUID) -> Volunteer:
    """Return one volunteer in sight, or raise NotFound."""
    found = volunteers(scope).filter(pk=pk).select_related("unit").first()
    if found is None:
        raise NotFound(_("没有找到这位志愿者。"))
    return found


def available(shift: Shift, scope: Scope) -> QuerySet[Volunteer]:
    """Return the volunteers who may be asked for a shift: still serving, and free at that time."""
    busy = SignUp.objects.filter(
        HELD, association_id=shift.association_id, during__overlap=(shift.begins, shift.ends)
    )
    return volunteers(scope).filter(is_active=True).exclude(pk__in=busy.values("volunteer"))


def sign_ups_of(volunteer: Volunteer, since: dt.datetime) -> list[SignUp]:
    """Return a volunteer's places from a moment on, earliest first."""
    rows = SignUp.objects.filter(association_id=volunteer.association_id, volunteer=volunteer)
    return list(rows.filter(during__endswith__gte=since).select_related("shift").order_by("during", "pk"))


def sign_up(pk: UUID) -> SignUp:
    """Return one place, for whoever holds its signed link."""
    rows = SignUp.objects.filter(pk=pk)
    found = rows.select_related("shift__unit__place", "shift__unit__area", "volunteer").first()
    if found is None:
        raise NotFound(_("没有找到这个班次。"))
    return found


def others(sign_up: SignUp, now: dt.datetime) -> list[Shift]:
    """Return the shifts of the same museum to which a volunteer may change: to come, with a place, and free for it."""
    mine = SignUp.objects.filter(
        HELD, association_id=sign_up.association_id, volunteer_id=sign_up.volunteer_id
    ).exclude(pk=sign_up.pk)
    taken = [one.during for one in mine]
    rows = Shift.objects.filter(
        association_id=sign_up.association_id,
        unit_id=sign_up.shift.unit_id,
        cancelled_at=None,
        taken__lt=F("places"),
        on__range=(timezone.localdate(now), timezone.localdate(now) + dt.timedelta(days=28)),
    ).exclude(pk=sign_up.shift_id)
    found = rows.order_by("on", "starts_at", "post")
    return [one for one in found if one.begins > now and not _overlaps(one, taken)]


def _overlaps(shift: Shift, taken: Iterable[object]) -> bool:
    return any(during.lower < shift.ends and shift.begins < during.upper for during in taken)  # type: ignore[attr-defined]  # psycopg's ranges are not typed by Django
