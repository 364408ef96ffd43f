"""From a reported fault to an exhibit that works again.

What an exhibit's condition and a finished repair add to the figures are ledger records, drafted here and confirmed
where the account may confirm. An exhibit that is out of use already is not recorded out of use a second time.
"""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import (
    Exhibit,
    ExhibitStage,
    FaultKind,
    FaultReport,
    Museum,
    Repair,
    Severity,
    Source,
    WorkNote,
    WorkOrder,
)
from kexie.contexts.museums.models.workorders import DUE_DAYS
from kexie.contexts.museums.queries import exhibits
from kexie.contexts.museums.states import WORK_ORDER_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger import voices
from kexie.ledger.models import Record
from kexie.platform import crypto
from kexie.platform.audit import operations as audit
from kexie.platform.files import operations as files
from kexie.platform.files import pictures
from kexie.platform.outbox import operations as outbox

State = WorkOrder.State
LONGEST_TEXT = 500


class NotPossible(UserError):
    """The order is in a state from which this cannot be done; somebody may have been faster."""


@transaction.atomic
def report(
    *,
    exhibit: Exhibit,
    kind: str,
    source: str,
    actor: Account | None,
    now: dt.datetime,
    report_id: uuid.UUID | None = None,
    text: str = "",
    photo: "File[bytes] | None" = None,
    contact: str = "",
    is_unsafe: bool = False,
    device: str = "",
    address: str = "",
) -> FaultReport:
    """Take a report of a fault; it opens an order, or joins the open one about the same fault of the exhibit.

    The same `report_id` sent twice is one report.
    """
    _lock_museum(exhibit)
    if report_id and (known := _known(exhibit, report_id)):
        return known
    if source == Source.VISITOR:
        voices.check(
            FaultReport, association_id=exhibit.association_id, device=device, address=address, now=now
        )
    unsafe = is_unsafe or kind == FaultKind.UNSAFE
    said = texts.clean_lines(text)[:LONGEST_TEXT]
    order = exhibits.open_order(exhibit, kind)
    if order is None:
        order = _open(exhibit, kind=kind, source=source, said=said, unsafe=unsafe, actor=actor, now=now)
    else:
        _join(order, said, actor, now, unsafe=unsafe)
    found = FaultReport(
        id=report_id or uuid.uuid4(),
        association_id=exhibit.association_id,
        unit_id=exhibit.unit_id,
        order=order,
        source=source,
        kind=kind,
        text=said,
        photo=_photo(exhibit, photo, actor, now),
        contact=crypto.encrypt(texts.clean(contact).encode()) if contact.strip() else None,
        reported_by=actor,
        said_at=now,
        device=device,
        address=address,
    )
    found.save(force_insert=True)
    return found


@transaction.atomic
def accept(
    *,
    order: WorkOrder,
    severity: str,
    takes_out: bool,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    confirm: Scope | None,
    assignee: Account | None = None,
) -> WorkOrder:
    """Take an order on: how urgent, by when, by whom; `takes_out` records that the exhibit is out of use.

    `confirm` is the actor's scope for confirming; without one the record stays a draft.
    """
    day = timezone.localdate(now)
    due = day + dt.timedelta(days=DUE_DAYS[Severity(severity)])
    found = _move(
        order, State.ACCEPTED, actor, now, scope,
        severity=severity, due_on=due, accepted_at=now, assignee=assignee,
    )  # fmt: skip
    if takes_out:
        record_condition(
            exhibit=found.exhibit, stage="FAULTY", cause=_cause(found), actor=actor, now=now, scope=scope,
            confirm=confirm,
        )  # fmt: skip
    return found


def start(
    *,
    order: WorkOrder,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    note: str = "",
    assignee: Account | None = None,
) -> WorkOrder:
    """Begin, or go on, working; also when a check found that it does not work after all."""
    changed = {"assignee": assignee} if assignee else {}
    with transaction.atomic():
        return _move(order, State.AT_WORK, actor, now, scope, note=note, **changed)


def wait_for_parts(
    *, order: WorkOrder, note: str, actor: Account, now: dt.datetime, scope: Scope
) -> WorkOrder:
    """Stop until parts come; `note` says which."""
    _need(note, "note", _("请写明等什么备件、预计何时到货。"))
    with transaction.atomic():
        return _move(order, State.WAITING_PARTS, actor, now, scope, note=note)


def finish(
    *,
    order: WorkOrder,
    result: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    cost: Decimal | None = None,
    supplier: str = "",
) -> WorkOrder:
    """Say what was done; it waits for a check."""
    _need(result, "result", _("请写明怎么修好的，例如“更换按钮开关，试用正常”。"))
    values = {"result": texts.clean_lines(result), "cost": cost, "supplier": texts.clean(supplier)}
    with transaction.atomic():
        return _move(order, State.DONE, actor, now, scope, note=result, done_at=now, **values)


