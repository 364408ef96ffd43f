"""Everything that changes a record: draft, edit, confirm, reverse, and the bulk path of imports.

Each function is one transaction. It writes the records, their leaves in the log and their deltas together, so a
figure is fresh at once and no path can confirm without leaving a trace.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.foundation.access.models import Account
from kexie.kernel import text
from kexie.kernel.errors import Forbidden, UserError
from kexie.kernel.scope import Scope
from kexie.ledger import canonical, log, registry, rollups
from kexie.ledger.models import LogEntry, PlausibilityNote, Record, State
from kexie.ledger.record_types import Band
from kexie.ledger.states import TRANSITIONS
from kexie.platform.audit import operations as audit

BATCH = 1_000
SomeRecord = TypeVar("SomeRecord", bound=Record)


class NotADraft(UserError):
    """The record was confirmed or reversed meanwhile, perhaps by somebody else."""


class ReasonMissing(UserError):
    """A reversal needs a reason."""


def draft(*, record: SomeRecord, actor: Account, now: dt.datetime, scope: Scope) -> SomeRecord:
    """Save a new draft and return it. Raises ValidationError by field, Forbidden outside the scope."""
    record.recorded_by, record.recorded_at = actor, now
    record.association_id = scope.association_id
    _require(scope, record)
    record.full_clean()
    record.save(force_insert=True)
    return record


def edit_draft(*, record: SomeRecord, actor: Account, now: dt.datetime, scope: Scope) -> SomeRecord:
    """Save the changed fields of a draft. Raises NotADraft if it was confirmed or discarded meanwhile."""
    with transaction.atomic():
        _lock_draft(record, scope)
        _require(scope, record)
        record.recorded_by, record.recorded_at = actor, now
        record.full_clean()
        record.save(force_update=True)
    return record


def discard_draft(*, record: Record, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Delete a draft; what was confirmed can only be reversed."""
    with transaction.atomic():
        _lock_draft(record, scope)
        audit.append(
            association_id=record.association_id,
            actor=actor,
            action="record.discard",
            subject=record,
            detail={"record": str(record)},
            now=now,
        )
        record.delete()


def confirm(*, records: Iterable[Record], actor: Account, now: dt.datetime, scope: Scope) -> list[Record]:
    """Confirm drafts and return those that this call confirmed.

    Records that are no drafts any more (somebody else was faster) are left alone and not returned.
    """
    with transaction.atomic():
        confirmed = [
            record
            for model, group in _by_model(records).items()
            for record in _confirm_one_type(model, group, actor, now, scope)
        ]
        ask_about(confirmed, now)
    return confirmed


