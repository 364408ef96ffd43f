"""Filling, checking, approving and locking returns."""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.errors import Conflict, Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import figures, log
from kexie.platform.audit import operations as audit
from kexie.reporting.returns import checks, editions, queries
from kexie.reporting.returns.editions import Item
from kexie.reporting.returns.models import Part, Return, Value
from kexie.reporting.returns.states import OPEN, TRANSITIONS


class ReturnRefused(UserError):
    """A return is not at the stage for this, or something in it must be put right first."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the return since it was shown."""


@transaction.atomic
def assign(*, edition: str, unit: Unit, filer: Unit, scope: Scope, actor: Account, now: dt.datetime) -> Part:
    """Say who files a unit's records. Refused where somebody files them already, or values were taken."""
    editions.edition(edition)
    _inside(scope, unit, filer)
    _share_is_open(scope.association_id, edition, unit, filer)
    try:
        with transaction.atomic():
            made = Part.objects.create(
                association_id=scope.association_id, edition=edition, unit=unit, filer=filer
            )
    except IntegrityError as error:
        raise Conflict(fields={"unit": _("这个单位的记录已经有单位填报，请先撤销原来的安排。")}) from error
    _log("returns.assign", made, {"edition": edition, "unit": unit.code, "filer": filer.code}, actor, now)
    return made


@transaction.atomic
def release(*, part_id: UUID, scope: Scope, actor: Account, now: dt.datetime) -> None:
    """Take an arrangement back."""
    part = Part.objects.filter(scope.q(), pk=part_id).select_related("filer", "unit").first()
    if part is None:
        raise NotFound(str(part_id))
    _share_is_open(scope.association_id, part.edition, part.unit, part.filer)
    _log("returns.release", part, {"edition": part.edition, "unit": part.unit.code}, actor, now)
    part.delete()


@transaction.atomic
def begin(*, edition: str, unit: Unit, scope: Scope, actor: Account, now: dt.datetime) -> Return:
    """Begin a unit's return; where nobody was named, the unit files everything below it."""
    form = editions.edition(edition)
    _inside(scope, unit)
    tenant = {"association_id": scope.association_id, "edition": edition}
    if not Part.objects.filter(**tenant, filer=unit).exists():
        assign(edition=edition, unit=unit, filer=unit, scope=scope, actor=actor, now=now)
    filed, is_new = Return.objects.get_or_create(
        **tenant, unit=unit, defaults={"year": form.year, "moved_by": actor, "moved_at": now}
    )
    if not is_new:
        raise Conflict(fields={"unit": _("这个单位的这份年报已经建立，请在列表里打开。")})
    _log("returns.begin", filed, {"edition": edition}, actor, now)
    return filed


@transaction.atomic
def fill(*, return_id: UUID, seen: int, scope: Scope, actor: Account, now: dt.datetime) -> Return:
    """Take every bound value from its figure as known now; what was entered from outside and noted stays."""
    filed = _held(return_id, scope, seen, OPEN)
    edition = editions.edition(filed.edition)
    own = queries.scope_of(filed.association_id, filed.edition, filed.unit_id)
    log.wait_for_writers()  # what is under way would else count in the rows shown later, but not here
    filed.units = _paths(own)
    filed.known_at = filed.filled_at = now
    notes = dict(filed.values.values_list("key", "note"))
    filed.values.filter(is_outside=False).delete()
    Value.objects.bulk_create(
        _computed(filed, item, own, note=notes.get(item.key, ""), actor=actor, now=now)
        for item in edition.items()
        if item.measure
    )
    return _moved(filed, Return.Stage.FILLED, actor, now)


def _computed(
    filed: Return, item: Item, scope: Scope, *, note: str, actor: Account, now: dt.datetime
) -> Value:
    found = figures.figure(queries.cell(filed, item), scope, now=now)
    raw = None if found.value is None else Decimal(found.value)
    return Value(
        association_id=filed.association_id, filed=filed, key=item.key, raw=raw, rows=found.rows,
        number=None if raw is None else rounded(raw, item.places), digest=found.digest, note=note,
        changed_by=actor, changed_at=now,
    )  # fmt: skip


def rounded(raw: Decimal, places: int) -> Decimal:
    """Return the value as the form wants it, halves up."""
    return raw.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@transaction.atomic