@transaction.atomic
def verify(
    *,
    order: WorkOrder,
    works: bool,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    confirm: Scope | None,
) -> WorkOrder:
    """Close a repair that was checked: the repair is recorded, and with `works` that the exhibit works again."""
    found = _move(order, State.VERIFIED, actor, now, scope, verified_at=now)
    _record(_repair(found), actor, now, scope, confirm)
    if works:
        record_condition(
            exhibit=found.exhibit, stage="WORKING", cause=_cause(found), actor=actor, now=now, scope=scope,
            confirm=confirm,
        )  # fmt: skip
    return found


def reject(*, order: WorkOrder, reason: str, actor: Account, now: dt.datetime, scope: Scope) -> WorkOrder:
    """Close an order without a repair, with the reason."""
    _need(reason, "reason", _("请写明不受理的原因，例如“现场试用正常，属操作方法问题”。"))
    with transaction.atomic():
        said = texts.clean(reason)
        return _move(order, State.REJECTED, actor, now, scope, note=said, closed_reason=said)


def close_as_duplicate(
    *, order: WorkOrder, original: WorkOrder, actor: Account, now: dt.datetime, scope: Scope
) -> WorkOrder:
    """Close an order that another one is about; the reports stay with it and are found through it."""
    if original.pk == order.pk or original.exhibit_id != order.exhibit_id or original.duplicate_of_id:
        raise NotPossible(fields={"original": _("请选择同一件展品的另一张工单。")})
    said = _("与%(label)s重复") % {"label": original.label}
    with transaction.atomic():
        return _move(
            order, State.DUPLICATE, actor, now, scope, note=said, closed_reason=said, duplicate_of=original
        )


@transaction.atomic
def add_note(*, order: WorkOrder, text: str, actor: Account, now: dt.datetime, scope: Scope) -> WorkNote:
    """Write something down in an order's history."""
    _need(text, "text", _("请写下要记的内容。"))
    return _note(_locked(order, scope), actor, now, text=texts.clean_lines(text))


