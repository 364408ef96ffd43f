"""Two days of a caravan as its crew noted them on two phones: one became drafts, on the other the phones disagree."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from kexie.contexts.touring.models import Caravan, CaravanTrip, CrewMember, DrivingSpell, FieldPhone, Site
from kexie.contexts.touring.operations import field, phones
from kexie.contexts.touring.queries import fleet
from kexie.ledger.demo import DemoCity, days

ONE_DAY = dt.timedelta(days=1)
_COUNTS = (286, 164, 231)


def load(city: DemoCity) -> int:
    """Send what the phones noted, as the phones would; return how many notes were kept."""
    crew = city.accounts["CARAVAN_CREW"]
    van = Caravan.objects.filter(association=city.association, unit=crew.unit, retired_on=None).first()
    if van is None:
        return 0
    first, second = (_phone(city, name) for name in ("演示手机（车长）", "演示手机（辅导员）"))
    kept = 0
    free = _free_days(city, van)
    for day in free:
        notes = _Day(city, van, day).notes()
        # The educator counted another number at the second place of the last day.
        if day == free[-1]:
            kept += _send(city, second, _Day(city, van, day).other(), is_last=False)
        kept += _send(city, first, notes, is_last=True)
    return kept


def _free_days(city: DemoCity, van: Caravan) -> list[dt.date]:
    """Return the last two working days on which the vehicle stood still for all that is recorded."""
    since = city.today - 30 * ONE_DAY
    trips = CaravanTrip.objects.filter(caravan=van, returned_on__gte=since)
    away = {day for one in trips for day in days(one.occurred_on, one.returned_on + ONE_DAY)}
    away |= {timezone.localdate(one.started_at) for one in DrivingSpell.objects.filter(caravan=van)}
    return [day for day in city.workdays(since, city.today) if day not in away][-2:]


def _phone(city: DemoCity, name: str) -> FieldPhone:
    _made, code = phones.add(name=name, actor=city.accounts["CARAVAN_CREW"], now=city.now, scope=city.scope)
    return phones.pair(code=code, now=city.now).phone


def _send(city: DemoCity, phone: FieldPhone, notes: Sequence[Any], *, is_last: bool) -> int:
    kept, refused = field.receive(phone=phone, notes=notes, is_last=is_last, now=city.now, scope=city.scope)
    if refused:
        raise RuntimeError(f"the demonstration's notes were refused: {refused}")
    return len(kept)


class _Day:
    """A day's notes: three places, a head count at each, fuel, a word about the road."""

    def __init__(self, city: DemoCity, van: Caravan, day: dt.date) -> None:
        self.van, self.day = van, day
        self.chance = city.rng(f"field:{day}")
        self.places = list(
            Site.objects.filter(association=city.association, unit=van.unit).order_by("name")[:3]
        )
        self.driver = (
            CrewMember.objects.filter(caravan=van, job__in=CrewMember.DRIVES).order_by("name").first()
        )
        points = fleet.odometer_points(van)
        self.out = max((km for on, km in points if on <= day), default=van.initial_km)
        # It comes back before it leaves with more kilometres another day.
        self.back = min([self.out + 74, *(km for on, km in points if on > day)])

    def notes(self) -> list[dict[str, Any]]:
        """The driver's phone: the whole day."""
        driver = str(self.driver.pk) if self.driver else ""
        found = [self._note("START", 8 * 60, km=self.out, driver=driver)]
        for turn, (site, count) in enumerate(zip(self.places, _COUNTS, strict=False)):
            begin = 8 * 60 + 40 + 130 * turn
            found += [
                self._arrival(turn, site, begin),
                self._note(
                    "COUNT", begin + 60, stop=f"s{turn}", count=count, method="ROSTER", audience="PUPILS"
                ),
                self._note("LEAVE", begin + 90, stop=f"s{turn}"),
            ]
        return [
            *found,
            self._note("COST", 15 * 60, kind="FUEL", yuan="260.00"),
            self._note("NOTE", 15 * 60 + 5, text="回程路段施工，绕行约三公里（演示）"),
            self._note("END", 15 * 60 + 30, km=self.back),
        ]

    def other(self) -> list[dict[str, Any]]:
        """The educator's phone: it counted at the second place."""
        turn, begin = 1, 8 * 60 + 40 + 130
        if len(self.places) <= turn:
            return []
        return [
            self._arrival(turn, self.places[turn], begin + 2),
            self._note(
                "COUNT",
                begin + 55,
                stop=f"s{turn}",
                count=_COUNTS[turn] + 30,
                method="ROSTER",
                audience="PUPILS",
            ),
        ]

    def _arrival(self, turn: int, site: Site, minute: int) -> dict[str, Any]:
        return self._note("ARRIVE", minute, stop=f"s{turn}", spot=site.name, site=str(site.pk))

    def _note(self, kind: str, minute: int, /, **data: Any) -> dict[str, Any]:
        at = timezone.make_aware(dt.datetime.combine(self.day, dt.time(minute // 60, minute % 60)))
        made = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        return {
            "id": str(made), "kind": kind, "at": at.isoformat(), "caravan": str(self.van.pk), "on": self.day.isoformat(),
            "data": data,
        }  # fmt: skip
