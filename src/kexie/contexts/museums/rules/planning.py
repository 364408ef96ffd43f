"""What slots a museum's arrangements make on a day: pure functions over rows, written down by `operations.opening`."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import BookingRules, DayKind, Museum, ShowTime, SlotPattern
from kexie.contexts.museums.rules.opening import kind_of
from kexie.platform.capacity.models import Channel

# Places of a show in a hall whose seats nobody has entered.
SEATS = 40
# How long after its beginning a show lets people in.
LATE_MINUTES = 5
CHANNELS: Mapping[str, str] = {
    Channel.PUBLIC: "public",
    Channel.GROUP: "group",
    Channel.WALK_IN: "walk_in",
    Channel.PRIORITY: "priority",
}


@dataclass(frozen=True, kw_only=True)
class Times:
    """When a slot is, and when it may be booked."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    last_entry_at: dt.datetime
    opens_at: dt.datetime
    closes_at: dt.datetime


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """Return a moment of the installation's own time."""
    return timezone.make_aware(dt.datetime.combine(day, time))


def applies(pattern: SlotPattern, day: dt.date) -> bool:
    """Whether a pattern makes a slot on an open day."""
    return _in_force(pattern, day) and pattern.day_kind in {DayKind.ANY, kind_of(day)}


def is_on(time: ShowTime, day: dt.date) -> bool:
    """Whether a show is on at its regular time on an open day."""
    return _in_force(time, day)


def pattern_times(pattern: SlotPattern, day: dt.date, rules: BookingRules) -> Times:
    """Return when a pattern's slot of a day is."""
    starts, ends, last = (
        at(day, time) for time in (pattern.starts_at, pattern.ends_at, pattern.last_entry_at)
    )
    closes = last - dt.timedelta(minutes=rules.closes_minutes)
    return bookable(starts, ends, last, closes, rules=rules)


def show_times(day: dt.date, starts_at: dt.time, minutes: int, rules: BookingRules) -> Times:
    """Return when a show's slot of a day is; it may be booked until it begins."""
    starts = at(day, starts_at)
    last = starts + dt.timedelta(minutes=min(minutes, LATE_MINUTES))
    return bookable(starts, starts + dt.timedelta(minutes=minutes), last, starts, rules=rules)


def bookable(
    starts: dt.datetime,
    ends: dt.datetime,
    last_entry: dt.datetime,
    closes: dt.datetime,
    *,
    rules: BookingRules,
) -> Times:
    """Return the times of a slot with its release by the rules, never after booking ends."""
    day = timezone.localdate(starts)
    opens = at(day - dt.timedelta(days=rules.horizon_days), rules.release_at)
    if opens >= closes:  # a release at noon on the day itself comes too late for its morning
        opens = min(at(day, dt.time()), closes - dt.timedelta(hours=1))
    return Times(starts_at=starts, ends_at=ends, last_entry_at=last_entry, opens_at=opens, closes_at=closes)


def places(pattern: SlotPattern) -> dict[str, int]:
    """Return a pattern's places by channel; "" is the total."""
    quotas = {channel: getattr(pattern, name) for channel, name in CHANNELS.items()}
    return {"": pattern.capacity} | {key: number for key, number in quotas.items() if number is not None}


def seats(time: ShowTime) -> int:
    """Return how many may see a regular show."""
    return time.hall.seats or SEATS


def day_pool(venue_id: UUID, day: dt.date) -> UUID:
    """Return the id of the pool that counts all of a museum's day: everybody who needs it makes the same."""
    return uuid5(NAMESPACE_URL, f"kexie:museum-day:{venue_id}:{day.isoformat()}")


def overlaps(patterns: Sequence[SlotPattern]) -> list[tuple[SlotPattern, SlotPattern]]:
    """Return the pairs of patterns that can be on at the same time of the same day."""
    return [(one, other) for one, other in itertools.combinations(patterns, 2) if _meet(one, other)]


