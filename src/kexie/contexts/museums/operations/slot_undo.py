"""Taking a change of many slots back, where nobody was cancelled or moved by it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Slot, SlotChange
from kexie.contexts.museums.operations import draws
from kexie.contexts.museums.operations.slot_changes import Refused
from kexie.contexts.museums.queries import slots as queries
from kexie.contexts.museums.queries.slots import SlotRow
from kexie.foundation.access.models import Account
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Offer
from kexie.platform.capacity.operations import offers
from kexie.platform.capacity.operations.offers import Mode

Kind, State = SlotChange.Kind, SlotChange.State


def can_undo(change: SlotChange) -> bool:
    """Whether a change can be taken back: of places, and of opening and closing; nobody is un-cancelled."""
    return change.state == State.DONE and change.kind in {
        Kind.PLACES,
        Kind.CLOSE,
        Kind.OPEN,
        Kind.ALLOT,
    }


@transaction.atomic
def undo(*, change: SlotChange, actor: Account, now: dt.datetime) -> SlotChange:
    """Give slots the places (or the state) they had before a change; what is taken by now stays."""
    change = SlotChange.objects.select_for_update(of=("self",)).select_related("museum").get(pk=change.pk)
    if not can_undo(change):
        raise Refused(_("这次调整不能撤销：已撤销，或已取消、改动了观众的预约。"))
    rows = queries.by_id(change.museum, change.slots, Scope(association_id=change.association_id))
    if change.kind == Kind.PLACES:
        _give_back_places(change, rows, actor, now)
    elif change.kind == Kind.ALLOT:
        _give_back_allotment(change, rows, actor, now)
    else:
        _give_back_state(change, rows, actor, now)
    change.state, change.undone_by, change.undone_at = State.UNDONE, actor, now
    change.save(update_fields=["state", "undone_by", "undone_at"])
    audit.append(
        association_id=change.association_id, actor=actor, action="museums.undo_change", subject=change,
        detail={"slots": len(rows)}, now=now,
    )  # fmt: skip
    return change


def _give_back_places(change: SlotChange, rows: Iterable[SlotRow], actor: Account, now: dt.datetime) -> None:
    quotas = {row.offer.pk: change.before[str(row.slot.pk)]["places"] for row in rows}
    offers.set_quotas(
        association_id=change.association_id, quotas=quotas, mode=Mode.SINK, actor=actor, now=now
    )


def _give_back_allotment(
    change: SlotChange, rows: Iterable[SlotRow], actor: Account, now: dt.datetime
) -> None:
    for row in rows:
        if row.offer.opens_at > now:
            row.slot.allotment = change.before[str(row.slot.pk)]["allotment"]
            row.slot.save(update_fields=["allotment"])
            draws.follow(slot=row.slot, actor=actor, now=now)


def _give_back_state(change: SlotChange, rows: Iterable[SlotRow], actor: Account, now: dt.datetime) -> None:
    was_open = [row.offer.pk for row in rows if change.before[str(row.slot.pk)]["state"] == Offer.State.OPEN]
    others = [row.offer.pk for row in rows if row.offer.pk not in set(was_open)]
    tenant = change.association_id
    offers.open_offers(association_id=tenant, offers=was_open, actor=actor, now=now)
    offers.close_offers(association_id=tenant, offers=others, actor=actor, now=now)
    Slot.objects.filter(offer__in=was_open).update(reason="")
