"""A museum's slot patterns and regular shows: added, changed, ended. Slots follow at once where nobody is affected."""

import datetime as dt
from collections.abc import Iterable
from copy import copy
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, ShowTime, Slot, SlotPattern
from kexie.contexts.museums.operations import generation
from kexie.contexts.museums.operations.generation import Generated
from kexie.contexts.museums.queries import opening as queries
from kexie.contexts.museums.queries.opening import RulesByDay
from kexie.contexts.museums.queries.slots import SlotRow, with_places
from kexie.contexts.museums.rules import planning
from kexie.contexts.museums.rules.planning import Times
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.audit import operations as audit
from kexie.platform.capacity.models import Offer
from kexie.platform.capacity.operations import offers

Source = TypeVar("Source", SlotPattern, ShowTime)


class AlreadyThere(UserError):
    """The museum has patterns, so none are proposed."""


@dataclass(frozen=True)
class Saved:
    """What followed from a change: slots made, slots brought into line, slots left because people are booked."""

    generated: Generated
    aligned: int = 0
    left: int = 0


@transaction.atomic
def save(*, source: Source, museum: Museum, actor: Account, now: dt.datetime) -> Saved:
    """Save a new or changed pattern or regular show. Raises ValidationError by field."""
    source.association_id, source.unit_id, source.area_id = (
        museum.association_id,
        museum.unit_id,
        museum.area_id,
    )
    source.full_clean()
    before = type(source)._default_manager.filter(pk=source.pk).first()
    source.save()
    verb = "change" if before else "add"
    _audit(source, verb, actor, now)
    aligned, left = _align(source, before, museum, actor, now) if before else (0, 0)
    return Saved(generation.refresh(museum=museum, actor=actor, now=now), aligned, left)


@transaction.atomic
def end(
    *, source: SlotPattern | ShowTime, last_day: dt.date, museum: Museum, actor: Account, now: dt.datetime
) -> Saved:
    """End a pattern or regular show with a day; its later slots close, those with reservations stay for staff."""
    if last_day < source.valid_from:
        raise UserError(fields={"valid_to": _("截止日期不能早于起始日期。")})
    source.valid_to = last_day
    source.save(update_fields=["valid_to"])
    _audit(source, "end", actor, now)
    later = [row for row in _slots_of(source, now) if row.offer.day > last_day and row.taken]
    return Saved(generation.refresh(museum=museum, actor=actor, now=now), left=len(later))


@transaction.atomic
def propose(*, museum: Museum, actor: Account, now: dt.datetime) -> Saved:
    """Give a museum without patterns its two half-days. Raises AlreadyThere."""
    today = timezone.localdate(now)
    if queries.patterns(museum, Scope(association_id=museum.association_id), since=today).exists():
        raise AlreadyThere(_("已有时段安排，请在下面修改。"))
    for pattern in planning.defaults(museum, today):
        pattern.save(force_insert=True)
        _audit(pattern, "add", actor, now)
    return Saved(generation.refresh(museum=museum, actor=actor, now=now))


def _align(
    source: SlotPattern | ShowTime,
    before: SlotPattern | ShowTime,
    museum: Museum,
    actor: Account,
    now: dt.datetime,
) -> tuple[int, int]:
    """Bring slots into line that stand as they were planned; return how many, and how many have reservations."""
    rules = queries.rules_by_day(museum, timezone.localdate(now), Scope(association_id=museum.association_id))
    rows = [row for row in _slots_of(source, now) if _is_as_planned(row, before, rules)]
    changed = [row for row in rows if not _is_as_planned(row, source, rules)]
    free = [row for row in changed if not row.taken]
    _retime(source, free, rules, actor, now)
    quotas = {row.offer.pk: _places(source) for row in free}
    offers.set_quotas(association_id=museum.association_id, quotas=quotas, actor=actor, now=now)
    return len(free), len(changed) - len(free)


def _retime(
    source: SlotPattern | ShowTime,
    rows: Iterable[SlotRow],
    rules: RulesByDay,
    actor: Account,
    now: dt.datetime,
) -> None:
    moved = []
    for row in rows:
        offer = copy(row.offer)
        for name, moment in asdict(_times(source, offer.day, rules)).items():
            setattr(offer, name, moment)
        offer.label = source.name[:100]
        if isinstance(source, ShowTime):
            offer.resource_id = source.hall_id
        moved.append(offer)
    if moved:
        offers.retime_offers(association_id=source.association_id, offers=moved, actor=actor, now=now)
        _name(source, [row.slot for row in rows])


def _name(source: SlotPattern | ShowTime, slots: list[Slot]) -> None:
    for slot in slots:
        slot.title = source.name
        if isinstance(source, ShowTime):
            slot.hall_id, slot.series_id, slot.title = source.hall_id, source.series_id, source.series.name
    Slot.objects.bulk_update(slots, ["title", "hall", "series"], batch_size=500)


def _slots_of(source: SlotPattern | ShowTime, now: dt.datetime) -> list[SlotRow]:
    mine = {"pattern": source} if isinstance(source, SlotPattern) else {"show_time": source}
    rows = Slot.objects.filter(association=source.association_id, offer__starts_at__gt=now, **mine)
    return with_places(list(rows.exclude(offer__state=Offer.State.CANCELLED).select_related("offer")))


def _is_as_planned(row: SlotRow, source: SlotPattern | ShowTime, rules: RulesByDay) -> bool:
    """Whether nobody changed a slot since it was made from this arrangement."""
    times = _times(source, row.offer.day, rules)
    same = all(
        getattr(row.offer, name) == getattr(times, name) for name in ("starts_at", "ends_at", "last_entry_at")
    )
    hall = source.hall_id if isinstance(source, ShowTime) else None
    wanted = {channel: pool.wanted for channel, pool in row.pools.items()}
    return same and row.offer.resource_id == hall and wanted == _places(source)


def _times(source: SlotPattern | ShowTime, day: dt.date, rules: RulesByDay) -> Times:
    if isinstance(source, SlotPattern):
        return planning.pattern_times(source, day, rules.on(day))
    return planning.show_times(day, source.starts_at, source.minutes, rules.on(day))


def _places(source: SlotPattern | ShowTime) -> dict[str, int]:
    return planning.places(source) if isinstance(source, SlotPattern) else {"": planning.seats(source)}


def _audit(source: SlotPattern | ShowTime, verb: str, actor: Account, now: dt.datetime) -> None:
    skipped = {"id", "association_id", "unit_id", "area_id"}
    fields = (one.attname for one in source._meta.concrete_fields if one.attname not in skipped)
    audit.append(
        association_id=source.association_id, actor=actor, action=f"museums.{verb}_arrangement", subject=source,
        detail={name: getattr(source, name) for name in fields}, now=now,
    )  # fmt: skip
