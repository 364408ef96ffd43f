"""Single sessions of shows and lessons: put on, changed, and recorded once they were held."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Hall, Museum, Show, Slot
from kexie.contexts.museums.queries.opening import rules_by_day
from kexie.contexts.museums.queries.slots import SlotRow, span
from kexie.contexts.museums.rules import planning
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.ledger import operations as ledger
from kexie.ledger.models import Series
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Offer
from kexie.platform.capacity.operations import offers
from kexie.platform.capacity.operations.offers import Wanted


class HallTaken(UserError):
    """Another show is in the hall at that time; the message names it."""


class AlreadyRecorded(UserError):
    """What became of a session is recorded once; the record itself is corrected in the ledger."""


class SessionRefused(UserError):
    """The session cannot be like this."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session as staff enter it."""

    series: Series
    hall: Hall
    day: dt.date
    starts_at: dt.time
    minutes: int
    capacity: int
    presenter: str = ""
    audience: str = ""
    needs_booking: bool = True


@transaction.atomic
def add(*, museum: Museum, session: Session, actor: Account, now: dt.datetime) -> Slot:
    """Put a single session on. Raises HallTaken, SessionRefused for a time that is past."""
    times = _times(museum, session, now)
    wanted = Wanted(
        venue_id=museum.unit_id,
        resource_id=session.hall.pk,
        label=session.series.name[:100],
        day=session.day,
        places={"": session.capacity},
        **asdict(times),
    )
    try:
        [offer] = offers.create_offers(
            association_id=museum.association_id, wanted=[wanted], actor=actor, now=now
        )
    except offers.ResourceTaken as taken:
        raise _told(taken, session.hall) from None
    slot = Slot.objects.create(
        association_id=museum.association_id,
        museum=museum,
        offer=offer,
        kind=Slot.Kind.SHOW,
        title=session.series.name[:100],
        **_own(session),
    )
    _audit(slot, "add_session", actor, now)
    return slot


@transaction.atomic
def change(*, row: SlotRow, session: Session, actor: Account, now: dt.datetime) -> Slot:
    """Change a session. Raises HallTaken, offers.BelowTaken, SessionRefused: whoever is booked keeps time and hall."""
    slot, offer = row.slot, row.offer
    if slot.show_time_id and offer.day != session.day:
        raise SessionRefused(fields={"day": _("固定场次不能改到别的日子，请取消这一场，另外新增一场。")})
    times = asdict(_times(slot.museum, session, now))
    moved = offer.day != session.day or any(getattr(offer, name) != value for name, value in times.items())
    if moved and row.taken:
        raise SessionRefused(
            fields={
                "starts_at": _("已有%(people)d人预约，时间不能在这里改；请用“批量调整”并通知他们。")
                % {"people": row.people}
            }
        )
    _move(offer, session, times, actor, now)
    if row.total.wanted != session.capacity:
        offers.change_capacity(pool=row.total, wanted=session.capacity, actor=actor, now=now)
    for name, value in {**_own(session), "title": session.series.name[:100]}.items():
        setattr(slot, name, value)
    slot.save()
    _audit(slot, "change_session", actor, now)
    return slot


@transaction.atomic
def record(
    *, slot: Slot, record: Show, confirms: bool, actor: Account, now: dt.datetime, scope: Scope
) -> Show:
    """Write what became of a session into the ledger, once. Raises AlreadyRecorded, ValidationError by field."""
    locked = Slot.objects.select_for_update(of=("self",)).select_related("offer").get(pk=slot.pk)
    if locked.record_id:
        raise AlreadyRecorded(_("这场已经登记过；要更正，请在活动记录里冲销后另记。"))
    if locked.offer.starts_at > now and record.held:
        raise SessionRefused(_("这场还没有开始，开始后再登记。"))
    ledger.draft(record=record, actor=actor, now=now, scope=scope)
    if confirms:
        ledger.confirm(records=[record], actor=actor, now=now, scope=scope)
    locked.record_id = record.pk
    locked.save(update_fields=["record_id"])
    slot.record_id = record.pk
    return record


def draft_of(slot: Slot) -> Show:
    """Return the record of a session as it would be written, unsaved; people are counted by whoever enters it."""
    starts, ends = timezone.localtime(slot.offer.starts_at), timezone.localtime(slot.offer.ends_at)
    unit = slot.museum.unit
    return Show(
        association_id=slot.association_id,
        unit=unit,
        area_id=unit.area_id,
        place=slot.hall.place if slot.hall else None,
        occurred_on=slot.offer.day,
        title=slot.title,
        series=slot.series,
        speaker=slot.presenter,
        starts_at=starts.time(),
        ends_at=ends.time(),
        audience=slot.audience,
        held=slot.offer.state != Offer.State.CANCELLED,
    )


def _own(session: Session) -> dict[str, object]:
    return {
        "series": session.series,
        "hall": session.hall,
        "presenter": session.presenter,
        "audience": session.audience,
        "needs_booking": session.needs_booking,
    }


def _times(museum: Museum, session: Session, now: dt.datetime) -> planning.Times:
    rules = rules_by_day(museum, session.day, Scope(association_id=museum.association_id)).on(session.day)
    times = planning.show_times(session.day, session.starts_at, session.minutes, rules)
    if times.starts_at <= now:
        raise SessionRefused(fields={"starts_at": _("这个时间已经过去，请改为以后的时间。")})
    if timezone.localdate(times.ends_at) != session.day:
        raise SessionRefused(fields={"minutes": _("场次不能跨过午夜，请缩短时长。")})
    return times


def _move(
    offer: Offer, session: Session, times: dict[str, dt.datetime], actor: Account, now: dt.datetime
) -> None:
    for name, value in times.items():
        setattr(offer, name, value)
    offer.day, offer.resource_id, offer.label = session.day, session.hall.pk, session.series.name[:100]
    try:
        offers.retime_offers(association_id=offer.association_id, offers=[offer], actor=actor, now=now)
    except offers.ResourceTaken as taken:
        raise _told(taken, session.hall) from None


def _told(taken: offers.ResourceTaken, hall: Hall) -> HallTaken:
    """Return a refusal that names the show that has the hall."""
    if taken.other is None:
        return HallTaken(fields={"starts_at": str(taken)})
    values = {"hall": hall.name, "span": span(taken.other), "title": taken.other.label}
    message = _("%(hall)s%(span)s已排“%(title)s”，请换时间或场地。")
    return HallTaken(fields={"starts_at": message % values})


def _audit(slot: Slot, verb: str, actor: Account, now: dt.datetime) -> None:
    detail = {
        "title": slot.title,
        "hall": slot.hall_id,
        "presenter": slot.presenter,
        "starts_at": slot.offer.starts_at,
    }
    audit.append(
        association_id=slot.association_id, actor=actor, action=f"museums.{verb}", subject=slot, detail=detail, now=now
    )  # fmt: skip
