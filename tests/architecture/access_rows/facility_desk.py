"""The facilities' desk, and the public report of a fault."""

import datetime as dt
from typing import Any

from kexie.contexts.facilities.models import Facility, FacilityFault, FacilityStage
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, OK, SIGN_IN, Row, World, public


def _facility(world: World) -> Facility:
    made, is_new = Facility.objects.get_or_create(
        association=world.association,
        unit=world.yingzhou,
        area=world.yingzhou.area,
        name="科普画廊",
        kind="GALLERY",
    )
    if is_new:
        by = world.account("COUNTY_OFFICER", world.yingzhou)
        FacilityStage.objects.create(
            association=world.association, unit=made.unit, area=made.area, facility=made,
            facility_kind="GALLERY", occurred_on=dt.date(2025, 3, 1), stage="ACCEPTED", state="CONFIRMED",
            recorded_by=by, recorded_at=world.now, confirmed_by=by, confirmed_at=world.now,
        )  # fmt: skip
    return made


def _fault(world: World) -> FacilityFault:
    return FacilityFault.objects.create(
        association=world.association, facility=_facility(world), kind="DIRTY", said_at=world.now
    )


def _named(one: FacilityFault) -> dict[str, Any]:
    return {"pk": one.facility_id, "code": one.code}


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=f"facility_desk:{name}", **{**defaults, **options})


def _one(name: str, make: Any) -> Row:
    return _page(name, wrong_unit=HIDDEN, kwargs=lambda world: {"pk": make(world).pk})


ROWS = (
    _page("registry"),
    _page("faults"),
    _page("import"),
    _page("titles"),
    _page("look_alikes"),
    _one("facility", _facility),
    _one("label", _facility),
    _one("fault", _fault),
    public("facility_public:report", kwargs=lambda world: {"pk": _facility(world).pk}),
    public(
        "facility_public:status",
        kwargs=lambda world: _named(_fault(world)),
    ),
)