def defaults(museum: Museum, day: dt.date) -> list[SlotPattern]:
    """Return the two half-days that a museum without patterns may begin with, unsaved."""
    opens, closes = museum.opens_at or dt.time(9), museum.closes_at or dt.time(16, 30)
    last = museum.last_entry_at or _earlier(closes, 30)
    noon = _middle(opens, closes)
    capacity = _half_day(museum)
    halves = [(_("上午"), opens, noon, _earlier(noon, 30)), (_("下午"), noon, closes, last)]
    return [
        SlotPattern(
            association_id=museum.association_id,
            unit_id=museum.unit_id,
            area_id=museum.area_id,
            museum=museum,
            name=name,
            starts_at=start,
            ends_at=end,
            last_entry_at=entry if start < entry <= end else end,
            capacity=capacity,
            valid_from=day,
        )
        for name, start, end, entry in halves
    ]


def warnings(pattern: SlotPattern, museum: Museum, others: Iterable[SlotPattern]) -> list[str]:
    """Return what is odd about a pattern without being wrong."""
    found = [
        _("与“%(name)s”（%(start)s–%(end)s）时间重叠，两个时段的观众会同时在馆。")
        % {"name": other.name, "start": f"{other.starts_at:%H:%M}", "end": f"{other.ends_at:%H:%M}"}
        for other in others
        if other.pk != pattern.pk and _meet(pattern, other)
    ]
    if museum.instant_cap and pattern.capacity > museum.instant_cap:
        found.append(
            _("总名额 %(capacity)d 超过瞬时最大承载量 %(cap)d 人；观众不会都同时在馆时可以这样设。")
            % {"capacity": pattern.capacity, "cap": museum.instant_cap}
        )
    quotas = sum(number for channel, number in places(pattern).items() if channel)
    if quotas > pattern.capacity:
        found.append(
            _("各渠道名额合计 %(quotas)d，多于总名额 %(capacity)d；总名额先满为止。")
            % {"quotas": quotas, "capacity": pattern.capacity}
        )
    if museum.opens_at and museum.closes_at and not _inside(pattern, museum):
        found.append(
            _("时段超出开馆时间 %s–%s。") % (f"{museum.opens_at:%H:%M}", f"{museum.closes_at:%H:%M}")
        )
    return found


def _in_force(row: SlotPattern | ShowTime, day: dt.date) -> bool:
    is_valid = row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
    return is_valid and str(day.isoweekday()) in row.weekdays


def _meet(one: SlotPattern, other: SlotPattern) -> bool:
    kinds = {one.day_kind, other.day_kind}
    same_day = bool(set(one.weekdays) & set(other.weekdays)) and (len(kinds) == 1 or DayKind.ANY in kinds)
    last = dt.date.max
    valid = one.valid_from <= (other.valid_to or last) and other.valid_from <= (one.valid_to or last)
    return same_day and valid and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _inside(pattern: SlotPattern, museum: Museum) -> bool:
    opens, closes = museum.opens_at, museum.closes_at
    return bool(opens and closes and opens <= pattern.starts_at and pattern.ends_at <= closes)


def _half_day(museum: Museum) -> int:
    """Half of what the museum takes in a day, or what may be inside at once."""
    if museum.daily_cap:
        return max(museum.daily_cap // 2, 1)
    return museum.instant_cap or 100


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _time(minutes: int) -> dt.time:
    return dt.time(minutes // 60, minutes % 60)


def _earlier(time: dt.time, minutes: int) -> dt.time:
    return _time(max(_minutes(time) - minutes, 0))


def _middle(opens: dt.time, closes: dt.time) -> dt.time:
    """Noon, or the middle of hours that do not hold noon; to the half hour."""
    if opens < dt.time(12) < closes:
        return dt.time(12, 30) if opens < dt.time(12) and closes >= dt.time(14) else dt.time(12)
    return _time((_minutes(opens) + _minutes(closes)) // 2 // 30 * 30)