def declare(
    *,
    return_id: UUID,
    key: str,
    number: Decimal | None,
    source: str,
    person: str,
    status: str = "ACTUAL",
    seen: int,
    scope: Scope,
    actor: Account,
    now: dt.datetime,
) -> Value:
    """Enter what no record tells, with source and person; None says that there is no such thing."""
    filed = _held(return_id, scope, seen, OPEN)
    item = editions.edition(filed.edition).item(key)
    if not item.outside:
        raise ReturnRefused(_("这一项由台账记录算出，不能填写；数不对请更正记录。"))
    missing = {name: _("请填写。") for name, given in (("source", source), ("person", person)) if not given}
    if missing:
        raise ReturnRefused(fields=missing)
    if number is not None and (number < 0 or rounded(number, item.places) != number):
        raise ReturnRefused(fields={"number": _("请填写不小于零的整数。")})
    value, _is_new = Value.objects.update_or_create(
        association_id=filed.association_id, filed=filed, key=key,
        defaults={
            "number": number, "raw": number, "is_outside": True, "source": source, "person": person,
            "status": status, "changed_by": actor, "changed_at": now,
        },
    )  # fmt: skip
    _log("returns.declare", filed, {"key": key, "number": number, "source": source}, actor, now)
    _changed(filed)
    return value


@transaction.atomic
def explain(
    *, return_id: UUID, key: str, note: str, seen: int, scope: Scope, actor: Account, now: dt.datetime
) -> Value:
    """Write why a value is as it is."""
    filed = _held(return_id, scope, seen, OPEN)
    value = filed.values.filter(key=key).first()
    if value is None:
        raise ReturnRefused(_("这一项还没有数值，先取数或填写。"))
    value.note, value.changed_by, value.changed_at = note, actor, now
    value.save(update_fields=["note", "changed_by", "changed_at"])
    _log("returns.explain", filed, {"key": key, "note": note}, actor, now)
    _changed(filed)
    return value


@transaction.atomic
def check(*, return_id: UUID, seen: int, scope: Scope, actor: Account, now: dt.datetime) -> Return:
    """Pass a return on whose every item is there, agrees with the others and is explained."""
    filed = _held(return_id, scope, seen, ("FILLED",))
    own = queries.scope_of(filed.association_id, filed.edition, filed.unit_id)
    if filed.units != _paths(own):
        raise ReturnRefused(_("取数以后填报范围变了，请重新取数。"))
    count = _open_findings(filed)
    if count:
        raise ReturnRefused(_("还有 %(n)d 处要改正或说明，都标在各项旁边。") % {"n": count})
    return _moved(filed, Return.Stage.CHECKED, actor, now)


@transaction.atomic
def send(*, return_id: UUID, seen: int, scope: Scope, actor: Account, now: dt.datetime) -> Return:
    """Send a checked return up."""
    filed = _held(return_id, scope, seen, ("CHECKED",))
    return _moved(filed, Return.Stage.SENT, actor, now)


@transaction.atomic
def approve(*, return_id: UUID, seen: int, scope: Scope, actor: Account, now: dt.datetime) -> Return:
    """Approve: first the county above the unit, where there is one, then the city."""
    filed = _held(return_id, scope, seen, ("SENT", "COUNTY_APPROVED"))
    if filed.stage == Return.Stage.SENT and in_county(filed.unit):
        return _moved(filed, Return.Stage.COUNTY_APPROVED, actor, now)
    _is_city(filed, scope)
    return _moved(filed, Return.Stage.CITY_APPROVED, actor, now)


@transaction.atomic
def lock(*, return_id: UUID, seen: int, scope: Scope, actor: Account, now: dt.datetime) -> Return:
    """Close a return for good; the database then refuses every change of its values."""
    filed = _held(return_id, scope, seen, ("CITY_APPROVED",))
    _is_city(filed, scope)
    return _moved(filed, Return.Stage.LOCKED, actor, now)


