"""A set is handed over, exhibit by exhibit."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.touring.models import (
    Condition,
    Handover,
    HandoverLine,
    PlannedTourStop,
    SetExhibit,
    SetTicket,
)
from kexie.contexts.touring.operations.maintenance import open_ticket
from kexie.contexts.touring.operations.sets_common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files
from kexie.platform.files import pictures


class HandoverRefused(UserError):
    """The list cannot be signed like this."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was found of an exhibit, and a photo if somebody took one."""

    condition: str
    note: str = ""
    photo: Any = None


@transaction.atomic
def sign(
    *,
    stop_id: UUID,
    kind: str,
    on: dt.date,
    given_by: str,
    taken_by: str,
    lines: Mapping[UUID, Line],
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Handover:
    """Keep a list under two names; conditions follow it, and what is newly faulty gets a ticket.

    `lines` are by exhibit. The whole set must be on the list, and a faulty or missing exhibit needs a word.
    """
    stop = locked(PlannedTourStop, stop_id, scope)
    if stop.state == PlannedTourStop.State.CANCELLED:
        raise HandoverRefused(_("这一站已取消，不用交接。"))
    if stop.handovers.filter(kind=kind).exists():
        raise HandoverRefused(_("这份交接单双方已签字，不能重签；有出入请登记维修单。"))
    _check_day(stop, kind, on, timezone.localdate(now))
    exhibits = list(SetExhibit.objects.select_for_update().filter(touring_set=stop.touring_set_id))
    _check(exhibits, lines, given_by, taken_by)
    made = Handover.objects.create(
        association_id=stop.association_id, stop=stop, kind=kind, on=on, given_by=given_by, taken_by=taken_by,
        recorded_by=actor, recorded_at=now,
    )  # fmt: skip
    HandoverLine.objects.bulk_create(
        HandoverLine(
            association_id=stop.association_id, handover=made, exhibit=one, condition=lines[one.pk].condition,
            note=lines[one.pk].note, photo=_photo(stop, lines[one.pk].photo, actor, now),
        )
        for one in exhibits
    )  # fmt: skip
    _follow(exhibits, lines, on, actor, now)
    note(made, "sign_handover", actor=actor, now=now, kind=kind, exhibits=len(exhibits))
    return made


def _check_day(stop: PlannedTourStop, kind: str, on: dt.date, today: dt.date) -> None:
    if on > today:
        raise HandoverRefused(fields={"on": _("交接日期不能晚于今天；当面核对后再签字。")})
    other = stop.handovers.exclude(kind=kind).first()
    if other is None or on == other.on or (on < other.on) == (kind == Handover.Kind.IN):
        return
    values = {"day": other.on, "other": other.get_kind_display()}
    raise HandoverRefused(fields={"on": _("与%(day)s的%(other)s先后颠倒：先进场、后撤场。") % values})


def _check(exhibits: list[SetExhibit], lines: Mapping[UUID, Line], given_by: str, taken_by: str) -> None:
    errors: dict[str, str] = {}
    if given_by == taken_by:
        errors["taken_by"] = _("移交人和接收人要是两个人，双方各自签字。")
    if not exhibits:
        raise HandoverRefused(_("这套展品还没有登记展品清单，请先登记或导入展品。"))
    for one in exhibits:
        line = lines.get(one.pk)
        if line is None:
            errors[f"condition_{one.pk}"] = _("请选择这件展品的状况。")
        elif line.condition in {Condition.FAULTY, Condition.MISSING} and not line.note:
            errors[f"note_{one.pk}"] = _("故障或缺失的展品请写明情况。")
    if errors:
        raise HandoverRefused(fields=errors)


def _photo(stop: PlannedTourStop, upload: Any, actor: Account, now: dt.datetime) -> Any:
    if upload is None:
        return None
    return files.store(
        association_id=stop.association_id, upload=pictures.plain(upload), actor=actor, now=now
    )


def _follow(
    exhibits: list[SetExhibit], lines: Mapping[UUID, Line], on: dt.date, actor: Account, now: dt.datetime
) -> None:
    known = set(
        SetTicket.objects.filter(exhibit__in=exhibits, state="OPEN").values_list("exhibit", flat=True)
    )
    for one in exhibits:
        line = lines[one.pk]
        if line.condition == Condition.FAULTY and one.pk not in known:
            open_ticket(one, line.note, on, actor=actor, now=now)
        one.condition, one.checked_on = line.condition, on
    SetExhibit.objects.bulk_update(exhibits, ["condition", "checked_on"])
