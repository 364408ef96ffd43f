"""When a vehicle may go out: its papers, its repairs, and what its odometer can have shown."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from kexie.contexts.touring.models import CaravanDocument, CaravanRepair

Kind = CaravanDocument.Kind
# Without these nobody may drive; others are only reminded of.
REQUIRED = (Kind.REGISTRATION, Kind.INSPECTION, Kind.COMPULSORY)
# From this many days before the end on, a paper is to be renewed.
REMIND_DAYS = 30
# More kilometres a day than this are asked about.
MOST_KM_A_DAY = 1_000
ONE_DAY = dt.timedelta(days=1)


def latest(documents: Iterable[CaravanDocument]) -> list[CaravanDocument]:
    """Return of each kind the paper that is good longest, in the order of the kinds."""
    found: dict[str, CaravanDocument] = {}
    for one in documents:
        if one.kind not in found or _end(one) > _end(found[one.kind]):
            found[one.kind] = one
    return [found[kind] for kind in Kind.values if kind in found]


def lacking(documents: Iterable[CaravanDocument]) -> list[str]:
    """Return the required papers that nobody entered."""
    known = {one.kind for one in documents}
    return [str(kind.label) for kind in REQUIRED if kind not in known]


def standing(one: CaravanDocument, day: dt.date) -> str:
    """Return how a paper stands on a day: EXPIRED, EXPIRING or GOOD."""
    if one.valid_to is None or one.valid_to > day + REMIND_DAYS * ONE_DAY:
        return "GOOD"
    return "EXPIRED" if one.valid_to < day else "EXPIRING"


def undocumented(documents: Sequence[CaravanDocument], day: dt.date) -> list[str]:
    """Return the required papers that were entered and do not cover a day: the vehicle stays where it is."""
    by_kind: Mapping[str, list[CaravanDocument]] = defaultdict(list)
    for one in documents:
        by_kind[one.kind].append(one)
    return [
        str(kind.label)
        for kind in REQUIRED
        if kind in by_kind and not any(one.valid_from <= day <= _end(one) for one in by_kind[kind])
    ]


def is_away(repairs: Iterable[CaravanRepair], day: dt.date) -> bool:
    """Whether the vehicle is in the workshop on a day, as far as is known."""
    return any(
        one.first_on <= day and (until is None or day <= until)
        for one in repairs
        for until in (one.last_on or one.expected_on,)
    )


def doubts(readings: Iterable[tuple[dt.date, int]], on: dt.date, km: int) -> list[str]:
    """Return what does not fit about a reading among the others (day, kilometres), in words."""
    before = [one for one in readings if one[0] <= on]
    after = [one for one in readings if one[0] > on]
    found = []
    if before:
        day, last = max(before, key=lambda one: (one[0], one[1]))
        found += _doubts_since(day, last, on, km)
    if after and (later := min(after, key=lambda one: (one[0], one[1])))[1] < km:
        values = {"day": later[0].isoformat(), "km": f"{later[1]:,}"}
        found.append(_("高于之后（%(day)s）的读数%(km)s公里") % values)
    return found


def _doubts_since(day: dt.date, last: int, on: dt.date, km: int) -> list[str]:
    values = {"day": day.isoformat(), "km": f"{last:,}"}
    if km < last:
        return [_("低于上次（%(day)s）的读数%(km)s公里") % values]
    days = max((on - day).days, 1)
    if km - last > MOST_KM_A_DAY * days:
        values = {"more": f"{km - last:,}", "days": str(days), "day": day.isoformat()}
        return [_("比上次（%(day)s）多%(more)s公里，只隔%(days)s天") % values]
    return []


def _end(one: CaravanDocument) -> dt.date:
    return one.valid_to or dt.date.max
