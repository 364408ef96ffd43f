"""What other parts may know of facilities and titles: frozen facts, no rows."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kexie.contexts.facilities import queries
from kexie.contexts.facilities.queries import desk
from kexie.contexts.facilities.queries.titles import EXPIRING_WITHIN
from kexie.contexts.facilities.rules import AWARDERS, opening
from kexie.kernel.scope import Scope


@dataclass(frozen=True, kw_only=True)
class FacilityInUse:
    """A facility that can be visited; `area_code` is the code of where it stands, "" if unknown."""

    id: UUID
    area_code: str
    name: str
    kind: str
    kind_label: str
    area: str
    host: str
    address: str
    opening: str


@dataclass(frozen=True, kw_only=True)
class FacilityPage:
    """One facility with the days and labels of its stages, oldest first; its keeper is a person and not named.

    `today` says the hours of the day, `week` those of each weekday; `photos` are the public ones, id and caption.
    """

    name: str
    kind_label: str
    unit: str
    area: str
    host: str
    address: str
    opening: str
    today: str
    week: tuple[tuple[str, str], ...]
    directions: str
    phone: str
    photos: tuple[tuple[UUID, str], ...]
    length_m: Decimal | None
    area_m2: Decimal | None
    exhibits: int | None
    stage_label: str
    in_use: bool
    stages: tuple[tuple[dt.date, str], ...]


@dataclass(frozen=True, kw_only=True)
class ValidTitle:
    """A title in its term; `is_expiring` within half a year."""

    title: str
    awarder: str
    holder: str
    area: str
    valid_to: dt.date | None
    is_expiring: bool


def facilities_on(
    day: dt.date, scope: Scope, *, kind: str = "", county: str = "", limit: int | None = None
) -> tuple[FacilityInUse, ...]:
    """Return the facilities in use on a day, by kind and place."""
    return tuple(
        FacilityInUse(
            id=facility.pk,
            area_code=facility.area_id or "",
            name=facility.name,
            kind=facility.kind,
            kind_label=facility.get_kind_display(),
            area=facility.area.name if facility.area else "",
            host=facility.host.name if facility.host else "",
            address=facility.address,
            opening=facility.opening,
        )
        for facility in queries.in_use(day, scope, kind=kind, county=county)[:limit]
    )


def facility(scope: Scope, facility_id: UUID, day: dt.date) -> FacilityPage | None:
    """Return one facility as it is on a day; None if there is none in sight or nothing confirmed of it."""
    found = queries.facility(scope, facility_id)
    stages = list(queries.stages_of(facility_id, scope).filter(occurred_on__lte=day)) if found else []
    if found is None or not stages:
        return None
    is_in_use = stages[0].stage in queries.IN_USE
    hours, changed = desk.hours(found), desk.changed_days(found, day)
    return FacilityPage(
        name=found.name,
        kind_label=found.get_kind_display(),
        unit=found.unit.name,
        area=found.area.name if found.area else "",
        host=found.host.name if found.host else "",
        address=found.address,
        opening=found.opening if is_in_use else "",
        # A facility that is suspended or withdrawn is closed, whatever its week says.
        today=opening.on_day(day, hours, changed) if is_in_use and (hours or changed) else "",
        week=tuple(opening.week(hours)) if is_in_use and hours else (),
        directions=found.directions,
        phone=found.phone,
        photos=tuple((one.file_id, one.caption) for one in desk.photos(found) if one.is_public),
        length_m=found.length_m,
        area_m2=found.area_m2,
        exhibits=found.exhibits,
        stage_label=stages[0].get_stage_display(),
        in_use=is_in_use,
        stages=tuple((stage.occurred_on, stage.get_stage_display()) for stage in reversed(stages)),
    )


def titles_on(day: dt.date, scope: Scope) -> tuple[ValidTitle, ...]:
    """Return the titles valid on a day, those that end first at the top."""
    return tuple(
        ValidTitle(
            title=one.get_title_display(),
            awarder=str(AWARDERS[one.title]),
            holder=one.holder.name,
            area=one.area.name,
            valid_to=one.valid_to,
            is_expiring=one.valid_to is not None and one.valid_to - day <= EXPIRING_WITHIN,
        )
        for one in queries.valid_accreditations(day, scope)
    )
