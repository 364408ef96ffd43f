"""Checks by sample: drawn, handed out, carried out, done again, given up. Only the city draws and hands out."""

import datetime as dt
import secrets
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import CheckSample, Facility, SampleCheck
from kexie.contexts.facilities.operations.common import note, require_city
from kexie.contexts.facilities.queries import in_use
from kexie.contexts.facilities.rules import checks as rules
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.units.models import Unit
from kexie.kernel.errors import NotFound, UserError
from kexie.kernel.scope import Scope

State = SampleCheck.State
_SEED_BYTES = 8
_COUNTY = 6


class CheckRefused(UserError):
    """The check cannot be made or changed like this."""


@transaction.atomic
def draw(
    *,
    association: Unit,
    name: str,
    by: str,
    kinds: Sequence[str],
    per_stratum: int,
    until: dt.date,
    seed: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> CheckSample:
    """Draw facilities in use; without a seed one is made by chance. The frame is kept, so that anybody can redraw it."""
    require_city(scope, association)
    if until < timezone.localdate(now):
        raise CheckRefused(fields={"until": _("截止日不能早于今天。")})
    found = [one for one in in_use(timezone.localdate(now), scope) if not kinds or one.kind in kinds]
    if not found:
        raise CheckRefused(fields={"kinds": _("没有符合条件的在用设施，请换个类别。")})
    frame = [{"id": str(one.pk), "name": one.name, "stratum": _stratum(one, by)} for one in found]
    sample = CheckSample(
        association=association, name=name, by=by, per_stratum=per_stratum, frame=frame, until=until,
        seed=seed or secrets.token_hex(_SEED_BYTES), drawn_by=actor, drawn_at=now,
    )  # fmt: skip
    sample.full_clean()
    sample.save(force_insert=True)
    drawn = [one for one in rules.order(frame, sample.seed) if one.place <= per_stratum]
    SampleCheck.objects.bulk_create(_check(sample, one) for one in drawn)
    note(sample, "draw_sample", actor=actor, now=now, seed=sample.seed, drawn=len(drawn), frame=len(frame))
    return sample


@transaction.atomic
def assign(
    *, sample_id: UUID, stratum: str, checker_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> int:
    """Give everything still to be checked (of one stratum, if named) to somebody; return how much it is."""
    sample = _open_sample(sample_id, scope)
    checker = _checker(checker_id, scope)
    waiting = sample.checks.filter(state=State.TODO)
    waiting = waiting.filter(stratum=stratum) if stratum else waiting
    given = waiting.update(checker=checker)
    if not given:
        raise CheckRefused(fields={"stratum": _("这一层没有待检查的设施。")})
    note(sample, "assign_checks", actor=actor, now=now, checker=str(checker.pk), n=given)
    return given


@transaction.atomic
def reassign(
    *, check_id: UUID, checker_id: UUID, actor: Account, now: dt.datetime, scope: Scope
) -> SampleCheck:
    """Give one check to somebody else."""
    found = _waiting(check_id, scope)
    require_city(scope, found.association)
    found.checker = _checker(checker_id, scope)
    found.save(update_fields=["checker"])
    note(found, "reassign_check", actor=actor, now=now, checker=str(checker_id))
    return found


@transaction.atomic
def give_up(
    *, check_id: UUID, reason: str, replace: bool, actor: Account, now: dt.datetime, scope: Scope
) -> SampleCheck:
    """Leave a facility out, with the reason; with `replace` the next of its stratum, by the same lot, takes its place."""
    if not reason:
        raise CheckRefused(fields={"reason": _("请写明为什么不查了。")})
    found = _waiting(check_id, scope)
    require_city(scope, found.association)
    # The sample is locked, so that two who replace at once do not draw the same.
    sample = CheckSample.objects.select_for_update().get(pk=found.sample_id)
    found.state, found.note = State.CANCELLED, reason
    found.save(update_fields=["state", "note"])
    note(found, "give_up_check", actor=actor, now=now, reason=reason)
    if replace:
        _draw_next(sample, found)
    return found


@transaction.atomic
def close_sample(*, sample_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> CheckSample:
    """End a sample of which nothing is left to check."""
    sample = _open_sample(sample_id, scope)
    if sample.checks.filter(state=State.TODO).exists():
        raise CheckRefused(_("还有没检查的设施：请先查完，或逐处写明为什么不查了。"))
    sample.state = CheckSample.State.CLOSED
    sample.save(update_fields=["state"])
    note(sample, "close_sample", actor=actor, now=now)
    return sample


@transaction.atomic
def cancel_sample(
    *, sample_id: UUID, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> CheckSample:
    """Give a sample up. What was checked already stays in the records."""
    if not reason:
        raise CheckRefused(fields={"reason": _("请写明取消原因。")})
    sample = _open_sample(sample_id, scope)
    sample.state, sample.reason = CheckSample.State.CANCELLED, reason
    sample.save(update_fields=["state", "reason"])
    sample.checks.filter(state=State.TODO).update(state=State.CANCELLED, note=reason)
    note(sample, "cancel_sample", actor=actor, now=now, reason=reason)
    return sample


def checkers(scope: Scope) -> list[Account]:
    """Return who may be sent: whoever confirms records of facilities somewhere, so no keeper is among them."""
    grants = access.granted(scope, Action.CONFIRM, "facilities")
    found = {one.account_id: one.account for one in grants}
    return sorted(found.values(), key=lambda one: one.display_name)


def _checker(account_id: UUID, scope: Scope) -> Account:
    found = next((one for one in checkers(scope) if one.pk == account_id), None)
    if found is None:
        raise CheckRefused(fields={"checker": _("这个账号不能检查设施，请另选一位。")})
    return found


def _open_sample(sample_id: UUID, scope: Scope) -> CheckSample:
    rows = CheckSample.objects.select_for_update(of=("self",)).select_related("association")
    found = rows.filter(association_id=scope.association_id, pk=sample_id).first()
    if found is None:
        raise NotFound(_("没有找到这次抽查。"))
    require_city(scope, found.association)
    if found.state != CheckSample.State.OPEN:
        raise CheckRefused(_("这次抽查已经结束，请刷新后再看。"))
    return found


def _waiting(check_id: UUID, scope: Scope) -> SampleCheck:
    rows = SampleCheck.objects.select_for_update(of=("self",)).select_related("association", "sample")
    found = rows.filter(association_id=scope.association_id, pk=check_id).first()
    if found is None:
        raise NotFound(_("没有找到这一项，或您无权办理。"))
    if found.state != State.TODO:
        raise CheckRefused(_("这一处的状态已经变了，请刷新后再办理。"))
    return found


def _draw_next(sample: CheckSample, instead_of: SampleCheck) -> None:
    taken = set(map(str, sample.checks.values_list("facility_id", flat=True)))
    queue = rules.order(sample.frame, sample.seed)
    following = next(
        (one for one in queue if one.stratum == instead_of.stratum and one.id not in taken), None
    )
    if following is None:
        raise CheckRefused(fields={"replace": _("这一层的设施都抽到了，没有可以递补的。")})
    made = _check(sample, following)
    made.checker = instead_of.checker
    made.save(force_insert=True)


def _check(sample: CheckSample, drawn: rules.Drawn) -> SampleCheck:
    return SampleCheck(
        association_id=sample.association_id, sample=sample, facility_id=UUID(drawn.id),
        stratum=drawn.stratum, place=drawn.place,
    )  # fmt: skip


def _stratum(one: Facility, by: str) -> str:
    county = (one.area_id or "")[:_COUNTY]
    parts = {
        CheckSample.By.COUNTY: (county,),
        CheckSample.By.KIND: (one.kind,),
        CheckSample.By.BOTH: (county, one.kind),
    }[CheckSample.By(by)]
    return " ".join(parts)
