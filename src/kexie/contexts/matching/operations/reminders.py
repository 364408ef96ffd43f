"""Telling people of days to come, each of one thing and one day once."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from kexie.contexts.matching.models import (
    Agreement,
    AgreementEnd,
    CarrierEvaluation,
    CarrierExpert,
    CarrierStage,
    Obligation,
    Reminder,
    ServiceCarrier,
)
from kexie.contexts.matching.queries import carriers as queries
from kexie.contexts.matching.rules import carriers
from kexie.contexts.matching.rules.agreements import EXPIRY_NOTICE, OBLIGATION_NOTICE
from kexie.contexts.matching.states import CarrierState as Stage
from kexie.contexts.matching.states import ObligationState
from kexie.foundation.access.models import Account
from kexie.ledger.models import State
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

About = Reminder.About


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something somebody should be told of."""

    about: str
    subject_id: UUID
    association_id: UUID
    day: dt.date
    to: Account
    template: str
    values: Mapping[str, object]
    href: str


def remind_due(*, now: dt.datetime) -> int:
    """Tell everybody of what is near and was not yet told; return how many were told."""
    return sum(_once(one, now) for one in list(_due(timezone.localdate(now))))


@transaction.atomic
def _once(one: Due, now: dt.datetime) -> bool:
    if not one.to.is_active:
        return False
    _reminder, made = Reminder.objects.get_or_create(
        association_id=one.association_id, about=one.about, subject_id=one.subject_id, day=one.day,
        defaults={"to": one.to, "sent_at": now},
    )  # fmt: skip
    if made:
        notify.send(
            association_id=one.association_id, to=Recipient(account_id=one.to.pk), template=one.template,
            values=one.values, href=one.href, now=now,
        )  # fmt: skip
    return made


def _due(today: dt.date) -> Iterator[Due]:
    yield from _obligations(today)
    yield from _expiries(today)
    yield from _evaluations(today)
    yield from _terms(today)


def _untold(about: str) -> Q:
    told = Reminder.objects.filter(about=about, subject_id=OuterRef("pk"), day=OuterRef(_DAYS[about]))
    return Q(~Exists(told))


_DAYS: dict[str, str] = {
    About.OBLIGATION: "due_on",
    About.OVERDUE: "due_on",
    About.EXPIRY: "valid_to",
    About.EXPERT_TERM: "until",
}


def _obligations(today: dt.date) -> Iterator[Due]:
    """Yield promises that are due soon, and those whose day has passed."""
    still = Obligation.objects.filter(state=ObligationState.OPEN, agreement__state=State.CONFIRMED)
    still = still.select_related("owner", "agreement__recorded_by")
    near = still.filter(_untold(About.OBLIGATION), due_on__gte=today, due_on__lte=today + OBLIGATION_NOTICE)
    yield from (_promise(one, About.OBLIGATION, "agreement.due") for one in near)
    past = still.filter(_untold(About.OVERDUE), due_on__lt=today)
    yield from (_promise(one, About.OVERDUE, "agreement.overdue") for one in past)


def _promise(one: Obligation, about: str, template: str) -> Due:
    agreement = one.agreement
    values = {"title": agreement.title, "what": one.text, "day": one.due_on, "side": one.get_side_display()}
    return Due(
        about=about, subject_id=one.pk, association_id=one.association_id, day=one.due_on,
        to=one.owner or agreement.recorded_by, template=template, values=values, href=_page("agreement", agreement.pk),
    )  # fmt: skip


def _expiries(today: dt.date) -> Iterator[Due]:
    """Yield agreements in force that run out soon and were not renewed."""
    ends = AgreementEnd.objects.filter(agreement=OuterRef("pk"), state=State.CONFIRMED)
    renewed = Agreement.objects.filter(renews=OuterRef("pk"), state=State.CONFIRMED)
    rows = Agreement.objects.filter(
        ~Exists(ends), ~Exists(renewed), _untold(About.EXPIRY),
        state=State.CONFIRMED, valid_to__gte=today, valid_to__lte=today + EXPIRY_NOTICE,
    )  # fmt: skip
    for one in rows.select_related("recorded_by"):
        assert one.valid_to is not None  # noqa: S101  the filter above
        yield Due(
            about=About.EXPIRY, subject_id=one.pk, association_id=one.association_id, day=one.valid_to,
            to=one.recorded_by, template="agreement.expiring", values={"title": one.title, "day": one.valid_to},
            href=_page("agreement", one.pk),
        )  # fmt: skip


def _evaluations(today: dt.date) -> Iterator[Due]:
    """Yield running carriers whose last year is to be evaluated soon; the day of the reminder is the last one for it."""
    year = today.year - 1
    day = carriers.evaluation_day(year)
    if not day - carriers.EVALUATION_NOTICE <= today <= day:
        return
    told = Reminder.objects.filter(about=About.EVALUATION, subject_id=OuterRef("pk"), day=day)
    done = CarrierEvaluation.objects.filter(carrier=OuterRef("pk"), year=year, state=State.CONFIRMED)
    opened = CarrierStage.objects.filter(
        carrier=OuterRef("pk"), stage=Stage.ESTABLISHED, state=State.CONFIRMED, occurred_on__year__lte=year
    )
    for one in ServiceCarrier.objects.filter(Exists(opened), ~Exists(told), ~Exists(done)):
        last = queries.last_step(one)
        if last is not None and last.stage in carriers.RUNNING:
            yield Due(
                about=About.EVALUATION, subject_id=one.pk, association_id=one.association_id, day=day,
                to=last.recorded_by, template="carrier.evaluate", values={"name": one.name, "year": year, "day": day},
                href=_page("carrier", one.pk),
            )  # fmt: skip


def _terms(today: dt.date) -> Iterator[Due]:
    """Yield experts whose term at a carrier is nearly over."""
    near = CarrierExpert.objects.filter(
        _untold(About.EXPERT_TERM),
        left_on=None,
        expert__merged_into=None,
        until__gte=today,
        until__lte=today + carriers.TERM_NOTICE,
    )
    for row in near.select_related("carrier", "expert"):
        last = queries.last_step(row.carrier)
        if last is not None and last.stage in carriers.RUNNING:
            values = {"name": row.carrier.name, "expert": row.expert.name, "day": row.until}
            yield Due(
                about=About.EXPERT_TERM, subject_id=row.pk, association_id=row.association_id, day=row.until,
                to=last.recorded_by, template="carrier.term", values=values, href=_page("carrier", row.carrier_id),
            )  # fmt: skip


def _page(name: str, pk: UUID) -> str:
    return reverse(f"cooperation:{name}", args=[pk])
