"""Faults of facilities: reported by anybody who stands before one, and seen to."""

import datetime as dt
import uuid

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Facility, FacilityFault
from kexie.contexts.facilities.operations.common import locked, note
from kexie.contexts.facilities.states import FAULT_TRANSITIONS
from kexie.foundation.access.models import Account
from kexie.kernel import text as texts
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import voices
from kexie.platform.files import operations as files
from kexie.platform.files import pictures
from kexie.platform.files.models import StoredFile

State = FacilityFault.State
LONGEST_TEXT = 500


class FaultRefused(UserError):
    """The fault is in a state from which this cannot be done; somebody may have been faster."""


@transaction.atomic
def report(
    *,
    facility: Facility,
    kind: str,
    now: dt.datetime,
    fault_id: uuid.UUID | None = None,
    text: str = "",
    photo: "File[bytes] | None" = None,
    device: str = "",
    address: str = "",
) -> FacilityFault:
    """Take a report without a name; the same `fault_id` sent twice is one report. Raises voices.TooMany."""
    known = FacilityFault.objects.filter(facility=facility, pk=fault_id).first() if fault_id else None
    if known is not None:
        return known
    voices.check(
        FacilityFault, association_id=facility.association_id, device=device, address=address, now=now
    )
    return FacilityFault.objects.create(
        id=fault_id or uuid.uuid4(), association_id=facility.association_id, facility=facility, kind=kind,
        text=texts.clean_lines(text)[:LONGEST_TEXT], photo=_stored(facility, photo, now), said_at=now,
        device=device, address=address,
    )  # fmt: skip


@transaction.atomic
def move(
    *, fault_id: uuid.UUID, state: str, answer: str, actor: Account, now: dt.datetime, scope: Scope
) -> FacilityFault:
    """Take a fault on, or end it with words that the one who reported it may read."""
    fault = locked(FacilityFault, fault_id, scope)
    if state not in FAULT_TRANSITIONS[fault.state]:
        raise FaultRefused(_("这条问题的状态已经变了，请刷新后再办理。"))
    if state in {State.DONE, State.REJECTED} and not answer:
        raise FaultRefused(fields={"answer": _("请写明处理情况，报告的人会看到。")})
    before, fault.state = fault.state, state
    fault.answer, fault.handled_by, fault.handled_at = answer, actor, now
    fault.save(update_fields=["state", "answer", "handled_by", "handled_at"])
    note(fault, "move_fault", actor=actor, now=now, before=before, after=state)
    return fault


def _stored(facility: Facility, photo: "File[bytes] | None", now: dt.datetime) -> StoredFile | None:
    if photo is None:
        return None
    upload = pictures.plain(photo)
    return files.store(association_id=facility.association_id, upload=upload, actor=None, now=now)