@transaction.atomic
def assign(
    *,
    order: WorkOrder,
    assignee: Account | None,
    due_on: dt.date,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> WorkOrder:
    """Give an accepted order to somebody else, or another day."""
    found = _locked(order, scope)
    if not found.is_open or found.state == State.REPORTED:
        raise NotPossible(_("这张工单现在不能改派，请刷新后再看。"))
    found.assignee, found.due_on = assignee, due_on
    found.save(update_fields=["assignee", "due_on"])
    who = assignee.display_name if assignee else _("未指定")
    said = _("维修人：%(who)s；应修复日期：%(day)s") % {"who": who, "day": due_on.isoformat()}
    _note(found, actor, now, text=said)
    _log(found, "museums.assign_repair", actor, now, due_on=due_on.isoformat())
    return found


@transaction.atomic
def reveal_contact(
    *, report: FaultReport, reason: str, actor: Account, now: dt.datetime, scope: Scope
) -> str:
    """Return in clear how whoever reported may be reached, and write down who asked for it and why."""
    _need(reason, "reason", _("请写明查看联系方式的原因。"))
    order = _locked(report.order, scope)
    audit.append(
        association_id=order.association_id, actor=actor, action="museums.reveal_contact", subject=order,
        detail={"report": report.code}, reason=texts.clean(reason), now=now,
    )  # fmt: skip
    return crypto.decrypt(bytes(report.contact)).decode() if report.contact else ""


def record_condition(
    *,
    exhibit: Exhibit,
    stage: str,
    cause: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    confirm: Scope | None,
) -> ExhibitStage | None:
    """Record that an exhibit is out of use, or works again; None where that stands in the ledger already."""
    current = exhibits.condition(exhibit)
    if current is not None and current.stage in {stage, "REMOVED"}:
        return None
    if current is None and stage == "WORKING":
        return None
    record = ExhibitStage(
        unit=exhibit.unit, area=exhibit.unit.area, exhibit=exhibit, occurred_on=timezone.localdate(now),
        stage=stage, cause=cause[:200],
    )  # fmt: skip
    try:
        _record(record, actor, now, scope, confirm)
    except ValidationError as refused:
        raise NotPossible(
            _("这件展品还有一条状况记录没有确认，请先在“展品状况”里确认或删除，再办理。")
        ) from refused
    outbox.append(
        association_id=exhibit.association_id, subject_id=exhibit.pk,
        kind="exhibit.faulty" if stage == "FAULTY" else "exhibit.repaired",
        payload={"venue": str(exhibit.unit_id), "number": exhibit.number}, now=now,
    )  # fmt: skip
    return record


def _record(record: Record, actor: Account, now: dt.datetime, scope: Scope, confirm: Scope | None) -> None:
    ledger.draft(record=record, actor=actor, now=now, scope=scope)
    if confirm is not None and confirm.covers(record.unit.path):
        ledger.confirm(records=[record], actor=actor, now=now, scope=confirm)


def _repair(order: WorkOrder) -> Repair:
    done = timezone.localdate(order.done_at)
    return Repair(
        unit=order.exhibit.unit,
        area=order.exhibit.unit.area,
        exhibit=order.exhibit,
        occurred_on=done,
        reported_on=timezone.localdate(order.reported_at),
        kind=order.kind,
        in_time=order.due_on is None or done <= order.due_on,
        cost=order.cost,
        order=order,
        note=f"{order.label} {order.result}",
    )


def _lock_museum(exhibit: Exhibit) -> None:
    """Let one report of a museum wait for another, so that numbers follow each other and look-alikes are seen."""
    museums = Museum.objects.select_for_update(of=("self",))
    list(museums.filter(association_id=exhibit.association_id, unit_id=exhibit.unit_id).values_list("pk"))


def _known(exhibit: Exhibit, report_id: uuid.UUID) -> FaultReport | None:
    known = FaultReport.objects.filter(association_id=exhibit.association_id, pk=report_id)
    return known.select_related("order").filter(order__exhibit=exhibit).first()


def _open(
    exhibit: Exhibit,
    *,
    kind: str,
    source: str,
    said: str,
    unsafe: bool,
    actor: Account | None,
    now: dt.datetime,
) -> WorkOrder:
    year = timezone.localdate(now).year
    orders = WorkOrder.objects.filter(
        association_id=exhibit.association_id, unit_id=exhibit.unit_id, year=year
    )
    order = WorkOrder(
        association_id=exhibit.association_id,
        unit_id=exhibit.unit_id,
        year=year,
        number=(orders.aggregate(last=Max("number"))["last"] or 0) + 1,
        exhibit=exhibit,
        source=source,
        kind=kind,
        description=said,
        is_unsafe=unsafe,
        reported_at=now,
        reported_by=actor,
    )
    order.save(force_insert=True)
    _note(order, actor, now, state=State.REPORTED, text=said)
    _log(order, "museums.report_fault", actor, now, source=source, kind=kind)
    return order


def _join(order: WorkOrder, said: str, actor: Account | None, now: dt.datetime, *, unsafe: bool) -> None:
    if unsafe and not order.is_unsafe:
        order.is_unsafe = True
        order.save(update_fields=["is_unsafe"])
    again = _("又收到一次同样的报修")
    _note(order, actor, now, text=f"{again}{_('：')}{said}" if said else again)


def _photo(exhibit: Exhibit, photo: "File[bytes] | None", actor: Account | None, now: dt.datetime) -> Any:
    if not photo:
        return None
    upload = pictures.plain(photo)  # also for callers that are no form: place and device never reach the disk
    return files.store(association_id=exhibit.association_id, upload=upload, actor=actor, now=now)


def _move(
    order: WorkOrder,
    to: WorkOrder.State,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
    *,
    note: str = "",
    **values: Any,
) -> WorkOrder:
    found = _locked(order, scope)
    before = found.state
    if to not in WORK_ORDER_TRANSITIONS[before]:
        raise NotPossible(
            _("这张工单现在是“%(state)s”，不能这样办理；可能已有人处理过，请刷新后再看。")
            % {"state": found.get_state_display()}
        )
    found.state = to
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=["state", *values])
    _note(found, actor, now, state=to, text=texts.clean_lines(note))
    _log(found, "museums.move_repair", actor, now, before=before, after=str(to))
    return found


def _locked(order: WorkOrder, scope: Scope) -> WorkOrder:
    rows = WorkOrder.objects.select_for_update(of=("self",)).filter(scope.q(), pk=order.pk)
    found = rows.select_related("exhibit__unit__area").first()
    if found is None:
        raise NotPossible(_("没有找到这张工单，或您无权办理。"))
    return found


def _note(
    order: WorkOrder, actor: Account | None, now: dt.datetime, *, state: str = "", text: str = ""
) -> WorkNote:
    return WorkNote.objects.create(
        association_id=order.association_id, order=order, at=now, by=actor, state=state, text=text
    )


def _need(value: str, field: str, message: str) -> None:
    if not value.strip():
        raise UserError(fields={field: message})


def _cause(order: WorkOrder) -> str:
    return f"{order.label} {order.get_kind_display()}"


def _log(order: WorkOrder, action: str, actor: Account | None, now: dt.datetime, **detail: object) -> None:
    audit.append(
        association_id=order.association_id, actor=actor, action=action, subject=order, detail=detail, now=now
    )
