"""Whoever looks after titles is told before they end (90, 30, 0 days) and before the year's report is due (30, 7, 0): each once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kexie.contexts.facilities.models import Accreditation, ReportReminder, Title, TitleReminder
from kexie.contexts.facilities.queries import renewals, reports
from kexie.contexts.facilities.queries.reports import SENT
from kexie.contexts.facilities.rules.renewals import reminder_due
from kexie.contexts.facilities.rules.reports import due as last_day
from kexie.contexts.facilities.rules.reports import reminder_due as report_due
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Grant
from kexie.foundation.access.roles import Action
from kexie.foundation.units import queries as units
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient


@dataclass(frozen=True)
class _Letter:
    """What one account is told at once: titles that end on the same day."""

    account_id: UUID
    valid_to: dt.date
    days: int


def remind_due(*, now: dt.datetime) -> int:
    """Send every reminder that is due and was not sent; return how many notices went out."""
    return sum(_remind(one.pk, now) for one in units.associations())


def remind_of_reports(*, now: dt.datetime) -> int:
    """Send every reminder of a year's report that is due and was not sent; return how many notices went out."""
    asked = report_due(timezone.localdate(now))
    return sum(_ask(one.pk, *asked, now) for one in units.associations()) if asked else 0


@transaction.atomic
def _ask(association_id: UUID, year: int, days: int, now: dt.datetime) -> int:
    """Tell keeper and county, each once for all their titles, of the reports that were not handed in."""
    scope, today = Scope(association_id=association_id), timezone.localdate(now)
    missing = reports.expected(scope, year, today).filter(Q(report=None) | ~Q(report__in=SENT))
    rows = missing.select_related("holder").order_by("holder__name", "pk")
    open_ones = [one for one in rows if _asked_once(one, year, days, now)]
    grants = list(access.granted(scope, Action.DRAFT, "facilities", on=today)) if open_ones else []
    told: dict[UUID, list[Accreditation]] = defaultdict(list)
    for held in open_ones:
        for one in grants:
            if not one.unit.is_association and held.holder.path.startswith(one.unit.path):
                told[one.account_id].append(held)
    for account_id, titles in told.items():
        unique = list(dict.fromkeys(titles))
        values: dict[str, Any] = {"what": _words(unique), "year": str(year), "day": last_day(year)}
        notify.send(
            association_id=association_id, to=Recipient(account_id=account_id), template="title.report_due",
            values=values, href=f"{reverse('facility_desk:reports')}?year={year}", now=now,
        )  # fmt: skip
    return len(told)


def _asked_once(held: Accreditation, year: int, days: int, now: dt.datetime) -> bool:
    same: dict[str, Any] = {"association_id": held.association_id, "accreditation": held}
    return ReportReminder.objects.get_or_create(**same, year=year, days=days, defaults={"sent_at": now})[1]


@transaction.atomic
def _remind(association_id: UUID, now: dt.datetime) -> int:
    scope, today = Scope(association_id=association_id), timezone.localdate(now)
    due = _claim(renewals.ending(scope, today).order_by("holder__name", "pk"), today, now)
    grants = list(access.granted(scope, Action.DRAFT, "facilities", on=today)) if due else []
    letters: dict[_Letter, list[Accreditation]] = defaultdict(list)
    for held, days in due:
        for account_id in _told_of(held, grants):
            letters[_Letter(account_id, _end(held), days)].append(held)
    for letter, titles in letters.items():
        _send(association_id, letter, titles, now)
    return len(letters)


def _claim(
    titles: Iterable[Accreditation], day: dt.date, now: dt.datetime
) -> list[tuple[Accreditation, int]]:
    """Return the titles with the reminder that is theirs now; the database lets each be written down once."""
    found = []
    for held in titles:
        days = reminder_due(_end(held), day)
        if days is None:
            continue
        _row, is_new = TitleReminder.objects.get_or_create(
            association_id=held.association_id, accreditation=held, days=days, defaults={"sent_at": now}
        )
        if is_new:
            found.append((held, days))
    return found


def _told_of(held: Accreditation, grants: Sequence[Grant]) -> set[UUID]:
    """Return the accounts whose grants reach the holder: its keeper, its county, the city."""
    return {
        one.account_id
        for one in grants
        if one.unit.is_association or held.holder.path.startswith(one.unit.path)
    }


def _send(association_id: UUID, letter: _Letter, titles: list[Accreditation], now: dt.datetime) -> None:
    values: dict[str, Any] = {"what": _words(titles), "day": letter.valid_to}
    values["left"] = (letter.valid_to - timezone.localdate(now)).days
    notify.send(
        association_id=association_id, to=Recipient(account_id=letter.account_id),
        template="title.ending" if values["left"] > 0 else "title.ended", values=values,
        href=_page(titles), now=now,
    )  # fmt: skip


def _words(titles: list[Accreditation]) -> Any:
    """Name the title, or the first of several, in the reader's language."""
    first = titles[0]
    if len(titles) == 1:
        return format_lazy(_("{holder}的“{title}”"), holder=first.holder.name, title=Title(first.title).label)
    return format_lazy(_("{holder}等{n}个称号"), holder=first.holder.name, n=len(titles))


def _page(titles: list[Accreditation]) -> str:
    if len(titles) == 1:
        return reverse("facility_desk:renew", args=[titles[0].pk])
    return reverse("facility_desk:ending")


def _end(held: Accreditation) -> dt.date:
    """Return the last day of a title that `ending` found; those have one."""
    if held.valid_to is None:
        raise ValueError(f"{held.pk} never ends")
    return held.valid_to
