"""What other parts may know of facilities and titles: frozen facts, no rows."""

import datetime as dt
from dataclasses import dataclass

from kexie.contexts.facilities import queries
from kexie.contexts.facilities.rules import AWARDERS
from kexie.kernel.scope import Scope

EXPIRING_WITHIN = dt.timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class FacilityInUse:
    """A facility that can be visited."""

    name: str
    kind: str
    kind_label: str
    area: str
    host: str
    address: str
    opening: str


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
