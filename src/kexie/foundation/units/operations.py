"""Making and changing units. Every change locks what it changes and is written to the audit log."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from kexie.foundation.areas.models import Area
from kexie.foundation.units.models import Kind, Unit
from kexie.foundation.units.rules import may_hold
from kexie.kernel import codes
from kexie.kernel.errors import UserError
from kexie.platform.audit import operations as audit

_BATCH = 1000


class UnitRefused(UserError):
    """A unit that cannot be made or changed so; the message says what to do instead."""


class Details(TypedDict, total=False):
    """What may be said of a unit besides its place in the tree."""

    short_name: str
    credit_code: str
    place_id: UUID | None
    contact_name: str
    contact_phone: str
    contact_email: str
    address: str
    website: str
    note: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@transaction.atomic
def create_association(
    *,
    name: str,
    area: Area,
    actor: audit.Actor | None,
    now: dt.datetime,
    code: str = "",
    is_demo: bool = False,
    **details: Unpack[Details],
) -> Unit:
    """Make the root of a new tree: an association, its own tenant. `code` is given only by demonstrations."""
    unit = Unit(kind=Kind.ASSOCIATION, name=name, area=area, is_demo=is_demo, **details)
    unit.code = code or unit.code
    unit.association = unit
    _place_in_tree(unit)
    _save(unit)
    _log(unit, "units.create", actor=actor, now=now)
    return unit


@transaction.atomic
def create_unit(
    *,
    association: Unit,
    parent: Unit,
    kind: str,
    name: str,
    area: Area,
    actor: audit.Actor | None,
    now: dt.datetime,
    code: str = "",
    **details: Unpack[Details],
) -> Unit:
    """Make a unit below `parent`. The credit code is checked; a second unit with it is refused."""
    parent = Unit.objects.select_for_update(no_key=True).get(pk=parent.pk)
    unit = Unit(association=association, parent=parent, kind=kind, name=name, area=area, **details)
    unit.code = code or unit.code
    _place_in_tree(unit)
    _save(unit)
    _log(unit, "units.create", actor=actor, now=now)
    return unit


@transaction.atomic
def create_units(
    *, association: Unit, units: Iterable[Unit], actor: audit.Actor | None, now: dt.datetime
) -> list[Unit]:
    """Make many units at once, parents before children, with one audit entry.

    Each comes with parent, kind, name and area set (and code, where it must be the same every time);
    association and path are filled in here.
    """
    made = list(units)
    for unit in made:
        unit.association = association
        _place_in_tree(unit)
    _refusing_duplicates(lambda: Unit.objects.bulk_create(made, batch_size=_BATCH))
    names = [unit.name for unit in made[:20]]
    _log(association, "units.create_many", actor=actor, now=now, count=len(made), names=names)
    return made


@transaction.atomic
def edit_details(
    *,
    unit: Unit,
    actor: audit.Actor | None,
    now: dt.datetime,
    area: Area | None = None,
    **details: Unpack[Details],
) -> Unit:
    """Change what is said of a unit. Only the fields given change; the log keeps the old values."""
    unit = _locked(unit)
    given: dict[str, object] = {**details, **({"area": area} if area else {})}
    old = {name: str(getattr(unit, name) or "") for name in given}
    for name, value in given.items():
        setattr(unit, name, value)
    unit.credit_code = _credit_code(unit.credit_code)
    _check_dates(unit)
    _refusing_duplicates(unit.save)
    new = {name: str(getattr(unit, name) or "") for name in given}
    _log(unit, "units.edit", actor=actor, now=now, old=old, new=new)
    return unit


@transaction.atomic
def rename(
    *,
    unit: Unit,
    name: str,
    actor: audit.Actor | None,
    now: dt.datetime,
    short_name: str = "",
    reason: str = "",
) -> Unit:
    """Give a unit another name; the log keeps the old one."""
    unit = _locked(unit)
    old = unit.name
    unit.name, unit.short_name = name.strip(), short_name.strip()
    if not unit.name:
        raise UnitRefused(fields={"name": _("请填写单位名称。")})
    unit.save(update_fields=["name", "short_name"])
    _log(unit, "units.rename", actor=actor, now=now, reason=reason, old=old, new=unit.name)
    return unit


@transaction.atomic
def move(*, unit: Unit, parent: Unit, actor: audit.Actor | None, now: dt.datetime, reason: str = "") -> Unit:
    """Put a unit, with everything below it, under another parent of the same association."""
    moving = {
        found.pk: found for found in Unit.objects.select_for_update().filter(pk__in=(unit.pk, parent.pk))
    }
    unit, parent = moving[unit.pk], moving[parent.pk]
    _check_move(unit, parent)
    old = unit.path
    new = f"{parent.path}{unit.code}/"
    Unit.objects.filter(association=unit.association_id, path__startswith=old).update(
        path=Concat(Value(new), Substr(F("path"), len(old) + 1))
    )
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit.refresh_from_db()
    _log(unit, "units.move", actor=actor, now=now, reason=reason, old=old, new=new)
    return unit


@transaction.atomic
def close(*, unit: Unit, on: dt.date, reason: str, actor: audit.Actor | None, now: dt.datetime) -> Unit:
    """Record that a unit has ended and from `on` is no more. Its records stay; units below end first."""
    unit = _locked(unit)
    if unit.valid_to is not None:
        raise UnitRefused(_("“%(name)s”已于%(day)s终止。") % {"name": unit.name, "day": unit.valid_to})
    if not reason.strip():
        raise UnitRefused(fields={"reason": _("请写明终止的原因。")})
    open_below = Unit.objects.filter(parent=unit, valid_to=None).count()
    if open_below:
        raise UnitRefused(
            _("“%(name)s”下面还有%(count)d个未终止的单位，请先处理它们。")
            % {"name": unit.name, "count": open_below}
        )
    unit.valid_to = on
    _check_dates(unit)
    unit.save(update_fields=["valid_to"])
    _log(unit, "units.close", actor=actor, now=now, reason=reason, on=on)
    return unit


@transaction.atomic
def reopen(*, unit: Unit, reason: str, actor: audit.Actor | None, now: dt.datetime) -> Unit:
    """Take back that a unit has ended."""
    unit = _locked(unit)
    old, unit.valid_to = unit.valid_to, None
    unit.save(update_fields=["valid_to"])
    _log(unit, "units.reopen", actor=actor, now=now, reason=reason, old=old)
    return unit


def _place_in_tree(unit: Unit) -> None:
    """Check what stands in the unit, and set its path."""
    parent = unit.parent
    if not unit.name.strip():
        raise UnitRefused(fields={"name": _("请填写单位名称。")})
    if parent is not None and parent.association_id != unit.association_id:
        raise UnitRefused(_("上级单位属于另一个科协。"))
    if parent is not None and not may_hold(parent.kind, unit.kind):
        values = {"parent": parent.get_kind_display(), "child": unit.get_kind_display()}
        raise UnitRefused(fields={"parent": _("“%(child)s”不能设在“%(parent)s”之下。") % values})
    unit.credit_code = _credit_code(unit.credit_code)
    _check_dates(unit)
    unit.path = f"{parent.path if parent else ''}{unit.code}/"


def _credit_code(text: str) -> str:
    try:
        return codes.credit_code(text) if text else ""
    except codes.CodeError as error:
        raise UnitRefused(fields={"credit_code": error.message}) from error


def _check_dates(unit: Unit) -> None:
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        raise UnitRefused(fields={"valid_to": _("终止日期不能早于成立日期。")})


def _check_move(unit: Unit, parent: Unit) -> None:
    if unit.is_association:
        raise UnitRefused(_("科协本身不能移到别的单位之下。"))
    if parent.association_id != unit.association_id:
        raise UnitRefused(_("上级单位属于另一个科协。"))
    if parent.path.startswith(unit.path):
        raise UnitRefused(_("不能把单位移到它自己或它的下级之下。"))
    if not may_hold(parent.kind, unit.kind):
        values = {"parent": parent.get_kind_display(), "child": unit.get_kind_display()}
        raise UnitRefused(fields={"parent": _("“%(child)s”不能设在“%(parent)s”之下。") % values})


def _save(unit: Unit) -> None:
    _refusing_duplicates(lambda: unit.save(force_insert=True))


def _refusing_duplicates(write: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        if "unit_credit_code_unique" in str(error):
            raise UnitRefused(
                fields={"credit_code": _("已有单位使用这个统一社会信用代码，请先查找该单位。")}
            ) from error
        raise


def _locked(unit: Unit) -> Unit:
    return Unit.objects.select_for_update().get(pk=unit.pk)


def _log(
    unit: Unit,
    action: str,
    *,
    actor: audit.Actor | None,
    now: dt.datetime,
    reason: str = "",
    **detail: object,
) -> None:
    audit.append(
        association_id=unit.association_id,
        actor=actor,
        action=action,
        subject=unit,
        detail={"path": unit.path, **detail},
        reason=reason,
        now=now,
    )