def reverse(*, record: SomeRecord, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> SomeRecord:
    """Take a confirmed record back, with the reason, and return it. Raises ReasonMissing or NotADraft."""
    said = text.clean_lines(reason)
    if not said:
        raise ReasonMissing(fields={"reason": _("请写明冲销原因，例如“人次录错，另行更正”。")})
    with transaction.atomic():
        locked = _locked(type(record), [record], scope, State.CONFIRMED)
        if not locked:
            raise NotADraft(_("这条记录已不是“已确认”状态，可能已被他人冲销，请刷新后再看。"))
        found = locked[0]
        found.state, found.reversed_by, found.reversed_at = State.REVERSED, actor, now
        found.reversal_reason = said
        found.save(update_fields=["state", "reversed_by", "reversed_at", "reversal_reason"])
        _enter([found], LogEntry.Kind.REVERSED, now, sign=-1)
    return found


def correct(
    *,
    record: Record,
    replacement: SomeRecord,
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> SomeRecord:
    """Reverse a record and confirm another in its place; both or neither."""
    with transaction.atomic():
        reverse(record=record, reason=reason, actor=actor, now=now, scope=scope)
        replacement.corrects = record.pk
        draft(record=replacement, actor=actor, now=now, scope=scope)
        confirm(records=[replacement], actor=actor, now=now, scope=scope)
    replacement.refresh_from_db()
    return replacement


def record_many(*, records: Sequence[Record], actor: Account, now: dt.datetime | None, scope: Scope) -> int:
    """Insert checked records as confirmed, in batches, in one transaction; return how many.

    With `now` None each record keeps the moments it carries (a history being loaded). Records whose `source_key`
    is already there are left out, so that the same file brings nothing in twice.
    """
    with transaction.atomic():
        return sum(_insert(model, group, actor, now, scope) for model, group in _by_model(records).items())


def answer_note(*, note: PlausibilityNote, answer: str, actor: Account, now: dt.datetime) -> PlausibilityNote:
    """Store the explanation of a value outside its band."""
    said = text.clean_lines(answer)
    if not said:
        raise UserError(fields={"answer": _("请写明计数方法和范围，例如“含3所学校集体参观，按花名册计数”。")})
    note.answer, note.answered_by, note.answered_at = said, actor, now
    note.save(update_fields=["answer", "answered_by", "answered_at"])
    return note


def _confirm_one_type(
    model: type[Record],
    records: list[Record],
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> list[Record]:
    locked = _locked(model, records, scope, State.DRAFT)
    for record in locked:
        record.state, record.confirmed_by, record.confirmed_at = (
            State.CONFIRMED,
            actor,
            now,
        )
    ids = [record.pk for record in locked]
    model._base_manager.filter(pk__in=ids).update(state=State.CONFIRMED, confirmed_by=actor, confirmed_at=now)
    _enter(locked, LogEntry.Kind.CONFIRMED, now, sign=1)
    return locked


def _insert(
    model: type[Record],
    records: list[Record],
    actor: Account,
    now: dt.datetime | None,
    scope: Scope,
) -> int:
    fresh = _without_known(model, records, scope)
    for record in fresh:
        _require(scope, record)
        record.state = State.CONFIRMED
        if now is not None:
            record.recorded_by = record.confirmed_by = actor
            record.recorded_at = record.confirmed_at = now
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        model._base_manager.bulk_create(batch)
        _enter(batch, LogEntry.Kind.CONFIRMED, now, sign=1)
    return len(fresh)


def _enter(
    records: Sequence[Record],
    kind: LogEntry.Kind,
    now: dt.datetime | None,
    *,
    sign: int,
) -> None:
    if records:
        log.append(records, kind, now=now)
        rollups.append_deltas(type(records[0]), [record.pk for record in records], sign=sign)


def _without_known(model: type[Record], records: list[Record], scope: Scope) -> list[Record]:
    keys = [record.source_key for record in records if record.source_key]
    rows = model._base_manager.filter(association_id=scope.association_id, source_key__in=keys)
    known = set(rows.values_list("source_key", flat=True)) if keys else set()
    return [record for record in records if not record.source_key or record.source_key not in known]


def _locked(
    model: type[SomeRecord], records: Sequence[SomeRecord], scope: Scope, state: State
) -> list[SomeRecord]:
    ids = sorted(record.pk for record in records)
    rows = model._default_manager.select_for_update(of=("self",)).filter(scope.q(), pk__in=ids, state=state)
    return list(rows.order_by("pk"))


def _lock_draft(record: Record, scope: Scope) -> None:
    if State.CONFIRMED not in TRANSITIONS[State(record.state)] or not _locked(
        type(record), [record], scope, State.DRAFT
    ):
        raise NotADraft(_("这条草稿已被确认或删除，请刷新后再看；已确认的记录只能冲销后更正。"))


def _require(scope: Scope, record: Record) -> None:
    if not scope.is_whole and not scope.covers(record.unit.path):
        raise Forbidden(
            _("这个单位不在您的权限范围内。"),
            fields={"unit": _("请选择您所管理的单位。")},
        )


def ask_about(records: Sequence[Record], now: dt.datetime) -> None:
    """Ask for a note where a value lies outside its band; the record counts all the same."""
    PlausibilityNote.objects.bulk_create(
        (_note(record, band.field, str(band.ask), now) for record in records for band in _outside(record)),
        ignore_conflicts=True,
    )


def _outside(record: Record) -> list[Band]:
    declared = registry.type_of_record(record)
    return [band for band in declared.bands if band.asks_about(record)] if declared else []


def _note(record: Record, field: str, question: str, now: dt.datetime) -> PlausibilityNote:
    return PlausibilityNote(
        association_id=record.association_id,
        record_type=canonical.record_type(record),
        record_id=record.pk,
        unit_id=record.unit_id,
        field=field,
        question=question,
        asked_at=now,
    )


def _by_model(records: Iterable[Record]) -> dict[type[Record], list[Record]]:
    groups: dict[type[Record], list[Record]] = defaultdict(list)
    for record in records:
        groups[type(record)].append(record)
    return groups
