"""The office's side of what experts ask for: a look at changed fields, deletion, and the account that is theirs."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.matching.models import Expert, ExpertOpening, ExpertRequest, ExpertWork
from kexie.contexts.matching.operations.common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope

Kind, State = ExpertRequest.Kind, ExpertRequest.State


class RequestRefused(UserError):
    """A request that cannot be dealt with so."""


@transaction.atomic
def accept(*, request_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> ExpertRequest:
    """Do what an expert asks: change the fields, verified anew by this look, or delete everything."""
    found = _waiting(request_id, scope)
    expert = locked(Expert, found.expert_id, scope)
    if found.kind == Kind.CHANGE:
        for name, value in found.wanted.items():
            setattr(expert, name, value)
            expert.origins[name] = {"source": "SELF", "on": timezone.localdate(now).isoformat()}
        expert.verified_on = timezone.localdate(now)
        expert.full_clean(exclude=["account"])
        expert.save()
    else:
        _erase(expert, now)
    return _decided(found, State.DONE, "", actor, now)


@transaction.atomic
def refuse(*, request_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> ExpertRequest:
    """Say no, and why."""
    if not reason.strip():
        raise RequestRefused(fields={"reason": _("请写明原因，专家会看到。")})
    return _decided(_waiting(request_id, scope), State.REFUSED, reason.strip(), actor, now)


def _waiting(request_id: UUID, scope: Scope) -> ExpertRequest:
    found = locked(ExpertRequest, request_id, scope, unit="expert__unit")
    if found.state != State.WAITING:
        raise RequestRefused(_("这项申请已经办理。"))
    return found


def _decided(
    found: ExpertRequest, state: str, reason: str, actor: Account, now: dt.datetime
) -> ExpertRequest:
    found.state, found.reason, found.decided_at, found.decided_by = state, reason, now, actor
    found.save()
    note(found.expert, "decide_request", actor=actor, now=now, reason=reason, kind=found.kind, state=state)
    return found


def _erase(expert: Expert, now: dt.datetime) -> None:
    """Take away everything personal of an expert and of entries merged into it; records of work keep a blank name."""
    family = [expert, *Expert.objects.select_for_update().filter(merged_into=expert)]
    for one in family:
        blank: dict[str, Any] = {
            field.name: field.get_default()
            for field in Expert._meta.concrete_fields
            if field.name in _PERSONAL
        }
        for name, value in blank.items():
            setattr(one, name, value)
        one.name, one.account = _("已删除的专家"), None
        one.seal("phone", "")
        one.seal("email", "")
        one.withdrawn_on, one.withdrawn_why = (
            one.withdrawn_on or timezone.localdate(now),
            _("本人要求删除资料"),
        )
        one.save()
    ExpertWork.objects.filter(expert__in=family).delete()
    ExpertOpening.objects.filter(expert__in=family).delete()
    ExpertRequest.objects.filter(expert__in=family).update(wanted={}, words="")


_PERSONAL = frozenset(
    "other_names title employer disciplines skills about languages region orcid openalex origins note verified_on confirmed_on "
    "cleared_on".split()
)


@transaction.atomic
def link_account(*, expert_id: UUID, username: str, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Give an expert's page to an account of the association; "" takes it away again."""
    expert = locked(Expert, expert_id, scope)
    found = Account.objects.filter(
        association=expert.association_id, username=username.strip(), is_active=True
    ).first()
    if username.strip() and found is None:
        raise RequestRefused(fields={"username": _("没有这个账号，请先由系统管理员开通。")})
    expert.account = found
    expert.full_clean()
    expert.save(update_fields=["account"])
    note(expert, "link_expert_account", actor=actor, now=now, account=found.pk if found else None)


def opened(*, expert: Expert, account: Account, on: dt.date) -> None:
    """Keep who opened an expert's page, once a day; the expert sees it. Looking at one's own page is none."""
    if expert.account_id == account.pk:
        return
    row = ExpertOpening(association_id=expert.association_id, expert=expert, account=account, on=on)
    ExpertOpening.objects.bulk_create([row], ignore_conflicts=True)
