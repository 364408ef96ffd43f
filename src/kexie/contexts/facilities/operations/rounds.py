"""Rounds of titles: written, opened, extended, shown to everybody and settled, all of it by the city."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Title, TitleApplication, TitleQuota, TitleRound, TitleStep
from kexie.contexts.facilities.operations.common import note, require_city
from kexie.contexts.facilities.states import ROUND_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.foundation.areas import queries as areas
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient

State = TitleRound.State
_APPLICATION = TitleApplication.State
_TOLD = (_APPLICATION.RETURNED, _APPLICATION.REFUSED, _APPLICATION.AWARDED)


class RoundRefused(UserError):
    """The round cannot be made or moved like this."""


@transaction.atomic
def create_round(
    *,
    association: Unit,
    title: str,
    batch: str,
    call: str,
    conditions: str,
    closes_on: dt.date,
    recommends_until: dt.date,
    valid_to: dt.date,
    most: int | None,
    public_days: int,
    contact: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TitleRound:
    """Write down a round; nobody can apply until it is opened."""
    require_city(scope, association)
    made = TitleRound(
        association=association, title=title, batch=batch, call=call, conditions=conditions,
        closes_on=closes_on, recommends_until=recommends_until, valid_to=valid_to, most=most,
        public_days=public_days, contact=contact, made_by=actor, made_at=now,
    )  # fmt: skip
    made.full_clean()
    made.save(force_insert=True)
    note(made, "create_round", actor=actor, now=now, title=title, batch=batch)
    return made


@transaction.atomic
def set_quotas(
    *, round_id: UUID, quotas: Mapping[str, int], actor: Account, now: dt.datetime, scope: Scope
) -> None:
    """Set how many each county (area code) may recommend; not below the places already given."""
    found = locked_round(round_id, scope)
    _while(found, State.DRAFT, State.OPEN)
    for code, most in quotas.items():
        highest = _highest_rank(found, code)
        if most < highest:
            raise RoundRefused(
                fields={f"quota_{code}": _("已推荐到第%(n)d位，名额不能少于它。") % {"n": highest}}
            )
        TitleQuota.objects.update_or_create(
            association_id=found.association_id, round=found, county=areas.get(code), defaults={"most": most}
        )
    note(found, "set_quotas", actor=actor, now=now, quotas=dict(quotas))


@transaction.atomic
def open_round(*, round_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TitleRound:
    """Let keepers apply. Counties without a quota cannot recommend, so there must be some."""
    found = locked_round(round_id, scope)
    if not found.quotas.filter(most__gt=0).exists():
        raise RoundRefused(_("还没有分配名额：请先“分配县区名额”，再发布。"))
    if found.closes_on < timezone.localdate(now):
        raise RoundRefused(_("申报截止日已经过了，请先改截止日。"))
    return _move(found, State.OPEN, "open_round", actor, now)


@transaction.atomic
def extend(
    *,
    round_id: UUID,
    closes_on: dt.date,
    recommends_until: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> TitleRound:
    """Move the last days of a round that is not shown yet."""
    found = locked_round(round_id, scope)
    _while(found, State.DRAFT, State.OPEN)
    before = f"{found.closes_on} {found.recommends_until}"
    found.closes_on, found.recommends_until = closes_on, recommends_until
    found.full_clean()
    found.save(update_fields=["closes_on", "recommends_until"])
    note(found, "extend_round", actor=actor, now=now, before=before, after=f"{closes_on} {recommends_until}")
    return found


@transaction.atomic
def publicise(*, round_id: UUID, on: dt.date, actor: Account, now: dt.datetime, scope: Scope) -> TitleRound:
    """Show those to be named from a day on, for the round's number of days."""
    found = locked_round(round_id, scope)
    rows = TitleApplication.objects.select_for_update().filter(round=found)
    named = list(rows.filter(state=_APPLICATION.APPROVED))
    if not named:
        raise RoundRefused(_("没有“拟认定”的申报，先在申报里作出决定。"))
    if rows.filter(state__in=(_APPLICATION.SUBMITTED, _APPLICATION.RECOMMENDED)).exists():
        raise RoundRefused(_("还有没审完的申报：请逐份决定或退回，再公示。"))
    if on < timezone.localdate(now):
        raise RoundRefused(fields={"on": _("公示不能从过去的日子开始。")})
    found.public_from, found.public_to = on, on + dt.timedelta(days=found.public_days - 1)
    _move(found, State.PUBLICISED, "publicise_round", actor, now)
    for one in named:
        step(one, _APPLICATION.PUBLICISED, actor, now)
    return found


