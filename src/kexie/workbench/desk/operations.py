"""Everything the desk changes beyond the ledger's own operations: bulk work, evidence, reference data, views."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, NotFound, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import canonical
from kexie.ledger import operations as ledger
from kexie.ledger.models import Evidence, Record, Reference, State
from kexie.ledger.record_types import DeskType
from kexie.platform.audit import operations as audit
from kexie.platform.files import operations as files
from kexie.workbench.desk import violations
from kexie.workbench.desk.columns import name_of
from kexie.workbench.models import SavedView


class ChangedMeanwhile(UserError):
    """Somebody else saved the same thing after it was opened here."""


@dataclass
class Outcome:
    """What became of each row of a bulk action: the ids done, and name and reason of those left."""

    done: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def confirm_many(
    *,
    desk_type: DeskType,
    ids: Sequence[uuid.UUID],
    actor: Account,
    now: dt.datetime,
    readable: Scope,
    scope: Scope,
) -> Outcome:
    """Confirm drafts and say of each that was left why. `scope` is where the actor may confirm."""

    def act(record: Record) -> bool:
        return bool(ledger.confirm(records=[record], actor=actor, now=now, scope=scope))

    outcome = Outcome()
    found = _rows(desk_type, ids, readable)
    drafts = [row for row in found.values() if row.state == State.DRAFT and scope.covers(row.unit.path)]
    try:
        with transaction.atomic():
            done = {row.pk for row in ledger.confirm(records=drafts, actor=actor, now=now, scope=scope)}
    except IntegrityError:
        done = _one_by_one(desk_type, drafts, act, outcome)
    outcome.done = [str(pk) for pk in found if pk in done]
    named = {name for name, _why in outcome.skipped}
    later = _rows(desk_type, [pk for pk in ids if pk not in done], readable)
    for pk in ids:
        row = found.get(pk) or later.get(pk)
        name = name_of(desk_type, row) if row is not None else str(pk)
        if pk not in done and name not in named:
            outcome.skipped.append((name, _why_not(later.get(pk), scope)))
    return outcome


def reverse_many(
    *,
    desk_type: DeskType,
    ids: Sequence[uuid.UUID],
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Outcome:
    """Reverse confirmed records for one reason and say of each that was left why."""
    if not reason.strip():
        raise ledger.ReasonMissing(fields={"reason": _("请写明冲销原因，例如“重复确认”。")})
    outcome = Outcome()
    for pk, record in _rows(desk_type, ids, scope).items():
        try:
            ledger.reverse(record=record, reason=reason, actor=actor, now=now, scope=scope)
            outcome.done.append(str(pk))
        except UserError as error:
            outcome.skipped.append((name_of(desk_type, record), str(error)))
    return outcome


@transaction.atomic
def attach(
    *, record: Record, upload: "File[bytes]", caption: str, actor: Account, now: dt.datetime, scope: Scope
) -> Evidence:
    """Keep a file as evidence of a record in scope."""
    if not scope.covers(record.unit.path):
        raise Forbidden(_("您无权为这个单位的记录上传材料。"))
    stored = files.store(association_id=record.association_id, upload=upload, actor=actor, now=now)
    same = Evidence.objects.filter(
        association_id=record.association_id, record_id=record.pk, file=stored
    ).first()
    return same or Evidence.objects.create(
        association_id=record.association_id,
        record_type=canonical.record_type(record),
        record_id=record.pk,
        file=stored,
        caption=text.clean(caption)[:200],
        added_by=actor,
        added_at=now,
    )


@transaction.atomic
def save_reference(
    *, row: Reference, version: str, actor: Account, now: dt.datetime, scope: Scope
) -> Reference:
    """Save new or changed reference data with an audit entry.

    `version` is `version_of` the row as it was opened, "" for a new one; raises ChangedMeanwhile if it is another
    now, and ValidationError by field.
    """
    if not scope.covers(row.unit.path):
        raise Forbidden(_("这个单位不在您的权限范围内。"), fields={"unit": _("请选择您所管理的单位。")})
    before = type(row)._default_manager.select_for_update().filter(scope.q(), pk=row.pk).first()
    if version and before is None:
        raise NotFound(_("没有找到这一项，它可能已被删除。"))
    if before is not None and version_of(before) != version:
        raise ChangedMeanwhile(_("在您填写期间，别人修改了这一项。请对照最新内容，核对后再保存。"))
    row.full_clean()
    row.save(force_insert=before is None, force_update=before is not None)
    audit.append(
        association_id=row.association_id,
        actor=actor,
        action="reference.edit" if before is not None else "reference.create",
        subject=row,
        detail=_changes(before, row),
        now=now,
    )
    return row


def version_of(row: models.Model) -> str:
    """Return a digest of everything a row says."""
    return hashlib.sha256(repr(sorted(_values(row).items())).encode()).hexdigest()[:16]


def keep_view(*, account: Account, desk_type: DeskType, name: str, query: str, now: dt.datetime) -> SavedView:
    """Keep a list's question under a name; the same name again replaces it."""
    clean = text.clean(name)[:40]
    if not clean:
        raise UserError(fields={"name": _("请给视图起个名字，例如“本季度大篷车”。")})
    kept, _made = SavedView.objects.update_or_create(
        association_id=account.association_id,
        account=account,
        type_key=desk_type.key,
        name=clean,
        defaults={"query": query[:2000], "saved_at": now},
    )
    return kept


def drop_view(*, account: Account, view_id: uuid.UUID) -> None:
    """Forget one of the account's own views."""
    SavedView.objects.filter(account=account, pk=view_id).delete()


def _one_by_one(
    desk_type: DeskType, drafts: Iterable[Record], act: Callable[[Record], bool], outcome: Outcome
) -> set[uuid.UUID]:
    """Confirm each draft by itself, so that one the database refuses does not hold up the others."""
    done = set()
    for record in drafts:
        try:
            with transaction.atomic():
                if act(record):
                    done.add(record.pk)
        except IntegrityError as error:
            outcome.skipped.append((name_of(desk_type, record), violations.message(error, type(record))))
    return done


def _rows(desk_type: DeskType, ids: Sequence[uuid.UUID], scope: Scope) -> dict[uuid.UUID, Any]:
    found = desk_type.model._default_manager.filter(scope.q(), pk__in=ids)
    return {row.pk: row for row in found.select_related("unit", "confirmed_by").order_by("pk")}


def _why_not(row: Any, scope: Scope) -> str:
    if row is None:
        return _("已被删除，或不在您的权限范围内。")
    if row.state == State.CONFIRMED:
        return _("已由%(who)s确认。") % {"who": row.confirmed_by}
    if row.state == State.REVERSED:
        return _("已被冲销。")
    if not scope.covers(row.unit.path):
        return _("您无权确认这个单位的记录。")
    return _("正由别人处理，请稍后再试。")


def _values(row: models.Model) -> dict[str, str]:
    return {one.attname: str(getattr(row, one.attname)) for one in row._meta.concrete_fields}


def _changes(before: models.Model | None, row: models.Model) -> dict[str, list[str]]:
    """Return old and new value of each field that changed."""
    old, new = _values(before) if before is not None else {}, _values(row)
    return {name: [old.get(name, ""), value] for name, value in new.items() if old.get(name, "") != value}
