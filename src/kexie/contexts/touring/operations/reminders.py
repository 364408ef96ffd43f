"""Whoever looks after caravans is told, once each, of papers and licences that end, and of advice to replace."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kexie.contexts.touring.models import Caravan, CaravanReminder, CrewMember, LicenceReminder
from kexie.contexts.touring.queries import fleet as queries
from kexie.contexts.touring.rules import fleet as rules
from kexie.contexts.touring.rules.reminders import About, paper_due, replacement_due
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Grant
from kexie.foundation.access.roles import Action
from kexie.foundation.units import queries as units
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

_LICENCE = "LICENCE"


@dataclass(frozen=True)
class _Matter:
    """What there is to say: a vehicle's paper or a driver's licence ends on a day, or (`ends_on` None) a limit is reached."""

    subject: Caravan | CrewMember
    about: str
    ends_on: dt.date | None = None
    days: int = 0


@dataclass(frozen=True)
class _Letter:
    """What one account is told at once: papers that end on the same day, or vehicles to be replaced."""

    account_id: UUID
    ends_on: dt.date | None


def remind_due(*, now: dt.datetime) -> int:
    """Send every reminder that is due and was not sent; return how many notices went out."""
    return sum(_remind(one.pk, now) for one in units.associations())


@transaction.atomic
def _remind(association_id: UUID, now: dt.datetime) -> int:
    scope, today = Scope(association_id=association_id), timezone.localdate(now)
    due = [one for one in _matters(scope, today) if _claim(one, now)]
    grants = list(access.granted(scope, Action.DRAFT, "touring", on=today)) if due else []
    letters: dict[_Letter, list[_Matter]] = defaultdict(list)
    for one in due:
        for account_id in _told_of(one.subject, grants):
            letters[_Letter(account_id, one.ends_on)].append(one)
    for letter, matters in letters.items():
        _send(association_id, letter, matters, today, now)
    return len(letters)


def _matters(scope: Scope, day: dt.date) -> Iterator[_Matter]:
    read = queries.odometers(scope)
    for van in queries.vans(scope).exclude(state=Caravan.State.RETIRED):
        for paper in rules.latest(van.documents.all()):
            days = paper_due(paper.valid_to, day) if paper.valid_to else None
            if days is not None:
                yield _Matter(van, paper.kind, paper.valid_to, days)
        km = max(read.get(van.pk, 0), van.initial_km)
        for about in replacement_due(bought_on=van.bought_on, odometer=km, on=day):
            yield _Matter(van, about)
    for member in queries.drivers(scope):
        days = paper_due(member.licence_until, day) if member.licence_until else None
        if days is not None:
            yield _Matter(member, _LICENCE, member.licence_until, days)


def _claim(one: _Matter, now: dt.datetime) -> bool:
    """Write the reminder down; False if it was sent before: the database lets each be written once."""
    same: dict[str, Any] = {
        "association_id": one.subject.association_id,
        "ends_on": one.ends_on,
        "days": one.days,
    }
    sent: dict[str, Any] = {"defaults": {"sent_at": now}}
    if isinstance(one.subject, CrewMember):
        return LicenceReminder.objects.get_or_create(member=one.subject, **same, **sent)[1]
    return CaravanReminder.objects.get_or_create(caravan=one.subject, about=one.about, **same, **sent)[1]


def _told_of(subject: Caravan | CrewMember, grants: Sequence[Grant]) -> set[UUID]:
    """Return the accounts whose grants reach the vehicle or driver: crew and office, and the city."""
    return {one.account_id for one in grants if subject.unit.path.startswith(one.unit.path)}


def _send(
    association_id: UUID, letter: _Letter, matters: list[_Matter], today: dt.date, now: dt.datetime
) -> None:
    values: dict[str, Any] = {"what": _words(matters)}
    template = "caravan.replace"
    if letter.ends_on is not None:
        values |= {"day": letter.ends_on, "left": (letter.ends_on - today).days}
        template = "caravan.paper_ending" if values["left"] > 0 else "caravan.paper_ended"
    notify.send(
        association_id=association_id, to=Recipient(account_id=letter.account_id), template=template,
        values=values, href=_page(matters), now=now,
    )  # fmt: skip


def _words(matters: list[_Matter]) -> Any:
    """Name the matter, or the first of several, in the reader's language."""
    subject = matters[0].subject
    if isinstance(subject, CrewMember):
        name, about = subject.name, _("驾驶证")
    else:
        name, about = f"{subject.name}（{subject.plate}）", About(matters[0].about).label
    if len(matters) == 1:
        return format_lazy(_("{van}的{about}"), van=name, about=about)
    return format_lazy(_("{van}的{about}等{n}项"), van=name, about=about, n=len(matters))


def _page(matters: list[_Matter]) -> str:
    subjects = {one.subject.pk: one.subject for one in matters}
    if len(subjects) == 1:
        (only,) = subjects.values()
        name = "member" if isinstance(only, CrewMember) else "van"
        return reverse(f"touring_fleet:{name}", args=[only.pk])
    if matters[0].ends_on is None:
        return reverse("touring_fleet:vans")
    if all(isinstance(one, CrewMember) for one in subjects.values()):
        return reverse("touring_fleet:crew")
    return f"{reverse('touring_fleet:documents')}?renew=1"