@transaction.atomic
def close(*, round_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TitleRound:
    """Settle a round once every name that was shown is awarded or refused."""
    found = locked_round(round_id, scope)
    if found.applications.filter(state=_APPLICATION.PUBLICISED).exists():
        raise RoundRefused(_("还有公示中的申报没有认定或否决，不能办结。"))
    return _move(found, State.CLOSED, "close_round", actor, now)


@transaction.atomic
def cancel(*, round_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> TitleRound:
    """Give up a round for which nobody has applied."""
    found = locked_round(round_id, scope)
    if found.applications.exclude(state=_APPLICATION.WITHDRAWN).exists():
        raise RoundRefused(_("已经有单位申报，不能取消；请先逐份退回并请对方撤回。"))
    return _move(found, State.CANCELLED, "cancel_round", actor, now)


def step(
    one: TitleApplication, state: str, actor: Account, now: dt.datetime, *, reason: str = ""
) -> TitleApplication:
    """Bring an application (locked) into a state, with the entry in its history and the audit log."""
    before, one.state = one.state, state
    one.save()
    TitleStep.objects.create(
        association_id=one.association_id, application=one, state=state, reason=reason, actor=actor, at=now
    )
    note(one, "move_title_application", actor=actor, now=now, before=before, after=state, reason=reason)
    if state in _TOLD and actor.pk != one.made_by_id:
        _tell(one, reason, now)
    return one


def _tell(one: TitleApplication, reason: str, now: dt.datetime) -> None:
    """Tell whoever filled the application in what became of it."""
    values = {
        "unit": one.unit.name, "title": Title(one.round.title).label,
        "state": _APPLICATION(one.state).label, "reason": reason or _("详见申报页面"),
    }  # fmt: skip
    notify.send(
        association_id=one.association_id, to=Recipient(account_id=one.made_by_id), template="title.decided",
        values=values, href=reverse("facility_desk:application", args=[one.pk]), now=now,
    )  # fmt: skip


def locked_round(round_id: UUID, scope: Scope) -> TitleRound:
    """Return a round of the association, locked, for whoever acts for the whole of it."""
    rows = TitleRound.objects.select_for_update(of=("self",)).select_related("association")
    found = rows.filter(association_id=scope.association_id, pk=round_id).first()
    if found is None:
        raise NotFound(_("没有找到这个批次。"))
    require_city(scope, found.association)
    return found


def _highest_rank(found: TitleRound, code: str) -> int:
    ranks = found.applications.filter(county_id=code).exclude(rank=None).values_list("rank", flat=True)
    return max(filter(None, ranks), default=0)


def _while(found: TitleRound, *states: str) -> None:
    if found.state not in states:
        raise RoundRefused(_("这个批次的状态已经变了，请刷新后再办理。"))


def _move(found: TitleRound, state: State, action: str, actor: Account, now: dt.datetime) -> TitleRound:
    if state not in ROUND_TRANSITIONS[found.state]:
        raise RoundRefused(_("这个批次的状态已经变了，请刷新后再办理。"))
    found.state = state
    found.save(update_fields=["state", "public_from", "public_to"])
    note(found, action, actor=actor, now=now)
    return found