@transaction.atomic
def send_back(
    *, return_id: UUID, reason: str, seen: int, scope: Scope, actor: Account, now: dt.datetime
) -> Return:
    """Give a return back to whoever files it, with the reason."""
    filed = _held(return_id, scope, seen, ("SENT", "COUNTY_APPROVED", "CITY_APPROVED"))
    if filed.stage != Return.Stage.SENT:
        _is_city(filed, scope)
    if not reason:
        raise ReturnRefused(fields={"reason": _("请写明退回原因。")})
    filed.reason = reason
    return _moved(filed, Return.Stage.DRAFT, actor, now)


def in_county(unit: Unit) -> bool:
    """Whether a county association stands at or above a unit."""
    codes = unit.path.rstrip("/").split("/")
    above = Unit.objects.filter(association=unit.association_id, code__in=codes)
    return above.filter(kind=Kind.COUNTY_ASSOCIATION).exists()


def _paths(scope: Scope) -> dict[str, list[str]]:
    return {"paths": sorted(scope.unit_paths), "except": sorted(scope.except_paths)}


def _open_findings(filed: Return) -> int:
    edition = editions.edition(filed.edition)
    found = checks.findings(edition, queries.values(filed), queries.last_year(filed))
    return sum(map(len, found.values()))


def _held(return_id: UUID, scope: Scope, seen: int, stages: tuple[str, ...]) -> Return:
    """Return the return, held until the transaction ends, if it is as the person saw it and at one of the stages."""
    found = Return.objects.select_for_update(of=("self",)).filter(scope.q(), pk=return_id)
    filed = found.select_related("unit").first()
    if filed is None:
        raise NotFound(str(return_id))
    if filed.version != seen:
        raise ChangedMeanwhile(_("别人刚改过这份年报，请看最新的内容再办理。"))
    if filed.stage not in stages:
        raise ReturnRefused(
            _("现在的环节是“%(stage)s”，不能这样办理。") % {"stage": filed.get_stage_display()}
        )
    return filed


def _moved(filed: Return, stage: str, actor: Account, now: dt.datetime) -> Return:
    before = filed.stage
    if stage not in TRANSITIONS[before]:
        raise ReturnRefused(_("这一步不能跳过。"))
    filed.stage, filed.moved_by, filed.moved_at = stage, actor, now
    if stage != Return.Stage.DRAFT:
        filed.reason = ""
    filed.version += 1
    filed.save()
    detail = {"from": before, "to": stage, "edition": filed.edition}
    _log("returns.move", filed, detail, actor, now, reason=filed.reason)
    return filed


def _changed(filed: Return) -> None:
    """A changed value has to be checked again."""
    if filed.stage == Return.Stage.CHECKED:
        filed.stage = Return.Stage.FILLED
    filed.version += 1
    filed.save(update_fields=["stage", "version"])


def _is_city(filed: Return, scope: Scope) -> None:
    root = Unit.objects.only("path").get(pk=filed.association_id)
    if not scope.covers(root.path):
        raise Forbidden(_("这一步由市科协办理。"))


def _inside(scope: Scope, *units: Unit) -> None:
    if not all(one.association_id == scope.association_id and scope.covers(one.path) for one in units):
        raise NotFound("unit")


def _share_is_open(association_id: UUID, edition: str, unit: Unit, filer: Unit) -> None:
    """A changed share of the records would falsify what was sent: by the filer, or by who files the unit now."""
    parts = Part.objects.filter(
        association_id=association_id, edition=edition, unit__path__in=_prefixes(unit.path)
    )
    now_filed_by = parts.order_by("-unit__path").values_list("filer_id", flat=True)
    sent = Return.objects.filter(
        association_id=association_id, edition=edition, unit_id__in={filer.pk, *now_filed_by[:1]}
    ).exclude(stage__in=OPEN)
    if sent.exists():
        raise ReturnRefused(
            fields={"unit": _("包含这些记录的年报已经上报，填报范围不能再改；请先退回那份年报。")}
        )


def _prefixes(path: str) -> list[str]:
    codes = path.rstrip("/").split("/")
    return ["".join(f"{code}/" for code in codes[: n + 1]) for n in range(len(codes))]


def _log(
    action: str,
    subject: Any,
    detail: Mapping[str, object],
    actor: Account,
    now: dt.datetime,
    *,
    reason: str = "",
) -> None:
    audit.append(
        association_id=subject.association_id, actor=actor, action=action, subject=subject, detail=detail,
        now=now, reason=reason,
    )  # fmt: skip
